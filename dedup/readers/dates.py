"""Dates in any usual spelling -> UTC microseconds, without ever guessing and without a look at the clock.

The common ISO forms go through Arrow, a whole column at once. What is left is read string by string: epoch numbers,
dates with the month's name, other ISO forms, and the rest by dateutil, which reads each string twice, under different
assumptions; what the assumptions change was not in the string.
"""

from __future__ import annotations

import functools
import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EARLIEST = (datetime(1400, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LATEST = (datetime(2201, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_STAMP = pa.timestamp("us", "UTC")
_LONGEST = 80

_ZONE = r"(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)"
_ISO = rf"^\d{{4}}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{{1,6}})?)?{_ZONE}?)?$"
_ZONED = rf":\d\d.*{_ZONE}$"


_BY_NUMBERS = re.compile(r"\s*(\d{1,2})[./-](\d{1,2})[./-]\d{4}(?!\d)")


def order(text: str) -> str | None:
    """What comes first in a date by numbers with the year last, "day" or "month"; None where it can be either."""
    match = _BY_NUMBERS.match(text)
    first, second = (int(match[1]), int(match[2])) if match else (0, 0)
    if first > 12 >= second:
        return "day"
    return "month" if second > 12 >= first else None


class Dates(NamedTuple):
    """Three columns of one length: ``published``, ``date_only`` and ``published_text`` of the articles' schema."""

    published: pa.Array
    date_only: pa.Array
    published_text: pa.Array


def parse(texts: pa.Array, order: str | None = None) -> Dates:
    """Dates from strings; nulls stay null.

    A time without a zone counts as UTC. ``published_text`` holds what could not be read: unknown spellings, days and
    months that could be either way round, two-figure years, years before 1400 or after 2200, and the epoch itself
    (1970-01-01T00:00:00Z), which is what software writes for "no date". With an ``order`` ("day" or "month", whichever
    comes first) days and months that could be either way round are read.
    """
    trimmed = pc.utf8_trim_whitespace(texts)
    stamps, days = _iso(trimmed)
    left = pc.and_(pc.is_valid(trimmed), pc.is_null(stamps))
    if pc.any(left).as_py():
        stamps, days = _one_by_one(trimmed, left, stamps, days, order)
    micros = stamps.cast(pa.int64())
    plausible = pc.and_(pc.and_(pc.greater_equal(micros, _EARLIEST), pc.less(micros, _LATEST)), pc.not_equal(micros, 0))
    plausible = plausible.fill_null(False)
    return Dates(
        pc.if_else(plausible, stamps, pa.scalar(None, _STAMP)),
        pc.and_(plausible, days),
        pc.if_else(plausible, pa.scalar(None, texts.type), texts).cast(pa.string()),
    )


def _iso(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """(timestamps, null where the spelling is not common ISO; is it a day without a time, never null)."""
    iso = pc.match_substring_regex(texts, _ISO)
    day = pc.and_(iso, pc.equal(pc.binary_length(texts), 10))
    zoned = pc.match_substring_regex(texts, _ZONED)
    ending = pc.if_else(day, "T00:00Z", pc.if_else(zoned, "", "Z"))
    spelled = pc.binary_join_element_wise(texts.cast(pa.string()), ending, "")
    try:
        stamps = pc.if_else(iso, spelled, pa.scalar(None, pa.string())).cast(_STAMP)
    except pa.ArrowInvalid:  # a 30th of February: Arrow refuses the whole column, so each string is read on its own
        return pa.nulls(len(texts), _STAMP), pa.array([False] * len(texts))
    return stamps, day.fill_null(False)


def _one_by_one(
    texts: pa.Array, left: pa.Array, stamps: pa.Array, days: pa.Array, order: str | None
) -> tuple[pa.Array, pa.Array]:
    distinct = pc.unique(texts.filter(left))
    read = [_read(text, order) or (None, False) for text in distinct.to_pylist()]
    index = pc.index_in(texts, distinct)
    parsed = pa.array([micros for micros, _ in read], pa.int64()).cast(_STAMP).take(index)
    found_days = pa.array([day for _, day in read], pa.bool_()).take(index)
    return pc.if_else(left, parsed, stamps), pc.if_else(left, found_days, days).fill_null(False)


def _read(text: str, order: str | None) -> tuple[int, bool] | None:
    """(microseconds since 1970 UTC, is it a day without a time), or None for what cannot be read."""
    text = _NOISE.sub("", " ".join(text.split()))
    if len(text) > _LONGEST or not text.isascii():
        return None
    try:
        if _NUMBER.fullmatch(text):
            return _number(text)
        spelled = _month_named(text) or text
        return _iso_one(spelled) if _ISO_LIKE.fullmatch(spelled) else _loose(text, order)
    except (ValueError, OverflowError):
        return None


#: A comment at the end (RFC 2822: ``+0500 (PKT)``), and the name before an offset: dateutil turns ``GMT+3`` round.
_NOISE = re.compile(r" ?\([^()]*\)$|(?<=[ \d])(?:UTC|GMT) ?(?=[+-]\d)")
_NUMBER = re.compile(r"\d+(\.\d+)?")
#: Digits of an epoch number -> microseconds of its unit (9 digits of seconds: 1973; 12 of milliseconds: 1973).
#: Those of microseconds and nanoseconds are as long as for the same years.
_UNITS = {
    **{9: Decimal(10**6), 10: Decimal(10**6), 12: Decimal(1000), 13: Decimal(1000)},
    **{15: Decimal(1), 16: Decimal(1), 18: Decimal("0.001"), 19: Decimal("0.001")},
}


def _number(text: str) -> tuple[int, bool] | None:
    if text.isdigit() and len(text) in (8, 14):
        form = "%Y%m%d" if len(text) == 8 else "%Y%m%d%H%M%S"
        return _micros(datetime.strptime(text, form).replace(tzinfo=UTC)), len(text) == 8
    unit = _UNITS.get(len(text.partition(".")[0]))
    return (int(Decimal(text) * unit), False) if unit else None


_ISO_LIKE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d.*)?|\d{8}T\d{4}.*")


def _iso_one(text: str) -> tuple[int, bool] | None:
    try:
        return _micros(datetime.fromisoformat(text)), len(text) == 10
    except ValueError:
        return _loose(text, None)


_MONTHS = [
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
]
_WEEKDAY = r"(?:[A-Z]{3,9}\.?,? +)?"
_TIME = rf"(?:,?[ T]+(?P<time>\d\d?:\d\d(?::\d\d(?:\.\d+)?)?)(?: ?(?P<zone>UTC?|GMT|{_ZONE}))?)?"
_DAY = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"
_NAMED = [
    re.compile(rf"{_WEEKDAY}{_DAY}[ -](?P<month>[A-Z]{{3,9}})\.?,?[ -](?P<year>\d{{4}}){_TIME}", re.IGNORECASE),
    re.compile(rf"{_WEEKDAY}(?P<month>[A-Z]{{3,9}})\.? {_DAY},? (?P<year>\d{{4}}){_TIME}", re.IGNORECASE),
]


def _month_named(text: str) -> str | None:
    """RFC 2822, ``24 April 2022``, ``April 24, 2022``, ``26-FEB-1987 15:07:13.72`` -> ISO; None for other shapes."""
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _NAMED)), None)
    if match is None:
        return None
    name = match["month"].lower()
    month = next((number for number, full in enumerate(_MONTHS, 1) if full.startswith(name)), None)
    if month is None:
        return None
    day = f"{match['year']}-{month:02}-{int(match['day']):02}"
    zone = match["zone"] or ""
    time = match["time"]
    return f"{day}T{'0' * (time[1] == ':')}{time}{'Z' if zone[:1].isalpha() else zone}" if time else day


def _micros(moment: datetime) -> int:
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - _EPOCH) // _MICROSECOND


