"""Near-duplicate groups: the signature read in bands (Leskovec, Rajaraman & Ullman, ch. 3.4).

A group is there for the search alone: a story printed two hundred times counts as one in a bucket and does not overflow
it. Who is in a group with whom decides nothing; every pair is graded on the texts.
"""

from __future__ import annotations

from concurrent.futures import Executor

import numpy as np
import numpy.typing as npt

from dedup import rules
from dedup.arrays import group_sizes, group_starts
from dedup.components import components
from dedup.kernels.buckets import group
from dedup.minhash import Signatures
from dedup.search.buckets import FIRST, band_of, equal_shares
from dedup.settings import Settings

_Rows = npt.NDArray[np.int32]


def near_duplicates(signatures: Signatures, settings: Settings, threads: Executor) -> _Rows:
    """The group of every article, int32[n]: the smallest row of those it is a near-duplicate of, through others too.

    Articles of the same digest are in one group; those that are too short are in no other. A pair that meets
    in a band counts when enough values of its signatures are equal (:func:`dedup.rules.near_duplicate`).
    """
    eligible = np.flatnonzero(rules.eligible(signatures.sizes, settings)).astype(np.int32)
    banded = threads.map(lambda first: _band(signatures, eligible, first, settings), rules.bands(settings))
    links = [_same_digest(signatures), *banded]
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


def _band(signatures: Signatures, eligible: _Rows, first: int, settings: Settings) -> tuple[_Rows, _Rows]:
    """One band's links: every member of a bucket with the bucket's first, where their signatures agree."""
    count = len(eligible)
    (keys, order), members = band_of(signatures.values, first, settings, eligible), np.empty(count, np.int32)
    nobody = np.zeros(len(signatures.sizes), np.int32)
    selected, _, _ = group(
        keys, order, nobody, count, np.empty_like(keys), np.empty_like(order), np.empty(2048, np.int64), nobody, members
    )
    members = members[:selected]
    begins = np.flatnonzero(members < 0)
    rows = members & ~FIRST
    heads = np.repeat(rows[begins], np.diff(np.r_[begins, selected]))
    near = equal_shares(signatures.values, heads, rows, settings) & (heads != rows)
    return heads[near], rows[near]
