"""Inputs -> articles with all that is found out about one as it is read, and the records that could not become one."""

from __future__ import annotations

import dataclasses
import importlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
from pyspark.taskcontext import TaskContext

from dedup import credits
from dedup.arrays import day_numbers, distinct, highs, lows, pair_keys
from dedup.article import ARTICLES, Batch, Rejected
from dedup.credits.names import key
from dedup.credits.sources import naming
from dedup.grading.sketches import sketched
from dedup.minhash import minhash_tokens
from dedup.readers import Source, parquet
from dedup.readers.columns import larger
from dedup.readers.fields import Names, Spelling
from dedup.readers.inputs import FORMATS
from dedup.readers.jsonl import line_rows
from dedup.readers.lines import BOM
from dedup.readers.rows import Row, batches
from dedup.readers.tally import Notes, counted, noted
from dedup.search.named_origins import names_in
from dedup.settings import Settings
from dedup.tables import ATTRIBUTIONS
from dedup.text.boilerplate import Texts, distinct_runs
from dedup.text.tokens import Tokens, tokenise
from jobs.spark import packed
from jobs.spark.inputs import Inputs

OWN, CREDITS, CITES = range(3)  # how an article names an origin; the last one counts most
_BITS_PER_PART = 33  # bits of a place that count within a task

_ATTRIBUTIONS = pa.struct([ATTRIBUTIONS.schema.field(index).remove_metadata() for index in range(1, 8)])
_ORIGIN = pa.struct([("origin", pa.string()), ("kind", pa.int32())])
_COLUMN = pa.struct([("field", pa.string()), ("column", pa.string())])
_NOTE = pa.struct([("words", pa.string()), ("count", pa.int64()), ("first", pa.string())])

#: What is kept of an article (``id`` is null in the others), of a rejected record (``reason``; ``damage``: its file
#: cannot be read on after it), and of each piece of a file of lines (``at``: how many lines it has). ``place`` numbers
#: the articles as they came; ``digest`` is 2**63 less; ``values``, ``names`` and ``runs`` are uint32 in bytes;
#: ``sketch``: see :mod:`dedup.grading.sketches`, ``runs``: the different ones of :mod:`dedup.text.boilerplate.runs`;
#: ``kind`` of an origin is OWN, CREDITS or CITES; ``unmet`` and ``columns``: columns that a task has not met, and has
#: read; ``notes``: what it has to tell of files.
SEEN = pa.schema(
    [
        ("place", pa.int64()),
        ("day", pa.int32()),
        ("size", pa.int32()),
        ("digest", pa.int64()),
        ("values", pa.binary()),
        ("names", pa.binary()),
        ("sketch", pa.binary()),
        ("runs", pa.binary()),
        ("origins", pa.list_(_ORIGIN)),
        ("attributions", pa.list_(_ATTRIBUTIONS)),
        *[(field.name, pa.string() if field.name == "text" else field.type) for field in ARTICLES],
        ("path", pa.string()),
        ("block", pa.int64()),
        ("at", pa.int64()),
        ("position", pa.string()),
        ("reason", pa.string()),
        ("damage", pa.bool_()),
        ("unmet", pa.list_(pa.string())),
        ("columns", pa.list_(_COLUMN)),
        ("notes", pa.list_(_NOTE)),
    ]
)


@dataclasses.dataclass(frozen=True)
class Reader:
    """What workers must know to read: it goes to them by value."""

    settings: Settings
    agencies: credits.Agencies
    fields: Mapping[str, Spelling]
    shown: Mapping[str, str]

    def name(self, address: str) -> str:
        """What people call the file at an address as Spark writes it."""
        plain = re.sub("^file:/+", "file:///", unquote(address))
        return self.shown.get(address) or self.shown.get(plain, plain)


class _Piece(NamedTuple):
    """Articles of a file; the positions of the rejected ones are counted from its byte ``block`` on (None: whole)."""

    batch: Batch
    path: str | None = None
    block: int | None = None


