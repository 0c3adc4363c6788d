"""What the sentence that cites a source tells, and how much of it another text tells too."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.arrays import are_among, distinct
from dedup.kernels.annotate import BOILERPLATE
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

    def shared(self, row: int, span: tuple[int, int], other: int) -> tuple[float, float]:
        """How much of what ``row`` tells where it cites stands in the text of the row ``other``: its rarity, and share.

        That is the sentence, or it and the one before, whichever has the larger share in common: "... was killed. His
        death was first reported by X". ``span``: first character of the citation and the one after its last; its own
        words are no facts.
        """
        words = self._of_text(other)
        shares = []
        for facts in self._facts_at(row, *span):
            common = float(facts.rarity[are_among(facts.words, words)].sum())
            shares.append((common / max(float(facts.rarity.sum()), 1e-9), common))
        share, common = max(shares)
        return common, share

    def _facts_at(self, row: int, start: int, end: int) -> tuple[Facts, Facts]:
        span = row, start, end
        if span not in self._facts:
            before, begin, cited, cited_end, after = self._bounds(*span)
            self._facts[span] = self._read(begin, cited, cited_end, after), self._read(before, cited, cited_end, after)
        return self._facts[span]

    def _bounds(self, row: int, start: int, end: int) -> tuple[int, int, int, int, int]:
        """Places of tokens: where the sentence before and the citing one begin, first and last of the citation, end."""
        first, last = self._tokens.offsets[row : row + 2].tolist()
        text = self._texts[row].as_py()
        offsets = len(text[:start].encode()), len(text[:end].encode())
        cited, cited_end = (first + np.searchsorted(self._tokens.starts[first:last], offsets)).tolist()
        low, high = max(first, cited - 2 * _LONGEST), min(last, cited_end + _LONGEST)
        breaks = self._tokens.gaps[low:high] & (GAP_SENTENCE | GAP_PARAGRAPH) != 0
        begins = [low, low, *(low + np.flatnonzero(breaks[: cited + 1 - low])).tolist()]
        ends = [*(cited_end + np.flatnonzero(breaks[cited_end - low :])).tolist(), high]
        return begins[-2], max(begins[-1], cited - _LONGEST), cited, cited_end, ends[0]

    def _read(self, first: int, cited: int, cited_end: int, last: int) -> Facts:
        positions = np.r_[first:cited, cited_end:last]
        return _facts(self._tokens, positions[self._masks[positions] & BOILERPLATE == 0])

    def _of_text(self, row: int) -> _Words:
        if row not in self._words:
            part = slice(*self._tokens.offsets[row : row + 2].tolist())
            self._words[row] = distinct(self._tokens.hashes[part][self._masks[part] & BOILERPLATE == 0])
        return self._words[row]


def _facts(tokens: Tokens, positions: npt.NDArray[np.int64]) -> Facts:
    """The figures and rare words among the tokens at these places."""
    words, first = np.unique(tokens.hashes[positions], return_index=True)
    positions = positions[first]
    rarity, known = weights(words)
    figure = tokens.flags[positions] & NUMBER != 0
    short = ~known & ~figure & (tokens.ends[positions] - tokens.starts[positions] <= _SHORT)
    rarity = np.where(short, _SHORT_RARITY, rarity)
    telling = figure | (rarity >= _RARE)
    return Facts(words[telling], rarity[telling] / 255)
