"""Matches -> clusters: a cluster is one copy, and an article may carry several.

A closure is not a cluster: a round-up that holds five wire items, or one background paragraph, would glue stories that
have nothing to do with each other. Two clusters are joined while the mean probability over all the pairs between them,
a pair that is no match counting 0, is high enough (average linkage, Sokal and Michener 1958): what the one's witnesses
share with each other is then what they share with the other's. Texts that are all but the same are joined first.

Linkage puts an article into one cluster. It is a witness of a further one where it shares another part of its text with
it, and that part is what the further cluster's own witnesses share (a part is a bit for each 64th of a text). Matches
that are left, of parts that no cluster explains, make clusters of their own. A retelling (grade ``derived``) that is in
none hangs under one whose article it retells; it never joins two, and makes none.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import mmh3
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.arrays import expanded, pair_keys, row_pairs
from dedup.components import components
from dedup.tables import COPY_GRADES

ALIKE = 0.8  # containment of each text in the other from which two articles are one witness for the linkage
SUPPORT = 0.5  # mean probability over the pairs between two clusters from which they are joined; less if min_score is
FURTHER = 0.25  # and over the pairs with a further cluster, of which an article is then a witness too
_ROUNDING = 1e-6  # scores are stored in 32 bits
SAME = 0.6  # share of the smaller of two parts of one text, in both, from which they are the same part

_Rows = npt.NDArray[np.int32]
_Parts = npt.NDArray[np.uint64]
_Floats = npt.NDArray[np.float64]
_Bools = npt.NDArray[np.bool_]
_Indices = npt.NDArray[np.int64]


class Edges(NamedTuple):
    """Graded pairs of rows.

    ``left``, ``right`` int32[m]; ``score`` float64[m], 0-1: the probability that they share copy (0 for a retelling);
    ``counted`` bool[m]: a match of copy (else a near miss, or a retelling); ``alike`` bool[m]: such a match of texts
    that are all but the same; ``derived`` bool[m]: a match of a report with its retelling; ``parts`` uint64[m, 2]: the
    part of the left text and of the right one that is common copy (0: unknown).
    """

    left: _Rows
    right: _Rows
    score: _Floats
    counted: _Bools
    alike: _Bools
    derived: _Bools
    parts: _Parts

    def take(self, chosen: npt.NDArray[Any]) -> Edges:
        """Some of the edges."""
        return Edges(*(column[chosen] for column in self))


class Clusters(NamedTuple):
    """Which rows are witnesses of which clusters: ``row`` and ``cluster`` int32[k], ascending by cluster and row.

    Every cluster has two witnesses or more. They are numbered from 0 in the order of their smallest rows; of two with
    the same one, what linkage joined comes before what was left over.
    """

    row: _Rows
    cluster: _Rows


def edges(left: _Rows, right: _Rows, matches: pa.Table) -> Edges:
    """The edges that graded pairs (columns of MATCHES; some may not be counted) make between their rows.

    ``left`` is the row of ``a_id`` and ``right`` that of ``b_id``, or the other way round throughout.
    """
    both = np.minimum(matches["containment_a_in_b"].to_numpy(), matches["containment_b_in_a"].to_numpy())
    counted = matches["counted"].to_numpy()
    derived = pc.equal(matches["grade"], "derived").to_numpy().astype(bool)
    copy = pc.is_in(matches["grade"], pa.array(COPY_GRADES)).to_numpy().astype(bool)
    score = np.where(copy, matches["score"].to_numpy().astype(np.float64), 0.0)
    parts = np.stack([matches[name].to_numpy() for name in ("part_of_a", "part_of_b")], 1).view(np.uint64)
    return Edges(left, right, score, counted & copy, counted & copy & (both >= ALIKE), counted & derived, parts)


def clusters(count: int, edges: Edges, fully_compared: _Bools, min_score: float = SUPPORT) -> Clusters:
    """The clusters of ``count`` rows.

    ``fully_compared`` bool[count]: rows that were compared with all; the others (late members of large groups of
    near-duplicates) are not counted where means are. ``min_score`` is the probability from which the edges count: two
    articles that match are joined where no others are. Depends on nothing but the edges as a set.
    """
    support = min(SUPPORT, min_score)
    copies = edges.take(np.flatnonzero(edges.score > 0))
    labels = linkage(count, copies, fully_compared, support)
    within = copies.take(np.flatnonzero(labels[copies.left] == labels[copies.right]))
    shared = _shared(count, within)
    own = _shared(count, within.take(np.flatnonzero(~within.alike)))  # the whole of a text is shared with its twin
    further = _further(labels, copies, fully_compared, shared, own)
    row, head = _primary(labels)
    row, head = np.r_[row, further[0]], np.r_[head, further[1]]
    left = _left_over(row, head, copies, shared)
    second = linkage(count, copies.take(left), fully_compared, support)
    row, head = np.r_[row, _primary(second)[0]], np.r_[head, _primary(second)[1] + count]
    retellings = edges.take(np.flatnonzero(edges.derived))
    while len((hung := _hung(row, head, retellings, count))[0]):
        row, head = np.r_[row, hung[0]], np.r_[head, hung[1]]
    return _numbered(row, head)


def together(clusters: Clusters, left: _Rows, right: _Rows) -> _Bools:
    """Which pairs of rows are witnesses of one cluster, bool[m]."""
    order = np.argsort(clusters.row, kind="stable")
    pair, index = expanded(clusters.row[order], left)
    both = pair_keys(right[pair], clusters.cluster[order][index])
    common = np.zeros(len(left), np.bool_)
    common[pair[np.isin(both, pair_keys(clusters.row, clusters.cluster))]] = True
    return common


def linkage(count: int, edges: Edges, fully_compared: _Bools, support: float = SUPPORT) -> _Rows:
    """The smallest row of the cluster of each row, int32[count], by average linkage (a row alone: itself).

    Clusters are joined while the mean probability between them is ``support`` or more.
    """
    labels = components(count, edges.left[edges.alike], edges.right[edges.alike])
    known = edges.take(np.flatnonzero(~edges.alike & fully_compared[edges.left] & fully_compared[edges.right]))
    while True:
        left, right = _nearest(labels, known, fully_compared, support)
        if not len(left):
            return labels
        labels = components(count, np.r_[left, np.arange(count)], np.r_[right, labels])


def _nearest(labels: _Rows, edges: Edges, fully_compared: _Bools, support: float) -> tuple[_Rows, _Rows]:
    """Pairs of clusters that are each other's nearest and near enough, with a match between them.

    Joining all mutually nearest pairs at once gives what joining the nearest pair of all, one by one, gives (Bruynooghe
    1977): an average does not rise by a union elsewhere.
    """
    one, other = labels[edges.left], labels[edges.right]
    apart = one != other
    between = pair_keys(np.minimum(one, other)[apart], np.maximum(one, other)[apart])
    keys, inverse = np.unique(between, return_inverse=True)
    low, high = row_pairs(keys)
    sizes = np.bincount(labels, fully_compared, len(labels))
    mean = np.bincount(inverse, edges.score[apart], len(keys)) / (sizes[low] * sizes[high])
    matched = np.bincount(inverse, edges.counted[apart], len(keys)) > 0
    enough = matched & (mean >= support - _ROUNDING)
    return _mutual(low[enough], high[enough], mean[enough], len(labels))


def _shared(count: int, within: Edges) -> _Parts:
    """The part of each row's text, uint64[count], that it has in common with its cluster."""
    shared = np.zeros(count, np.uint64)
    for rows, parts in ((within.left, within.parts[:, 0]), (within.right, within.parts[:, 1])):
        np.bitwise_or.at(shared, rows, parts)
    return shared


