"""Whose copy a witness is: the agency that it credits, else the one that other witnesses of the same copy credit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.arrays import distinct, highs, lows, pair_keys
from dedup.credits.names import UNNAMED
from dedup.stories.provenance.statements import Statements
from dedup.stories.provenance.witnesses import (
    NOBODY,
    SAME_COPY,
    Attributions,
    Bools,
    Floats,
    Ints,
    Pairs,
    Witnesses,
    gaps,
)
from dedup.tables import COUNTED_GRADES

#: What ``Wires.known_by`` counts, as the tables write it.
KNOWN_BY = (None, "inferred", "credit", "metadata")
_UNKNOWN, _INFERRED, _CREDIT, _METADATA = range(4)

SPEAKS = 0.6  # strength from which a credit says that the text, not some part of it, is the agency's
_TENTH = 0.1  # by which a credit gains that others of the story have too
_SURE_ENOUGH = 0.3  # an inference that is less sure than this is not made
_ROUNDS = 3  # how far a credit reaches through copies of copies
_PART = 0.25  # share of a cluster's witnesses that must have the agency of its story
_COMMON = 0.4  # share of the narrative of a rewrite or an abridged text that must stand in the credited copy
_TRUST = {"identical": 1.0, "reprint": 0.95, "abridged": 0.9, "rewrite": 0.9}


class Wires(NamedTuple):
    """The agency of each witness.

    Its code (-1: unknown), how it is known (a place in :data:`KNOWN_BY`), how surely 0-1, and ``carries``: the
    witness's own words, or its publisher, say that the text is the agency's. ``named``: the agency is known by name.
    ``declined``: the agency that a match credits and that is not inferred, as both may have a press statement (-1).
    """

    name: Ints
    known_by: Ints
    confidence: Floats
    carries: Bools
    named: Bools
    declined: Ints


def wires(witnesses: Witnesses, credits: Attributions, pairs: Pairs, issued: Statements) -> Wires:
    """The wire agency of every witness.

    A credit holds for the witness that has it. It speaks for another one only as ``inferred``, and only through a match
    of the copy itself: never through ``derived``, nor where too little of the text is in the credited copy, nor where
    both may have it from a press statement.
    """
    name, known_by, confidence = _credited(witnesses, credits)
    named = (name != NOBODY) & (name != witnesses.names.code(UNNAMED))
    carries = named & (confidence >= SPEAKS)
    source, target, factor = _ways(pairs)
    stated = np.tile(issued.silent, 2)
    silent = stated & (factor > 0) & carries[source] & ~_later(witnesses, source, target)
    factor[stated] = 0.0
    speaks = carries.copy()
    for reached in range(_ROUNDS):
        usable = speaks[source] & ~named[target] & (factor > 0)
        usable &= ~_later(witnesses, source, target)
        if reached:
            usable &= factor >= _TRUST["abridged"]
        sure = confidence[source] * factor
        usable_rows = np.flatnonzero(usable & (sure >= _SURE_ENOUGH))
        best = usable_rows[_best(target[usable_rows], sure[usable_rows], name[source[usable_rows]])]
        if not len(best):
            break
        name[target[best]], confidence[target[best]] = name[source[best]], sure[best]
        known_by[target[best]] = _INFERRED
        named[target[best]] = speaks[target[best]] = True
    declined = np.full(len(name), NOBODY)
    last_first = np.flatnonzero(silent)[np.argsort(-source[silent], kind="stable")]
    declined[target[last_first]] = name[source[last_first]]  # of several the match that stands first
    return Wires(name, known_by, confidence, carries, named, np.where(named, NOBODY, declined))


class StoryWires(NamedTuple):
    """The agency of each cluster: its code (-1: unknown), the best of how and of how surely its witnesses have it.

    ``credited``: the share of the witnesses that credit it themselves, 0-1.
    """

    name: Ints
    known_by: Ints
    confidence: Floats
    credited: Floats


def story_wires(witnesses: Witnesses, wire_agencies: Wires) -> StoryWires:
    """The agency of every cluster: the one that most of its witnesses credit; -1: they do not say.

    Credits count as far as they are sure, and what is inferred from them does not count again. The agency has at least
    half of them, and a share of the witnesses is its copy.
    """
    size = np.bincount(witnesses.cluster)
    has = np.flatnonzero(wire_agencies.name != NOBODY)
    keys, inverse = np.unique(pair_keys(witnesses.cluster[has], wire_agencies.name[has]), return_inverse=True)
    own = wire_agencies.known_by[has] > _INFERRED
    weights = wire_agencies.confidence[has] * (wire_agencies.named[has] & own)
    total = np.asarray(np.bincount(inverse.ravel(), weights, len(keys)), np.float64)
    of_all = np.bincount(highs(keys), total, len(size))[highs(keys)]
    enough = (np.bincount(inverse.ravel(), minlength=len(keys)) >= _PART * size[highs(keys)]) & (2 * total >= of_all)
    keys, total = keys[enough], total[enough]
    best = _best(highs(keys), total, lows(keys))
    name = np.full(len(size), NOBODY, np.int64)
    name[highs(keys[best])] = lows(keys[best])
    known_by, confidence = np.zeros(len(size), np.int64), np.zeros(len(size))
    agreeing = np.flatnonzero((wire_agencies.name != NOBODY) & (wire_agencies.name == name[witnesses.cluster]))
    np.maximum.at(known_by, witnesses.cluster[agreeing], wire_agencies.known_by[agreeing])
    np.maximum.at(confidence, witnesses.cluster[agreeing], wire_agencies.confidence[agreeing])
    crediting = agreeing[wire_agencies.known_by[agreeing] > _INFERRED]
    credited = np.bincount(witnesses.cluster[crediting], minlength=len(size)) / np.maximum(size, 1)
    return StoryWires(name, known_by, confidence, credited)


def _credited(witnesses: Witnesses, credits: Attributions) -> tuple[Ints, Ints, Floats]:
    """The strongest credit of every witness; an agency's own article is its own, whatever it relays.

    A credit that other witnesses share counts a tenth more. Of two alike, the agency counts that has an article of its
    own in the cluster.
    """
    count = len(witnesses.cluster)
    name, known_by, confidence = np.full(count, NOBODY, np.int64), np.zeros(count, np.int64), np.zeros(count)
    unnamed = credits.name == witnesses.names.code(UNNAMED)
    own = witnesses.own != NOBODY
    there = distinct(pair_keys(witnesses.cluster[own], witnesses.own[own]))
    beside = np.isin(pair_keys(witnesses.cluster[credits.witness], credits.name), there)
    value = np.where(unnamed, 0.02, credits.strength) + 0.01 * credits.in_metadata + 0.005 * beside
    value += _TENTH * (_shared(witnesses, credits) & ~unnamed)
    best = _best(credits.witness, value, credits.name)
    rows = credits.witness[best]
    name[rows], confidence[rows] = credits.name[best], credits.strength[best]
    known_by[rows] = np.where(credits.in_metadata[best], _METADATA, _CREDIT)
    name[own], known_by[own], confidence[own] = witnesses.own[own], _METADATA, 1.0
    return name, known_by, confidence


def _shared(witnesses: Witnesses, credits: Attributions) -> Bools:
    """Which credits another witness of the cluster has too: a round-up credits several agencies, one for each part."""
    named = distinct(pair_keys(credits.witness, credits.name))
    keys, number = np.unique(pair_keys(witnesses.cluster[highs(named)], lows(named)), return_counts=True)
    return np.isin(pair_keys(witnesses.cluster[credits.witness], credits.name), keys[number > 1])


def _ways(pairs: Pairs) -> tuple[Ints, Ints, Floats]:
    """Both ways through every match: from row, to row, and how far a credit is believed on that way, 0-1."""
    trust = np.array([_TRUST.get(grade, 0.0) for grade in COUNTED_GRADES])[np.r_[pairs.grade, pairs.grade]]
    source, target = np.r_[pairs.a, pairs.b], np.r_[pairs.b, pairs.a]
    share = np.r_[pairs.copy_b, pairs.copy_a]
    longer = np.r_[pairs.b_in_a < pairs.a_in_b, pairs.a_in_b < pairs.b_in_a]
    grade = np.r_[pairs.grade, pairs.grade]
    partly = (grade == COUNTED_GRADES.index("rewrite")) | ((grade == COUNTED_GRADES.index("abridged")) & longer)
    enough = (grade < SAME_COPY) | (share >= _COMMON)
    return source, target, np.where(enough, np.where(partly, trust * share, trust), 0.0)


def _later(witnesses: Witnesses, source: Ints, target: Ints) -> Bools:
    """Whether the agency's own article is, as its dateline bears out, from after what would be its copy."""
    known = (witnesses.own[source] != NOBODY) & witnesses.from_text[source]
    return np.asarray(known & (gaps(witnesses, source, target) < 0))


def _best(group: Ints, value: Floats, name: Ints) -> Ints:
    """The place of the largest ``value`` in each ``group``; ties go to the smaller ``name``, then the earlier place."""
    order = np.lexsort((name, -value, group))
    first = np.ones(len(order), bool)
    first[1:] = group[order][1:] != group[order][:-1]
    return order[first]
