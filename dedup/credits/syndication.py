"""Credits to an outlet whose copy another one prints: ``NYT News Service``, ``(c) 2025, The Washington Post``."""

from __future__ import annotations

from dedup.credits import cues
from dedup.credits.bylines import byline
from dedup.credits.credit_lines import copyright_line
from dedup.credits.mention import DASHES, QUOTES, Attribution, Mention, of_a_picture
from dedup.credits.outlets import full_name

_LEADS = ("", "the", "by", "by the", "from", "from the", "with", "with the", "source:")
_PRINTED = ("originally", "first", "republished", "reprinted", "syndicated", "permission")
_ENDS = (".", ",", "and", "under a", "with permission")  # blanks before it are taken off
_IN = (" in", " on", " by", " at", " from", " with", " in the", " on the", " by the", " from the")


def syndication(mention: Mention) -> Attribution | None:
    """The credit to an outlet that a mention of it is part of, or None."""
    word = mention.alias.text.removeprefix("The ")
    if word in cues.OUTLET_WORDS:  # too many outlets end so: the name is what is written, as long as it is
        attribution = _signed(mention, word) or _printed_first(mention)
        attribution = attribution and attribution._replace(name=full_name(mention, {word: word})[0] or word)
    else:
        attribution = _signed(mention) or _printed_first(mention) or copyright_line(mention) or _writer(mention)
        if attribution is not None and not mention.alias.in_position(attribution.position):
            return None
    return None if attribution is None or of_a_picture(mention) else attribution


def _signed(mention: Mention, word: str = "") -> Attribution | None:
    """A last line that is nothing but the name; where that ends in a ``word`` that many do, after a dash."""
    if not (mention.last and mention.begins) or mention.after.strip(QUOTES + ".)]"):
        return None
    before = mention.before.strip(QUOTES + "*•([")
    dashed = before[:1] in DASHES and bool(before)
    name = full_name(mention, {word: word})[0] if word else ""
    words_before = (
        before.strip(QUOTES + DASHES).removesuffix(name.removesuffix(word).strip()).strip(QUOTES + DASHES).lower()
    )
    everyday = " " not in mention.words and mention.alias.text == f"The {mention.words}"
    if everyday and not dashed and not words_before.endswith("the"):
        return None  # a word that means something else as well: "Print"
    ends_text = not mention.below.strip(QUOTES + "\r\n")
    if words_before not in _LEADS or not (dashed or (ends_text and mention.above and not word)):
        return None
    return mention.credit("tail", 0.75, len(mention.before.lstrip()))


def _printed_first(mention: Mention) -> Attribution | None:
    """``This article originally appeared in The New York Times``, a sentence of its own."""
    if not mention.before[-20:].rstrip().lower().endswith(_IN):
        return None
    sentence = mention.before[mention.before.rfind(". ") + 1 :]
    start = sentence.lower().strip("([*•⦁_" + QUOTES + DASHES)
    own = mention.begins or ". " in mention.before
    ends = mention.after.lstrip(QUOTES + ")]").lstrip().startswith(_ENDS) or not mention.after.strip()
    if not own or len(start) > 80 or not start.startswith(cues.THIS) or not start.endswith(_IN) or not ends:
        return None
    if not any(word in start for word in _PRINTED):
        return None
    return mention.credit("tail", 0.8, len(sentence.lstrip()))


def _writer(mention: Mention) -> Attribution | None:
    """``By JANE DOE, The Washington Post``: the whole line."""
    if not mention.head or mention.after.strip(QUOTES) or mention.before.lstrip()[:3].lower() != "by ":
        return None
    between = mention.before.rstrip().removesuffix("The").rstrip()
    return byline(mention) if between.endswith((",", "|", "/", "•", "·", *DASHES)) else None
