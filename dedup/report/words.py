"""Dates, shares, names and links as a reader sees them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from dedup.credits import load_agencies
from dedup.stories.lineage.rows import EXTERNAL

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HEADLINE = 110  # characters of a text that stand for a headline that is missing
NOBODY = "publisher not named"


def day(moment: datetime) -> str:
    """The day in English, whatever the locale: ``12 May 2025``."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def days(first: datetime, last: datetime) -> str:
    """The days from the first to the last: ``12 May 2025``, ``10–14 May 2025``, ``2 Jan – 14 May 2025``."""
    if first.date() == last.date():
        return day(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day(last)}"
    return f"{day(first).removesuffix(f' {last.year}')} – {day(last)}"


def when(moment: datetime | None) -> str:
    """The day, and the time where one is known (midnight sharp is how dumps write a day without one)."""
    if moment is None:
        return "no date"
    return day(moment) if moment.time() == time() else f"{day(moment)}, {moment:%H:%M}"


def spread(first: datetime | None, last: datetime | None) -> str:
    """The time between two dates: ``3 days``, ``5 hours``, ``20 minutes``; empty where one is unknown."""
    if first is None or last is None:
        return ""
    gap = last - first
    for unit, length in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if gap >= length:
            number = round(gap / length)
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return "at once"


def share(part: float | None) -> str:
    """A share of 0-1 as whole percents; what is not nothing is never told as nothing, nor most as all."""
    if part is None:
        return ""
    return f"{round(100 * part) if part in (0.0, 1.0) else min(99, max(1, round(100 * part)))} %"


_agencies = functools.cache(load_agencies)


def named(name: str | None) -> str:
    """An agency's full name where ``name`` is its id, else the name itself; sources outside the dump included."""
    return _agencies().called((name or "").removeprefix(EXTERNAL))


def publisher(row: Mapping[str, Any]) -> str:
    """Who published an article."""
    return row.get("publisher") or NOBODY


def printer(row: Mapping[str, Any]) -> str:
    """Who published an article, where it stands among others: its id where no publisher is named."""
    return str(row.get("publisher") or row.get("article_id") or row.get("id"))


def headline(row: Mapping[str, Any]) -> str:
    """The headline of an article, else how its text begins, else its id."""
    if row.get("headline"):
        return _cut(str(row["headline"]), 3 * _HEADLINE)
    lines = (row.get("text") or "").split("\n")
    begins = next((" ".join(line.split()) for line in lines if len(line.split()) > 4), "")
    return _cut(begins, _HEADLINE) or str(row.get("id") or row.get("article_id"))


def _cut(text: str, max_length: int) -> str:
    """The text, at the end of a word if it is too long."""
    return text if len(text) <= max_length else (text[:max_length].rpartition(" ")[0] or text[:max_length]) + " …"


def link(url: str | None) -> str | None:
    """The address, where it is one of the web; None for any other scheme, so that no link can run a script."""
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return None
    return parts.geturl() if parts.scheme in ("http", "https") and parts.hostname else None
