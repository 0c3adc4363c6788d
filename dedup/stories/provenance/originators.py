"""Who reported a story first: the outlet that its witnesses cite, or the agency that they credit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.arrays import are_among, highs, lows, pair_keys
from dedup.components import components
from dedup.credits.names import is_agency
from dedup.stories.provenance.wire_agencies import Wires, story_wires
from dedup.stories.provenance.witnesses import (
    LEAD,
    NOBODY,
    ONE_WORDING,
    Attributions,
    Bools,
    Floats,
    Ints,
    Pairs,
    Witnesses,
)

_CITED = 0.5  # what the citations of a name in one wording must prove
_ALONE = 0.8  # what they must prove where no other wording cites it
_REMARK = 0.6  # what a remark to an outlet proves beside a report of it
_MAX = 0.5  # share of a cluster's witnesses above which their credits leave no doubt of its agency


#: What ``Originators.known_by`` counts, as the tables write it.
ORIGINATOR_KNOWN_BY = (None, "credit", "publisher", "citation")
_UNKNOWN, _CREDIT, _PUBLISHER, _CITATION = range(4)


class Originators(NamedTuple):
    """The originator of each cluster.

    Of each cluster: its code (-1: unknown), how it is known (a place in :data:`ORIGINATOR_KNOWN_BY`), how surely 0-1,
    and ``by_citation`` (else by the agency's own article or by credit). Of each witness:
    ``cited``, whether it cites its cluster's originator itself, and ``proof``, how strongly, 0-1.
    """

    name: Ints
    known_by: Ints
    confidence: Floats
    by_citation: Bools
    cited: Bools
    proof: Floats


def originators(witnesses: Witnesses, citations: Attributions, pairs: Pairs, wire_agencies: Wires) -> Originators:
    """The originator of every cluster.

    Ten reprints of a text that says "told CNN" are one wording that cites it, so wordings are counted. The outlet that
    most witnesses cite, in two wordings or in one that leaves no doubt or in one beside the outlet's own article, has
    reported the story first; without one it is the agency whose copy it is; else nobody is known.

    What somebody said to an outlet is a weaker sign, and said to an agency none: its reporters are told things by
    everybody. Where most witnesses credit an agency, a remark to another house is but a part of its report.
    """
    agency = story_wires(witnesses, wire_agencies)
    citations = _telling(witnesses, citations, agency.credited > _MAX)
    name, confidence = agency.name.copy(), agency.confidence.copy()
    known_by = np.where(name != NOBODY, _CREDIT, _UNKNOWN)
    own = (witnesses.own != NOBODY) & (witnesses.own == name[witnesses.cluster])
    known_by[witnesses.cluster[own]] = _PUBLISHER
    rows, cited, proof = _proofs(citations)
    cited_names = _cited(
        witnesses, wordings(len(witnesses.cluster), pairs, wire_agencies, witnesses), rows, cited, proof
    )
    name[cited_names.cluster], confidence[cited_names.cluster] = cited_names.name, cited_names.confidence
    known_by[cited_names.cluster] = _CITATION
    ours = cited == name[witnesses.cluster[rows]]
    own_proof = np.zeros(len(witnesses.cluster))
    own_proof[rows[ours]] = proof[ours]
    return Originators(name, known_by, confidence, known_by == _CITATION, own_proof > 0, own_proof)


def _telling(witnesses: Witnesses, citations: Attributions, credited: Bools) -> Attributions:
    """The citations as far as they say who reported a story; ``credited``: clusters whose agency is beyond doubt."""
    agencies = np.array([is_agency(name) for name in witnesses.names.names], bool)
    none = agencies[citations.name] | credited[witnesses.cluster[citations.witness]]
    weight = np.where(citations.remark, np.where(none, 0.0, _REMARK), 1.0)
    return citations._replace(strength=citations.strength * weight)


def wordings(count: int, pairs: Pairs, wire_agencies: Wires, witnesses: Witnesses) -> npt.NDArray[np.int32]:
    """A label for every one of ``count`` witnesses: equal where the text is one copy, by match or by wire."""
    same_wording = pairs.grade < ONE_WORDING
    with_agency = np.flatnonzero(wire_agencies.named)
    wires, node = np.unique(
        pair_keys(witnesses.cluster[with_agency], wire_agencies.name[with_agency]), return_inverse=True
    )
    one, other = np.r_[pairs.a[same_wording], with_agency], np.r_[pairs.b[same_wording], count + node.ravel()]
    return components(count + len(wires), one, other)[:count]


class _Cited(NamedTuple):
    cluster: Ints
    name: Ints
    confidence: Floats


def _proofs(citations: Attributions) -> tuple[Ints, Ints, Floats]:
    """Of every witness and name that it cites: what the citations prove together, 0-1 (as independent signs)."""
    keys = pair_keys(citations.witness, citations.name)
    keep, first = np.unique(keys, return_index=True)
    doubt = 1 - citations.strength * np.where(citations.at <= LEAD, 1.0, 0.5)  # later it is background, not source
    together = np.multiply.reduceat(doubt, first) if len(first) else doubt
    return highs(keep), lows(keep), 1 - together


def _cited(witnesses: Witnesses, wording: npt.NDArray[np.int32], rows: Ints, cited: Ints, proof: Floats) -> _Cited:
    """The cited originator of each cluster that has one."""
    keys, group = np.unique(pair_keys(witnesses.cluster[rows], cited), return_inverse=True)
    strongest, of_wording = _by_wording(group.ravel(), wording[rows], proof, len(keys))
    own = _published(witnesses, keys)
    convincing = np.bincount(of_wording, strongest >= _CITED, len(keys))
    doubt, best = np.ones(len(keys)), np.zeros(len(keys))
    np.multiply.at(doubt, of_wording, 1 - strongest)
    np.maximum.at(best, of_wording, strongest)
    others = np.bincount(witnesses.cluster)[highs(keys)] - own
    widely = 2 * np.bincount(group.ravel(), minlength=len(keys)) >= others
    holds = widely & ((convincing >= 2) | ((convincing == 1) & (own > 0)) | (best >= _ALONE))
    keys, doubt, convincing, own = keys[holds], doubt[holds], convincing[holds], own[holds]
    order = np.lexsort((keys, doubt, -convincing, own == 0, highs(keys)))
    _, first = np.unique(highs(keys[order]), return_index=True)
    chosen = order[first]
    return _Cited(highs(keys[chosen]), lows(keys[chosen]), np.minimum(1 - doubt[chosen], 0.99))


def _published(witnesses: Witnesses, keys: Ints) -> Ints:
    """How many witnesses in the cluster are published by the name; ``keys``: of cluster and name."""
    known = witnesses.name != NOBODY
    values, counts = np.unique(pair_keys(witnesses.cluster[known], witnesses.name[known]), return_counts=True)
    position = np.searchsorted(values, keys)
    is_present = are_among(keys, values)
    return np.where(is_present, np.r_[counts, 0][np.where(is_present, position, len(counts))], 0)


def _by_wording(proved: Ints, wording: npt.NDArray[np.int32], proof: Floats, count: int) -> tuple[Floats, Ints]:
    """The strongest proof in each wording of each name, and the name's place."""
    keys, group = np.unique(pair_keys(proved, wording), return_inverse=True)
    strongest = np.zeros(len(keys))
    np.maximum.at(strongest, group.ravel(), proof)
    return strongest, highs(keys)
