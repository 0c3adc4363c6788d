"""JSON lines: one object a line."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from dedup.article import Batch, Rejected
from dedup.readers import answers
from dedup.readers.columns import larger
from dedup.readers.fields import Names, listed, pick
from dedup.readers.inputs import Source
from dedup.readers.lines import DamagedError, lines
from dedup.readers.objects import usual
from dedup.readers.packed import FlawError, rejected
from dedup.readers.rows import Row, batches


def read(sources: Sequence[Source], names: Names, max_record: int) -> Iterator[Batch]:
    """Batches of the articles in ``sources``, in their order; a bad line is rejected with its number."""
    return batches((row for source in sources for row in _rows(source, names, max_record)), max_record)


def row(path: str, position: str, record: Mapping[str, Any], names: Names) -> Row | Rejected:
    """The article in a JSON object."""
    known = names.flat(usual(record))
    columns = tuple(known)
    plan = names.plan(columns)
    values = list(known.values())
    fields = pick(values, plan, names.marked_up(columns))
    if "text" not in fields:
        return Rejected(path, position, _no_text(known, [values[index] for index in plan.get("text", ())]))
    return Row(path, position, fields)


def parse(data: bytes) -> dict[str, Any]:
    """The JSON object in ``data``; raises :class:`~dedup.readers.packed.FlawError` where it holds none."""
    try:
        record = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise FlawError(_flaw(data, error)) from error
    if not isinstance(record, dict):
        raise FlawError(f"not a JSON object but a {type(record).__name__}")
    return record


def _rows(source: Source, names: Names, max_record: int) -> Iterator[Row | Rejected]:
    try:
        for number, line in lines(source, max_record):
            if line is None:
                yield Rejected(source.name, f"line {number}", larger(max_record))
            elif not line.isspace() and line:
                rows = list(line_rows(source.name, f"line {number}", line.removesuffix(b"\n"), names))
                yield from map(_ended, rows) if _is_cut(line) else rows
    except DamagedError as damage:
        yield rejected(source.name, f"line {damage.line}", damage)


def _is_cut(line: bytes) -> bool:
    """Does the file end inside of the object in this line?"""
    return not line.endswith(b"\n") and line.lstrip().startswith(b"{") and not line.rstrip().endswith(b"}")


def _ended(reject: Row | Rejected) -> Row | Rejected:
    if isinstance(reject, Row):
        return reject
    return dataclasses.replace(reject, reason=f"{reject.reason}; the file ends inside of this line", damage=True)


def line_rows(path: str, position: str, line: bytes, names: Names) -> Iterator[Row | Rejected]:
    """The article in a line, or those in the answer to a search that it holds."""
    try:
        for record in answers.records(parse(line), names):
            yield row(path, position, record, names)
    except FlawError as flaw:
        yield rejected(path, position, flaw)


def _flaw(line: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        line.decode()
    except UnicodeDecodeError as undecodable:
        return f"not UTF-8: {undecodable.reason} at byte {undecodable.start} of the line"
    if "surrogate" in error.msg:
        return f"half a surrogate pair at character {error.colno}"
    return f"broken JSON: {error.msg} at character {error.colno}"


def _no_text(record: Mapping[str, Any], texts: list[Any]) -> str:
    if "renditions" in record:
        return "no text in it: its renditions name a file of its own that has the text"
    if not texts:
        return f"no text; {listed(record)}"
    odd = next((text for text in texts if text is not None and not isinstance(text, str)), None)
    return "no text" if odd is None else f"the text is not a string but a {type(odd).__name__}"
