"""Candidate pairs of a stored article and a new one.

The rules are those of :mod:`dedup.search.values`; the way is another. Tonight's signatures become an inverted index,
and the stored ones are read past it, piece by piece: to see who is a near-duplicate of whom and how full the buckets
are, and then to count who meets whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup import rules
from dedup.arrays import distinct, expand_ranges, group_sizes, group_starts, highs, pair_keys
from dedup.corpus import Rows
from dedup.kernels.postings import agreeing, collide, tally, tally_groups
from dedup.minhash import Signatures
from dedup.settings import Settings
from dedup.store.files import read_signatures
from dedup.store.index import Lookup, fall, index
from dedup.store.near_duplicates import Bands, InGroups, Links, bands, in_groups, links, positions, same_digest
from dedup.store.pieces import Made, Piece
from dedup.store.window import Window
from dedup.text.boilerplate import LearnedBoilerplate

_Bools = npt.NDArray[np.bool_]
_Groups = npt.NDArray[np.uint64]

_TOGETHER = 1 << 23  # groups of buckets that are held before they are counted
_NO_VALUES = np.empty((0, 0), np.uint32)


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
) -> WindowCandidates:
    """The pairs to compare; ``limit``: most groups in a bucket."""
    if not len(window) or not len(new.groups):
        return _alone(window, new, settings)
    buckets = index(new.signatures, new.publishers, boilerplate, settings, threads)
    known = Lookup(buckets, boilerplate, settings)
    workers = window.night_files.workers
    items = [(rows, piece, window.live[rows]) for rows, piece in window.pieces("signatures")]
    asked = _Asked(known, bands(new.signatures, settings))
    with workers.keep(known), workers.making(_stored, asked, items) as stored:
        linked = [same_digest(window, new.signatures), *workers.each(_links, None, stored)]
        groups = _groups(window, new, *np.concatenate(linked, axis=1).astype(np.int32))
        compared = rules.fully_compared(_ranks(window, new.signatures, groups), settings)
        members = np.diff(buckets.offsets).astype(np.int32) + workers.total(_tallied, len(buckets.keys), stored)
        alive = _alive(window, known, groups, members, limit, stored)
        left, right = _pairs(window, new, groups, ~compared, known, alive, stored)
    order = np.lexsort((right, left))
    return WindowCandidates(
        left[order],
        right[order],
        groups,
        compared,
        int(np.count_nonzero(~alive)),
        int(members[~alive].sum()),
        int(members.sum()),
    )


class _Asked(NamedTuple):
    """Tonight's articles, as stored ones are held against them."""

    known: Lookup
    bands: Bands


class _Stored(NamedTuple):
    """The ``b`` articles of a piece, which begins at the row ``first`` of the window, held against tonight's.

    ``links``: their near-duplicates; ``buckets`` int32[b, num_perm] as :func:`~dedup.store.index.fall` gives them;
    ``days``, ``sizes`` int32[b]; ``digests``, ``groups`` uint64[b].
    """

    first: int
    links: Links
    buckets: npt.NDArray[np.int32]
    days: Rows
    sizes: Rows
    digests: _Groups
    groups: _Groups


_Pieces = Sequence[_Stored] | Made[_Stored]


def _stored(asked: _Asked, item: tuple[slice, Piece, _Bools]) -> _Stored:
    """Read a piece, which is of some rows of the window; which of these are live?"""
    rows, piece, live = item
    signed = read_signatures(piece)
    near, buckets = links(asked.bands, signed, live), fall(asked.known, signed, live)
    near[0] += rows.start
    return _Stored(rows.start, near, buckets, signed.days, signed.sizes, signed.digests, signed.groups)


def _links(_: None, stored: _Stored) -> Links:
    """The near-duplicates of a piece."""
    return stored.links


def _tallied(buckets: int, stored: _Stored) -> Rows:
    """How many of the articles of a piece fall into every bucket, int32[buckets]."""
    counts = np.zeros(buckets, np.int32)
    tally(stored.buckets, counts)
    return counts


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


class _Doubtful(NamedTuple):
    """The ``number`` of buckets with more members than a bucket may have groups.

    ``position`` int32[buckets]: the place of each among them, -1: none of them; ``shared`` uint64, ascending: the
    groups of several articles; ``limit``: most groups.
    """

    number: int
    position: Rows
    shared: _Groups
    limit: int


class _Counted(NamedTuple):
    """Groups in doubtful buckets: ``alone`` int32: those of one article; ``others`` int64: keys of bucket and group."""

    alone: Rows
    others: npt.NDArray[np.int64]


def _alive(window: Window, known: Lookup, groups: _Groups, members: Rows, limit: int, stored: _Pieces) -> _Bools:
    """The buckets of at most ``limit`` groups."""
    alive = members <= limit
    doubtful = np.flatnonzero(~alive)
    if len(doubtful):
        position = np.full(len(members), -1, np.int32)
        position[doubtful] = np.arange(len(doubtful))
        different, sizes = np.unique(np.r_[window.groups, groups], return_counts=True)
        asked = _Doubtful(len(doubtful), position, different[sizes > 1], limit)
        counted = [_counted(asked, known.buckets.own, groups)]
        for one in window.night_files.workers.each(_counted_in, asked, stored):
            counted.append(one)
            if sum(len(each.others) for each in counted) > _TOGETHER:
                counted = [_added(counted, limit)]
        alive[doubtful] = _different(_added(counted, limit)) <= limit
    return alive


