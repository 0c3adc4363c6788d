"""Why a witness has the source it has, in words."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.arrays import DAY
from dedup.stories.lineage.directions import Directions
from dedup.stories.lineage.evidence import Evidence
from dedup.stories.lineage.sources import Sources
from dedup.stories.provenance import NOBODY, Bools

_HOUR = DAY // 24


class _Edge(NamedTuple):
    """A source and a target. The signs are positive where they speak for this direction."""

    agency: float
    cited: float
    credited: float
    dates: float
    abridged: float
    gap: int
    undated: bool
    tie: bool
    little: bool
    stated: bool
    same: bool
    credits_source: bool
    source_name: int
    source_wire: int
    target_wire: int
    declined: int


def apart(gap: int) -> str:
    """A span in microseconds, rounded: ``3 days``, ``5 hours``."""
    number, unit = (round(gap / DAY), "day") if gap >= DAY else (round(gap / _HOUR), "hour")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def reasons(evidence: Evidence, directions: Directions, sources: Sources) -> list[list[str]]:
    """The reasons for every witness that has a source in the dump, in the order of the witnesses.

    Signs that point the other way are told too, after "although".
    """
    witnesses, wires = evidence.witnesses, evidence.wires
    target = np.flatnonzero(sources.source != NOBODY)
    pair, source = sources.pair[target], sources.source[target]
    turn = np.where(evidence.pairs.a[pair] == source, 1.0, -1.0)
    columns = [
        *(turn * sign[pair] for sign in directions.signs()),
        np.abs(directions.gap[pair]),
        directions.undated[pair],
        directions.tie[pair],
        directions.little[pair],
        directions.stated[pair],
        directions.same[pair],
        wires.carries[target] & (wires.name[target] == witnesses.own[source]),
        witnesses.name[source],
        wires.name[source],
        wires.name[target],
        wires.declined[target],
    ]
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [_sentences(_Edge(*row), witnesses.names.names) for row in rows]


def _sentences(edge: _Edge, names: list[str]) -> list[str]:
    source = names[edge.source_name]
    reasons = [f"{'another' if edge.tie else 'a later'} version by the same publisher"] if edge.same else []
    if edge.agency > 0:
        reasons.append(f"the source is the own article of {source}" + ", which the text credits" * edge.credits_source)
    if edge.cited > 0:
        reasons.append(f"cites {source}")
    if edge.credited > 0:
        reasons.append(f"the source credits {names[edge.source_wire]}, this text does not")
    if edge.abridged > 0:
        reasons.append("shorter, and contained in the source")
    reasons += [_of_dates(edge), *_although(edge, names)]
    if edge.tie:
        return [*reasons, "a tie: nothing tells which of the two came first"]
    if edge.stated:
        reasons.append("a press statement may be the source of both")
    if edge.declined != NOBODY:
        reasons.append(_declined(names[edge.declined]))
    return [*reasons, "little in common: both may have it from elsewhere"] if edge.little else reasons


def of_statements(evidence: Evidence, by_statement: Bools, together: Bools) -> list[list[str]]:
    """Reasons for the sources of witnesses ``by_statement``; ``together``: a match names its issuer, too."""
    names, reasons = evidence.witnesses.names.names, []
    issuers, declined_wires = evidence.statements.issuer[by_statement], evidence.wires.declined[by_statement]
    columns = issuers.tolist(), together[by_statement].tolist(), declined_wires.tolist()
    for issuer, too, declined in zip(*columns, strict=True):
        reasons.append([f"tells of a statement of {names[issuer]}" + ", as a match of it does" * too])
        reasons[-1] += [_declined(names[declined])] if declined != NOBODY else []
    return reasons


def _declined(agency: str) -> str:
    return f"no copy of {agency} for sure: it may have the statement itself"


def _of_dates(edge: _Edge) -> str:
    if edge.undated:
        return "a date is missing"
    if not edge.dates:
        return "published too close to each other to tell by date"
    return f"published {apart(edge.gap)} later" if edge.dates > 0 else f"although published {apart(edge.gap)} earlier"


def _although(edge: _Edge, names: list[str]) -> list[str]:
    reasons = []
    if edge.agency < 0:
        reasons.append("although it is an agency's own article")
    if edge.cited < 0:
        reasons.append("although the source cites its publisher")
    if edge.credited < 0:
        reasons.append(f"although it credits {names[edge.target_wire]} and the source does not")
    if edge.abridged < 0:
        reasons.append("although it contains the source and is longer")
    return reasons
