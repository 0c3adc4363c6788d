"""Articles in memory as an input like any other: they are kept in a temporary file, so that memory stays bounded."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from dedup.article import Article
from dedup.errors import InputOutputError, UsageError
from dedup.readers.inputs import Input, Source, stamp
from dedup.scratch import TemporaryFolder

NAME = "articles in memory"  # what they are called in run.json and in rejects
_ROWS = 4096  # of a row group


def inputs(articles: Any) -> list[Input]:
    """The inputs that ``articles`` stand for.

    A path or glob, or several; or articles: a table, a record batch, a reader of batches, a data frame (whatever has
    the Arrow PyCapsule interface), or an iterable of dicts and :class:`~dedup.Article`; or a list of such tables.
    Raises :class:`~dedup.errors.UsageError` for anything else.
    """
    if isinstance(articles, str | Path | Source):
        return [articles]
    if isinstance(articles, Article | Mapping):
        return [_of_records([articles])]
    if _is_table(articles):
        return [_of_table(articles)]
    if not isinstance(articles, Iterable):
        raise UsageError(f"{type(articles).__name__} is no collection of articles; {_HINT}")
    rest = iter(articles)
    first = next(rest, None)
    if isinstance(first, str | Path | Source) or _is_table(first):
        return [one for each in itertools.chain([first], rest) for one in inputs(each)]
    return [_of_records(itertools.chain([] if first is None else [first], rest))]


_HINT = "give paths, dicts, Articles, an Arrow table or a data frame"


def _is_table(articles: Any) -> bool:
    return hasattr(articles, "__arrow_c_stream__") or hasattr(articles, "__arrow_c_array__")


def _of_table(table: Any) -> Source:
    if hasattr(table, "__arrow_c_stream__"):
        reader = pa.RecordBatchReader.from_stream(table)
    else:
        batch = pa.record_batch(table)
        reader = pa.RecordBatchReader.from_batches(batch.schema, [batch])

    def write(file: BinaryIO) -> None:
        # Read once and soon, so that to pack it costs more than it saves.
        with pq.ParquetWriter(file, reader.schema, compression="none", use_dictionary=False) as writer:
            for batch in reader:
                writer.write_batch(batch, row_group_size=_ROWS)

    return _kept("parquet", ".parquet", write)


def _of_records(records: Iterable[Any]) -> Source:
    return _kept("jsonl", ".jsonl", lambda file: file.writelines(_lines(records)))


def _lines(records: Iterable[Any]) -> Iterator[bytes]:
    for record in records:
        if isinstance(record, Article):
            yield _line(_fields(record))
        elif isinstance(record, Mapping):
            yield _line(dict(record))
        else:
            raise UsageError(f"{type(record).__name__} is no article; {_HINT}")


def _fields(article: Article) -> dict[str, Any]:
    """The fields as the readers know them: a date without a time is written as one."""
    fields = dataclasses.asdict(article)
    day_only, text = fields.pop("date_only"), fields.pop("published_text")
    if article.published is None:
        fields["published"] = text
    elif day_only:
        fields["published"] = article.published.date().isoformat()
    return fields


def _line(record: dict[Any, Any]) -> bytes:
    """A line of JSON; what is no Unicode is escaped, so that the reader rejects this record and no other."""
    try:
        return orjson.dumps(record, default=str, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY) + b"\n"
    except (TypeError, orjson.JSONEncodeError):
        return json.dumps(record, default=str, skipkeys=True).encode() + b"\n"


def _kept(format: str, ending: str, write: Any) -> Source:
    folder = TemporaryFolder()
    path = folder.path / f"articles{ending}"
    try:
        with path.open("wb") as file:
            write(file)
        now = stamp(path)
    except OSError as error:
        raise InputOutputError(f"the articles cannot be kept in {folder.path}: {error.strerror or error}") from error
    return Source(path, NAME, format, now.size, "", now, folder)
