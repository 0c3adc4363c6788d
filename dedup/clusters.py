"""Matches -> clusters: average linkage over the probabilities that pairs share copy.

A closure is not a cluster: a round-up that holds five wire items, or one background paragraph, would glue stories that
have nothing to do with each other. Two clusters are joined while the mean probability over all the pairs between them,
a pair that is no match counting 0, is high enough (average linkage, Sokal and Michener 1958): what the one's witnesses
share with each other is then what they share with the other's. Texts that are all but the same are joined first.

A retelling (grade ``derived``) hangs under the cluster that it retells and never joins two.
"""

from __future__ import annotations

from typing import NamedTuple

import mmh3
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.components import components
from dedup.tables import COPY_GRADES

ALIKE = 0.8  # containment of each text in the other from which two articles are one witness for the linkage
SUPPORT = 0.4  # mean probability over the pairs between two clusters from which they are joined

_Rows = npt.NDArray[np.int32]
_Floats = npt.NDArray[np.float64]


class Edges(NamedTuple):
    """Graded pairs of rows.

    ``left``, ``right`` int32[m]; ``score`` float64[m], 0-1: the probability that they share copy (0 for a retelling);
    ``counted`` bool[m]: a match of copy (else a near miss, or a retelling); ``alike`` bool[m]: such a match of texts
    that are all but the same; ``derived`` bool[m]: a match of a report with its retelling.
    """

    left: _Rows
    right: _Rows
    score: _Floats
    counted: npt.NDArray[np.bool_]
    alike: npt.NDArray[np.bool_]
    derived: npt.NDArray[np.bool_]


def edges(left: _Rows, right: _Rows, matches: pa.Table) -> Edges:
    """The edges that graded pairs (columns of MATCHES; some may not be counted) make between their rows."""
    both = np.minimum(matches["containment_a_in_b"].to_numpy(), matches["containment_b_in_a"].to_numpy())
    counted = matches["counted"].to_numpy()
    derived = pc.equal(matches["grade"], "derived").to_numpy().astype(bool)
    copy = pc.is_in(matches["grade"], pa.array(COPY_GRADES)).to_numpy().astype(bool)
    score = np.where(copy, matches["score"].to_numpy().astype(np.float64), 0.0)
    return Edges(left, right, score, counted & copy, counted & copy & (both >= ALIKE), counted & derived)


def cluster(count: int, edges: Edges, searched: npt.NDArray[np.bool_]) -> _Rows:
    """The cluster of every one of ``count`` rows, int32: the smallest row in it (its own where it is alone).

    ``searched`` bool[count]: rows that were compared with all; the others (late members of large groups of
    near-duplicates) are not counted where means are. Depends on nothing but the edges as a set.
    """
    labels = components(count, edges.left[edges.alike], edges.right[edges.alike])
    linkage = _Linkage(edges, ~edges.alike & searched[edges.left] & searched[edges.right], searched)
    while True:
        left, right = linkage.unions(labels)
        if not len(left):
            return _hung(labels, edges)
        labels = components(count, np.r_[left, np.arange(count)], np.r_[right, labels])


class _Linkage:
    """The mean probabilities between clusters."""

    def __init__(self, edges: Edges, chosen: npt.NDArray[np.bool_], searched: npt.NDArray[np.bool_]) -> None:
        self._left, self._right = edges.left[chosen], edges.right[chosen]
        self._score, self._counted = edges.score[chosen], edges.counted[chosen]
        self._searched = searched

    def unions(self, labels: _Rows) -> tuple[_Rows, _Rows]:
        """Pairs of clusters that are each other's nearest and near enough, with a match between them.

        Joining all mutually nearest pairs at once gives what joining the nearest pair of all, one by one, gives
        (Bruynooghe 1977): an average does not rise by a union elsewhere.
        """
        one, other = labels[self._left], labels[self._right]
        apart = one != other
        low, high = np.minimum(one, other)[apart].astype(np.int64), np.maximum(one, other)[apart].astype(np.int64)
        keys, place = np.unique(low << 32 | high, return_inverse=True)
        low, high = (keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32)
        sizes = np.bincount(labels, self._searched, len(labels))
        mean = np.bincount(place, self._score[apart], len(keys)) / (sizes[low] * sizes[high])
        matched = np.bincount(place, self._counted[apart], len(keys)) > 0
        enough = matched & (mean >= SUPPORT)
        return _mutual(low[enough], high[enough], mean[enough], len(labels))


def _hung(labels: _Rows, edges: Edges) -> _Rows:
    """The labels with every article that is alone and retells others hung under one cluster of those.

    Under the one most of whose articles it is a retelling of; of two alike the smaller. Articles that are alone and
    retell each other make a cluster of two. What was hung takes no other with it.
    """
    sizes = np.bincount(labels, minlength=len(labels))
    left, right = edges.left[edges.derived], edges.right[edges.derived]
    source, target = np.r_[left, right], np.r_[right, left]
    free = (sizes[labels[target]] == 1) & (labels[source] != labels[target])
    keys, number = np.unique(labels[source[free]].astype(np.int64) << 32 | target[free], return_counts=True)
    head, row = (keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32)
    under = sizes[head] > 1
    hung = labels.copy()
    order = np.lexsort((head[under], -number[under], row[under]))
    rows, first = np.unique(row[under][order], return_index=True)
    hung[rows] = head[under][order][first]
    alone = ~under & (hung[row] == row) & (hung[head] == head) & (head < row)
    low, high = _mutual(head[alone], row[alone], np.ones(int(alone.sum())), len(labels))
    hung[high] = low
    return components(len(labels), np.arange(len(labels)), hung)


def _mutual(low: _Rows, high: _Rows, strength: _Floats, count: int) -> tuple[_Rows, _Rows]:
    """The pairs that are the strongest of both their sides; ties go to the smaller rows."""
    order = np.lexsort((high, low, -strength))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    best = np.full(count, len(order), np.int64)
    np.minimum.at(best, low, rank)
    np.minimum.at(best, high, rank)
    chosen = (best[low] == rank) & (best[high] == rank)
    return low[chosen], high[chosen]


def cluster_ids(first_ids: pa.Array) -> pa.Array:
    """Names for clusters, made of the smallest id in each: 16 hex digits of its MurmurHash3."""
    return pa.array([mmh3.hash_bytes(name).hex()[:16] for name in first_ids.to_pylist()], pa.string())
