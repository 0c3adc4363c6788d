"""The forms in which an article credits an agency with its text, read from the line in which the agency's name stands.

Every form looks at a bounded piece of one line with plain string methods, so the time is linear in the text.
"""

from __future__ import annotations

from dedup.credits import cues
from dedup.credits.mention import Found, Mention, caseless
from dedup.credits.names import key

_DASHES = "-–—―‒−|ـ"
_QUOTES = "\"'“”«»‘’„‹›{} \t\xa0"
_TITLE = 40  # tokens of headlines and names before a byline
_TO_THIS = frozenset(word + end for word in ("report", "reporting", "story", "article", "piece") for end in ("", "."))
_ENDS = (".", "!", "?", "…", "؟", "۔", "।", '"', "”", "’", "»")


def credit(mention: Mention) -> Found | None:
    """The credit that a mention of an agency is part of, or None."""
    for form in (_brackets, _open_dateline, _own_line, _statement, _copyright, _byline):
        found = form(mention)
        if found is not None and mention.alias.in_position(found.position):
            return found if found.position == "dateline" or not _of_a_picture(mention) else None
    return None


def _of_a_picture(mention: Mention) -> bool:
    around = (mention.before[-30:] + " " + mention.behind[:30]).lower()
    return any(word in around for word in cues.PICTURE)


def _found(mention: Mention, position: str, strength: float, before: int = 0, behind: int = 0) -> Found:
    """A credit whose words take in so many characters of the line before and behind the name."""
    start = mention.start - len(mention.before[len(mention.before) - before :].encode()) if before else mention.start
    end = mention.end + len(mention.behind[:behind].encode())
    return Found("credit", mention.alias.name, position, start, end, strength)


def _brackets(mention: Mention) -> Found | None:
    """``LONDON, April 24 (Reuters) -``, ``(PTI)``, ``(PTI) ABC DEF``, ``... he said. (AP)``, Urdu and Arabic alike."""
    opened = max(map(mention.before.rfind, "([（"))
    closed = min((place for place in map(mention.behind.find, ")]）") if place >= 0), default=-1)
    if opened < 0 or closed < 0 or any(c in mention.before[opened:] + mention.behind[:closed] for c in ")]）\n"):
        return None
    others = mention.before[opened + 1 :] + "+" + mention.behind[:closed]
    if len(others) > 60 or not _only_desks(others, mention):
        return None
    prefix, follow = mention.before[:opened].strip(), mention.behind[closed + 1 :]
    bracket = len(mention.before) - opened
    alone = not prefix and not follow.strip(_QUOTES + ".") and mention.tokens_before > _TITLE
    if mention.head and not alone and _is_dateline(prefix, follow, mention):
        return _found(mention, "dateline", 0.95, len(mention.before.lstrip()), closed + 1)
    if mention.late and (not prefix or ("/" in prefix and len(prefix) <= 8)) and _is_initials(follow):
        return _found(mention, "tail", 0.9, bracket, closed + 1)
    if mention.last and prefix.endswith(_ENDS) and not follow.strip(_QUOTES + "."):
        return _found(mention, "tail", 0.85, bracket, closed + 1)
    return None


def _only_desks(others: str, mention: Mention) -> bool:
    """Whether the rest of a bracket names only desks and agencies, and no person or picture."""
    if others == "+":
        return True
    for sign in "/,;&|،؛+–—":
        others = others.replace(sign, "+")
    parts = [part.strip(_QUOTES + "-.") for part in others.replace(" and ", "+").split("+")]
    return all(not part or _is_desk(part) or not mention.words.isascii() or _is_short_name(part) for part in parts)


def _is_desk(part: str) -> bool:
    return part.lower().split()[-1] in cues.DESKS


def _is_short_name(part: str) -> bool:
    """Initials beside an agency in brackets are another agency: ``(AFP, dpa)``, ``(Xinhua/APP)``."""
    return " " not in part and (part.isupper() or part in ("dpa", "Reuters", "Xinhua", "Bernama", "Agencies"))


