"""Candidate pairs of a stored article and a new one.

The rules are those of :mod:`dedup.search.values`; the way is another. Tonight's signatures become an inverted index,
and the stored ones are streamed past it: to see who is a near-duplicate of whom and how full the buckets are, and then
to count who meets whom.
"""

from __future__ import annotations

from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup import rules
from dedup.arrays import group_sizes, group_starts
from dedup.corpus import Rows
from dedup.kernels.postings import agreeing, collide, tally, tally_groups
from dedup.minhash import Signatures
from dedup.settings import Settings
from dedup.store.index import Index, Stream, index
from dedup.store.near_duplicates import Inside, links, positions
from dedup.store.window import Window
from dedup.text.boilerplate import LearnedBoilerplate

_Bools = npt.NDArray[np.bool_]
_Groups = npt.NDArray[np.uint64]


class New(NamedTuple):
    """Tonight's ``n`` articles.

    ``groups`` int32[n] as :func:`dedup.search.bands.near_duplicates` gives them; ``publishers`` int32[n] as
    ``boilerplate.codes`` does; ``days`` int32[n].
    """

    signatures: Signatures
    groups: Rows
    publishers: Rows
    days: Rows


class WindowCandidates(NamedTuple):
    """Pairs of a row of the window (``stored``) and one of tonight's (``new``), int32, ascending by both.

    ``groups`` uint64[n] and ``fully_compared`` bool[n] say of tonight's articles what
    :func:`dedup.store.files.signatures` keeps; ``skipped_buckets``, ``skipped_members``: what was too full, of so many
    ``members`` in buckets.
    """

    stored: Rows
    new: Rows
    groups: _Groups
    fully_compared: _Bools
    skipped_buckets: int
    skipped_members: int
    members: int


def search(
    window: Window,
    new: New,
    boilerplate: LearnedBoilerplate,
    settings: Settings,
    limit: int,
    threads: Executor,
    workers: int,
) -> WindowCandidates:
    """The pairs to compare; ``limit``: most groups in a bucket."""
    if not len(window) or not len(new.groups):
        return _alone(window, new, settings)
    buckets = index(new.signatures, new.publishers, boilerplate, settings, threads)
    stream = Stream(window, buckets, boilerplate.codes(window.publishers), settings, threads, workers)
    groups = _groups(window, new, *links(window, new.signatures, settings))
    compared = rules.fully_compared(_ranks(window, new.signatures, groups), settings)
    members = np.diff(buckets.offsets).astype(np.int32)
    for _, batch in stream.buckets():
        tally(batch, members)
    alive = _alive(window, buckets, groups, members, limit, stream)
    stored, fresh = _pairs(window, new, groups, ~compared, buckets, alive, settings, stream)
    order = np.lexsort((fresh, stored))
    return WindowCandidates(
        stored[order],
        fresh[order],
        groups,
        compared,
        int(np.count_nonzero(~alive)),
        int(members[~alive].sum()),
        int(members.sum()),
    )


def _alone(window: Window, new: New, settings: Settings) -> WindowCandidates:
    """What is found where nothing is stored, or nothing new."""
    none = np.empty(0, np.int32)
    groups = _groups(window, new, none, none)
    fully_compared = rules.fully_compared(_ranks(window, new.signatures, groups), settings)
    return WindowCandidates(none, none, groups, fully_compared, 0, 0, 0)


def _groups(window: Window, new: New, stored: Rows, fresh: Rows) -> _Groups:
    """The group of each new article: the smallest one stored that its near-duplicates are in, else its own."""
    none = np.iinfo(np.uint64).max
    own, known = np.full(len(new.groups), none), np.full(len(new.groups), none)
    np.minimum.at(own, new.groups, new.signatures.digests)
    np.minimum.at(known, new.groups[fresh], window.groups[stored])
    return np.where(known != none, known, own)[new.groups]


def _ranks(window: Window, signatures: Signatures, groups: _Groups) -> npt.NDArray[np.int64]:
    """The place of each new article in its group, after the stored ones that were compared with all."""
    different, inverse = np.unique(groups, return_inverse=True)
    hits, stored = positions(different, window.groups)
    before = np.bincount(stored[window.fully_compared[hits]], minlength=len(different))
    order = np.lexsort((signatures.digests, inverse))
    begins = group_starts(inverse[order])
    rank = np.empty(len(groups), np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(begins, group_sizes(begins, len(order)))
    return np.asarray(rank + before[inverse])


def _alive(window: Window, buckets: Index, groups: _Groups, members: Rows, limit: int, stream: Stream) -> _Bools:
    """The buckets of at most ``limit`` groups."""
    alive = members <= limit
    doubtful = np.flatnonzero(~alive)
    if len(doubtful):
        position = np.full(len(members), -1, np.int32)
        position[doubtful] = np.arange(len(doubtful))
        _, codes, sizes = np.unique(np.r_[window.groups, groups], return_inverse=True, return_counts=True)
        codes = np.where(sizes[codes] > 1, codes, -1).astype(np.int32)
        hits, (held, counts) = np.empty((len(doubtful), limit), np.int32), np.zeros((2, len(doubtful)), np.int32)
        tally_groups(buckets.own, codes[len(window) :], position, hits, held, counts)
        for rows, batch in stream.buckets():
            tally_groups(batch, codes[rows], position, hits, held, counts)
        alive[doubtful] = counts <= limit
    return alive


def _pairs(
    window: Window,
    new: New,
    groups: _Groups,
    late: _Bools,
    buckets: Index,
    alive: _Bools,
    settings: Settings,
    stream: Stream,
) -> tuple[Rows, Rows]:
    """Who meets whom often enough across groups, and the pairs inside groups that agree as well."""
    inside, enough = Inside(window, groups, late), rules.min_shared_hashes(settings)

    def hits(rows: slice, batch: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
        left, right = _meeting(batch, buckets, alive, enough)
        across = (window.groups[rows.start + left] != groups[right]) & ~late[right]
        across &= rules.within_window(window.days[rows.start + left], new.days[right], settings)
        one, other = inside.pairs(rows)
        sharing, count = np.empty(len(one), np.bool_), np.empty(enough, np.uint32)
        agreeing(batch, buckets.own, buckets.shingles, one, other, enough, count, sharing)
        keep = _comparable(window, rows.start + one, new, other, sharing, settings)
        return np.stack([rows.start + np.r_[left[across], one[keep]], np.r_[right[across], other[keep]]])

    here, there = np.concatenate([np.empty((2, 0), np.int64), *stream.each(hits)], axis=1)
    return here.astype(np.int32), there.astype(np.int32)


def _comparable(window: Window, stored: Rows, new: New, fresh: Rows, sharing: _Bools, settings: Settings) -> _Bools:
    known = new.signatures
    return rules.comparable(
        (window.digests[stored], known.digests[fresh]),
        (window.sizes[stored], known.sizes[fresh]),
        (window.days[stored], new.days[fresh]),
        sharing,
        settings,
    )


def _meeting(batch: npt.NDArray[np.int32], buckets: Index, alive: _Bools, enough: int) -> tuple[Rows, Rows]:
    hits, values = np.zeros(len(buckets.own), np.uint16), np.empty(enough, np.uint32)
    count, capacity = -1, 8 * len(batch)
    while not 0 <= count <= capacity:
        capacity = max(capacity, count)
        left, right = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
        count = collide(
            batch,
            buckets.own,
            buckets.shingles,
            alive,
            buckets.offsets,
            buckets.postings,
            enough,
            hits,
            values,
            left,
            right,
        )
    return left[:count], right[:count]
