"""What the sentence that cites a source tells, and how much of it another text tells too."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.kernels.annotate import FURNITURE
from dedup.kernels.folding import GAP_PARAGRAPH, GAP_SENTENCE
from dedup.kernels.tokenise import NUMBER
from dedup.text.rarity import weights
from dedup.text.tokens import Tokens

_LONGEST = 60  # tokens of a sentence on either side of the citation, where no mark ends it
_RARE = 120  # rarity (0-255) of a word that tells a story from another
_SHORT, _SHORT_RARITY = 3, 40  # bytes of an unknown word that is hardly a name, and its rarity

_Words = npt.NDArray[np.uint32]


class Facts(NamedTuple):
    """Different rare words and figures: ``words`` uint32[n], ascending, ``rarity`` float64[n], 0-1 each."""

    words: _Words
    rarity: npt.NDArray[np.float64]


class CitingSentences:
    """The sentences in which the articles of a batch cite their sources, read when they are asked for."""

    def __init__(self, texts: pa.Array, tokens: Tokens, masks: npt.NDArray[np.uint8]) -> None:
        """``texts``, ``tokens`` and ``masks`` (uint8[tokens], :mod:`dedup.kernels.annotate`) are those of the batch."""
        self._texts, self._tokens, self._masks = texts, tokens, masks
        self._facts: dict[tuple[int, int, int], tuple[Facts, Facts]] = {}
        self._words: dict[int, _Words] = {}

    def shared(self, row: int, place: tuple[int, int], other: int) -> tuple[float, float]:
        """How much of what ``row`` tells where it cites stands in the text of the row ``other``: its rarity, and share.

        That is the sentence, or it and the one before, whichever has the larger share in common: "... was killed. His
        death was first reported by X". ``place``: first character of the citation and the one behind its last; its own
        words are no facts.
        """
        words = self._of_text(other)
        found = []
        for facts in self._told(row, *place):
            common = float(facts.rarity[np.isin(facts.words, words)].sum())
            found.append((common / max(float(facts.rarity.sum()), 1e-9), common))
        share, common = max(found)
        return common, share

    def _told(self, row: int, start: int, end: int) -> tuple[Facts, Facts]:
        place = row, start, end
        if place not in self._facts:
            before, begin, cited, behind, after = self._bounds(*place)
            self._facts[place] = self._read(begin, cited, behind, after), self._read(before, cited, behind, after)
        return self._facts[place]

    def _bounds(self, row: int, start: int, end: int) -> tuple[int, int, int, int, int]:
        """Places of tokens: where the sentence before and the citing one begin, first and last of the citation, end."""
        first, last = self._tokens.offsets[row : row + 2].tolist()
        text = self._texts[row].as_py()
        places = len(text[:start].encode()), len(text[:end].encode())
        cited, behind = (first + np.searchsorted(self._tokens.starts[first:last], places)).tolist()
        low, high = max(first, cited - 2 * _LONGEST), min(last, behind + _LONGEST)
        breaks = self._tokens.gaps[low:high] & (GAP_SENTENCE | GAP_PARAGRAPH) != 0
        begins = [low, low, *(low + np.flatnonzero(breaks[: cited + 1 - low])).tolist()]
        ends = [*(behind + np.flatnonzero(breaks[behind - low :])).tolist(), high]
        return begins[-2], max(begins[-1], cited - _LONGEST), cited, behind, ends[0]

    def _read(self, first: int, cited: int, behind: int, last: int) -> Facts:
        places = np.r_[first:cited, behind:last]
        return _facts(self._tokens, places[self._masks[places] & FURNITURE == 0])

    def _of_text(self, row: int) -> _Words:
        if row not in self._words:
            part = slice(*self._tokens.offsets[row : row + 2].tolist())
            self._words[row] = np.unique(self._tokens.hashes[part][self._masks[part] & FURNITURE == 0])
        return self._words[row]


def _facts(tokens: Tokens, places: npt.NDArray[np.int64]) -> Facts:
    """The figures and rare words among the tokens at these places."""
    words, first = np.unique(tokens.hashes[places], return_index=True)
    places = places[first]
    rarity, known = weights(words)
    figure = tokens.flags[places] & NUMBER != 0
    short = ~known & ~figure & (tokens.ends[places] - tokens.starts[places] <= _SHORT)
    rarity = np.where(short, _SHORT_RARITY, rarity)
    telling = figure | (rarity >= _RARE)
    return Facts(words[telling], rarity[telling] / 255)
