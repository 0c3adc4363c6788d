"""Articles to learn from, whoever holds them: what is known of all, and the texts of those that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.text.boilerplate.counting import Counts, Hashes

Indices = npt.NDArray[np.int64]


class Known(NamedTuple):
    """What is known of ``n`` articles without their texts.

    ``publishers`` int32[n]: codes, -1: unknown, or not to be learned from; ``days`` int32[n], the smallest number where
    one is unknown; ``digests`` uint64[n] of their contents; ``sizes`` int32[n]: tokens.
    """

    publishers: Counts
    days: Counts
    digests: npt.NDArray[np.uint64]
    sizes: Counts

    def take(self, rows: Indices) -> Known:
        """What is known of some rows, in their order."""
        return Known(self.publishers[rows], self.days[rows], self.digests[rows], self.sizes[rows])


class Texts(NamedTuple):
    """Texts at hand: text ``i`` has the tokens ``hashes[begins[i]:ends[i]]`` (uint32).

    ``read`` takes numbers of texts and gives these, an Arrow string column in the order of the numbers.
    """

    hashes: Hashes
    begins: Indices
    ends: Indices
    read: Callable[[Indices], pa.Array]

    def take(self, numbers: Indices) -> Texts:
        """Some of the texts, in the order of their numbers."""
        return Texts(self.hashes, self.begins[numbers], self.ends[numbers], lambda others: self.read(numbers[others]))


class Runs(NamedTuple):
    """Runs of words: those of text ``i`` have the hashes ``hashes[begins[i]:ends[i]]`` (uint32)."""

    hashes: Hashes
    begins: Indices
    ends: Indices


class LearnedFrom(NamedTuple):
    """Articles to learn from, and how to come by their texts.

    ``names`` are the publishers that the codes in ``known`` stand for; ``texts`` and ``headlines`` (an Arrow string
    column) take ascending rows.
    """

    known: Known
    names: Sequence[str]
    texts: Callable[[Indices], Texts]
    headlines: Callable[[Indices], pa.Array]

    def by_name(self) -> tuple[list[str], Known]:
        """The names ascending, and what is known of the articles with codes in this order."""
        order = sorted(range(len(self.names)), key=lambda code: self.names[code])
        codes = np.full(len(self.names) + 1, -1, np.int32)
        codes[order] = np.arange(len(order))
        return [self.names[code] for code in order], self.known._replace(publishers=codes[self.known.publishers])


#: The sampled runs (:mod:`dedup.text.boilerplate.runs`) of the articles of some rows, in lots of consecutive
#: ones of these.
RunsOf = Callable[[Indices], Iterable[Runs]]


class Provider(NamedTuple):
    """All that is learned from: articles, and their sampled runs."""

    articles: LearnedFrom
    runs: RunsOf
