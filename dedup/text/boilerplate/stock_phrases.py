"""Set phrases: runs of six words that one publisher prints on several days.

Formulas, titles, background paragraphs: whoever prints them, they do not tell that a story was copied. They must come
from one publisher's articles, since a story that many reprint stands on many days too; and from several days, since a
publisher's own stories of one day have much in common. A phrase must be seen several times to be known, so many more
articles are looked at than for furniture; that takes their token hashes only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.kernels.phrases import frequent, roll
from dedup.text.boilerplate.counting import Counts, Hashes
from dedup.text.tokens import Tokens

WORDS = 6
_ARTICLES, _DAYS = 4, 3  # of one publisher, in which a set phrase stands at least


class SetPhrases(NamedTuple):
    """``phrases``: their hashes, ascending; in how many articles of their publishers each stands, and one of these."""

    phrases: Hashes
    articles: Counts
    examples: npt.NDArray[np.int64]


def learn_set_phrases(
    hashes: Hashes, begins: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], publishers: Counts, days: Counts
) -> SetPhrases:
    """The set phrases of texts; text ``i`` has the tokens ``hashes[begins[i]:ends[i]]`` (uint32).

    ``publishers`` int32[texts]: any code of each text's publisher, -1: unknown; ``days`` int32[texts] of its
    publication, the smallest number where it is unknown: such texts are of one day together.
    """
    order = np.lexsort((days, publishers))
    order = order[publishers[order] >= 0]
    cuts = np.flatnonzero(np.diff(publishers[order])) + 1
    parts = [(np.empty(0, np.uint32), np.empty(0, np.int32), np.empty(0, np.int64))]
    houses = [rows for rows in np.split(order, cuts) if len(np.unique(days[rows])) >= _DAYS]
    most = max((int((ends[rows] - begins[rows]).sum()) for rows in houses), default=0)
    work = _work(most)
    for rows in houses:
        found = frequent(hashes, begins[rows], ends[rows], days[rows], WORDS, _ARTICLES, _DAYS, *work)
        *_, phrases, articles, firsts = work
        parts.append((phrases[:found].copy(), articles[:found].copy(), rows[firsts[:found]]))
    phrases, articles, examples = (np.concatenate(column) for column in zip(*parts, strict=True))
    found, first, which = np.unique(phrases, return_index=True, return_inverse=True)
    counts = np.bincount(which, articles, len(found)).astype(np.int32)
    return SetPhrases(found, counts, examples[first])


def _work(tokens: int) -> tuple[npt.NDArray[np.uint8], Hashes, Counts, Counts, Hashes, Counts, Counts]:
    """Working room of the kernel for a publisher with so many tokens, and behind it what it fills."""
    room, most = 2 << tokens.bit_length(), tokens // _ARTICLES + 1
    return (
        np.empty(room, np.uint8), np.empty(room, np.uint32), np.zeros((4, room), np.int32), np.empty(room, np.int32),
        np.empty(most, np.uint32), np.empty(most, np.int32), np.empty(most, np.int32),
    )  # fmt: skip


def runs(tokens: Tokens, words: int = WORDS) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """Hashes (uint32) of all runs of so many tokens, and where each text's begin (int64[texts + 1])."""
    hashes, places = np.empty(len(tokens.hashes), np.uint32), np.empty(len(tokens.offsets), np.int64)
    count = roll(tokens.hashes, tokens.offsets, words, hashes, places)
    return hashes[:count], places
