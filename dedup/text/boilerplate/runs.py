"""Sampled runs: one in four, by its hash, of all runs of twelve words of a text.

They tell what several texts share without another look at any of these, and take much less: a store of nights keeps
them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dedup.arrays import distinct, pair_keys
from dedup.kernels.blocks import sampled
from dedup.text.boilerplate.articles import Indices, Runs, Texts
from dedup.text.boilerplate.counting import Hashes

WORDS = 12  # of a run
_AT_ONCE = 1 << 22  # tokens of a lot, about


def sampled_runs(texts: Texts) -> Iterator[Runs]:
    """The sampled runs of texts as they stand in these, some texts at a time."""
    last = np.cumsum(texts.ends - texts.begins) // _AT_ONCE
    for some in np.split(np.arange(len(last)), np.flatnonzero(np.diff(last)) + 1):
        begins, ends = texts.begins[some], texts.ends[some]
        runs, offsets = np.empty(int((ends - begins).sum()), np.uint32), np.empty(len(some) + 1, np.int64)
        count = sampled(texts.hashes, begins, ends, WORDS, runs, offsets)
        yield Runs(runs[:count], offsets[:-1], offsets[1:])


def distinct_runs(texts: Texts) -> tuple[Hashes, Indices]:
    """The different sampled runs of every text, ascending, and where each text's begin (int64[texts + 1])."""
    lots, first = [np.empty(0, np.int64)], 0
    for runs in sampled_runs(texts):
        owners = np.repeat(np.arange(first, first + len(runs.begins)), runs.ends - runs.begins)
        lots.append(distinct(pair_keys(owners, runs.hashes)))
        first += len(runs.begins)
    keys = np.concatenate(lots)
    offsets = np.searchsorted(keys, pair_keys(np.arange(len(texts.begins) + 1), 0))
    return (keys & 0xFFFFFFFF).astype(np.uint32), offsets.astype(np.int64)
