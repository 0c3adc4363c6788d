"""In how many of many texts a shingle stands."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.kernels.recurring import held, recurring

UNDATED = -(2**31)  # in place of a day number
Counts = npt.NDArray[np.int32]
Hashes = npt.NDArray[np.uint32]


class Sampled(NamedTuple):
    """The shingles of sampled texts, and the texts in the order of their publishers, and of the days within.

    ``shingles`` uint32 and ``shingle_offsets`` int64[texts + 1]; ``order`` int64[texts], the texts of publisher ``i``
    being ``order[begins[i]:begins[i + 1]]``; ``days`` int32[texts], in that order, :data:`UNDATED` where one is
    unknown.
    """

    shingles: npt.NDArray[np.uint32]
    shingle_offsets: npt.NDArray[np.int64]
    order: npt.NDArray[np.int64]
    begins: npt.NDArray[np.int64]
    days: npt.NDArray[np.int32]


def often(sampled: Sampled, begin: int, end: int, min_texts: int) -> tuple[Hashes, Counts]:
    """Shingles in at least so many of a run of articles, and the first article of each."""
    total = int(np.diff(sampled.shingle_offsets)[sampled.order[begin:end]].sum())
    capacity, max_runs = 1 << (2 * total + 1).bit_length(), total // min_texts + 1
    work = [np.empty(capacity, kind) for kind in (np.uint32, np.int32, np.int32, np.int32)]
    words, counts, firsts = np.empty(max_runs, np.uint32), np.empty(max_runs, np.int32), np.empty(max_runs, np.int32)
    result = recurring(
        sampled.shingles, sampled.shingle_offsets, sampled.order, begin, end, min_texts, *work, words, counts, firsts
    )
    return words[:result], firsts[:result]


def held_in(sampled: Sampled, begin: int, end: int, wanted: Hashes) -> Counts:
    """In how many of a run of articles each of the different wanted shingles stands."""
    capacity = 1 << (2 * len(wanted) + 1).bit_length()
    work = (
        np.empty(capacity, np.uint32),
        np.empty(capacity, np.int32),
        np.empty(capacity, np.int32),
        np.zeros(8 * capacity, np.uint8),
    )
    out = np.empty(len(wanted), np.int32)
    held(sampled.shingles, sampled.shingle_offsets, sampled.order, begin, end, wanted, *work, out)
    return out
