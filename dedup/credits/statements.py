"""The forms in which an article says that its facts are from a press statement: the issuer's name is the citation.

Like :mod:`dedup.credits.citations`, this looks at a few words on either side of the word "statement" and takes time
linear in the text.
"""

from __future__ import annotations

from typing import NamedTuple

from dedup.credits import statement_cues as cues
from dedup.credits.cues import ADVERBS
from dedup.credits.issuers import STATEMENT, UNNAMED_ISSUER, Issuers, fold
from dedup.credits.mention import Attribution, Mention, caseless
from dedup.credits.statements_east import eastern
from dedup.credits.subjects import Subject, is_short, subject, words_after

_REACH = 14  # words on either side that are looked at
_WINDOW = 150  # characters
_KINDS = 4  # words that say what kind of statement it is
_OPENING = "‘'“\"("
_ENDS = (".", ";", ":", "?", "!")
_SENTENCE_ENDS = (".", "!", "?", "”", '"', "»", "…")
_ISSUED = ("issued", "released")


class _Near(NamedTuple):
    """What stands around the word: the words before it and its kind, its kind ("a joint press"), the words after."""

    mention: Mention
    before: list[str]
    kind: list[str]
    after: list[str]


def statement(mention: Mention, issuers: Issuers) -> Attribution | None:
    """The citation of the body whose statement a mention of the word "statement" is about, or None.

    :data:`~dedup.credits.issuers.UNNAMED_ISSUER` where the text has its facts from a statement and does not say whose.
    """
    if caseless(mention.words):
        return eastern(mention, issuers)
    near = _near(mention)
    if "no" in near.kind:
        return None
    attribution = _issued_by(near, issuers)
    if attribution is None and not (near.after and fold(near.after[0]) in cues.NO_STATEMENT):
        attribution = _issued_in(near, issuers) or _own(near, issuers) or _unnamed(near)
    return attribution


def _near(mention: Mention) -> _Near:
    words = mention.before[-_WINDOW:].rsplit(None, _REACH)[-_REACH:]
    kinds = 0
    while kinds < min(_KINDS, len(words)) and words[-1 - kinds].lower().strip(_OPENING) in cues.STATEMENT_KINDS:
        kinds += 1
    begin = len(words) - kinds
    after = [] if mention.after[:1] in _ENDS else mention.after[:_WINDOW].split()[:_REACH]
    return _Near(mention, words[:begin], [word.lower() for word in words[begin:]], after)


def _attribution(near: _Near, name: str, before: int = 0, after: int = 0) -> Attribution:
    """The citation whose words are the statement, so many words before its kind, and so many after it."""
    text, words = near.mention.before, (before + len(near.kind) if before else 0)
    left = text.rsplit(None, words)
    start = len(left[0]) if len(left) > words else 0
    return near.mention.citation(name, STATEMENT, start if words else len(text), words_after(near.mention.after, after))


def _issued_by(near: _Near, issuers: Issuers) -> Attribution | None:
    """``a statement issued here on Friday by the Foreign Office``, ``a press release from ISPR``."""
    lead = _fillers(near.after)
    if lead == len(near.after) or near.after[lead].lower() not in (("by", "from") if lead else ("by", "from", "of")):
        return None
    issuer = subject(near.after[lead + 1 :], issuers, first=True)
    return None if issuer is None else _attribution(near, issuer.name, 0, lead + 1 + issuer.end)


def _fillers(words: list[str], *, to_comma: bool = False) -> int:
    """How many words of time, place and issuing stand first, at most to the first comma."""
    for count, word in enumerate(words):
        folded = fold(word)
        if folded and folded not in cues.ISSUED and not folded.isdigit():
            return count
        if to_comma and word.endswith(","):
            return count + 1
    return len(words)


