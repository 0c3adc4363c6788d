"""The forms in which an article cites an agency or outlet as the source of its facts.

Like :mod:`dedup.credits.forms`, this looks at a few words on either side of a name and takes time linear in the text.
"""

from __future__ import annotations

from collections.abc import Mapping

from dedup.credits import cues
from dedup.credits.mention import Attribution, Mention, caseless
from dedup.credits.outlets import full_name, is_marked

_TRIM = "\"'“”«»‘’„‹›()[]{}*_,-–—:;"
_STOPS = (".", "!", "?", ";", ":", '."', ".”", "?”", ")")
_TO_AGENCY = ("لوكالة", "بوكالة")  # "to the agency", "with the agency"
_WHEN = 3  # words that say when, between a verb and "by": "reported late on Tuesday by"
_COMPANY = ("in a statement", "it ", "its ", "that it ", "the network", "the company", "goodbye", "no ", "they ")


def citation(mention: Mention, full_names: frozenset[str], short_names: Mapping[str, str]) -> Attribution | None:
    """The citation that a mention is part of, or None.

    ``full_names``: agencies whose unambiguous name the article also writes, so that their initials count;
    ``short_names``: last word -> name of the outlets cited so far, for "the Times" and "the Post".
    """
    careful = mention.alias.counts is not None and mention.alias.name not in full_names
    if careful and not mention.alias.in_position("report"):
        return None
    if caseless(mention.words):
        return _other_script(mention)
    if mention.before.rstrip().endswith(("(", "[", "/", "@")) or mention.after.startswith(("@", ")")):
        return None
    name, before, after = full_name(mention, short_names)
    if not name or (careful and not mention.alias.agency and not is_marked(mention, before, after)):
        return None
    led = _led(before, mention.alias.agency)
    if led and ((led[1] == "told" and not careful) or not _goes_on(after)):
        return mention.citation(name, led[0], len(led[2]), len(mention.after) - len(after))
    followed = _followed(after, careful, mention.alias.agency)
    if not followed:
        return None
    start = len(before.removesuffix("The ").removesuffix("The\xa0"))
    return mention.citation(name, followed[0], start, len(mention.after) - len(after) + followed[1])


def quotes_a_remark(evidence: str) -> bool:
    """Whether the words of a citation name those to whom somebody spoke ("told AP"), and not those who report."""
    words = [word.strip(_TRIM).lower() for word in evidence.split()]
    return evidence.startswith(_TO_AGENCY) or any(word in cues.TOLD or word in cues.SPOKEN for word in words)


def _led(before: str, agency: bool) -> tuple[float, str, str] | None:
    """Strength, cue and what stands before the cue, where a cue leads to the name that follows ``before``."""
    words = before[-120:].rsplit(None, 9)[-9:]
    capitals = 0
    for skipped in range(min(8, len(words))):
        cue = _cue(words, agency)
        if cue:
            left = before.rsplit(None, skipped + cue[1])
            return cue[0], words[-1].lower(), left[0] if len(left) > skipped + cue[1] else ""
        filler, capital = _is_filler(words.pop())
        capitals += capital
        if not filler or capitals > 2:
            return None
    return None


def _is_filler(word: str) -> tuple[bool, bool]:
    """Whether a word can stand between a cue and a name, and whether for its capital alone ("Russian")."""
    bare = word.strip(_TRIM)
    lower = bare.lower()
    if word.endswith(_STOPS) and not bare.isupper() and "." not in bare[:-1]:
        return False, False
    if lower in cues.NOUNS:
        return True, False
    if word.endswith(","):
        return False, False
    known = lower in cues.FILLERS or bare.endswith(("'s", "’s"))
    capital = not known and bare[:1].isupper() and not bare.isupper()
    return known or capital, capital


