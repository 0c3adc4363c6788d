"""Candidate pairs: which articles are worth comparing.

The whole signature is read as ``num_perm`` bands of one row, and pairs that share the hashes of enough different
shingles are candidates (:mod:`dedup.rules`). A rewrite shares few shingles with its source, so a band of several rows
hardly ever meets twice the same; single values still do. Whether a pair is a candidate depends on its two signatures
(and its publishers' boilerplate) alone, as long as no bucket overflows and no group of near-duplicates is larger than
its limit; both are counted.
"""

from __future__ import annotations

import dataclasses
from concurrent.futures import Executor

import numpy as np
import numpy.typing as npt

from dedup import rules
from dedup.arrays import group_sizes, group_starts
from dedup.kernels.buckets import agree, group, index
from dedup.kernels.counters import MAX_RANGE
from dedup.minhash import Signatures
from dedup.scratch import IN_MEMORY, ScratchSpace
from dedup.search.buckets import SearchContext, bucket_values, search_context, sharing_enough
from dedup.settings import Settings
from dedup.text.boilerplate import LearnedBoilerplate

_ROWS = 8  # of the signatures that are gathered at a time

_Rows = npt.NDArray[np.int32]
_Indices = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of rows, ``left`` < ``right``, ascending, int32[m], and how the search went.

    ``fully_compared`` bool[n]: false for members of large groups of near-duplicates that were compared with the group's
    representative only; ``represented_only`` says how many these are.
    """

    left: _Rows
    right: _Rows
    fully_compared: npt.NDArray[np.bool_]
    cap: int
    skipped_buckets: int
    skipped_members: int
    represented_only: int


def candidates(
    signatures: Signatures,
    groups: _Rows,
    publishers: _Rows,
    days: _Rows,
    boilerplate: LearnedBoilerplate,
    settings: Settings,
    threads: Executor,
    workers: int,
    scratch: ScratchSpace = IN_MEMORY,
    pile: int | None = None,
) -> Candidates:
    """The candidate pairs among ``n`` articles.

    ``groups`` int32[n] as :func:`dedup.search.bands.near_duplicates` gives them; ``publishers`` int32[n] as
    ``boilerplate.codes`` gives them; ``days`` int32[n]: day numbers, :data:`NO_DAY` where there is none; ``scratch``
    has room for the large arrays; ``pile``: articles of the whole pile, where these are a part of it.
    """
    limit = rules.max_bucket_size(settings, len(groups) if pile is None else pile)
    context = search_context(signatures, publishers, boilerplate, settings)
    rank = ranks(signatures, groups)
    compared = rules.fully_compared(rank, settings)
    eligible = np.flatnonzero(rules.eligible(signatures.sizes, settings) & compared).astype(np.int32)
    members = scratch.empty((settings.num_perm, len(eligible)), np.int32)  # what is not filled costs no memory
    counts = np.concatenate(
        list(
            threads.map(
                lambda first: _buckets(first, context, eligible, groups, limit, members[first : first + _ROWS]),
                range(0, settings.num_perm, _ROWS),
            )
        )
    )
    across = _across_groups(members, counts[:, 0], context, groups, days, settings, threads, workers, scratch)
    inside = _within_groups(signatures, context, groups, rank, days, settings)
    left, right = (np.concatenate([inside[side], across[side]]) for side in (0, 1))
    order = np.lexsort((right, left))
    buckets, skipped = counts[:, 1:].sum(0).tolist()
    return Candidates(left[order], right[order], compared, limit, buckets, skipped, int(np.count_nonzero(~compared)))


def ranks(signatures: Signatures, groups: _Rows) -> _Indices:
    """The place of every article in its group, by content digest and then by row (rows are in the order of the ids)."""
    order = np.lexsort((np.arange(len(groups)), signatures.digests, groups))
    ordered = groups[order]
    begins = group_starts(ordered)
    rank = np.empty(len(groups), np.int64)
    rank[order] = np.arange(len(groups)) - np.repeat(begins, group_sizes(begins, len(groups)))
    return rank


def _within_groups(
    signatures: Signatures, context: SearchContext, groups: _Rows, rank: _Indices, days: _Rows, settings: Settings
) -> tuple[_Rows, _Rows]:
    """The pairs to compare inside groups."""
    one, other = within_group_pairs(groups, rank, rules.max_group_members(settings))
    left, right = np.minimum(one, other).astype(np.int32), np.maximum(one, other).astype(np.int32)
    digests, sizes, dates = ((values[left], values[right]) for values in (signatures.digests, signatures.sizes, days))
    keep = rules.comparable(digests, sizes, dates, sharing_enough(context, left, right, settings), settings)
    return left[keep], right[keep]


def within_group_pairs(groups: _Rows, rank: _Indices, members: int) -> tuple[_Indices, _Indices]:
    """Pairs inside groups: all among the first ``members``, and every other member with the representative."""
    order = np.lexsort((rank, groups))
    ordered = groups[order]
    late = np.flatnonzero(rank >= members)
    lefts, rights = [order[np.searchsorted(ordered, groups[late])]], [late]
    step, starts = 1, np.flatnonzero(ordered[1:] == ordered[:-1])
    while step < members and len(starts):
        starts = starts[rank[order[starts + step]] < members]
        lefts.append(order[starts])
        rights.append(order[starts + step])
        step += 1
        starts = starts[starts + step < len(order)]
        starts = starts[ordered[starts + step] == ordered[starts]]
    return np.concatenate(lefts), np.concatenate(rights)


def _buckets(
    first: int, context: SearchContext, eligible: _Rows, groups: _Rows, limit: int, members: npt.NDArray[np.int32]
) -> _Indices:
    """Fill ``members`` int32[rows, m] with the buckets of some rows, as :func:`dedup.kernels.buckets.group` lists them.

    Returns int64[rows, 3]: how many members each has, and how many buckets and members were skipped.
    """
    keys, order, filled = bucket_values(context, first, len(members), eligible)
    counts = np.empty((len(members), 3), np.int64)
    work = np.empty(len(eligible), np.uint32), np.empty(len(eligible), np.int32)
    seen, digits = np.empty(len(groups), np.int32), np.empty(2048, np.int64)
    for row, count in enumerate(filled.tolist()):
        seen.fill(-1)
        counts[row] = group(
            keys[row, :count],
            order[row, :count],
            groups,
            limit,
            work[0][:count],
            work[1][:count],
            digits,
            seen,
            members[row],
        )
    return counts


def _across_groups(
    members: npt.NDArray[np.int32],
    counts: _Indices,
    context: SearchContext,
    groups: _Rows,
    days: _Rows,
    settings: Settings,
    threads: Executor,
    workers: int,
    scratch: ScratchSpace,
) -> tuple[_Rows, _Rows]:
    """Pairs of different groups that meet often enough, counted by ranges of articles side by side."""
    count = len(groups)
    offsets = np.zeros(count + 1, np.int64)
    positions = scratch.empty((int(counts.sum()),), np.uint32 if members.size < 2**32 else np.uint64)
    index(members, counts, offsets, positions)
    listed, enough = members.ravel(), rules.min_shared_hashes(settings)
    cuts = np.linspace(0, count, max(4 * workers, count // MAX_RANGE) + 2).astype(np.int64)

    def pairs(part: int) -> tuple[_Rows, _Rows]:
        first, last = int(cuts[part]), int(cuts[part + 1])
        number, capacity = -1, 8 * (last - first) + 1024
        while not 0 <= number <= capacity:
            capacity = max(capacity, number)
            left, right = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
            number = agree(
                listed,
                offsets,
                positions,
                groups,
                days,
                rules.window_days(settings),
                context,
                first,
                last,
                enough,
                np.zeros(count, np.uint32),
                np.empty(count, np.int32),
                np.empty(enough, np.uint32),
                left,
                right,
            )
        return left[:number], right[:number]

    parts = list(threads.map(pairs, range(len(cuts) - 1)))
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