def _issued_in(near: _Near, issuers: Issuers) -> Attribution | None:
    """``the Foreign Office said in a statement``, ``ISPR, in a statement, said``, ``In a statement, the CDA said``."""
    lead = near.before[-1].lstrip(_OPENING) if near.before else ""
    if lead.lower() not in ("in", "via", "through", *_ISSUED):
        return None
    sentence = _sentence(near.before[:-1])
    while sentence and fold(sentence[-1]) in cues.WHEN:
        sentence.pop()
    if sentence and (lead in _ISSUED or fold(sentence[-1]) in cues.STATES):
        return _follows_issuer(near, sentence[: len(sentence) - (lead not in _ISSUED)], issuers)
    if sentence and lead[:1].islower() and (sentence[-1].endswith(",") or _tells(near)):
        issuer = subject(sentence, issuers, first=False)
        if issuer is not None:
            return _backed(near, issuer)
    return _then(near, issuers) if not sentence or lead[:1].isupper() else None


def _tells(near: _Near) -> bool:
    """``OICCI in a statement emphasised``: a verb follows."""
    return bool(near.after) and (near.after[0].endswith("ed") or fold(near.after[0]) in cues.STATES)


def _follows_issuer(near: _Near, sentence: list[str], issuers: Issuers) -> Attribution | None:
    """The issuer at the end of what stands before "said in a statement"; what a person says so is but a quotation."""
    while sentence and fold(sentence[-1]) in ADVERBS:
        sentence.pop()
    issuer = subject(sentence, issuers, first=False)
    if issuer is not None:
        return _backed(near, issuer)
    person = not sentence or sentence[-1][:1].isupper() or sentence[-1].lower() in ("he", "she")
    return None if person else _attribution(near, UNNAMED_ISSUER, 1)


def _then(near: _Near, issuers: Issuers) -> Attribution:
    """``In a statement issued here on Friday, Interior Minister Mohsin Naqvi said``."""
    lead = _fillers(near.after, to_comma=True)
    issuer = subject(near.after[lead:], issuers, first=True)
    if issuer is not None:
        return _attribution(near, issuer.name, 1, lead + issuer.end)
    return _attribution(near, UNNAMED_ISSUER, 1)


def _own(near: _Near, issuers: Issuers) -> Attribution | None:
    """``an ISPR news release said``, ``according to a PM Office press release``, ``the Kremlin's statement read``."""
    sentence = _sentence(near.before)
    if not sentence or not (_speaks(near) or any(word in cues.TOLD_BY or word == "of" for word in sentence)):
        return None
    issuer = subject(sentence, issuers, first=False)
    if issuer is None or sentence[-1].endswith((",", ";", ":")):
        return None
    before = [word for word in sentence[: issuer.first] if word.lower() not in cues.STATEMENT_KINDS]
    introduced = bool(before) and (
        before[-1] in cues.TOLD_BY or [word.lower() for word in before[-2:]] == ["text", "of"]
    )
    return _backed(near, issuer) if introduced or _speaks(near) else None


def _unnamed(near: _Near) -> Attribution | None:
    """``said a press release``, ``according to a statement``, ``the statement added``."""
    if not near.kind:
        return None
    before = near.before[-1].rpartition(",")[2] if near.before else ""
    introduced = fold(before) in cues.TOLD_BY and (
        before != "to" or near.before[-2:-1] in (["according"], ["According"])
    )
    if introduced or (_speaks(near) and not before.startswith("issu")):
        return _attribution(near, UNNAMED_ISSUER, int(introduced)) if introduced else _attribution(near, UNNAMED_ISSUER)
    return None


def _speaks(near: _Near) -> bool:
    return near.mention.after[:1] == " " and bool(near.after) and fold(near.after[0]) in cues.STATES


def _backed(near: _Near, issuer: Subject) -> Attribution:
    """The citation whose words begin with an issuer in the sentence before the statement."""
    return _attribution(near, issuer.name, len(_sentence(near.before)) - issuer.first)


def _sentence(words: list[str]) -> list[str]:
    """The words after the last end of a sentence or quotation."""
    for index in range(len(words), 0, -1):
        word = words[index - 1]
        if word.endswith(_SENTENCE_ENDS) and not is_short(word):
            return words[index:]
    return list(words)
