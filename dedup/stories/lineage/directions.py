"""Which of two matched witnesses took it from the other, and why."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.arrays import DAY
from dedup.stories.lineage.evidence import Evidence
from dedup.stories.provenance import NOBODY, Attributions, Bools, Floats, Ints, Wires, Witnesses, cites, gaps
from dedup.tables import COUNTED_GRADES

# What each sign weighs, in log-odds: the confidence is the logistic function of their sum.
_OWN, _OWN_AND_CREDITED, _OWN_BUT_LATER = 3.0, 4.0, 1.5
_CITED = 3.2
_CREDITED = 2.8
_DAYS, _ONE_DAY_ONLY, _HOURS, _FEW_HOURS = 2.6, 1.8, 1.8, 1.3
_ABRIDGED = 1.4
_TIE = 0.2
_MUCH = 0.4  # common share of the narrative from which a third source is not to be reckoned with

_STATED = 0.5  # how far a direction is believed where a press statement may be the source of both
_LONG = DAY // 4  # hours that a slow feed does not explain

_ABRIDGED_GRADE = COUNTED_GRADES.index("abridged")


class Directions(NamedTuple):
    """Of every pair: each sign in log-odds (positive: ``a`` is the source), and their ``total``.

    ``confidence`` says how sure the direction is, 0.5-1, with 0.5 for a ``tie``. It is less sure where ``little`` is
    common and neither names the other, as both may have it from a third, and where both may have it from a press
    statement (``stated``). ``gap`` is by how much ``a`` was published
    before ``b`` (see :func:`dedup.stories.provenance.gaps`); ``undated``: a date is missing; ``same``: one publisher.
    """

    agency: Floats
    cited: Floats
    credited: Floats
    dates: Floats
    abridged: Floats
    total: Floats
    confidence: Floats
    tie: Bools
    little: Bools
    stated: Bools
    gap: Ints
    undated: Bools
    same: Bools

    def signs(self) -> tuple[Floats, ...]:
        """The signs that the total is made of."""
        return (self.agency, self.cited, self.credited, self.dates, self.abridged)


def directions(evidence: Evidence) -> Directions:
    """Weigh the signs of every pair.

    An agency's own article and a credit outrank the clock, as feeds carry the times of later fetches; where the
    dateline in the agency's own text bears its date out, six hours are too many. An abridged text
    comes from the longer one unless dates say otherwise. Between articles of one publisher only dates count.
    """
    witnesses, pairs, citations, wires, _, statements = evidence
    a, b = pairs.a, pairs.b
    same = (witnesses.publisher[a] == witnesses.publisher[b]) & (witnesses.publisher[a] != NOBODY)
    gap = gaps(witnesses, a, b)
    dates = np.sign(gap) * _weight_of_gap(np.abs(gap), witnesses.by_day[a] | witnesses.by_day[b])
    other = ~same
    agency = other * (_own(witnesses, wires, a, b, gap) - _own(witnesses, wires, b, a, -gap))
    cited = other * _CITED * (_cites(witnesses, citations, b, a) - _cites(witnesses, citations, a, b))
    carries = wires.carries.astype(float)
    neither = (witnesses.own[a] == NOBODY) & (witnesses.own[b] == NOBODY)
    credited = other * neither * _CREDITED * (carries[a] - carries[b])
    shorter = np.sign(pairs.b_in_a - pairs.a_in_b)
    abridged = other * (pairs.grade == _ABRIDGED_GRADE) * _ABRIDGED * shorter
    total = agency + cited + credited + dates + abridged
    undated = ~(witnesses.dated[a] & witnesses.dated[b])
    named = same | (cited != 0) | (np.abs(agency) == _OWN_AND_CREDITED)
    common = np.where(named, 1.0, np.minimum(np.maximum(pairs.copy_a, pairs.copy_b) / _MUCH, 1.0))
    tie = np.abs(total) < _TIE
    stated = ~named & statements.common
    believed = common * np.where(stated, _STATED, 1.0)
    confidence = np.where(tie, 0.5, 0.5 + believed * (1 / (1 + np.exp(-np.abs(total))) - 0.5))
    return Directions(
        agency, cited, credited, dates, abridged, total, confidence, tie, common < 1, stated, gap, undated, same
    )


def _weight_of_gap(gap: Ints, days: Bools) -> Floats:
    """A day apart by dates without times may be a time zone; hours may be a slow feed."""
    by_clock = np.where(gap >= DAY, _DAYS, np.where(gap >= _LONG, _HOURS, _FEW_HOURS))
    by_day = np.where(gap >= 2 * DAY, _DAYS, _ONE_DAY_ONLY)
    return np.where(gap == 0, 0.0, np.where(days, by_day, by_clock))


def _own(witnesses: Witnesses, wires: Wires, source: Ints, target: Ints, gap: Ints) -> Floats:
    """What it weighs that ``source`` is an agency's own article and ``target``, of no agency, may be its copy."""
    agency = witnesses.own[source]
    from_agency = (agency != NOBODY) & (witnesses.own[target] == NOBODY)
    credited = wires.carries[target] & (wires.name[target] == agency)
    elsewhere = wires.carries[target] & ~credited
    borne_out = witnesses.from_text[source]
    weight = np.where(borne_out & (gap < 0), _OWN_BUT_LATER, np.where(credited, _OWN_AND_CREDITED, _OWN))
    return np.where(from_agency & ~elsewhere & ~(borne_out & (gap <= -_LONG)), weight, 0.0)


def _cites(witnesses: Witnesses, citations: Attributions, target: Ints, source: Ints) -> Floats:
    """1 where ``target`` cites the publisher of ``source``."""
    return cites(citations, target, witnesses.name[source]).astype(float)
