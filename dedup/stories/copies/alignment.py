"""Which sentences of the witnesses are one sentence of the copy."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.arrays import group_starts, highs, lows, pair_keys
from dedup.components import components
from dedup.grading.passages import KINDS, Passages
from dedup.kernels.pieces import cut_runs
from dedup.stories.copies.sentences import Ints, Sentences
from dedup.text.tokens import Tokens

_BOILERPLATE = KINDS.index("furniture")


class Runs(NamedTuple):
    """Runs of words that two texts share: first tokens in both and length, int64[n]; ``boilerplate`` bool[n]."""

    here: Ints
    there: Ints
    length: Ints
    boilerplate: npt.NDArray[np.bool_]


def runs(passages: Passages, left: Ints, right: Ints, tokens: Tokens, starts: npt.NDArray[np.int32]) -> Runs:
    """The passages of pairs of texts (rows ``left``, ``right``) in tokens, which begin at the characters ``starts``."""
    text = np.repeat(np.arange(len(tokens.offsets) - 1), np.diff(tokens.offsets))
    keys = pair_keys(text, starts)
    pair = np.repeat(np.arange(len(left)), passages.number)
    bounds = passages.bounds.astype(np.int64)
    one, other = pair_keys(left[pair], 0), pair_keys(right[pair], 0)
    here, there = np.searchsorted(keys, one | bounds[:, 0]), np.searchsorted(keys, other | bounds[:, 2])
    last, ends_b = np.searchsorted(keys, one | bounds[:, 1]), np.searchsorted(keys, other | bounds[:, 3])
    length = np.minimum(last - here, ends_b - there)
    return Runs(here, there, length, passages.kinds == _BOILERPLATE)


def is_boilerplate(sentences: Sentences, runs: Runs, tokens: int) -> npt.NDArray[np.bool_]:
    """Which sentences are boilerplate, bool[s]: at least half of their ``tokens`` lie in such a run."""
    edges = np.zeros(tokens + 1, np.int64)
    for begin in (runs.here[runs.boilerplate], runs.there[runs.boilerplate]):
        np.add.at(edges, begin, 1)
        np.add.at(edges, begin + runs.length[runs.boilerplate], -1)
    covered = np.r_[0, np.cumsum(np.cumsum(edges[:-1]) > 0)]
    return np.asarray(2 * (covered[sentences.last] - covered[sentences.first]) >= sentences.size)


def aligned(sentences: Sentences, runs: Runs) -> Ints:
    """The smallest of the sentences that are one sentence of the copy, for each: int64[s].

    Two are one where runs of copy or quotation cover at least half of both, or where each is one with a third.
    """
    copied = ~runs.boilerplate & (runs.length > 0)
    one, other, size = _pieces(sentences.first, runs.here[copied], runs.there[copied], runs.length[copied])
    keys = pair_keys(one, other)
    order = np.argsort(keys, kind="stable")
    starts = group_starts(keys[order])
    keys, common = keys[order][starts], np.add.reduceat(size[order], starts) if len(starts) else starts
    one, other = highs(keys), lows(keys)
    both = 2 * common >= np.maximum(sentences.size[one], sentences.size[other])
    return components(len(sentences.first), one[both], other[both]).astype(np.int64)


def _pieces(first: Ints, here: Ints, there: Ints, length: Ints) -> tuple[Ints, Ints, Ints]:
    """The runs cut where a sentence begins on either side: the sentences of each piece and its tokens."""
    none = np.empty(0, np.int64)
    count = cut_runs(first, here, there, length, none, none, none)
    one, other, size = np.empty((3, count), np.int64)
    cut_runs(first, here, there, length, one, other, size)
    return one, other, size


def ranges(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Every number from each ``low`` up to its ``high``: which pair it is of, and the number, int64 each."""
    sizes = np.maximum(high - low, 0)
    which = np.repeat(np.arange(len(low)), sizes)
    return which, low[which] + np.arange(len(which)) - (np.cumsum(sizes) - sizes)[which]
