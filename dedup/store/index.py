"""An inverted index of tonight's signatures, and where stored ones fall in it."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup import rules
from dedup.arrays import pair_keys
from dedup.corpus import Rows
from dedup.kernels.postings import fill, look_up, strike
from dedup.minhash import Signatures, finalised
from dedup.search.buckets import bucket_values, search_context
from dedup.settings import Settings
from dedup.store.files import Signed
from dedup.text.boilerplate import LearnedBoilerplate


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


class Lookup(NamedTuple):
    """What tells into which buckets stored articles fall: the index, and the boilerplate, which falls into none."""

    buckets: Index
    learned: LearnedBoilerplate
    settings: Settings


def fall(known: Lookup, signed: Signed, live: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    """The buckets that the values of a piece fall into, int32[b, num_perm]; -1: none. ``live``: of its articles."""
    index, settings = known.buckets, known.settings
    fully_compared = live & signed.fully_compared & rules.eligible(signed.sizes, settings)
    out = np.empty(signed.values.shape, np.int32)
    look_up(signed.values, fully_compared, index.tables, index.shift, index.keys, out)
    strike(out, index.suspect, index.shingles, known.learned.codes(signed.publishers), index.boilerplate)
    return out
