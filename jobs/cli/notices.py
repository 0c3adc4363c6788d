"""What a run tells of its inputs on standard error, beside its result: a line each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dedup.readers import Inputs, Names, summed
from dedup.readers.fields import LAST_RESORTS
from jobs.cli.printing import print_message

if TYPE_CHECKING:
    from dedup.readers.tally import Reading

_BY_NUMBERS = re.compile(r"\s*\d{1,2}[./-]\d{1,2}[./-]\d{4}")


def of(summary: Mapping[str, Any]) -> Iterator[str]:
    """What there is to say of a run beside its numbers; ``summary`` as run.json has it."""
    for each in summary.get("passed_over", ()):
        yield f"skipped: {each['count']:,} ({each['reason']}), first {each['first']}"
    for field, columns in summary.get("columns", {}).items():
        if set(map(str.lower, columns)) <= set(LAST_RESORTS.get(field, ())):
            yield f"no column for {field}; read instead: {', '.join(columns)}"
    for each in summary.get("damaged_inputs", ()):
        yield f"damaged: {each['path']}, {each['position']}: {each['reason']}"
    dates = summary.get("unread_dates", {"count": 0})
    if dates["count"]:
        yield f"dates that cannot be read: {dates['count']:,}, first {dates['first']!r}; {_why(dates['first'])}"
    yield from summary.get("oddities", ())
    otherwise = summary.get("graded_otherwise", ())
    if otherwise:
        yield (
            f"{len(otherwise)} of the {len(summary['window'])} nights that this one was compared with were graded by "
            "other models, thresholds or word lists; to grade them again: wirecopy store regrade"
        )


def of_reading(inputs: Inputs, names: Names, reading: Reading) -> Iterator[str]:
    """The same of inputs that were read for something else than a run; the rejected records too."""
    if reading.first:
        first = f"{reading.first.path}, {reading.first.position}: {reading.first.reason}"
        yield f"records rejected: {reading.rejected:,}, first {first}"
    yield from of({"passed_over": summed(inputs.passed_over), "columns": names.columns(), **reading.summary()})


def _why(date: str) -> str:
    if _BY_NUMBERS.match(date):
        return (
            "no other date of the file shows whether the day or the month comes first, so these articles have no date"
        )
    return "these articles have no date"


def warn(messages: Iterable[str]) -> None:
    """Write them to standard error."""
    for message in messages:
        print_message(message)
