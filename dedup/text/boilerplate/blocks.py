"""Blocks: long runs of words that a publisher hangs under articles which have nothing else in common.

Photo galleries, lists of links, excerpts of newsletters and widgets stand in too few of a publisher's articles to be
told by their share. What tells them is the rest of these articles: outside the shared runs they have hardly a rare word
in common, while versions of one story, and reports of one event, go on to speak of the same. All articles are looked
at, one publisher after the other, by their token hashes.
"""

from __future__ import annotations

from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.arrays import distinct, group_sizes, group_starts
from dedup.kernels.blocks import COUNT, LIST, are_blocks, recurring_runs
from dedup.text.boilerplate.counting import Counts, Hashes

WORDS = 12  # of a run
_ARTICLES = 3  # that have nothing else in common, of those that share a run
_LOOKED_AT = 8  # articles that share a run, from the first day to the last
_FAR, _MANY = 14, 40  # Two articles are looked at that are so many days apart, or share so many of the sampled runs.
_AT_ONCE = 1 << 26  # tokens whose runs are counted at a time

_Indices = npt.NDArray[np.int64]


class Texts(NamedTuple):
    """Texts and what is known of them.

    Text ``i`` has the tokens ``hashes[begins[i]:ends[i]]`` (uint32); ``publishers`` int32[texts], -1: unknown; ``days``
    int32[texts], the smallest number where one is unknown; ``digests`` uint64[texts] of their contents.
    """

    hashes: Hashes
    begins: _Indices
    ends: _Indices
    publishers: Counts
    days: Counts
    digests: npt.NDArray[np.uint64]

    def take(self, rows: _Indices) -> Texts:
        """The texts of some rows, in their order."""
        return Texts(
            self.hashes, self.begins[rows], self.ends[rows], self.publishers[rows], self.days[rows], self.digests[rows]
        )


class Blocks(NamedTuple):
    """Runs that are blocks: their publishers, ascending, their hashes, in how many articles each stands, and one."""

    publishers: Counts
    runs: Hashes
    articles: Counts
    examples: _Indices


class Rare(NamedTuple):
    """How rare words are, as :class:`dedup.text.rarity.Rarity` has them."""

    words: npt.NDArray[np.uint32]
    weights: npt.NDArray[np.uint8]


class _Recurring(NamedTuple):
    """Runs that stand in several texts of a publisher: their hashes, ascending, and the texts of each.

    Those of run ``i`` are ``texts[begins[i]:begins[i + 1]]``, in the order of their days.
    """

    runs: Hashes
    texts: _Indices
    begins: _Indices


def learn_blocks(texts: Texts, rare: Rare, threads: Executor) -> Blocks:
    """The blocks of every publisher. What is found does not depend on the order of the texts."""
    order = np.lexsort((texts.digests, texts.days, texts.publishers))
    order = _once(texts, order[texts.publishers[order] >= 0])
    outlets = np.split(order, np.flatnonzero(np.diff(texts.publishers[order])) + 1)
    learned = list(
        threads.map(lambda rows: _of_publisher(texts, rows, rare), [rows for rows in outlets if len(rows) > 1])
    )
    publishers = [np.full(len(part.runs), part.publishers[0]) for part in learned if len(part.runs)]
    return Blocks(
        np.concatenate([np.empty(0, np.int32), *publishers]).astype(np.int32),
        np.concatenate([np.empty(0, np.uint32), *(part.runs for part in learned)]),
        np.concatenate([np.empty(0, np.int32), *(part.articles for part in learned)]),
        np.concatenate([np.empty(0, np.int64), *(part.examples for part in learned)]),
    )


def _once(texts: Texts, order: _Indices) -> _Indices:
    """Of a publisher's equal texts the first."""
    by_digest = order[np.lexsort((np.arange(len(order)), texts.digests[order], texts.publishers[order]))]
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(texts.publishers[by_digest]) != 0) | (np.diff(texts.digests[by_digest]) != 0)
    return order[np.isin(order, by_digest[new])]