def _counted_in(asked: _Doubtful, stored: _Stored) -> _Counted:
    """The groups of a piece in doubtful buckets."""
    return _counted(asked, stored.buckets, stored.groups)


def _counted(asked: _Doubtful, buckets: npt.NDArray[np.int32], groups: _Groups) -> _Counted:
    """The groups of a batch (int32[b, num_perm], as :func:`~dedup.store.index.fall` gives it) in doubtful buckets."""
    number, codes = asked.number, np.full(len(groups), -1, np.int32)
    rows, places = positions(asked.shared, groups)
    codes[rows] = places
    hits, (held, counts) = np.empty((number, asked.limit), np.int32), np.zeros((2, number), np.int32)
    tally_groups(buckets, codes, asked.position, hits, held, counts)
    owner = np.repeat(np.arange(number), held)
    return _Counted(counts - held, pair_keys(owner, hits[owner, expand_ranges(np.zeros(number, np.int64), held)]))


def _added(counted: Sequence[_Counted], limit: int) -> _Counted:
    """Several counts as one; of buckets that are too full already nothing more is kept than that."""
    alone = np.minimum(np.sum([one.alone for one in counted], axis=0), limit + 1).astype(np.int32)
    together = _Counted(alone, distinct(np.concatenate([one.others for one in counted])))
    full = _different(together) > limit
    keep = ~full[highs(together.others)]
    return _Counted(np.where(full, limit + 1, alone).astype(np.int32), together.others[keep])


def _different(counted: _Counted) -> npt.NDArray[np.int64]:
    """How many groups there are in every doubtful bucket."""
    return np.asarray(counted.alone + np.bincount(highs(counted.others), minlength=len(counted.alone)))


class _Meeting(NamedTuple):
    """What tells which stored articles a new one is compared with; ``groups``, ``late``: of the new ones.

    ``inside``: the pairs inside groups, which have to agree.
    """

    known: Lookup
    alive: _Bools
    new: New
    groups: _Groups
    late: _Bools
    inside: InGroups


def _pairs(
    window: Window,
    new: New,
    groups: _Groups,
    late: _Bools,
    known: Lookup,
    alive: _Bools,
    stored: _Pieces,
) -> tuple[Rows, Rows]:
    """Who meets whom often enough across groups, and the pairs inside groups that agree as well."""
    bare = new._replace(signatures=new.signatures._replace(values=_NO_VALUES))  # the index has them
    asked = _Meeting(known, alive, bare, groups, late, in_groups(window, groups, late))
    met = window.night_files.workers.each(_met, asked, stored)
    here, there = np.concatenate([np.empty((2, 0), np.int64), *met], axis=1)
    return here.astype(np.int32), there.astype(np.int32)


def _met(asked: _Meeting, stored: _Stored) -> npt.NDArray[np.int64]:
    """The pairs of a piece, int64[2, pairs]."""
    new, buckets, settings, batch = asked.new, asked.known.buckets, asked.known.settings, stored.buckets
    enough = rules.min_shared_hashes(settings)
    left, right = _across(stored, asked)
    one, other = asked.inside.of_rows(stored.first, stored.first + len(batch))
    sharing, values = np.empty(len(one), np.bool_), np.empty(enough, np.uint32)
    agreeing(batch, buckets.own, buckets.shingles, one, other, enough, values, sharing)
    keep = rules.comparable(
        (stored.digests[one], new.signatures.digests[other]),
        (stored.sizes[one], new.signatures.sizes[other]),
        (stored.days[one], new.days[other]),
        sharing,
        settings,
    )
    return np.stack([stored.first + np.r_[left, one[keep]], np.r_[right, other[keep]]]).astype(np.int64)


def _across(stored: _Stored, asked: _Meeting) -> tuple[Rows, Rows]:
    """Places in a piece and new articles of other groups that meet often enough."""
    batch = stored.buckets
    buckets, settings = asked.known.buckets, asked.known.settings
    enough = rules.min_shared_hashes(settings)
    values, count, capacity = np.empty(enough, np.uint32), -1, 8 * len(batch)
    while not 0 <= count <= capacity:
        capacity = max(capacity, count)
        left, right = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
        count = collide(
            batch,
            buckets.own,
            buckets.shingles,
            asked.alive,
            buckets.offsets,
            buckets.postings,
            (stored.groups, asked.groups),
            asked.late,
            (stored.days, asked.new.days),
            rules.window_days(settings),
            enough,
            np.zeros(len(buckets.own), np.uint32),
            np.empty(len(buckets.own), np.int32),
            values,
            left,
            right,
        )
    return left[:count], right[:count]
