"""Candidate pairs: which articles are worth comparing.

The whole signature is read as ``num_perm`` bands of one row, and pairs that agree in the values of ``agreement``
different shingles are candidates. A rewrite shares few shingles with its source, so a band of several rows hardly ever
meets twice the same; single values still do. Whether a pair is a candidate depends on its two signatures (and its
publishers' furniture) alone, as long as no bucket overflows its cap and no group of near-duplicates its limit; both are
counted.
"""

from __future__ import annotations

import dataclasses
import math
from concurrent.futures import Executor

import numpy as np
import numpy.typing as npt

from dedup.arrays import NO_DAY, group_sizes, group_starts
from dedup.furniture import Furniture
from dedup.kernels.buckets import RANGE_MOST, Known, agree, gather, group, index, shared_shingles
from dedup.kernels.sieve import sieve
from dedup.settings import Settings
from dedup.signatures import Signatures, mixed, permutations
from dedup.spool import IN_MEMORY, Spool

_CAP_LEAST = 50
_ROWS = 8  # of the signatures that are gathered at a time

_Rows = npt.NDArray[np.int32]
_Places = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of rows, ``left`` < ``right``, ascending, int32[m], and how the search went.

    ``searched`` bool[n]: false for members of large groups of near-duplicates that were compared with the group's
    representative only; ``implied`` says how many these are.
    """

    left: _Rows
    right: _Rows
    searched: npt.NDArray[np.bool_]
    cap: int
    skipped_buckets: int
    skipped_members: int
    implied: int


def cap(articles: int) -> int:
    """Most groups in a bucket for a pile of so many articles: 50, and growing with its square root from 40,000 on."""
    return max(_CAP_LEAST, round(_CAP_LEAST * math.sqrt(articles / 40_000)))


def candidates(
    signatures: Signatures, groups: _Rows, publishers: _Rows, days: _Rows, furniture: Furniture, settings: Settings,
    threads: Executor, workers: int, spool: Spool = IN_MEMORY,
) -> Candidates:  # fmt: skip
    """The candidate pairs among ``n`` articles.

    ``groups`` int32[n] as :func:`dedup.bands.near_duplicates` gives them; ``publishers`` int32[n] as
    ``furniture.codes`` gives them; ``days`` int32[n]: day numbers, :data:`NO_DAY` where there is none; ``spool`` has
    room for the large arrays.
    """
    limit = settings.cap or cap(len(groups))
    known = known_of(signatures, publishers, furniture, settings)
    rank = ranks(signatures, groups)
    late = rank >= settings.group_members
    searched = np.flatnonzero((signatures.sizes >= max(settings.min_tokens, 1)) & ~late).astype(np.int32)
    members = spool.empty((settings.num_perm, len(searched)), np.int32)  # what is not filled costs no memory
    counts = np.concatenate(list(threads.map(
        lambda first: _buckets(first, known, searched, groups, limit, members[first : first + _ROWS]),
        range(0, settings.num_perm, _ROWS),
    )))  # fmt: skip
    across = _across_groups(members, counts[:, 0], known, groups, days, settings, threads, workers, spool)
    inside = _within_groups(signatures, known, groups, rank, days, settings)
    left, right = (np.concatenate([inside[side], across[side]]) for side in (0, 1))
    order = np.lexsort((right, left))
    buckets, skipped = counts[:, 1:].sum(0).tolist()
    return Candidates(left[order], right[order], ~late, limit, buckets, skipped, int(np.count_nonzero(late)))


def known_of(signatures: Signatures, publishers: _Rows, furniture: Furniture, settings: Settings) -> Known:
    """What the kernels are told of articles; the arguments are those of :func:`candidates`."""
    made, learned = permutations(settings), mixed(furniture.shingles)
    owner = np.repeat(np.arange(len(furniture.names)), np.diff(furniture.offsets))
    learned = learned[np.lexsort((learned, owner))]
    return Known(
        signatures.values, made.inverses(), made.summands, publishers, furniture.offsets, learned, sieve(learned)
    )


def ranks(signatures: Signatures, groups: _Rows) -> _Places:
    """The place of every article in its group, by content digest and then by row (rows are in the order of the ids)."""
    order = np.lexsort((np.arange(len(groups)), signatures.digests, groups))
    ordered = groups[order]
    begins = group_starts(ordered)
    rank = np.empty(len(groups), np.int64)
    rank[order] = np.arange(len(groups)) - np.repeat(begins, group_sizes(begins, len(groups)))
    return rank


def _within_groups(
    signatures: Signatures, known: Known, groups: _Rows, rank: _Places, days: _Rows, settings: Settings
) -> tuple[_Rows, _Rows]:
    """The pairs to compare inside groups."""
    one, other = company(groups, rank, settings.group_members)
    left, right = np.minimum(one, other).astype(np.int32), np.maximum(one, other).astype(np.int32)
    shared, enough = np.empty(len(left), np.int32), settings.agreement
    shared_shingles(known, left, right, enough, np.empty(enough, np.uint32), shared)
    short = np.minimum(signatures.sizes[left], signatures.sizes[right]) < settings.min_tokens
    same = signatures.digests[left] == signatures.digests[right]
    undated = (days[left] == NO_DAY) | (days[right] == NO_DAY)
    near = undated | (np.abs(days[left].astype(np.int64) - days[right]) <= settings.window)
    kept = near & (same | (~short & (shared == enough)))
    return left[kept], right[kept]


def company(groups: _Rows, rank: _Places, members: int) -> tuple[_Places, _Places]:
    """Pairs inside groups: all among the first ``members``, and every other member with the representative."""
    order = np.lexsort((rank, groups))
    ordered = groups[order]
    late = np.flatnonzero(rank >= members)
    lefts, rights = [order[np.searchsorted(ordered, groups[late])]], [late]
    step, place = 1, np.flatnonzero(ordered[1:] == ordered[:-1])
    while step < members and len(place):
        place = place[rank[order[place + step]] < members]
        lefts.append(order[place])
        rights.append(order[place + step])
        step += 1
        place = place[place + step < len(order)]
        place = place[ordered[place + step] == ordered[place]]
    return np.concatenate(lefts), np.concatenate(rights)


def _buckets(
    first: int, known: Known, searched: _Rows, groups: _Rows, limit: int, members: npt.NDArray[np.int32]
) -> _Places:
    """Fill ``members`` int32[rows, m] with the buckets of some rows, as :func:`dedup.kernels.buckets.group` lists them.

    Returns int64[rows, 3]: how many members each has, and how many buckets and members were skipped.
    """
    keys, order = np.empty(members.shape, np.uint32), np.empty(members.shape, np.int32)
    gathered, counts = np.empty(len(members), np.int64), np.empty((len(members), 3), np.int64)
    gather(known, first, searched, keys, order, gathered)
    work = np.empty(len(searched), np.uint32), np.empty(len(searched), np.int32)
    seen, digits = np.empty(len(groups), np.int32), np.empty(2048, np.int64)
    for row, count in enumerate(gathered.tolist()):
        seen.fill(-1)
        counts[row] = group(
            keys[row, :count], order[row, :count], groups, limit, work[0][:count], work[1][:count], digits, seen,
            members[row],
        )  # fmt: skip
    return counts


def _across_groups(
    members: npt.NDArray[np.int32], counts: _Places, known: Known, groups: _Rows, days: _Rows, settings: Settings,
    threads: Executor, workers: int, spool: Spool,
) -> tuple[_Rows, _Rows]:  # fmt: skip
    """Pairs of different groups that meet often enough, counted by ranges of articles side by side."""
    count = len(groups)
    offsets = np.zeros(count + 1, np.int64)
    places = spool.empty((int(counts.sum()),), np.uint32 if members.size < 2**32 else np.uint64)
    index(members, counts, offsets, places)
    listed = members.ravel()
    cuts = np.linspace(0, count, max(4 * workers, count // RANGE_MOST) + 2).astype(np.int64)

    def pairs(part: int) -> tuple[_Rows, _Rows]:
        first, last = int(cuts[part]), int(cuts[part + 1])
        found, room = -1, 8 * (last - first) + 1024
        while not 0 <= found <= room:
            room = max(room, found)
            left, right = np.empty(room, np.int32), np.empty(room, np.int32)
            found = agree(
                listed, offsets, places, groups, days, settings.window, known, first, last, settings.agreement,
                np.zeros(count, np.uint32), np.empty(settings.agreement, np.uint32), left, right,
            )  # fmt: skip
        return left[:found], right[:found]

    parts = list(threads.map(pairs, range(len(cuts) - 1)))
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
