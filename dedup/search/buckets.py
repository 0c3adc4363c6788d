"""Buckets of single signature values: which articles fall into one, and which pairs share enough of them.

What a run, a night and a Spark job do alike in the search for pairs; the loops are those of :mod:`dedup.kernels`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup import rules
from dedup.kernels.bloom import bloom_filter
from dedup.kernels.buckets import FIRST, SearchContext, band_keys, equal_values, gather, shared_shingles
from dedup.kernels.collisions import find_collisions, locate
from dedup.minhash import Signatures, finalised, permutations
from dedup.settings import Settings
from dedup.text.boilerplate import LearnedBoilerplate

__all__ = [
    "FIRST",
    "SearchContext",
    "band_of",
    "bucket_values",
    "collisions",
    "equal_shares",
    "search_context",
    "sharing_enough",
]

Rows = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Values = npt.NDArray[np.uint32]


def search_context(
    signatures: Signatures, publishers: Rows, boilerplate: LearnedBoilerplate, settings: Settings
) -> SearchContext:
    """What the loops must know of ``n`` articles; ``publishers`` int32[n] as ``boilerplate.codes`` gives them."""
    made, learned = permutations(settings), finalised(boilerplate.shingles)
    owner = np.repeat(np.arange(len(boilerplate.names)), np.diff(boilerplate.offsets))
    learned = learned[np.lexsort((learned, owner))]
    return SearchContext(
        signatures.values,
        made.inverses(),
        made.summands,
        publishers,
        boilerplate.offsets,
        learned,
        bloom_filter(learned),
    )


def band_of(values: Values, first: int, settings: Settings, eligible: Rows) -> tuple[Values, Rows]:
    """The keys uint32[m] of a band that begins at the value ``first``, and whose they are: the ``eligible`` rows."""
    keys, order = np.empty(len(eligible), np.uint32), np.empty(len(eligible), np.int32)
    band_keys(values, first, rules.bands(settings).step, eligible, keys, order)
    return keys, order


def equal_shares(values: Values, left: Rows, right: Rows, settings: Settings) -> Bools:
    """Which pairs of rows are near-duplicates by their signatures."""
    count = np.empty(len(left), np.uint16)
    equal_values(values, left, right, count)
    return rules.near_duplicate(count, settings)


def bucket_values(
    context: SearchContext, first: int, number: int, eligible: Rows
) -> tuple[Values, Rows, npt.NDArray[np.int64]]:
    """The values of ``number`` rows of the signature from ``first`` on, without boilerplate, and whose they are.

    Returns keys uint32[number, m], the rows of the articles int32[number, m], and how many of each are filled.
    """
    keys, order = np.empty((number, len(eligible)), np.uint32), np.empty((number, len(eligible)), np.int32)
    counts = np.empty(number, np.int64)
    gather(context, first, eligible, keys, order, counts)
    return keys, order, counts


def sharing_enough(context: SearchContext, left: Rows, right: Rows, settings: Settings) -> Bools:
    """Which pairs of rows share the hashes of enough different shingles."""
    enough = rules.min_shared_hashes(settings)
    shared = np.empty(len(left), np.int32)
    shared_shingles(context, left, right, enough, np.empty(enough, np.uint32), shared)
    return np.asarray(shared == enough)


def collisions(members: Rows, first: int, width: int, settings: Settings) -> tuple[Rows, Rows]:
    """The pairs (left < right) that collide in enough buckets, of which the right row is one of a block.

    ``members`` int32: buckets one after the other, rows ascending, the first row of each with :data:`FIRST` set. The
    block is the rows ``first`` to ``first + width - 1``.
    """
    offsets, positions = np.zeros(width + 1, np.int64), np.empty(len(members), np.int32)
    largest = locate(members, first, first + width, offsets, positions)
    slots = 2 << int(largest).bit_length()
    count, size = -1, 8 * width
    while not 0 <= count <= size:
        size = max(size, count)
        left, right = np.empty(size, np.int32), np.empty(size, np.int32)
        work = [np.zeros(slots, np.int32) for _ in range(3)]
        count = find_collisions(
            members, offsets, positions, first, rules.min_shared_hashes(settings), *work, left, right
        )
    return left[:count], right[:count]
