"""Press statements in Arabic and Urdu: without capitals, so the issuer is a listed one or begins with its kind."""

from __future__ import annotations

from collections.abc import Sequence

from dedup.credits import statement_cues as cues
from dedup.credits.issuers import STATEMENT, UNNAMED_ISSUER, Issuers, fold
from dedup.credits.mention import Attribution, Mention
from dedup.credits.subjects import words_after

_REACH = 12  # words on either side that are looked at
_WINDOW = 110  # characters
_NEAR = 3  # words between an issuer and its statement: "the Interior Ministry's spokesman so-and-so in a statement"
_KIND = 3  # words of a name that begins with its kind: "Ministry of the Hajj"
_STOPS = (".", "،", "؛", ":", "۔", "؟", "!", "»", "”", '"')
_MARKS = '«»"“”،.:؛()'
_URDU = "یہ"  # letters that Arabic writes otherwise


def eastern(mention: Mention, issuers: Issuers) -> Attribution | None:
    """The issuer of a statement, :data:`~dedup.credits.issuers.UNNAMED_ISSUER`, or None."""
    words = _clause(mention.before[-_WINDOW:].rsplit(None, _REACH)[-_REACH:])
    after = mention.after[:_WINDOW].split()[:_REACH]
    if any(letter in mention.words for letter in _URDU):
        return _urdu(mention, words, after, issuers)
    return _arabic(mention, words, after, issuers)


def _clause(words: list[str]) -> list[str]:
    for index in range(len(words), 0, -1):
        if words[index - 1].endswith(_STOPS):
            return words[index:]
    return words


def _arabic(mention: Mention, words: list[str], after: list[str], issuers: Issuers) -> Attribution | None:
    lead = 0
    while lead < min(6, len(after)) and fold(after[lead]) in cues.ARABIC_ISSUED:
        lead += 1
    if mention.after[:1] == " " or not mention.after:
        span = next(issuers.find(after[lead : lead + 4]), None)
        if span is not None and span.first == 0:
            return _attribution(mention, span.name, 0, lead + span.end)
        name = _of_kind(after[lead : lead + _KIND])
        if name:
            return _attribution(mention, name, 0, lead + len(name.split()))
    introduced = fold(words[-1]) if words else ""
    if introduced not in cues.ARABIC_TOLD_BY:
        return None
    return _before(mention, words[:-1], 1, _NEAR, issuers) if introduced in cues.ARABIC_IN else _unnamed(mention, 1)


def _urdu(mention: Mention, words: list[str], after: list[str], issuers: Issuers) -> Attribution | None:
    if not after or fold(after[0]) not in cues.URDU_AFTER:
        return None
    tail = 0
    while tail < len(words) and fold(words[-1 - tail]) in cues.URDU_BETWEEN:
        tail += 1
    if not tail:
        return None
    return _before(mention, words[: len(words) - tail], tail, _REACH, issuers)


def _before(mention: Mention, words: list[str], between: int, reach: int, issuers: Issuers) -> Attribution:
    """The last issuer of the words that end ``between`` words before the statement."""
    spans = [span for span in issuers.find(words) if len(words) - span.end <= reach]
    if spans:
        return _attribution(mention, spans[-1].name, between + len(words) - spans[-1].first, 0)
    for first in range(len(words) - 1, max(-1, len(words) - reach - 2), -1):
        name = _of_kind(words[first : first + _KIND])
        if name:
            return _attribution(mention, name, between + len(words) - first, 0)
    return _unnamed(mention, between)


def _of_kind(words: Sequence[str]) -> str | None:
    """A name of two words or three that begins with its kind: "Ministry of ...", "Company ..."."""
    stems = _stems(fold(words[0])) if len(words) > 1 else ()
    kind = next((stem for stem in stems if stem in cues.EASTERN_KINDS), None)
    if kind is None:
        return None
    stemmed = [words[0][len(fold(words[0])) - len(kind) :]]
    for word in words[1:_KIND]:
        if len(stemmed) == _KIND - 1 and stemmed[1].startswith("ال") and not word.startswith("ال"):
            break
        if fold(word) in cues.ARABIC_ISSUED or fold(word) in cues.ARABIC_IN:
            break
        stemmed.append(word.strip(_MARKS))
        if word.endswith(_STOPS):
            break
    return " ".join(stemmed) if len(stemmed) > 1 else None


def _stems(word: str) -> tuple[str, ...]:
    """A word without the Arabic particles that can be written together with it."""
    return word, word[1:] if word[:1] in "ولب" else word


def _unnamed(mention: Mention, before: int) -> Attribution:
    return _attribution(mention, UNNAMED_ISSUER, before, 0)


def _attribution(mention: Mention, name: str, before: int, after: int) -> Attribution:
    left = mention.before.rsplit(None, before)
    start = len(left[0]) if len(left) > before else 0
    return mention.citation(
        name, STATEMENT, start if before else len(mention.before), words_after(mention.after, after)
    )
