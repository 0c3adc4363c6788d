"""An inverted index of tonight's signatures, and the stored ones streamed past it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from dedup import rules
from dedup.arrays import pair_keys
from dedup.corpus import Rows, side_by_side
from dedup.kernels.postings import fill, look_up, strike
from dedup.minhash import Signatures, finalised
from dedup.search.buckets import bucket_values, search_context
from dedup.settings import Settings
from dedup.store.window import Window
from dedup.text.boilerplate import LearnedBoilerplate

_Result = TypeVar("_Result")


class Index(NamedTuple):
    """Buckets of the new articles; the fields are the arguments of :mod:`dedup.kernels.postings`."""

    own: npt.NDArray[np.int32]
    keys: npt.NDArray[np.uint32]
    shingles: npt.NDArray[np.uint32]
    offsets: npt.NDArray[np.int64]
    postings: Rows
    tables: npt.NDArray[np.int32]
    shift: int
    suspect: npt.NDArray[np.bool_]
    boilerplate: npt.NDArray[np.int64]


def index(
    signatures: Signatures, publishers: Rows, boilerplate: LearnedBoilerplate, settings: Settings, threads: Executor
) -> Index:
    """The buckets of some articles; ``publishers`` int32[n] as ``boilerplate.codes`` gives them."""
    values, sizes, _ = signatures
    known = search_context(signatures, publishers, boilerplate, settings)
    fully_compared = np.flatnonzero(rules.eligible(sizes, settings)).astype(np.int32)

    def row(number: int) -> tuple[npt.NDArray[np.uint32], Rows, npt.NDArray[np.int64]]:
        keys, order, counts = bucket_values(known, number, 1, fully_compared)
        different, inverse = np.unique(keys[0, : counts[0]], return_inverse=True)
        return different, order[0, : counts[0]], inverse

    rows = list(threads.map(row, range(settings.num_perm)))
    firsts = np.cumsum([0, *(len(keys) for keys, _, _ in rows)])
    bits = max(int(2 * max(np.diff(firsts).max(initial=1), 1) - 1).bit_length(), 4)
    tables, own = np.full((len(rows), 1 << bits), -1, np.int32), np.full(values.shape, -1, np.int32)
    for number, (keys, order, inverse) in enumerate(rows):
        fill(keys, firsts[number], 32 - bits, tables[number])
        own[order, number] = firsts[number] + inverse
    keys = np.concatenate([keys for keys, _, _ in rows])
    owner = np.repeat(np.arange(len(rows)), np.diff(firsts))
    shingles = (keys - known.summands[owner]) * known.inverses[owner]
    counts = np.concatenate([np.bincount(inverse, minlength=len(keys)) for keys, _, inverse in rows])
    postings = np.concatenate([order[np.argsort(inverse, kind="stable")] for _, order, inverse in rows])
    learned = finalised(boilerplate.shingles)
    codes = np.repeat(np.arange(len(boilerplate.names)), np.diff(boilerplate.offsets))
    return Index(
        own,
        keys,
        shingles,
        np.r_[0, np.cumsum(counts)],
        postings,
        tables,
        32 - bits,
        np.isin(shingles, learned),
        np.sort(pair_keys(codes, learned)),
    )


class Stream:
    """The signatures of the window, as often as they are wanted."""

    def __init__(
        self, window: Window, index: Index, publishers: Rows, settings: Settings, threads: Executor, workers: int
    ) -> None:
        """``publishers`` int32[n]: codes of the window's."""
        self._window, self._index, self._publishers = window, index, publishers
        self._fully_compared = window.fully_compared & rules.eligible(window.sizes, settings)
        self._threads, self._ahead = threads, workers + 1

    def buckets(self) -> Iterator[tuple[slice, npt.NDArray[np.int32]]]:
        """Rows of the window and the buckets that they fall into, int32[b, num_perm]; boilerplate falls into none."""
        return side_by_side(self._fall, self._window.signatures(), self._threads, self._ahead)

    def each(self, work: Callable[[slice, npt.NDArray[np.int32]], _Result]) -> Iterator[_Result]:
        """What ``work`` makes of these, done side by side."""
        return side_by_side(
            lambda batch: work(*self._fall(batch)), self._window.signatures(), self._threads, self._ahead
        )

    def _fall(self, batch: tuple[slice, npt.NDArray[np.uint32]]) -> tuple[slice, npt.NDArray[np.int32]]:
        rows, values = batch
        index, out = self._index, np.empty(values.shape, np.int32)
        look_up(values, self._fully_compared[rows], index.tables, index.shift, index.keys, out)
        strike(out, index.suspect, index.shingles, self._publishers[rows], index.boilerplate)
        return rows, out