def _further(labels: _Rows, edges: Edges, fully_compared: _Bools, shared: _Parts, own: _Parts) -> tuple[_Rows, _Rows]:
    """Rows and the heads of clusters, of two or more, that they are witnesses of beside their own.

    ``shared``: the part of each text that is in its cluster; ``own``: the same, texts that are all but the same left
    out.
    """
    sizes = np.bincount(labels, minlength=len(labels))
    known = labels[edges.left] != labels[edges.right]
    known &= fully_compared[edges.left] & fully_compared[edges.right]
    left, right, parts = edges.left[known], edges.right[known], edges.parts[known]
    source, target = np.r_[left, right], np.r_[right, left]
    here, there = np.r_[parts[:, 1], parts[:, 0]], np.r_[parts[:, 0], parts[:, 1]]  # of the target, of the source
    keys, inverse = np.unique(pair_keys(labels[source], target), return_inverse=True)
    head, row = row_pairs(keys)
    score, counted = np.tile(edges.score[known], 2), np.tile(edges.counted[known], 2)
    size = np.bincount(labels, fully_compared, len(labels))[head]
    mean = np.bincount(inverse, score, len(keys)) / np.maximum(size, 1)
    same = np.bincount(inverse, _overlap(there, shared[source]) >= SAME, len(keys))
    part = np.zeros(len(keys), np.uint64)
    np.bitwise_or.at(part, inverse, here)
    fits = (sizes[head] > 1) & (mean >= FURTHER) & (2 * same >= np.bincount(inverse, minlength=len(keys)))
    fits &= np.bincount(inverse, counted, len(keys)) > 0
    fits &= (sizes[labels[row]] == 1) | (_overlap(part, own[row]) < SAME)
    return row[fits], head[fits]


