"""The one main source of every witness."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.arrays import distinct, pair_keys
from dedup.stories.lineage.directions import Directions
from dedup.stories.lineage.evidence import Evidence
from dedup.stories.provenance import NOBODY, Bools, Floats, Ints, Wires, Witnesses, cites
from dedup.tables import COUNTED_GRADES

_FEW_IN_COMMON = 0.4  # a rewrite with less of another witness, and with a citation, was made from what it cites
_SERIES = 0.1  # what speaks for the publisher's own earlier version
_NAMED = 1.0  # and for the article of the agency or outlet that the target names
_STEP = 0.05  # shares that differ by less are alike
_DERIVED, _REWRITE = COUNTED_GRADES.index("derived"), COUNTED_GRADES.index("rewrite")


class Sources(NamedTuple):
    """The source of each witness.

    ``pair`` is the place in the pairs of the match with it (-1: it has none in the dump), ``source`` its row (-1), and
    ``tree`` a label that is equal where witnesses go back to the same one.
    """

    pair: Ints
    source: Ints
    tree: Ints


class _Offers(NamedTuple):
    """Sources on offer: place of the pair, rows of source and target, share of the target's narrative, weight."""

    pair: Ints
    source: Ints
    target: Ints
    share: Floats
    weight: Floats


def sources(evidence: Evidence, directions: Directions) -> Sources:
    """Choose a source for every witness that has one in the dump.

    A maximum branching, found greedily: the heaviest offer first, where its target has no source yet and does not lie
    above its source. So there is never a circle. Alike offers go to the source that stands first: an agency's own
    article, then one with a credit, then the earliest, the longest, the one with the smallest id. What tells whose
    press statement it has is taken from no match but of the same copy, or one that it names.
    """
    offers = _offers(evidence, directions)
    same = directions.same[offers.pair]
    weight = offers.weight + _SERIES * same + _NAMED * _named(evidence, offers)
    order = np.lexsort((offers.target, _standing(evidence.witnesses, evidence.wires)[offers.source], -weight))
    stated = directions.stated[offers.pair] & (evidence.statements.issuer[offers.target] != NOBODY)
    order = order[(_allowed(evidence, offers, same) & ~stated)[order]]
    return _branch(len(evidence.witnesses.cluster), offers.pair[order], offers.source[order], offers.target[order])


def _offers(evidence: Evidence, directions: Directions) -> _Offers:
    """What each pair offers: one direction, or both where it is a tie.

    Of two alike the one weighs more that takes the text from where most of it is, then from the longer one, then from
    the smaller id.
    """
    pairs, tokens, tie = evidence.pairs, evidence.witnesses.tokens, directions.tie
    indices = np.arange(len(pairs.a))
    forth, back = indices[tie | (directions.total > 0)], indices[tie | (directions.total < 0)]
    pair = np.r_[forth, back]
    source, target = np.r_[pairs.a[forth], pairs.b[back]], np.r_[pairs.b[forth], pairs.a[back]]
    share = np.r_[pairs.copy_b[forth], pairs.copy_a[back]]
    weight = np.round(share * directions.confidence[pair] / _STEP) * _STEP
    length = tokens[target] - tokens[source]
    after = tie[pair] & ((length > 0) | ((length == 0) & (source > target)))
    return _Offers(pair, source, target, share, weight - np.where(after, _STEP / 2, 0.0))


def _allowed(evidence: Evidence, offers: _Offers, same: Bools) -> Bools:
    """Which offers can be true: not those against what the target says itself of where it has the text."""
    source, target = offers.source, offers.target
    witnesses, wires, originators = evidence.witnesses, evidence.wires, evidence.originators
    grade = evidence.pairs.grade[offers.pair]
    cited = cites(evidence.citations, target, witnesses.name[source])
    little = (grade == _DERIVED) | ((grade == _REWRITE) & (offers.share < _FEW_IN_COMMON))
    elsewhere = little & originators.cited[target] & originators.by_citation[witnesses.cluster[target]] & ~cited
    own = witnesses.own[target] != NOBODY
    has_agency = wires.carries[target] & ~_is_own(witnesses, source, wires.name[target])
    partly = has_agency & ~_in_cluster(witnesses, target, wires.name[target])
    rivals = has_agency & wires.carries[source] & (wires.name[source] != wires.name[target])
    return np.asarray(same | (~elsewhere & ~(own & ~cited) & ~partly & ~rivals))


def _is_own(witnesses: Witnesses, source: Ints, agency: Ints) -> Bools:
    return np.asarray((agency != NOBODY) & (witnesses.own[source] == agency))


def _in_cluster(witnesses: Witnesses, row: Ints, agency: Ints) -> Bools:
    """Whether the agency's own article is in the cluster of ``row``."""
    own = witnesses.own != NOBODY
    there = distinct(pair_keys(witnesses.cluster[own], witnesses.own[own]))
    wanted = pair_keys(witnesses.cluster[row], np.maximum(agency, 0))
    return np.asarray((agency != NOBODY) & np.isin(wanted, there))


def _named(evidence: Evidence, offers: _Offers) -> Bools:
    """Whether the source is the own article of the target's agency, or the originator's that the target cites.

    A citation comes along with the copy that holds it: where much of the target is in some other witness and little in
    what it cites, it was not made from that.
    """
    witnesses = evidence.witnesses
    wire = _is_own(witnesses, offers.source, evidence.wires.name[offers.target])
    origin = witnesses.name[offers.source] == evidence.originators.name[witnesses.cluster[offers.source]]
    cited = origin & cites(evidence.citations, offers.target, witnesses.name[offers.source])
    best = np.zeros(len(witnesses.cluster))
    np.maximum.at(best, offers.target, offers.share)
    along = (best[offers.target] >= _FEW_IN_COMMON) & (offers.share < best[offers.target] / 2)
    return np.asarray(wire | (cited & ~along))


def _standing(witnesses: Witnesses, wires: Wires) -> Ints:
    """The place of each witness among all, the likeliest sources first."""
    time = np.where(witnesses.dated, witnesses.time, np.iinfo(np.int64).max)
    order = np.lexsort((-witnesses.tokens, time, ~wires.carries, witnesses.own == NOBODY))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _branch(count: int, pair: Ints, source: Ints, target: Ints) -> Sources:
    """Take the offers in their order where they keep to a forest; ``tree`` is a union-find by halving paths."""
    above = list(range(count))
    chosen = [NOBODY] * count
    taken = [NOBODY] * count
    for index, giver, taker in zip(pair.tolist(), source.tolist(), target.tolist(), strict=True):
        if chosen[taker] != NOBODY:
            continue
        root = giver
        while above[root] != root:
            above[root] = above[above[root]]
            root = above[root]
        if root != taker:  # a witness without a source is the root of its tree
            above[taker], chosen[taker], taken[taker] = root, index, giver
    tree = np.array(above, np.int64)
    while (tree != tree[tree]).any():
        tree = tree[tree]
    return Sources(np.array(chosen, np.int64), np.array(taken, np.int64), tree)
