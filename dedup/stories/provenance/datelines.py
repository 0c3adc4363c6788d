"""The day in a dateline. A feed's dates may be those of a later fetch; an agency's own dateline is from the night."""

from __future__ import annotations

from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EPOCH = date(1970, 1, 1).toordinal()


def dateline_day(words: str, published: int) -> int | None:
    """The day that a dateline names (``ISLAMABAD, Jan 26 (APP)``), in days since 1970; None where it names none.

    A dateline has no year: it is the last such day that is not after the day ``published`` (in days since 1970; a day
    of grace, for time zones).
    """
    parts = words.replace(",", " ").replace(".", " ").split()
    for word, *near in zip(parts[1:], [*parts[2:], ""], parts, strict=False):
        month = word[:3].lower()
        numbers = [int(number) for number in near if number.isdecimal() and len(number) <= 2]
        if month in _MONTHS and word.isalpha() and numbers:
            return _last(_MONTHS.index(month) + 1, numbers[0], published + 1)
    return None


def _last(month: int, day: int, latest: int) -> int | None:
    """The last day of that month and number that is not after ``latest``."""
    year = date.fromordinal(_EPOCH + latest).year
    for tried in range(year, year - 5, -1):  # the 29th of February comes every four years
        try:
            result = date(tried, month, day).toordinal() - _EPOCH
        except ValueError:
            continue
        if result <= latest:
            return result
    return None
