"""Records that were read one by one -> batches: what every reader of a row format ends in."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa

from dedup.article import Batch, Note, Rejected
from dedup.readers import columns

#: A batch ends with whichever comes first.
MAX_ROWS = 4096
MAX_CHARACTERS = 8_000_000


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """A record: where it stands, and its fields (see :data:`~dedup.readers.fields.SPELLINGS`) as plain strings."""

    path: str
    position: str
    fields: Mapping[str, str]


def batches(rows: Iterable[Row | Rejected | Note], max_record: int) -> Iterator[Batch]:
    """Batches of at most 4096 records, and closed once they hold 8 million characters of text; order is kept."""
    held: list[Row] = []
    rejects: list[Rejected] = []
    notes: list[Note] = []
    characters = 0
    for row in rows:
        if isinstance(row, Note):
            notes.append(row)
        elif isinstance(row, Rejected):
            rejects.append(row)
        else:
            held.append(row)
            characters += len(row.fields.get("text", ""))
        if len(held) + len(rejects) >= MAX_ROWS or characters >= MAX_CHARACTERS:
            yield _batch(held, rejects, notes, max_record)
            held, rejects, notes, characters = [], [], [], 0
    if held or rejects or notes:
        yield _batch(held, rejects, notes, max_record)


def _batch(rows: list[Row], rejects: list[Rejected], notes: list[Note], max_record: int) -> Batch:
    names = {name for row in rows for name in row.fields} | {"text"}
    strings = {name: pa.array([row.fields.get(name) for row in rows], pa.large_string()) for name in sorted(names)}
    made = columns.batch(strings, lambda row: (rows[row].path, rows[row].position), max_record, {})
    return dataclasses.replace(made, rejects=(*rejects, *made.rejects), notes=tuple(notes))
