"""Publishers' blocks of a night, learned by workers that read the store where it is.

One worker learns those of a publisher. The sampled runs of its articles are sent to it, and then the texts of those
articles alone that share some.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession

from dedup.arrays import distinct, expand_ranges
from dedup.corpus import combined
from dedup.store.files import read_runs
from dedup.store.pieces import Piece
from dedup.tables import BOILERPLATE
from dedup.text.boilerplate import (
    Known,
    LearnedBoilerplate,
    of_rows,
)
from jobs.spark import packed
from jobs.spark.appended import blocks_of, candidates_of, known_of, texts_in
from jobs.spark.learned import TABLE, rows_of
from jobs.spark.sharing import shared_out

_RUNS = "publisher int, row long, day int, digest long, size int, runs binary"
_CANDIDATES = "publisher int, articles int, rows binary, candidates binary"
_TEXTS = "publisher int, row long, day int, text string"

_Rows = npt.NDArray[np.int64]


class Stored(NamedTuple):
    """Articles to learn from: a piece of a table, and what is known of some of its rows.

    ``positions`` int64: rows of the piece, ascending; ``rows`` int64: the numbers of these articles.
    """

    piece: Piece
    positions: _Rows
    rows: _Rows
    known: Known


def learned_blocks(
    spark: SparkSession, known: Known, names: Sequence[str], stored: Callable[[_Rows, str], Sequence[Stored]]
) -> LearnedBoilerplate:
    """The blocks of every publisher; ``names`` as in :class:`dedup.text.boilerplate.LearnedFrom`.

    ``stored`` takes ascending rows and the name of a table (``runs``, ``articles``), and gives the pieces of the table
    that hold them.
    """
    rows = np.flatnonzero(known.publishers >= 0)
    runs = _frame(spark, stored(rows, "runs"), _runs, _RUNS)
    candidates = runs.groupBy("publisher").applyInArrow(_candidates, _CANDIDATES).persist(StorageLevel.DISK_ONLY)
    try:
        wanted = [np.frombuffer(row["rows"], np.int64) for row in candidates.select("rows").collect()]
        rows = distinct(np.concatenate([np.empty(0, np.int64), *wanted]))
        texts = _frame(spark, stored(rows, "articles"), _texts, _TEXTS)
        both = candidates.groupBy("publisher").cogroup(texts.groupBy("publisher"))
        table = both.applyInArrow(_blocks, TABLE.replace("publisher string", "publisher int")).toArrow()
    finally:
        candidates.unpersist()
    table = table.set_column(0, "publisher", pa.array(names, pa.string()).take(combined(table["publisher"])))
    return of_rows(table.sort_by([(column, "ascending") for column in BOILERPLATE.sorted_by]).to_pylist())


def _frame(
    spark: SparkSession,
    items: Sequence[Stored],
    read: Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]],
    schema: str,
) -> DataFrame:
    """What is read of some pieces, by the workers."""
    pickled = shared_out(spark.sparkContext, [(bytearray(pickle.dumps(item)),) for item in items])
    return spark.createDataFrame(pickled, "item binary").mapInArrow(read, schema)


def _items(batches: Iterable[pa.RecordBatch]) -> Iterator[Stored]:
    for batch in batches:
        yield from map(pickle.loads, batch["item"].to_pylist())


def _runs(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Items of a table of runs -> the runs of their articles."""
    for piece, positions, rows, known in _items(batches):
        runs = read_runs(None, piece)
        sizes = (runs.ends - runs.begins)[positions]
        hashes = runs.hashes[expand_ranges(runs.begins[positions], sizes)]
        offsets = pa.py_buffer((hashes.itemsize * np.r_[0, np.cumsum(sizes)]).astype(np.int32))
        column = pa.Array.from_buffers(pa.binary(), len(rows), [None, offsets, pa.py_buffer(hashes)])
        columns = [known.publishers, rows, known.days, known.digests.view(np.int64), known.sizes, column]
        yield pa.record_batch(columns, _names(_RUNS))


def _candidates(held: pa.Table) -> pa.Table:
    """The articles of a publisher -> what may be its blocks, and the rows of the texts that decide it."""
    held = held.sort_by("row")
    rows = packed.numbers(held["row"])
    candidates = candidates_of(known_of(held, packed.numbers(held["digest"]).view(np.uint64)), held["runs"])
    candidates = candidates._replace(sets=np.where(candidates.sets >= 0, rows[candidates.sets], -1))
    wanted, packed_candidates = candidates.rows.tobytes(), pickle.dumps(candidates)
    columns = [held["publisher"][:1].combine_chunks(), [len(rows)], [wanted], [packed_candidates]]
    kinds = [pa.int32(), pa.int32(), pa.binary(), pa.binary()]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    return pa.table(arrays, _names(_CANDIDATES)).slice(0, int(len(candidates.runs) > 0))


def _texts(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Items of a table of articles -> their texts."""
    for piece, positions, rows, known in _items(batches):
        texts = combined(piece.read(["text"])["text"]).take(pa.array(positions)).cast(pa.string())
        yield pa.record_batch([known.publishers, rows, known.days, texts], _names(_TEXTS))


def _blocks(candidates: pa.Table, held: pa.Table) -> pa.Table:
    """What may be the blocks of a publisher, and the texts that decide it -> those that are."""
    held = held.sort_by("row")
    articles = packed.numbers(candidates["articles"]).astype(np.int32)
    learned = blocks_of("", pickle.loads(candidates["candidates"][0].as_py()), held, texts_in(held), articles)
    table = rows_of(learned)
    return table.set_column(0, "publisher", pa.repeat(candidates["publisher"][0], len(table)))


def _names(schema: str) -> list[str]:
    """The columns of a schema in Spark's words."""
    return [part.split()[0] for part in schema.split(", ")]
