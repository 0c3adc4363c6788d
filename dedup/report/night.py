"""A run at a glance: its numbers and charts."""

from __future__ import annotations

import collections
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from dedup.report import words
from dedup.report.charts import Chart, bars, columns
from dedup.report.publishers import Print, Publisher, articles
from dedup.report.run_data import RunData
from dedup.stories.ownership import KINDS
from dedup.tables import COUNTED_GRADES

_MAX = 10  # bars of a chart
_HOURLY = timedelta(days=3)  # a shorter span is charted hour by hour
_BARS = 400  # bars of the chart of time, at most


def numbers(run_data: RunData, printed: Sequence[Print]) -> dict[str, Any]:
    """What the first sentences of the report say."""
    counts = run_data.summary.get("counts", {})
    owners = _owners(printed)
    dates = [date for row in run_data.stories for date in (row["first_published"], row["last_published"]) if date]
    return {
        "read": counts.get("read"),
        "set_aside": len(run_data.rejects),
        "stories": len(run_data.stories),
        "witnesses": len(run_data.homes),
        "copies": len({each.row["article_id"] for each in printed if each.row["role"] != "origin"}),
        "several": sum(row["publisher_count"] > 1 for row in run_data.stories),
        "agency": max(owners.items(), key=lambda each: (each[1], each[0]), default=None),
        "first": min(dates, default=None),
        "last": max(dates, default=None),
    }


def charts(run_data: RunData, printed: Sequence[Print], publishers: Sequence[Publisher]) -> list[Chart]:
    """The charts that have something to show."""
    if not run_data.stories:
        return []
    made = [_grades(run_data), _agencies(printed), _publishers(publishers), _time(run_data)]
    return [chart for chart in made if chart is not None and chart.rows]


def _grades(run_data: RunData) -> Chart:
    counts = collections.Counter(row["grade"] for row in run_data.matches.values() if row["counted"])
    rows = [(grade, (counts[grade],)) for grade in COUNTED_GRADES]
    return bars("grades", "Matches by grade", ("grade", "matches"), rows)


def _agencies(printed: Sequence[Print]) -> Chart:
    rows = [(name, (number,)) for name, number in _top(_owners(printed))]
    return bars("agencies", "Agencies behind the copy", ("agency", "articles"), rows)


def _owners(printed: Sequence[Print]) -> collections.Counter[str]:
    return articles((each for each in printed if each.kind == "agency"), lambda each: each.owner)


def _publishers(publishers: Sequence[Publisher]) -> Chart:
    rows = [(each.name, tuple(each.kinds[kind] for kind in KINDS)) for each in publishers[:_MAX]]
    return bars("publishers", "Whose copy publishers printed", ("publisher", *KINDS.values()), rows)


def _time(run_data: RunData) -> Chart | None:
    published = {row["article_id"]: row["published"] for rows in run_data.witnesses.values() for row in rows}
    dates = sorted(date for date in published.values() if date)
    hourly = bool(dates) and dates[-1] - dates[0] < _HOURLY
    rows = _filled(collections.Counter(_floor(date, hourly) for date in dates), hourly)
    counts = [(f"{words.day(date)}, {date:%H}:00" if hourly else words.day(date), number) for date, number in rows]
    unit = "hour" if hourly else "day"
    if not counts:
        return None
    return columns("time", f"Articles of the stories by {unit}", (unit, "articles"), counts)


def _floor(date: datetime, hourly: bool) -> datetime:
    return date.replace(minute=0, second=0, microsecond=0, hour=date.hour if hourly else 0)


def _filled(counts: Mapping[datetime, int], hourly: bool) -> list[tuple[datetime, int]]:
    """Every hour or day between the first and the last, the empty ones too; where there are too many, the last."""
    if not counts:
        return []
    step = timedelta(hours=1) if hourly else timedelta(days=1)
    first, last = max(min(counts), max(counts) - (_BARS - 1) * step), max(counts)
    moments = [first + number * step for number in range((last - first) // step + 1)]
    return [(moment, counts.get(moment, 0)) for moment in moments]


def _top(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:_MAX]