def _cue(words: list[str], agency: bool) -> tuple[float, int] | None:
    """Strength and number of words of the cue at the end of ``words``."""
    if words[-1].endswith((",", ".", ";", ":")):
        return None
    lower = words[-1].strip(_TRIM).lower()
    if lower in cues.TOLD:
        return 0.85, 1
    if lower in cues.CITING:
        return 0.8, 1
    if lower in cues.REPORTED:
        return 0.75, 1
    leads = cues.LED.get(lower, ())
    for number in range(2, min(len(words), 2 + _WHEN) + 1):
        lead = words[-number].strip(_TRIM).lower()
        if lead in leads and not (agency and lower == "in"):
            return 0.8 if lower in ("to", "by") else 0.7, number
        if lower != "by" or lead not in cues.WHEN:
            return None
    return None


def _goes_on(after: str) -> bool:
    """Whether the words after make the name part of a longer one: "Bloomberg School of Public Health"."""
    word = after[1:].partition(" ")[0] if after[:1] == " " else ""
    bare = word.strip(_TRIM + ".")
    return bare[:1].isupper() and bare.lower() not in cues.ADVERBS and bare.lower() not in cues.NOUNS and bare != "I"


def _followed(after: str, careful: bool, agency: bool) -> tuple[float, int] | None:
    """Strength and length of the words after a name that report: " reported", " also said", " report"."""
    text = after
    if text[:2] == " (" and 0 < text.find(")") < 20:
        text = text[text.find(")") + 1 :]
    if text[:1] in (",", ".", ";", ":", "/", "?", "!"):
        return None
    offset = len(after) - len(text)
    for number, word in enumerate(text[:90].split()[:6]):
        offset = after.find(word, offset) + len(word)
        bare = word.strip(_TRIM + ".").lower()
        if not bare:
            continue
        if bare in cues.REPORTS:
            return 0.8, offset
        if bare in cues.SAYS and not careful:
            if word[:1].isupper():  # "USA TODAY Published 5:57 a.m." is a line over an article
                return None
            return None if after[offset:].lstrip(" ,").startswith(_COMPANY) else (0.6, offset)
        if bare in cues.WORK and number <= 1 and (agency or not careful):
            return 0.7, offset
        if word[-1] in ".;:,?!" or not (bare in cues.ADVERBS or bare in cues.NOUNS or bare.isdigit()):
            return None
    return None


def _other_script(mention: Mention) -> Attribution | None:
    """Arabic before the name ("ونقلت وكالة رويترز"), Urdu and Hindi after it ("اے پی پی کے مطابق").

    An outlet's name or one that is also a word must stand in marks or after its noun.
    """
    around = (mention.before[-25:] + mention.after[:25]).lower()
    if any(word in around for word in cues.PICTURE):
        return None
    everyday = mention.alias.counts is not None or not mention.alias.agency
    return _arabic(mention, everyday) or _urdu_or_hindi(mention, 2 if everyday else 4)


def _arabic(mention: Mention, everyday: bool) -> Attribution | None:
    if mention.words.startswith(_TO_AGENCY):
        return mention.citation(mention.alias.name, 0.75, len(mention.before))
    words = mention.before[-60:].rsplit(None, 4)[-4:]
    marked = mention.before.endswith(tuple('(«“"{[')) and mention.after.startswith(tuple(')»”"}]'))
    if everyday and not marked and not (words and words[-1].strip(_TRIM) in cues.ARABIC_NOUNS):
        return None
    for skipped, word in enumerate(reversed(words), 1):
        bare = word.strip(_TRIM + "ـ.")
        if skipped > 1 and word.endswith((".", "،", "؛", ":")):
            return None
        if bare in cues.ARABIC and (skipped == 1 or bare not in ("عن", "إلى", "ل")):
            left = mention.before.rsplit(None, skipped)
            start = len(left[0]) if len(left) > skipped else 0
            return mention.citation(mention.alias.name, 0.75, start)
    return None


def _urdu_or_hindi(mention: Mention, reach: int) -> Attribution | None:
    offset = 0
    for word in mention.after[:40].split()[:reach]:
        offset = mention.after.find(word, offset) + len(word)
        if word.strip(_TRIM + "۔।،") in cues.URDU_AND_HINDI and not word.endswith(")"):
            return mention.citation(mention.alias.name, 0.8, len(mention.before), offset)
        if word.endswith(("۔", "।", ".", ")")):
            return None
    return None
