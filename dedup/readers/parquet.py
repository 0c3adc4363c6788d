"""Parquet, a part of a row group at a time and column by column."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup.article import Batch, Rejected, record_batch
from dedup.errors import InputOutputError, NoInputError
from dedup.readers import columns
from dedup.readers.fields import Names, listed, plain
from dedup.readers.inputs import Source

MAX_ROWS = 4096
MAX_BYTES = 16_000_000

_BYTES = (
    *(pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view),
    pa.types.is_fixed_size_binary,
)
_STRINGS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, *_BYTES)
_SPELLED = (pa.types.is_integer, pa.types.is_decimal, pa.types.is_date, pa.types.is_timestamp, pa.types.is_null)
_ONE_BY_ONE = (pa.types.is_floating, pa.types.is_nested, pa.types.is_duration, pa.types.is_time)
_WORDS = pa.large_string()


def read(sources: Sequence[Source], names: Names, max_record: int) -> Iterator[Batch]:
    """Batches of the articles in ``sources``, in their order; positions are rows, counted from 1.

    Raises :class:`~dedup.errors.NoInputError` for a file that is not Parquet, is cut short, or has no text column.
    A row group that cannot be decoded is rejected from the first row that is lost, and reading goes on after it.
    """
    for source in sources:
        yield from _file(source, names, max_record)


def _file(source: Source, names: Names, max_record: int) -> Iterator[Batch]:
    try:
        file = pq.ParquetFile(source.path, buffer_size=1 << 20, pre_buffer=False)
        held = [(field.name, field.type) for field in file.schema_arrow]
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise NoInputError(f"{source.name} cannot be opened as Parquet: {error}") from error
    with file:
        wanted = fields(source.name, held, names)
        first = 1
        for group in range(file.num_row_groups):
            for part in _parts(source, file, group, first, wanted):
                yield part if isinstance(part, Batch) else _located(source, *part, names, max_record)
            first += file.metadata.row_group(group).num_rows


def fields(name: str, held: Sequence[tuple[str, pa.DataType]], names: Names) -> list[str]:
    """Those of the columns of a file that hold a field of an article; raises NoInputError where none holds texts."""
    inner = [(column, member.name, member.type) for column, kind in held for member in _members(column, kind, names)]
    kinds = [kind for _, kind in held] + [kind for _, _, kind in inner]
    owners = [column for column, _ in held] + [column for column, _, _ in inner]
    plan = names.plan((*(column for column, _ in held), *(f"{column}.{member}" for column, member, _ in inner)))
    if not any(_usable(kinds[index], "text") for index in plan.get("text", ())):
        columns = listed([f"{name} ({kind})" for name, kind in held])
        raise NoInputError(f"{name} has no column of texts: {columns}; name it with --field text=COLUMN")
    return sorted({owners[index] for indices in plan.values() for index in indices})


def _members(column: str, kind: pa.DataType, names: Names) -> list[pa.Field]:
    """The members of a nested column whose dotted name stands for a field, as ``fields.bodyText`` does."""
    nested = pa.types.is_struct(kind)
    return [member for member in kind if names.is_dotted(f"{column}.{member.name}")] if nested else []


def _flat(part: pa.RecordBatch, names: Names) -> pa.RecordBatch:
    """The rows with such members as columns of their own."""
    for field in part.schema:
        for member in _members(field.name, field.type, names):
            values = pc.struct_field(part[field.name], [field.type.get_field_index(member.name)])
            part = part.append_column(f"{field.name}.{member.name}", values)
    return part


def _parts(
    source: Source, file: pq.ParquetFile, group: int, first: int, wanted: list[str]
) -> Iterator[tuple[int, pa.RecordBatch] | Batch]:
    """(number of its first row, the rows) of each part of a row group; what is lost is a batch of one reject."""
    size = file.metadata.row_group(group)
    rows = max(1, min(MAX_ROWS, MAX_BYTES * size.num_rows // max(1, size.total_byte_size)))
    parts = file.iter_batches(rows, row_groups=[group], columns=wanted)
    row = first
    while True:
        try:
            part = next(parts, None)
        except (pa.ArrowException, OSError) as error:
            if isinstance(error, OSError) and error.errno:
                raise InputOutputError(f"{source.name} cannot be read further: {error.strerror}") from error
            reason = f"rows {row} to {first + size.num_rows - 1} cannot be decoded: {error}"
            yield Batch(record_batch([]), (Rejected(source.name, f"row {row}", reason, damage=True),))
            return
        if part is None:
            return
        yield row, part
        row += part.num_rows


def _usable(kind: pa.DataType, field: str) -> bool:
    if pa.types.is_dictionary(kind):
        return _usable(kind.value_type, field)
    if isinstance(kind, pa.BaseExtensionType):
        return _usable(kind.storage_type, field)
    known = (*_STRINGS, pa.types.is_null) if field == "text" else (*_STRINGS, *_SPELLED, *_ONE_BY_ONE)
    return any(fits(kind) for fits in known)


def _located(source: Source, first: int, part: pa.RecordBatch, names: Names, max_record: int) -> Batch:
    return batch(part, lambda row: (source.name, f"row {first + row}"), names, max_record)


def batch(part: pa.RecordBatch, locate: columns.Locate, names: Names, max_record: int) -> Batch:
    """The articles in rows of any columns; ``place`` tells where a row stands."""
    part = _flat(part, names)
    arrays: dict[str, pa.Array] = {}
    flaws: dict[int, str] = {}
    for field, indices in names.plan(tuple(part.schema.names)).items():
        usable = [part.column(locate) for locate in indices if _usable(part.schema.types[locate], field)]
        words = [_names(column) if field == "id" else _strings(column) for column in usable]
        flaws.update((row, f"{field} is not UTF-8") for _, bad in words for row in bad)
        if len(words) > 1:
            arrays[field] = pc.coalesce(*(columns.blank_to_null(column) for column, _ in words))
        elif words:
            arrays[field] = words[0][0]
    return columns.batch(arrays, locate, max_record, flaws)


def _names(column: pa.Array) -> tuple[pa.Array, list[int]]:
    """A column of ids: what is no text in it is spelled as UUIDs (16 bytes) or as hex digits."""
    if isinstance(column.type, pa.BaseExtensionType):
        return _names(column.storage)
    if pa.types.is_dictionary(column.type):
        return _names(column.dictionary_decode())
    if not any(fits(column.type) for fits in _BYTES):
        return _strings(column)
    return pa.array([value if value is None else _name(value) for value in column.to_pylist()], _WORDS), []


def _name(value: bytes) -> str:
    text = value.decode("utf-8", "replace")
    if text.isprintable() and "\ufffd" not in text:
        return text
    return str(uuid.UUID(bytes=value)) if len(value) == 16 else value.hex()


def _strings(column: pa.Array) -> tuple[pa.Array, list[int]]:
    """The column as large strings, and the rows that are not UTF-8 (null there)."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _strings(column.dictionary_decode())
    if isinstance(kind, pa.BaseExtensionType):
        return _strings(column.storage)
    if pa.types.is_timestamp(kind):  # as UTC and without a zone, so that no time zone database is asked
        column = column.cast(pa.timestamp("us", kind.tz), safe=False).cast(pa.int64()).cast(pa.timestamp("us"))
    if pa.types.is_date64(kind):
        column = column.cast(pa.date32())
    if any(fits(kind) for fits in _ONE_BY_ONE):
        return _one_by_one(column)
    try:
        words = column.cast(_WORDS)
        words.validate(full=True)  # Parquet readers take strings as they come
    except pa.ArrowInvalid:
        return _one_by_one(column)
    return words, []


def _one_by_one(column: pa.Array) -> tuple[pa.Array, list[int]]:
    words: list[str | None] = []
    bad: list[int] = []
    for row, value in enumerate(column):
        try:
            item = value.as_py()
            words.append(item.decode() if isinstance(item, bytes) else plain(item))
        except UnicodeDecodeError:
            words.append(None)
            bad.append(row)
    return pa.array(words, _WORDS), bad
