"""Issuing bodies: offices, forces, parties and companies whose press statements the news reports."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from dedup.credits.names import key

#: What stands for a statement's issuer where an article tells of the statement and not of its issuer.
UNNAMED_ISSUER = "statement"
#: Strength of every citation of a statement: lower than any outlet's, and too low to make a common origin.
STATEMENT = 0.25

_ENDS = ".,;:!?\"'”’»›)]"
_ARABIC = ("\u0600", "\u06ff")
_WITH_ARTICLE, _WITHOUT = ("ال", "وال", "لل", "بال"), ("", "و", "ل", "ب")  # particles are written to the next word


class IssuerSpan(NamedTuple):
    """A listed issuer among words: the first one, the one after the last, and its name."""

    first: int
    end: int
    name: str


class _Entry(NamedTuple):
    words: tuple[str, ...]
    initials: tuple[bool, ...]
    name: str


class Issuers:
    """The listed names of issuing bodies, to be looked up among the words of a text."""

    def __init__(self, aliases: Iterable[tuple[str, str]]) -> None:
        """``aliases``: how an issuer is written, and its name; of two that are written alike the first one counts."""
        self._by_first: dict[str, list[_Entry]] = {}
        known: set[tuple[str, ...]] = set()
        for alias, name in aliases:
            words = alias.removeprefix("The ").split()
            initials = tuple(word.isascii() and word.isupper() for word in words)
            for spelt in _spelt([fold(word) for word in words]):
                if spelt not in known:
                    known.add(spelt)
                    self._by_first.setdefault(spelt[0], []).append(_Entry(spelt, initials, name))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: (-len(entry.words), entry))

    def find(self, words: Sequence[str]) -> Iterator[IssuerSpan]:
        """The listed issuers among the words, in their order; the longest of those that begin at one word.

        Initials count in capitals only. Takes time linear in the words, as a name has but a few.
        """
        folded = [fold(word) for word in words]
        reached = 0
        for first, word in enumerate(folded):
            entries = self._by_first.get(word, ()) if first >= reached else ()
            for entry in entries:
                end = first + len(entry.words)
                if tuple(folded[first:end]) == entry.words and _capitals(words[first:end], entry.initials):
                    reached = end
                    yield IssuerSpan(first, end, entry.name)
                    break


@functools.lru_cache(1 << 14)  # the words beside statements are the same few everywhere
def fold(word: str) -> str:
    """What two spellings of a word have in common: its letters and digits in lower case, no possessive ending."""
    bare = _owner(word)
    return "".join(filter(str.isalnum, bare.lower())) if bare.isascii() else key(bare)


def _owner(word: str) -> str:
    return word.rstrip(_ENDS).removesuffix("'s").removesuffix("’s")


def _capitals(words: Sequence[str], initials: Sequence[bool]) -> bool:
    return all(_owner(word).isupper() for word, needed in zip(words, initials, strict=True) if needed)


def _spelt(words: list[str]) -> Iterator[tuple[str, ...]]:
    """The words as they are, and with the Arabic particles that can be written together with the first one."""
    first, *others = words
    if not _ARABIC[0] <= first[:1] <= _ARABIC[1]:
        yield (first, *others)
        return
    article = first.startswith(_WITH_ARTICLE[0])
    for particle in _WITH_ARTICLE if article else _WITHOUT:
        yield (particle + (first[2:] if article else first), *others)
