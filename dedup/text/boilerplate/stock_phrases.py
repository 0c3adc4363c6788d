"""Stock phrases: runs of six words that one publisher prints on several days.

Formulas, titles, background paragraphs: whoever prints them, they do not tell that a story was copied. They must come
from one publisher's articles, since a story that many reprint stands on many days too; and from several days, since a
publisher's own stories of one day have much in common. A phrase must be seen several times to be known, so many more
articles are looked at than for boilerplate; that takes their token hashes only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.kernels.phrases import frequent, roll
from dedup.text.boilerplate.counting import Counts, Hashes

WORDS = 6
_ARTICLES, _DAYS = 4, 3  # of one publisher, in which a stock phrase stands at least


class StockPhrases(NamedTuple):
    """``phrases``: their hashes, ascending; in how many articles of their publishers each stands, and one of these."""

    phrases: Hashes
    articles: Counts
    examples: npt.NDArray[np.int64]


def learn_stock_phrases(
    hashes: Hashes, begins: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], publishers: Counts, days: Counts
) -> StockPhrases:
    """The stock phrases of texts; text ``i`` has the tokens ``hashes[begins[i]:ends[i]]`` (uint32).

    ``publishers`` int32[texts]: any code of each text's publisher, -1: unknown; ``days`` int32[texts] of its
    publication, the smallest number where it is unknown: such texts are of one day together.
    """
    order = np.lexsort((days, publishers))
    order = order[publishers[order] >= 0]
    cuts = np.flatnonzero(np.diff(publishers[order])) + 1
    parts = [(np.empty(0, np.uint32), np.empty(0, np.int32), np.empty(0, np.int64))]
    outlets = [rows for rows in np.split(order, cuts) if len(np.unique(days[rows])) >= _DAYS]
    longest = max((int((ends[rows] - begins[rows]).sum()) for rows in outlets), default=0)
    work = _work(longest)
    for rows in outlets:
        count = frequent(hashes, begins[rows], ends[rows], days[rows], WORDS, _ARTICLES, _DAYS, *work)
        *_, phrases, articles, firsts = work
        parts.append((phrases[:count].copy(), articles[:count].copy(), rows[firsts[:count]]))
    phrases, articles, examples = (np.concatenate(column) for column in zip(*parts, strict=True))
    count, first, which = np.unique(phrases, return_index=True, return_inverse=True)
    counts = np.bincount(which, articles, len(count)).astype(np.int32)
    return StockPhrases(count, counts, examples[first])


def _work(tokens: int) -> tuple[npt.NDArray[np.uint8], Hashes, Counts, Counts, Hashes, Counts, Counts]:
    """Working space of the kernel for a publisher with so many tokens, and after it what it fills."""
    capacity, longest = 2 << tokens.bit_length(), tokens // _ARTICLES + 1
    return (
        np.empty(capacity, np.uint8),
        np.empty(capacity, np.uint32),
        np.zeros((4, capacity), np.int32),
        np.empty(capacity, np.int32),
        np.empty(longest, np.uint32),
        np.empty(longest, np.int32),
        np.empty(longest, np.int32),
    )


def runs(hashes: Hashes, offsets: npt.NDArray[np.int64], words: int = WORDS) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """Hashes (uint32) of all runs of so many tokens, and where each text's begin (int64[texts + 1]).

    Text ``i`` has the tokens ``hashes[offsets[i]:offsets[i + 1]]`` (uint32).
    """
    out, out_offsets = np.empty(len(hashes), np.uint32), np.empty(len(offsets), np.int64)
    count = roll(hashes, offsets, words, out, out_offsets)
    return out[:count], out_offsets
