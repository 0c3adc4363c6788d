"""The lineage of a story drawn over time: a row a witness, a dot where it was printed, a line from its source."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from dedup.report.words import named, printer, share, when
from dedup.stories.lineage.rows import EXTERNAL

Row = Mapping[str, Any]

MAX = 40  # witnesses that a picture shows
_RIGHT, _TOP, _ROW = 590, 14, 30  # the field of the dots, in pixels, which begins after the names
_UNDATED = 36  # the column of those without a date, right of the field
_SURE = 0.7  # confidence from which a line is drawn through
_NAME = 28  # characters of a name,
_LETTER = 7.8  # and the pixels of one


@dataclasses.dataclass(frozen=True, slots=True)
class Dot:
    """A witness or a source outside the dump. ``kind``: origin, witness, outside."""

    x: float
    y: float
    kind: str
    name: str
    says: str
    title: str


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """From a source to what was taken from it, as the path of an SVG. ``kind``: sure, unsure."""

    path: str
    kind: str


@dataclasses.dataclass(frozen=True, slots=True)
class Picture:
    """What to draw, of ``height`` pixels and with the dots from ``left`` on.

    ``ticks`` are places on the axis of time with their words, none where no date is known.
    """

    height: int
    left: float
    dots: Sequence[Dot]
    lines: Sequence[Line]
    ticks: Sequence[tuple[float, str]]
    dated: bool


def picture(witnesses: Sequence[Row], edges: Sequence[Row]) -> Picture:
    """The lineage of ``witnesses`` (rows of CLUSTERS in the order to draw) by ``edges`` (their rows of LINEAGE)."""
    outside = sorted({edge["source"] for edge in edges if edge["source"].startswith(EXTERNAL)})
    rows = {name: number for number, name in enumerate([*outside, *(row["article_id"] for row in witnesses)])}
    edges = [edge for edge in edges if edge["target"] in rows and edge["source"] in rows]
    labels = [_short(named(name)) for name in outside] + [_short(printer(row)) for row in witnesses]
    left = round(max(80, 40 + _LETTER * max(len(label) for label in labels)), 1)
    positions = _positions(witnesses, outside, edges, left)
    at = {name: (positions[name], _TOP + _ROW * row + _ROW / 2) for name, row in rows.items()}
    dots = [Dot(*at[name], "outside", _short(named(name)), "not in the dump", "") for name in outside]
    relations = {edge["target"]: edge["relation"] for edge in edges}
    dots += [_dot(row, relations.get(row["article_id"], ""), *at[row["article_id"]]) for row in witnesses]
    lines = [
        Line(_path(*at[edge["source"]], *at[edge["target"]]), "sure" if edge["confidence"] >= _SURE else "unsure")
        for edge in edges
    ]
    ticks = _ticks(witnesses, left)
    return Picture(int(_TOP + _ROW * len(rows) + (34 if ticks else 10)), left, dots, lines, ticks, bool(ticks))


def _dot(row: Row, relation: str, x: float, y: float) -> Dot:
    grade = "origin" if row["role"] == "origin" else row["grade"] or relation
    part = "" if grade in ("origin", "derived") else share(row["share_from_source"])
    says = " · ".join(word for word in (when(row["published"]), grade, part) if word)
    return Dot(x, y, row["role"], _short(printer(row)), says, row["headline"] or "")


def _short(name: str) -> str:
    return name if len(name) <= _NAME else name[: _NAME - 1].rstrip() + "…"


def _dates(witnesses: Sequence[Row]) -> list[datetime]:
    return [row["published"] for row in witnesses if row["published"] is not None]


def _positions(witnesses: Sequence[Row], outside: Sequence[str], edges: Sequence[Row], left: float) -> dict[str, float]:
    """Where across everything stands: by date, without any date by generation."""
    dates = _dates(witnesses)
    if not dates:
        return _by_generation([*outside, *(row["article_id"] for row in witnesses)], edges, left)
    first, length = min(dates), (max(dates) - min(dates)) / timedelta(seconds=1)
    positions = dict.fromkeys(outside, left - 16)
    for row in witnesses:
        date = row["published"]
        gone = (date - first) / timedelta(seconds=1) / length if date and length else 0.0
        positions[row["article_id"]] = round(left + gone * (_RIGHT - left), 1) if date else float(_RIGHT + _UNDATED)
    return positions


def _by_generation(names: Sequence[str], edges: Sequence[Row], left: float) -> dict[str, float]:
    source = {edge["target"]: edge["source"] for edge in edges}

    def generation(name: str) -> int:
        seen: list[str] = []
        while name in source and name not in seen:
            seen.append(name)
            name = source[name]
        return len(seen)

    deep = {name: generation(name) for name in names}
    step = (_RIGHT - left) / max(2, *deep.values())
    return {name: round(left + step * row, 1) for name, row in deep.items()}


def _path(x: float, y: float, to_x: float, to_y: float) -> str:
    """Down from the source, round a corner, and along to what was taken from it."""
    if abs(to_x - x) < 3:
        bend = 12
        return f"M{x:g} {y:g}C{x - bend:g} {y:g} {to_x - bend:g} {to_y:g} {to_x:g} {to_y:g}"
    turn = min(8, abs(to_x - x))
    turn_y, turn_x = math.copysign(turn, to_y - y), math.copysign(turn, to_x - x)
    return f"M{x:g} {y:g}V{to_y - turn_y:g}Q{x:g} {to_y:g} {x + turn_x:g} {to_y:g}H{to_x:g}"


def _ticks(witnesses: Sequence[Row], left: float) -> list[tuple[float, str]]:
    """The first and the last date, and one between where there is room."""
    dates = _dates(witnesses)
    if not dates:
        return []
    first, last = min(dates), max(dates)
    if first == last:
        return [(left, when(first))]
    middle = (first + (last - first) / 2).replace(second=0, microsecond=0)
    return [(left, when(first)), ((left + _RIGHT) / 2, when(middle)), (float(_RIGHT), when(last))]
