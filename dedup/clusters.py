"""Matches -> clusters, guarded against chaining.

A closure is not a cluster: a round-up that holds five wire items, or one background paragraph, would glue stories that
have nothing to do with each other. Strong matches join at once: much of each text is in the other, or one is a
retelling that names the other's publisher. What the weaker ones join must be supported by a share of all the pairs that
the union would bring together, strongest union first.
"""

from __future__ import annotations

from typing import NamedTuple

import mmh3
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.components import components

STRONG = 0.4  # containment of either text in the other from which a match needs no support
SUPPORT = 0.4  # share of the pairs between two clusters that must be matches
_NEAR_MISS = 0.5  # what a near miss counts beside a match

_Rows = npt.NDArray[np.int32]


class Edges(NamedTuple):
    """Graded pairs of rows.

    ``left``, ``right`` int32[m]; ``counted`` bool: a match (else a near miss); ``strong`` bool: it joins without
    support; ``score`` float32, 0-1.
    """

    left: _Rows
    right: _Rows
    counted: npt.NDArray[np.bool_]
    strong: npt.NDArray[np.bool_]
    score: npt.NDArray[np.float32]


def edges(left: _Rows, right: _Rows, matches: pa.Table) -> Edges:
    """The edges that graded pairs (columns of MATCHES; some may not be counted) make between their rows."""
    both = np.minimum(matches["containment_a_in_b"].to_numpy(), matches["containment_b_in_a"].to_numpy())
    counted = matches["counted"].to_numpy()
    named = pc.and_(pc.equal(matches["grade"], "derived"), pc.is_in(matches["cites"], pa.array(["a", "b", "both"])))
    strong = (both >= STRONG) | named.to_numpy().astype(bool)
    return Edges(left, right, counted, counted & strong, matches["score"].to_numpy())


def cluster(count: int, edges: Edges, searched: npt.NDArray[np.bool_]) -> _Rows:
    """The cluster of every one of ``count`` rows, int32: the smallest row in it (its own where it is alone).

    ``searched`` bool[count]: rows that were compared with all; the others (late members of large groups of
    near-duplicates) are not counted where support is. Depends on nothing but the edges as a set.
    """
    labels = components(count, edges.left[edges.counted & edges.strong], edges.right[edges.counted & edges.strong])
    support = _Support(edges, ~edges.strong & searched[edges.left] & searched[edges.right], searched)
    while True:
        left, right = support.unions(labels)
        if not len(left):
            return labels
        labels = components(count, np.r_[left, np.arange(count)], np.r_[right, labels])


class _Support:
    """How well the weak edges support the union of two clusters."""

    def __init__(self, edges: Edges, weak: npt.NDArray[np.bool_], searched: npt.NDArray[np.bool_]) -> None:
        self._left, self._right = edges.left[weak], edges.right[weak]
        self._weight = np.where(edges.counted[weak], 1.0, _NEAR_MISS)
        self._score = np.where(edges.counted[weak], edges.score[weak], 0.0)
        self._searched = searched

    def unions(self, labels: _Rows) -> tuple[_Rows, _Rows]:
        """Pairs of clusters that are each other's best supported union, and supported enough."""
        one, other = labels[self._left], labels[self._right]
        apart = one != other
        low, high = np.minimum(one, other)[apart].astype(np.int64), np.maximum(one, other)[apart].astype(np.int64)
        keys, place = np.unique(low << 32 | high, return_inverse=True)
        low, high = (keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32)
        sizes = np.bincount(labels, self._searched, len(labels))
        support = np.bincount(place, self._weight[apart], len(keys)) / (sizes[low] * sizes[high])
        score = np.zeros(len(keys))
        np.maximum.at(score, place, self._score[apart])
        enough = (support >= SUPPORT) & (score > 0)
        return _mutual(low[enough], high[enough], support[enough] * score[enough], len(labels))


def _mutual(low: _Rows, high: _Rows, strength: npt.NDArray[np.float64], count: int) -> tuple[_Rows, _Rows]:
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