def _left_over(row: _Rows, head: _Rows, edges: Edges, shared: _Parts) -> npt.NDArray[np.int64]:
    """The matches whose two rows have no cluster in common, of parts that neither has in common with a cluster."""
    heads: dict[int, set[int]] = {}
    for one, of in zip(row.tolist(), head.tolist(), strict=True):
        heads.setdefault(one, set()).add(of)
    placed = np.zeros(len(shared), np.bool_)
    placed[row] = True
    fresh = edges.counted.copy()
    for rows, parts in ((edges.left, edges.parts[:, 0]), (edges.right, edges.parts[:, 1])):
        fresh &= ~placed[rows] | (_overlap(parts, shared[rows]) < SAME)
    chosen = np.flatnonzero(fresh)
    pairs = zip(edges.left[chosen].tolist(), edges.right[chosen].tolist(), strict=True)
    apart = [heads.get(one, set()).isdisjoint(heads.get(other, set())) for one, other in pairs]
    return chosen[np.array(apart, np.bool_)]


def _hung(row: _Rows, head: _Rows, retellings: Edges, count: int) -> tuple[_Rows, _Rows]:
    """The rows in no cluster that retell one in a cluster, and the head of the one cluster that each hangs under.

    Under the one most of whose articles it is a retelling of; of two alike the smaller. Retellings alone make no
    cluster: their articles have no text in common.
    """
    placed = np.zeros(count, np.bool_)
    placed[row] = True
    source = np.r_[retellings.left, retellings.right]
    target = np.r_[retellings.right, retellings.left]
    free = ~placed[target]
    source, target = source[free], target[free]
    order = np.argsort(row, kind="stable")
    which, index = expanded(row[order], source)
    keys, number = np.unique(pair_keys(target[which], head[order][index]), return_counts=True)
    retold, under = row_pairs(keys)
    best = np.lexsort((under, -number, retold))
    rows, chosen = np.unique(retold[best], return_index=True)
    return rows, under[best][chosen]


def _primary(labels: _Rows) -> tuple[_Rows, _Rows]:
    """The rows that are not alone, and the heads of their clusters."""
    rows = np.flatnonzero(np.bincount(labels, minlength=len(labels))[labels] > 1).astype(np.int32)
    return rows, labels[rows]


def _numbered(row: _Rows, head: _Rows) -> Clusters:
    order = np.lexsort((row, head))
    row, head = row[order], head[order]
    heads, begins = np.unique(head, return_index=True)
    sizes = np.diff(np.r_[begins, len(row)])
    rank = np.empty(len(heads), np.int32)
    rank[np.lexsort((heads, row[begins]))] = np.arange(len(heads), dtype=np.int32)
    number = np.repeat(rank, sizes)
    order = np.lexsort((row, number))
    return Clusters(row[order], number[order])


def _overlap(one: _Parts, other: _Parts) -> _Floats:
    """Share of the smaller part that lies in the other, 0-1; 1 where either is unknown."""
    smaller = np.minimum(np.bitwise_count(one), np.bitwise_count(other))
    return np.where(smaller > 0, np.bitwise_count(one & other) / np.maximum(smaller, 1), 1.0)


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
    """Names for clusters, made of the smallest id in each: 16 hex digits of its MurmurHash3.

    Of two clusters with the same smallest id the second one's name is made of that id and a number.
    """
    names, seen = [], dict[str, int]()
    for first in first_ids.to_pylist():
        seen[first] = number = seen.get(first, 0) + 1
        names.append(cluster_id(first, number))
    return pa.array(names, pa.string())


def cluster_id(first: str, number: int = 1) -> str:
    """The name of a cluster by the smallest id in it; ``number`` tells it from others with the same one."""
    return mmh3.hash_bytes(first if number == 1 else f"{first}\n{number}").hex()[:16]
