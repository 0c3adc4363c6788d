"""Near-duplicate groups: the signature read in bands (Leskovec, Rajaraman & Ullman, ch. 3.4).

A group is there for the search alone: a story printed two hundred times counts as one in a bucket and does not overflow
it. Who is in a group with whom decides nothing; every pair is graded on the texts.
"""

from __future__ import annotations

from concurrent.futures import Executor

import numpy as np
import numpy.typing as npt

from dedup.arrays import group_sizes, group_starts
from dedup.components import components
from dedup.kernels.buckets import FIRST, band_keys, equal_values, group
from dedup.settings import Settings
from dedup.signatures import Signatures

NEAR = 0.75  # share of equal signature values from which two articles are near-duplicates

_Rows = npt.NDArray[np.int32]


def near_duplicates(signatures: Signatures, settings: Settings, threads: Executor) -> _Rows:
    """The group of every article, int32[n]: the smallest row of those it is a near-duplicate of, through others too.

    Articles of the same digest are in one group; shorter ones than ``settings.min_tokens`` are in no other. A pair
    that meets in a band counts when its signatures agree in :data:`NEAR` of their values.
    """
    searched = np.flatnonzero(signatures.sizes >= max(settings.min_tokens, 1)).astype(np.int32)
    bands = range(0, settings.num_perm, settings.band_rows)
    links = [_same_digest(signatures), *threads.map(lambda first: _band(signatures, searched, first, settings), bands)]
    left, right = (np.concatenate([pair[side] for pair in links]) for side in (0, 1))
    return components(len(signatures.sizes), left, right)


def _same_digest(signatures: Signatures) -> tuple[_Rows, _Rows]:
    """Every article that has tokens, linked to the first one of its digest."""
    rows = np.flatnonzero(signatures.sizes > 0)
    rows = rows[np.argsort(signatures.digests[rows], kind="stable")]
    digests = signatures.digests[rows]
    begins = group_starts(digests)
    heads = np.repeat(rows[begins], group_sizes(begins, len(rows)))
    linked = heads != rows
    return heads[linked].astype(np.int32), rows[linked].astype(np.int32)


def _band(signatures: Signatures, searched: _Rows, first: int, settings: Settings) -> tuple[_Rows, _Rows]:
    """One band's links: every member of a bucket with the bucket's first, where their signatures agree."""
    count = len(searched)
    keys, order, members = np.empty(count, np.uint32), np.empty(count, np.int32), np.empty(count, np.int32)
    band_keys(signatures.values, first, settings.band_rows, searched, keys, order)
    nobody = np.zeros(len(signatures.sizes), np.int32)
    kept, _, _ = group(
        keys, order, nobody, count, np.empty_like(keys), np.empty_like(order), np.empty(2048, np.int64), nobody, members
    )
    members = members[:kept]
    begins = np.flatnonzero(members < 0)
    rows = members & ~FIRST
    heads = np.repeat(rows[begins], np.diff(np.r_[begins, kept]))
    agreement = np.empty(kept, np.uint16)
    equal_values(signatures.values, heads, rows, agreement)
    near = (agreement >= NEAR * settings.num_perm) & (heads != rows)
    return heads[near], rows[near]