def _is_dateline(prefix: str, follow: str, mention: Mention) -> bool:
    words = prefix.strip("*•●▪" + _QUOTES).replace(",", " ").split()
    if len(words) > 12 or ")" in prefix or _spell(words, mention.alias.text):
        return False
    dashed = follow.lstrip(_QUOTES + ".")[:1] in (*_DASHES, ":", "…", "·") and bool(follow.strip())
    if caseless(prefix + mention.words):
        bare = {word.strip(_QUOTES + "ـ") for word in words}
        return (dashed or (mention.start < 600 and len(words) <= 8)) and not bare & (cues.AGENCY_NOUNS | cues.ARABIC)
    if not all(_is_place(word) for word in words) or prefix.endswith(("!", "?")):
        return False
    return dashed or not words or words[-1][0].isdigit() or (words[0].strip(_QUOTES).isupper() and len(words[0]) > 2)


def _is_place(word: str) -> bool:
    """Whether a word can stand in a dateline: capitalised, a number, or a small word of places' names."""
    bare = word.strip("()[]*•" + _QUOTES + _DASHES + ".:;/")
    return not bare or not bare[0].islower() or bare in cues.PLACE_WORDS


def _spell(words: list[str], initials: str) -> bool:
    """Whether the words before a bracket are what its initials stand for: ``Pakistan Tehreek-e-Insaf (PTI)``."""
    if not words or not initials.isupper():
        return False
    parts = [part for word in words for part in word.replace("-", " ").split() if part[0].isalpha()]
    spelt = "".join(part[0] for part in parts if part[0].isupper()), "".join(part[0].upper() for part in parts)
    return any(letters.endswith(initials) for letters in spelt)


def _is_initials(text: str) -> bool:
    """Whether text behind a bracket is nothing, or the initials of editors: ``(PTI) ABC DEF``."""
    words = text.strip(_QUOTES + "." + _DASHES).split()
    return len(words) <= 4 and all(word.isupper() and len(word) <= 5 for word in words)


def _open_dateline(mention: Mention) -> Found | None:
    """Datelines without brackets: ``د ب أ- الرياض:``, ``طوكيو - «رويترز»:``, ``NEW DELHI: PTI``, ``AP, LONDON -``."""
    if not mention.begins or len(mention.before) > 60:
        return None
    place, follow = mention.before.strip(_QUOTES + "*•"), mention.behind.lstrip(_QUOTES + "*")
    plain = caseless(mention.words)
    if not place and mention.head and follow[:1] and follow[0] in _DASHES + ",:":
        until = min((at for at in (follow.find(c, 1, 50) for c in (":", *_DASHES[:4])) if at > 0), default=0)
        town = follow[1:until].split() if until else follow[1:].split()
        if town and len(town) <= 6 and (until or plain) and (plain or all(w.strip(",.").isupper() for w in town)):
            return _found(mention, "dateline", 0.9, len(mention.before), len(mention.behind) - len(follow) + until)
    if place.endswith("ـ") and not place.endswith(" ـ"):
        return None
    ends = not follow.strip() or follow[0] in _DASHES + ":"
    if place and place[-1] in _DASHES + (":,/" if not plain else "/") and ends and len(place.split()) <= 8:
        town = place.rstrip(_DASHES + ":,/ ").replace(",", " ").split()
        if town and (plain or (town[0].isupper() and len(town[0]) > 2 and all(map(_is_place, town)))):
            return _found(mention, "dateline", 0.9, len(mention.before.lstrip()))
    return None


def _own_line(mention: Mention) -> Found | None:
    """A line that is nothing but the name: ``REUTER``, ``AFP``, ``— IANS``, ``The Associated Press``; ``.—APP``."""
    if mention.behind.strip(_QUOTES + "."):
        return None
    before = mention.before.rstrip(_QUOTES)
    dashed = before.endswith(tuple(_DASHES))
    whole = len(mention.before.lstrip())
    led = before.strip(_QUOTES + _DASHES + "*•").lower()
    sure = dashed or led.startswith("by") or mention.alias.in_position("line")
    if mention.begins and led in ("", "the", "by", "by the") and sure:
        if mention.last or (dashed and mention.late and mention.free_below):
            return _found(mention, "tail", 0.85, whole)
        return _found(mention, "byline", 0.7, whole) if mention.tokens_before < _TITLE and not dashed else None
    if not mention.last and not (mention.late and mention.free_below):
        return None
    glued = dashed and before.rstrip(_DASHES).endswith((".", "۔", "”", "’", '"'))
    quoted = before != mention.before and mention.last and before.endswith((".", "؟", "۔", "!")) and not dashed
    if glued or (quoted and caseless(mention.words)):
        return _found(mention, "tail", 0.8, len(mention.before) - len(before) + dashed)
    return None