def _of_publisher(texts: Texts, rows: _Indices, rare: Rare) -> Blocks:
    """The blocks of one publisher, whose texts are ``rows``, in the order of their days."""
    tokens = int((texts.ends[rows] - texts.begins[rows]).sum())
    parts = 1 << max(0, (tokens // _AT_ONCE).bit_length())
    parts_found = [_blocks(texts, rows, _recurring(texts, rows, part, parts), rare) for part in range(parts)]
    runs, articles, examples = (np.concatenate([part[column] for part in parts_found]) for column in range(3))
    order = np.argsort(runs)
    publisher_code = texts.publishers[rows[:1]]
    return Blocks(publisher_code, runs[order], articles[order].astype(np.int32), rows[examples[order]])


def _recurring(texts: Texts, rows: _Indices, part: int, parts: int) -> _Recurring:
    """The runs in several of the ``rows``; texts are places in ``rows``."""
    begins, ends = texts.begins[rows], texts.ends[rows]
    cells = np.zeros(1 << max(10, int((ends - begins).sum() // parts).bit_length()), np.uint8)
    count = recurring_runs(
        texts.hashes, begins, ends, WORDS, part, parts, cells, COUNT, np.empty(0, np.uint32), np.empty(0, np.int32)
    )
    runs, where = np.empty(count, np.uint32), np.empty(count, np.int32)
    count = recurring_runs(texts.hashes, begins, ends, WORDS, part, parts, cells, LIST, runs, where)
    runs, where = runs[:count], where[:count]
    keys = distinct(runs.astype(np.uint64) << np.uint64(32) | where.astype(np.uint64))
    runs, where = (keys >> np.uint64(32)).astype(np.uint32), (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)
    first = group_starts(runs)
    sizes = group_sizes(first, len(runs))
    several = sizes > 1
    return _Recurring(runs[first[several]], where[np.repeat(several, sizes)], np.r_[0, np.cumsum(sizes[several])])


def _blocks(texts: Texts, rows: _Indices, recurring: _Recurring, rare: Rare) -> tuple[Hashes, _Indices, _Indices]:
    """Of recurring runs those that are blocks, in how many texts each stands, and the place of the first of these."""
    sizes = np.diff(recurring.begins)
    sets = _sets(recurring, sizes)
    hopeful = (sizes > 2) | _two(sets, texts.days[rows])
    different, which = np.unique(_names(sets[hopeful]), return_index=True, return_inverse=True)[1:]
    holds = _judged(texts, rows, sets[hopeful][different], rare)
    chosen = np.flatnonzero(hopeful)[holds[which]]
    return recurring.runs[chosen], sizes[chosen], recurring.texts[recurring.begins[chosen]]


def _sets(recurring: _Recurring, sizes: _Indices) -> npt.NDArray[np.int32]:
    """Of every run up to :data:`_LOOKED_AT` of its texts, evenly from the first to the last, then -1."""
    wanted = np.minimum(sizes, _LOOKED_AT)[:, None]
    step = np.arange(_LOOKED_AT)[None, :]
    position = recurring.begins[:-1, None] + step * (sizes[:, None] - 1) // np.maximum(wanted - 1, 1)
    used = step < wanted
    return np.where(used, recurring.texts[np.where(used, position, 0)] if len(sizes) else 0, -1).astype(np.int32)


def _two(sets: npt.NDArray[np.int32], days: Counts) -> npt.NDArray[np.bool_]:
    """May two articles be enough: they are far apart, or share many runs?"""
    first, last = days[sets[:, 0]].astype(np.int64), days[sets[:, 1]].astype(np.int64)
    unknown = np.iinfo(np.int32).min
    far = (np.abs(last - first) >= _FAR) & (first != unknown) & (last != unknown)
    which, count = np.unique(_names(sets), return_inverse=True, return_counts=True)[1:]
    return np.asarray(far | (count[which] >= _MANY))


def _names(sets: npt.NDArray[np.int32]) -> npt.NDArray[np.void]:
    """The rows as single values, equal where all of a row is."""
    return np.ascontiguousarray(sets).view(np.dtype((np.void, sets.itemsize * _LOOKED_AT))).ravel()


def _judged(texts: Texts, rows: _Indices, sets: npt.NDArray[np.int32], rare: Rare) -> npt.NDArray[np.bool_]:
    begins, ends = texts.begins[rows], texts.ends[rows]
    out = np.zeros(len(sets), np.bool_)
    longest = int((ends - begins)[sets[sets >= 0]].max(initial=1))
    capacity = 4 << longest.bit_length()
    work = np.empty(capacity, np.uint32), np.zeros(capacity, np.int64), np.empty(capacity, np.uint8)
    masks, rests, chosen = np.empty((2, longest), np.uint8), np.empty(7, np.int64), np.empty(_LOOKED_AT, np.int64)
    are_blocks(
        texts.hashes, begins, ends, texts.days[rows], sets, WORDS, _ARTICLES, *rare, *work, masks, rests, chosen, out
    )
    return out
