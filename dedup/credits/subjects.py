"""Who issued a statement: the name among the few words before a verb of saying, or after "issued by"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dedup.credits import statement_cues as cues
from dedup.credits.issuers import Issuers, fold

_LONGEST = 12  # words of a name with its titles
_MARKS = "\"'“”‘’«»()[]*_,.;:-–—\xad"
_ARTICLES = ("the", "a", "an")
_STOPS = (",", ".", ";", ":", "!", "?", "”", '"', "’,", "—", "–")


class Subject(NamedTuple):
    """An issuer: its name, its first word, and the word after its last one."""

    name: str
    first: int
    end: int


def subject(words: Sequence[str], issuers: Issuers, *, first: bool) -> Subject | None:
    """The issuer whose name stands at the beginning of the words (``first``), or at their end.

    A listed one goes before others; a person is none, but for a minister. Of "FIA spokesperson Abdul Ghafoor" it is
    the FIA.
    """
    begin, end = _forwards(words) if first else _backwards(words)
    run = words[begin:end]
    for span in issuers.find(run):
        return Subject(span.name, begin + span.first, begin + span.end)
    parts = _parts(run)
    if not parts:
        return None
    low, high, speaks = _chosen(run, parts, first)
    if high - low > 1 and run[low].lower().lstrip(_MARKS) in _ARTICLES:
        low += 1
    while high < len(run) and not _ends(run[high - 1]) and _ends_name(run[high]):
        high += 1
    office = any(fold(word) in cues.OFFICE_TITLES for word in run[:high])
    if not speaks:
        definite = low > 0 and run[low - 1].lower().lstrip(_MARKS) == "the"
        institution = _institution(run[low:high], definite)
        if not institution and not office:
            return None
        low, high = (low, low + institution) if institution else (_after_titles(run, low, high), high)
    name = _written(run[low:high])
    return Subject(name, begin + low, begin + high) if _is_name(name) else None


def _ends_name(word: str) -> bool:
    return fold(word) in cues.BODIES or fold(word).isdigit()


def _institution(words: Sequence[str], definite: bool) -> int:
    """How many of the words are a body's name: by its noun, its initials, or "the" before several; 0: a person's."""
    folded = [fold(word) for word in words]
    if folded[-1] in cues.BODIES or folded[-1] in cues.BODY_NOUNS:
        return len(words)
    end = next((index for index, word in enumerate(folded) if word in cues.TITLES), len(words))
    if not end:
        return 0
    initials = words[0].strip(_MARKS).replace("-", "")
    named = initials.isalpha() and initials.isupper() and len(initials) > 1
    is_full = end == len(words) and definite and end > 1
    return end if named or is_full or not cues.BODY_NOUNS.isdisjoint(folded[:end]) else 0


def words_after(text: str, count: int) -> int:
    """The characters of a text up to the end of its ``count``-th word."""
    index = 0
    for word in text.split(None, count)[:count]:
        index = text.find(word, index) + len(word)
    return index


def _forwards(words: Sequence[str]) -> tuple[int, int]:
    for end, word in enumerate(words[:_LONGEST]):
        if not _belongs(word):
            return 0, end
        if word.endswith(_STOPS) and not is_short(word):
            return 0, end + 1
    return 0, min(len(words), _LONGEST)


def _backwards(words: Sequence[str]) -> tuple[int, int]:
    end = begin = len(words)
    while begin and end - begin < _LONGEST and _belongs(words[begin - 1]):
        if begin < end and words[begin - 1].endswith(_STOPS) and not is_short(words[begin - 1]):
            break
        begin -= 1
    return begin, end


def _belongs(word: str) -> bool:
    if word.startswith(("D-", "R-")):
        return False  # a member of the American congress: "D-N.Y."
    known = fold(word) in cues.ROLES or _ends_name(word) or word.lower() in cues.NAME_LINKS
    return known or _is_capital(word)


def _is_capital(word: str) -> bool:
    return word.lstrip(_MARKS)[:1].isupper()


def is_short(word: str) -> bool:
    """Whether a full stop after a word is that of an abbreviation."""
    return word.endswith(".") and word[:1].isupper() and (len(word) <= 4 or "." in word[:-1])


def _parts(run: Sequence[str]) -> list[tuple[int, int]]:
    """The pieces of a run that are written with capitals: begin and end of each."""
    parts: list[tuple[int, int]] = []
    for index, word in enumerate(run):
        if not _is_capital(word):
            continue
        links = parts and all(between.lower() in cues.NAME_LINKS for between in run[parts[-1][1] : index])
        apart = links and _ends(run[parts[-1][1] - 1])
        if links and not apart:
            parts[-1] = parts[-1][0], index + 1
        else:
            parts.append((index, index + 1))
    return parts


def _ends(word: str) -> bool:
    return word.endswith(_STOPS) and not is_short(word)


def _chosen(run: Sequence[str], parts: list[tuple[int, int]], first: bool) -> tuple[int, int, bool]:
    """The piece that names the issuer, and whether it is a spokesperson's house."""
    speaker = next((index for index, word in enumerate(run) if fold(word).startswith("spokes")), None)
    if speaker is None:
        return (*parts[0 if first else -1], False)
    for begin, end in reversed(parts):
        if begin < speaker:
            return begin, min(end, speaker), True
    return (*parts[0], run[speaker + 1].lower() in ("for", "of") if speaker + 1 < len(run) else False)


def _after_titles(run: Sequence[str], low: int, high: int) -> int:
    """Where the person's name begins after the titles; ``low`` where no name of two words follows one."""
    titles = [index for index in range(low, high) if fold(run[index]) in cues.TITLES]
    if not titles:
        return low
    begin = titles[-1] + 1
    while begin < high and run[begin].lower() in cues.NAME_LINKS:
        begin += 2  # "Secretary of State Marco Rubio"
    return begin if high - begin >= 1 and (high - begin > 1 or begin == titles[-1] + 1) else low


def _written(words: Sequence[str]) -> str:
    """A name as the tables write it: without marks around it, initials in brackets, and its possessive ending."""
    written: list[str] = []
    for word in words:
        if word.startswith(("(", "[")) and written:
            break
        written.append(word.replace("\xad", ""))
    while written and written[0].lower().lstrip(_MARKS) in _ARTICLES:
        written.pop(0)
    while written and written[-1].lower() in cues.NAME_LINKS:
        written.pop()
    name = " ".join(written).strip(_MARKS + " ")
    return name.removesuffix("'s").removesuffix("’s").strip(_MARKS + " ")


def _is_name(name: str) -> bool:
    words = name.split()
    return len(name) > 1 and not (len(words) == 1 and name.lower() in cues.NO_ISSUER)
