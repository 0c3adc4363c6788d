"""Blocks: long runs of words that a publisher hangs under articles which have nothing else in common.

Photo galleries, lists of links, excerpts of newsletters and widgets stand in too few of a publisher's articles to be
told by their share. What tells them is the rest of these articles: outside the shared runs they have hardly a rare word
in common, while versions of one story, and reports of one event, go on to speak of the same. All articles of a
publisher are looked at: their sampled runs say which of them share any, and the texts of these alone are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.arrays import distinct, group_sizes, group_starts
from dedup.kernels.blocks import COUNT, LIST, are_blocks, recurring_runs
from dedup.text.boilerplate.articles import Indices, Known, Runs, RunsOf, Texts
from dedup.text.boilerplate.counting import Counts, Hashes
from dedup.text.boilerplate.runs import WORDS

_ARTICLES = 3  # that have nothing else in common, of those that share a run
_LOOKED_AT = 8  # articles that share a run, from the first day to the last
_FAR, _MANY = 14, 40  # Two articles are looked at that are so many days apart, or share so many of the sampled runs.
_AT_ONCE = 1 << 26  # tokens whose runs are held in memory, and counted at a time


class CandidateBlocks(NamedTuple):
    """Runs of a publisher that may be blocks, and the sets of texts that decide it.

    ``runs`` uint32: their hashes, ascending; ``articles`` int32: in how many texts each stands; ``which`` int64: its
    set. ``sets`` int64[sets, 8]: rows of texts in the order of their days, then -1.
    """

    runs: Hashes
    articles: Counts
    which: Indices
    sets: Indices

    @property
    def rows(self) -> Indices:
        """The rows of all texts that are to be compared, ascending."""
        return distinct(self.sets[self.sets >= 0])


class Blocks(NamedTuple):
    """Runs of a publisher that are blocks: their hashes, ascending, in how many articles each stands, and one text."""

    runs: Hashes
    articles: Counts
    examples: Indices


class Rare(NamedTuple):
    """How rare words are, as :class:`dedup.text.rarity.Rarity` has them."""

    words: npt.NDArray[np.uint32]
    weights: npt.NDArray[np.uint8]


class _Recurring(NamedTuple):
    """Runs that stand in several texts of a publisher: their hashes, ascending, and the texts of each.

    Those of run ``i`` are ``texts[begins[i]:begins[i + 1]]``, in the order of their days.
    """

    runs: Hashes
    texts: Indices
    begins: Indices


def candidate_blocks(known: Known, rows: Indices, runs: RunsOf) -> CandidateBlocks:
    """The runs of one publisher, whose articles are the ascending ``rows``, that may be blocks.

    What is found does not depend on the order of the articles.
    """
    order = _once(known, rows)
    tokens = int(known.sizes[order].sum(dtype=np.int64))
    parts = 1 << (tokens // _AT_ONCE).bit_length()
    held = list(runs(order)) if parts == 1 else None
    candidates = []
    for part in range(parts):
        recurring = _recurring(lambda: runs(order) if held is None else held, tokens // parts, part, parts)
        candidates.append(_candidates(known.days[order], recurring))
    firsts = np.cumsum([0, *(len(part.sets) for part in candidates)])
    which = np.concatenate([first + part.which for first, part in zip(firsts.tolist(), candidates, strict=False)])
    hashes, articles, sets = (np.concatenate([part[column] for part in candidates]) for column in (0, 1, 3))
    ascending = np.argsort(hashes)
    return CandidateBlocks(
        hashes[ascending], articles[ascending], which[ascending], np.where(sets >= 0, order[sets], -1)
    )


def learn_blocks(candidates: CandidateBlocks, rows: Indices, texts: Texts, days: Counts, rare: Rare) -> Blocks:
    """The candidates of one publisher that are blocks.

    ``texts`` are those of the ascending ``rows``, among which all of ``candidates.rows`` are, and ``days`` theirs.
    """
    sets = np.where(candidates.sets >= 0, np.searchsorted(rows, candidates.sets), -1).astype(np.int32)
    chosen = np.flatnonzero(_judged(texts, days, sets, rare)[candidates.which])
    examples = sets[candidates.which[chosen], 0].astype(np.int64)
    return Blocks(candidates.runs[chosen], candidates.articles[chosen], examples)


def _once(known: Known, rows: Indices) -> Indices:
    """The rows in the order of their days, of equal texts the first."""
    order = rows[np.lexsort((known.digests[rows], known.days[rows]))]
    return order[np.sort(np.unique(known.digests[order], return_index=True)[1])]


def _recurring(lots: Callable[[], Iterable[Runs]], tokens: int, part: int, parts: int) -> _Recurring:
    """The runs in several texts, of those in a part of the hashes, which is of some ``tokens``; ``lots`` gives all."""
    cells = np.zeros(1 << max(10, tokens.bit_length()), np.uint8)
    listed, where = np.empty(0, np.uint32), np.empty(0, np.int32)
    for task in (COUNT, LIST):
        count = first = 0
        for lot in lots():
            count += recurring_runs(*lot, first, part, parts, cells, task, count, listed, where)
            first += len(lot.begins)
        if task == COUNT:
            listed, where = np.empty(count, np.uint32), np.empty(count, np.int32)
    keys = distinct(listed.astype(np.uint64) << np.uint64(32) | where.astype(np.uint64))
    hashes, texts = (keys >> np.uint64(32)).astype(np.uint32), (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)
    begins = group_starts(hashes)
    sizes = group_sizes(begins, len(hashes))
    several = sizes > 1
    return _Recurring(hashes[begins[several]], texts[np.repeat(several, sizes)], np.r_[0, np.cumsum(sizes[several])])


def _candidates(days: Counts, recurring: _Recurring) -> CandidateBlocks:
    """Of recurring runs those that may be blocks; ``days`` are those of the texts, by whose places they are known."""
    sizes = np.diff(recurring.begins)
    sets = _sets(recurring, sizes)
    hopeful = (sizes > 2) | _two(sets, days)
    different, which = np.unique(_names(sets[hopeful]), return_index=True, return_inverse=True)[1:]
    return CandidateBlocks(
        recurring.runs[hopeful], sizes[hopeful].astype(np.int32), which, sets[hopeful][different].astype(np.int64)
    )


def _sets(recurring: _Recurring, sizes: Indices) -> npt.NDArray[np.int32]:
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


def _judged(texts: Texts, days: Counts, sets: npt.NDArray[np.int32], rare: Rare) -> npt.NDArray[np.bool_]:
    """Of every set of texts: have they nothing in common beside what they share?"""
    out = np.zeros(len(sets), np.bool_)
    longest = int((texts.ends - texts.begins)[sets[sets >= 0]].max(initial=1))
    capacity = 4 << longest.bit_length()
    work = np.empty(capacity, np.uint32), np.zeros(capacity, np.int64), np.empty(capacity, np.uint8)
    masks, rests, chosen = np.empty((2, longest), np.uint8), np.empty(7, np.int64), np.empty(_LOOKED_AT, np.int64)
    are_blocks(
        texts.hashes,
        texts.begins,
        texts.ends,
        days,
        sets,
        WORDS,
        _ARTICLES,
        *rare,
        *work,
        masks,
        rests,
        chosen,
        out,
    )
    return out