def read(spark: SparkSession, inputs: Inputs, reader: Reader) -> DataFrame:
    """The articles and rejected records of all inputs, as rows of :data:`SEEN`."""
    frames = []
    if inputs.lines:
        lines = spark.read.option("lineSep", "\n").text(inputs.lines)
        where = [F.col("_metadata.file_path").alias("path"), F.col("_metadata.file_block_start").alias("block")]
        frames.append(_seen(lines.select(F.col("value").cast("binary"), *where), reader, _lines))
    for lots, merge in ((inputs.parquet, "false"), (inputs.merge, "true")):
        frames += [_columns(spark.read.option("mergeSchema", merge).parquet(*lot), lot, reader) for lot in lots]
    if inputs.unsplit:
        sources = [(str(Path(one.path).absolute()), one.name, one.format, one.size, one.id) for one in inputs.unsplit]
        listed = spark.createDataFrame(sources, "path string, name string, format string, size long, id string")
        spread = listed.repartitionByRange(min(len(sources), 4 * spark.sparkContext.defaultParallelism), "path")
        frames.append(_seen(spread, reader, _files))
    first, *more = frames
    for frame in more:
        first = first.unionAll(frame)
    return first


def _columns(frame: DataFrame, lot: list[str], reader: Reader) -> DataFrame:
    held = to_arrow_schema(frame.schema)
    wanted = parquet.fields(reader.name(lot[0]), [(field.name, field.type) for field in held], Names(reader.fields))
    columns = [F.col("`{}`".format(name.replace("`", "``"))) for name in wanted]
    where = [F.col("_metadata.file_path").alias("_path"), F.col("_metadata.row_index").alias("_index")]
    return _seen(frame.select(*columns, *where), reader, _rows)


_Pieces = Callable[[pa.RecordBatch, Reader, Names, Counter[tuple[str, int]]], Iterator[_Piece]]


