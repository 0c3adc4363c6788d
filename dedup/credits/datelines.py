"""Credits in brackets and in datelines, wherever these stand in their line."""

from __future__ import annotations

from dedup.credits import cues
from dedup.credits.mention import DASHES, ENDS, QUOTES, TITLE, Attribution, Mention, caseless


def brackets(mention: Mention) -> Attribution | None:
    """``LONDON, April 24 (Reuters) -``, ``(PTI)``, ``(PTI) ABC DEF``, ``... he said. (AP)``, Urdu and Arabic alike."""
    opened = max(map(mention.before.rfind, "([（"))
    if opened < 0:
        return None
    closed = min((index for index in map(mention.after.find, ")]）") if index >= 0), default=-1)
    if closed < 0 or any(c in mention.before[opened:] + mention.after[:closed] for c in ")]）\n"):
        return None
    others = mention.before[opened + 1 :] + "+" + mention.after[:closed]
    if len(others) > 60 or not _only_desks(others, mention):
        return None
    prefix, follow = mention.before[:opened].strip(), mention.after[closed + 1 :]
    bracket = len(mention.before) - opened
    alone = not prefix and not follow.strip(QUOTES + ".") and mention.tokens_before > TITLE
    if mention.head and not alone and _is_dateline(prefix, follow, mention):
        return mention.credit("dateline", 0.95, len(mention.before.lstrip()), closed + 1)
    if mention.begins and not mention.head and _begins_copy(prefix, follow, mention):
        return mention.credit("dateline", 0.8, len(mention.before.lstrip()), closed + 1)
    if mention.late and (not prefix or ("/" in prefix and len(prefix) <= 8)) and _is_initials(follow):
        return mention.credit("tail", 0.9, bracket, closed + 1)
    if mention.last and prefix.endswith(ENDS) and not follow.strip(QUOTES + "."):
        return mention.credit("tail", 0.85, bracket, closed + 1)
    return None


def _only_desks(others: str, mention: Mention) -> bool:
    """Whether the rest of a bracket names only desks and agencies, and no person or picture."""
    if others == "+":
        return True
    for sign in "/,;&|،؛+–—":
        others = others.replace(sign, "+")
    parts = [part.strip(QUOTES + "-.") for part in others.replace(" and ", "+").split("+")]
    return all(not part or _is_desk(part) or not mention.words.isascii() or _is_short_name(part) for part in parts)


def _is_desk(part: str) -> bool:
    return part.lower().split()[-1] in cues.DESKS


def _is_short_name(part: str) -> bool:
    """Initials beside an agency in brackets are another agency: ``(AFP, dpa)``, ``(Xinhua/APP)``."""
    return " " not in part and (part.isupper() or part in ("dpa", "Reuters", "Xinhua", "Bernama", "Agencies"))


def _is_dateline(prefix: str, follow: str, mention: Mention) -> bool:
    words = prefix.strip("*•●▪" + QUOTES).replace(",", " ").split()
    if len(words) > 12 or _spell(words, mention.alias.text):
        return False
    if ")" in prefix and not words[-1][0].isdigit():
        return False  # after another bracket it takes a date: "MINSK (Belarus), Apr 10 (APP):"
    dashed = follow.lstrip(QUOTES + ".")[:1] in (*DASHES, ":", "…", "·") and bool(follow.strip())
    if caseless(prefix + mention.words):
        bare = {word.strip(QUOTES + "ـ") for word in words}
        return (dashed or (mention.start < 600 and len(words) <= 8)) and not bare & (cues.AGENCY_NOUNS | cues.ARABIC)
    if not all(_is_place(word) for word in words) or prefix.endswith(("!", "?")):
        return False
    return dashed or not words or words[-1][0].isdigit() or (words[0].strip(QUOTES).isupper() and len(words[0]) > 2)


def _begins_copy(prefix: str, follow: str, mention: Mention) -> bool:
    """Whether an unmistakable dateline stands after a page's menus and pictures.

    In a list of other stories it is cut short, and where a report is quoted, words lead to it.
    """
    words = prefix.replace(",", " ").split()
    if mention.above.rstrip(QUOTES + "\r\n>").endswith(":"):
        return False
    town = words and words[0][0].isalpha() and words[0].isupper() and len(words[0]) > 2
    if not town or len(words) > 6 or not all(map(_is_place, words)):
        return False
    is_copy = 3 * mention.tokens_after >= mention.tokens_before  # a quarter of the text at least is the copy
    follow = follow.strip()
    return is_copy and follow[:1] in DASHES[:5] and len(follow) > 20 and not follow.endswith(("...", "…"))


def _is_place(word: str) -> bool:
    """Whether a word can stand in a dateline: capitalised, a number, or a small word of places' names."""
    bare = word.strip("()[]*•" + QUOTES + DASHES + ".:;/")
    return not bare or not bare[0].islower() or bare in cues.PLACE_WORDS


def _spell(words: list[str], initials: str) -> bool:
    """Whether the words before a bracket are what its initials stand for: ``Pakistan Tehreek-e-Insaf (PTI)``."""
    if not words or not initials.isupper():
        return False
    parts = [part for word in words for part in word.replace("-", " ").split() if part[0].isalpha()]
    spelt = "".join(part[0] for part in parts if part[0].isupper()), "".join(part[0].upper() for part in parts)
    return any(letters.endswith(initials) for letters in spelt)


def _is_initials(text: str) -> bool:
    """Whether text after a bracket is nothing, or the initials of editors: ``(PTI) ABC DEF``."""
    words = text.strip(QUOTES + "." + DASHES).split()
    return len(words) <= 4 and all(word.isupper() and len(word) <= 5 for word in words)


def open_dateline(mention: Mention) -> Attribution | None:
    """Datelines without brackets: ``د ب أ- الرياض:``, ``طوكيو - «رويترز»:``, ``NEW DELHI: PTI``, ``AP, LONDON -``."""
    if not mention.begins or len(mention.before) > 60:
        return None
    location, follow = mention.before.strip(QUOTES + "*•"), mention.after.lstrip(QUOTES + "*")
    plain = caseless(mention.words)
    if not location and mention.head and follow[:1] and follow[0] in DASHES + ",:":
        until = min((at for at in (follow.find(c, 1, 50) for c in (":", *DASHES[:4])) if at > 0), default=0)
        town = follow[1:until].split() if until else follow[1:].split()
        if town and len(town) <= 6 and (until or plain) and (plain or all(w.strip(",.").isupper() for w in town)):
            return mention.credit("dateline", 0.9, len(mention.before), len(mention.after) - len(follow) + until)
    if location.endswith("ـ") and not location.endswith(" ـ"):
        return None
    ends = not follow.strip() or follow[0] in DASHES + ":"
    if (
        location
        and location[-1] in DASHES + ("/" if plain else ":,")
        and ends
        and len(location.split()) <= (8 if plain else 5)
    ):
        town = location.rstrip(DASHES + ":,/ ").replace(",", " ").split()
        if town and (plain or (town[0].isupper() and len(town[0]) > 2 and all(map(_is_place, town)))):
            return mention.credit("dateline", 0.9, len(mention.before.lstrip()))
    return None