def _statement(mention: Mention) -> Found | None:
    """``The Associated Press contributed to this report.``, ``With inputs from agencies``, ``Source: ANI``."""
    behind = mention.behind.lower().partition(". ")[0]
    at = behind.find("contribut")
    if at >= 0 and (_TO_THIS.intersection(behind[at:].split()[1:6]) or not behind[at + 11 :].strip(" .)")):
        return _found(mention, "tail", 0.5, 0, at + 11)
    if behind.strip().startswith(("were used in this", "was used in this")):
        return _found(mention, "tail", 0.5, 0, len(behind))
    sentence = mention.before[mention.before.rfind(". ") + 1 :]
    start = sentence.lower().lstrip("([*•⦁_" + _QUOTES + _DASHES)
    led = start.startswith(cues.CREDIT_STARTS) or (mention.last and start.startswith("from "))
    led = led and not (start.startswith("source") and len(sentence) < len(mention.before))
    told = start.startswith(cues.THIS) and any(use in start + behind[:60] for use in cues.USES)
    short = len(start) <= 120 and len(behind) <= 120
    if (led or told) and short and (mention.late or mention.head) and mention.begins:
        return _found(mention, "tail", 0.7 if "additional" not in start else 0.5, len(sentence.lstrip()))
    return None


def _copyright(mention: Mention) -> Found | None:
    """``Copyright 2018 The Associated Press. All rights reserved.``, ``© 2019 Thomson/Reuters``."""
    before = mention.before[-60:].lower()
    at = max(before.rfind("copyright"), before.rfind("©"), before.rfind("(c)"))
    reserved = mention.behind.lower().lstrip(" .,/").startswith("all rights reserved")
    if at < 0 and not reserved:
        return None
    between = before[at:].replace("copyright", " ").replace("©", " ").replace("(c)", " ") if at >= 0 else ""
    if sum(not word.strip(".,:-–/").isdigit() for word in between.split()) > 4:
        return None
    return _found(mention, "copyright", 0.85, len(before) - at if at >= 0 else 0)


def _byline(mention: Mention) -> Found | None:
    """``By Our Correspondent / PTI``, ``By JANE DOE, Associated Press``, ``Web Desk/APP``."""
    line = mention.before.strip(_QUOTES + "*•")
    follow = mention.behind.strip()
    if not mention.head or len(line) > 90 or (follow and follow[0] not in "|/,•·–—-(&" and not follow[0].isdigit()):
        return None
    if len(follow) > 90 or follow.rstrip(_QUOTES).endswith(("?", "!")):
        return None
    words = line.lower().split()
    if words[:1] == ["by"] and len(words) <= 12 and "." not in line[3:].replace(". ", "", 2):
        return _found(mention, "byline", 0.9, len(mention.before.lstrip()))
    parts = line.rstrip("/|+ ").replace("|", "/").replace("+", "/").split("/")
    desk = parts[-1].lower().split()
    if line[-1:] in "/|+" and desk and len(desk) <= 4 and desk[-1] in cues.DESKS and not follow:
        return _found(mention, "byline", 0.9, len(mention.before.lstrip()))
    return None


def metadata_names(value: str) -> list[str]:
    """The parts of a byline or agency field that can each be a name, as keys (see :func:`dedup.credits.names.key`)."""
    for sign in "/|;,+&–—()•":
        value = value.replace(sign, "\n")
    value = value.replace(" - ", "\n").replace(" and ", "\n")
    parts = [part.strip() for part in value.splitlines()]
    return [key(part[3:] if part.lower().startswith("by ") else part) for part in parts if key(part)]