#: Zone names that mean one offset in hours; BST, IST, AST and their like mean several and make a date unreadable.
_HOURS = {
    **dict.fromkeys(("Z", "UT", "UTC", "GMT", "WET"), 0),
    **{"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7},  # RFC 2822, 4.3
    **{"WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "PKT": 5, "HKT": 8, "JST": 9, "KST": 9},
}


def _zone(name: str | None, offset: int | None) -> timezone | None:
    """The zone for dateutil, which would otherwise know the zone names of the machine that it runs on."""
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    if name is None:
        return None
    if name.upper() not in _HOURS:
        raise ValueError(f"zone {name} means several offsets")
    return timezone(timedelta(hours=_HOURS[name.upper()]))


#: The two readings fill gaps with different years, months, days and hours.
_FILLINGS = (datetime(1999, 1, 1), datetime(2004, 12, 28, 23))


def _loose(text: str, order: str | None) -> tuple[int, bool] | None:
    year_first = bool(re.match(r"\d{4}\D", text))
    month_first, day_first = _parsers()
    if order is not None:
        month_first = day_first = month_first if order == "month" else day_first
    try:
        one = month_first.parse(text, default=_FILLINGS[0], tzinfos=_zone)
        other = (month_first if year_first else day_first).parse(text, default=_FILLINGS[1], tzinfos=_zone)
    except (TypeError, ArithmeticError, LookupError, AttributeError) as error:  # what dateutil lets slip on odd input
        raise ValueError(text) from error
    if one.date() != other.date():
        return None
    return _micros(one), one.hour != other.hour


@functools.cache
def _parsers() -> tuple[Any, Any]:
    """(month before day, day before month); dateutil is loaded when the first odd date turns up."""
    from dateutil import parser  # noqa: PLC0415 - most dumps never need it

    readers = [parser.parser(parser.parserinfo(dayfirst=day_first)) for day_first in (False, True)]
    for reader in readers:
        reader.info.convertyear = _full_year
    return readers[0], readers[1]


def _full_year(year: int, century_specified: bool = False) -> int:
    """Refuse years of two figures: dateutil would put them near the current year."""
    if not century_specified:
        raise ValueError(f"year {year} has no century")
    return year