def _seen(frame: DataFrame, reader: Reader, pieces: _Pieces) -> DataFrame:
    def work(parts: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        names, counts = Names(reader.fields), Counter[tuple[str, int]]()
        notes: Notes = {}
        context = TaskContext.get()
        first_row = (context.partitionId() if context else 0) << _BITS_PER_PART
        for part in parts:
            for piece in pieces(part, reader, names, counts):
                if piece.batch.articles.num_rows:
                    yield _analysed(piece.batch.articles, first_row, reader)
                    first_row += piece.batch.articles.num_rows
                if piece.batch.rejects:
                    yield _rejected(piece)
                notes = counted(notes, piece.batch.notes)
        yield _summary_rows(counts, names, notes, reader)

    return frame.mapInArrow(work, from_arrow_schema(SEEN))


def _lines(part: pa.RecordBatch, reader: Reader, names: Names, counts: Counter[tuple[str, int]]) -> Iterator[_Piece]:
    """Lines, in their order within each piece of each file."""
    max_record = reader.settings.max_record
    blocks = list(zip(part["path"].to_pylist(), part["block"].to_pylist(), strict=True))
    lines = part["value"].to_pylist()

    def rows(block: tuple[str, int], begin: int, end: int) -> Iterator[Row | Rejected]:
        for line in lines[begin:end]:
            at, counts[block] = counts[block], counts[block] + 1
            content = line.removeprefix(BOM) if at == block[1] == 0 else line
            if len(line) > max_record:
                yield Rejected("", str(at), larger(max_record))
            elif content and not content.isspace():
                yield from line_rows("", str(at), content, names)

    begin = 0
    while begin < len(blocks):
        end = begin + 1
        while end < len(blocks) and blocks[end] == blocks[begin]:
            end += 1
        path, block = blocks[begin]
        for batch in batches(rows(blocks[begin], begin, end), max_record):
            yield _Piece(batch, reader.name(path), block)
        begin = end


def _rows(part: pa.RecordBatch, reader: Reader, names: Names, counts: Counter[tuple[str, int]]) -> Iterator[_Piece]:
    """Rows of Parquet."""
    paths, index = part["_path"], part["_index"]

    def locate(row: int) -> tuple[str, str]:
        return reader.name(paths[row].as_py()), f"row {index[row].as_py() + 1}"

    columns = part.select(part.schema.names[:-2])
    yield _Piece(parquet.batch(columns, locate, names, reader.settings.max_record))


def _files(part: pa.RecordBatch, reader: Reader, names: Names, counts: Counter[tuple[str, int]]) -> Iterator[_Piece]:
    """Whole files."""
    for path, name, format, size, id in zip(*(column.to_pylist() for column in part.columns), strict=True):
        module = importlib.import_module(FORMATS[format].module)
        for batch in module.read([Source(Path(path), name, format, size, id)], names, reader.settings.max_record):
            yield _Piece(batch)


def _analysed(articles: pa.RecordBatch, first_row: int, reader: Reader) -> pa.RecordBatch:
    count = articles.num_rows
    numbers = pa.array(np.arange(count)).cast(pa.string())
    tokens = tokenise(articles["text"])
    attributions = credits.find(articles.set_column(0, ARTICLES.field("id"), numbers), tokens, reader.agencies)
    owners = attributions["article_id"].cast(pa.int64()).to_numpy()
    signatures = minhash_tokens(tokens, reader.settings)
    rare = names_in(tokens)
    known = {
        "place": pa.array(np.arange(first_row, first_row + count)),
        "day": pa.array(day_numbers(articles["published"])),
        "size": pa.array(signatures.sizes),
        "digest": pa.array((signatures.digests ^ np.uint64(packed.TOP)).view(np.int64)),
        "values": _cut(signatures.values, np.arange(count + 1) * signatures.values.shape[1]),
        "sketch": sketched(tokens, reader.settings),
        "runs": _runs(articles["text"], tokens) if reader.settings.learn_furniture else None,
        "names": _cut(lows(rare).astype(np.uint32), np.searchsorted(highs(rare), np.arange(count + 1))),
        "origins": _origins(attributions, owners, articles["publisher"]),
        "attributions": _lists(
            pa.StructArray.from_arrays(attributions.columns[1:], fields=list(_ATTRIBUTIONS)), owners, count
        ),
    }
    known |= {field.name: articles[field.name].cast(SEEN.field(field.name).type) for field in ARTICLES}
    return _filled(known, count)


def _cut(values: np.ndarray[Any, np.dtype[np.uint32]], offsets: np.ndarray[Any, Any]) -> pa.Array:
    """Runs of numbers as bytes."""
    bounds = pa.py_buffer((offsets * 4).astype(np.int32))
    content = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.binary(), len(offsets) - 1, [None, bounds, content])


def _runs(texts: pa.Array, tokens: Tokens) -> pa.Array:
    """The different sampled runs of texts."""
    bounds = tokens.offsets.astype(np.int64)
    return _cut(*distinct_runs(Texts(tokens.hashes, bounds[:-1], bounds[1:], lambda rows: texts.take(pa.array(rows)))))


def _lists(values: pa.Array, owners: np.ndarray[Any, Any], count: int) -> pa.Array:
    """The values of each article as a list; owners are ascending."""
    return pa.ListArray.from_arrays(pa.array(np.searchsorted(owners, np.arange(count + 1)).astype(np.int32)), values)


def _origins(attributions: pa.RecordBatch, owners: np.ndarray[Any, Any], publishers: pa.Array) -> pa.Array:
    """The origins of every article once, under one name whatever their spelling, as what it names them best."""
    usable = naming(attributions)
    attributions, owners = attributions.filter(pa.array(usable)), owners[usable]
    spelled, publisher_codes = attributions["name"].dictionary_encode(), publishers.dictionary_encode()
    named, own = ([key(name) for name in column.dictionary.to_pylist()] for column in (spelled, publisher_codes))
    names = list(dict.fromkeys([*named, *own]))
    code = {name: index for index, name in enumerate(names)}
    published = np.flatnonzero(np.asarray(publisher_codes.is_valid()))
    origin = np.array([code[name] for name in [*named, *own]], np.int64)
    codes = np.r_[
        origin[: len(named)][spelled.indices.to_numpy()],
        origin[len(named) :][publisher_codes.indices.drop_null().to_numpy()],
    ]
    cites = np.asarray(pc.equal(attributions["kind"], "citation")).astype(np.int64)
    kinds = np.r_[CREDITS + cites, np.full(len(published), OWN)]
    pairs = distinct(pair_keys(np.r_[owners, published], codes << 2 | kinds))
    last = pairs[np.r_[pairs[1:] >> 2 != pairs[:-1] >> 2, True][: len(pairs)]]
    called = pa.array(names, pa.string()).take(pa.array(lows(last) >> 2))
    columns = [called, pa.array((last & 3).astype(np.int32))]
    return _lists(pa.StructArray.from_arrays(columns, fields=list(_ORIGIN)), highs(last), len(publishers))


def _rejected(piece: _Piece) -> pa.RecordBatch:
    rejects = piece.batch.rejects
    known: dict[str, Any] = {"reason": [each.reason for each in rejects]}
    known |= {"damage": [each.damage for each in rejects]}
    if piece.block is None:
        known |= {"path": [each.path for each in rejects], "position": [each.position for each in rejects]}
    else:
        known |= {"path": [piece.path] * len(rejects), "block": [piece.block] * len(rejects)}
        known |= {"at": [int(each.position) for each in rejects]}
    return _filled(known, len(rejects))


def _summary_rows(counts: Counter[tuple[str, int]], names: Names, notes: Notes, reader: Reader) -> pa.RecordBatch:
    """How many lines each piece has; what the task has to say of columns that it read or has not met, and of files."""
    known = [(reader.name(path), block, lines, None, None, None) for (path, block), lines in counts.items()]
    told = [{"words": words, "count": count, "first": first} for words, (count, first) in notes.items()]
    read = [{"field": field, "column": column} for field, columns in names.columns().items() for column in columns]
    columns = map(list, zip(*known, (None, None, None, sorted(names.unmet()), read, told), strict=True))
    return _filled(
        dict(zip(("path", "block", "at", "unmet", "columns", "notes"), columns, strict=True)), len(known) + 1
    )


def columns_read(seen: DataFrame) -> dict[str, list[str]]:
    """Field -> the columns that were read for it, by their names."""
    result: dict[str, list[str]] = {}
    for row in sorted(seen.select(F.inline("columns")).distinct().collect()):
        result.setdefault(row.field, []).append(row.column)
    return result


def reading_summary(seen: DataFrame) -> dict[str, Any]:
    """What run.json says of reading, as :meth:`dedup.readers.tally.Reading.summary` has it; only notes are oddities."""
    damaged = seen.where("damage").select("path", "position", "reason").orderBy("path", "position").collect()
    unread = seen.where("id IS NOT NULL AND published_text IS NOT NULL").select("place", "published_text")
    first = unread.orderBy("place").first()
    notes = seen.select(F.inline("notes")).groupBy("words").agg(F.sum("count"), F.min("first")).orderBy("words")
    told: Notes = {words: (count, path) for words, count, path in notes.collect()}
    return {
        "damaged_inputs": [row.asDict() for row in damaged],
        "unread_dates": {"count": unread.count(), "first": first and first.published_text},
        "oddities": noted(told),
    }


def _filled(known: Mapping[str, Any], count: int) -> pa.RecordBatch:
    """Rows of SEEN: the columns that are known (lists of values, or arrays), the others null."""
    arrays = []
    for field in SEEN:
        column = known.get(field.name)
        if column is None:
            column = pa.nulls(count, field.type)
        arrays.append(pa.array(column, field.type) if isinstance(column, list) else column)
    return pa.RecordBatch.from_arrays(arrays, schema=SEEN)
