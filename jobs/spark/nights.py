"""A night's work on what is stored, done by the workers of a Spark session; they read the store where it is.

The functions are those of a night on one machine (:mod:`dedup.store`); Spark only shares the pieces out. The rest of
the night, which does not grow with the store, is done by the driver.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from py4j.protocol import Py4JError
from pyspark import RDD, Broadcast, StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from dedup.corpus import Corpus
from dedup.errors import InputOutputError, WirecopyError
from dedup.settings import Settings
from dedup.store import Window
from dedup.store.learning import sampled
from dedup.store.pieces import Made, Piece, pieces
from dedup.text.boilerplate import LearnedBoilerplate, empty, joined, learn_phrases
from jobs.spark import packed
from jobs.spark.files import first_line
from jobs.spark.learning import appended
from jobs.spark.sharing import Shared

_Shared = TypeVar("_Shared")
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_Numbers = npt.NDArray[np.int32]

_TASKS = 3  # for each core: some take longer than others
_AT_ONCE = 1 << 27  # bytes of results that come to the driver together
_ARTICLES = 2048  # of tonight's that are written at a time
_TONIGHT = "tonight.parquet"
_LEARNED_FROM = "publisher string, row long, day int, digest long, text string, headline string"


@dataclasses.dataclass(frozen=True, slots=True)
class SparkWorkers:
    """The workers of a session (:class:`dedup.store.pieces.Workers`)."""

    spark: SparkSession
    kept: dict[int, Broadcast[Any]] = dataclasses.field(default_factory=dict)

    @property
    def near(self) -> bool:
        """Others do the work."""
        return False

    @contextlib.contextmanager
    def keep(self, value: object) -> Iterator[None]:
        """Send a value to the workers; what is shared meanwhile and holds it takes it from there."""
        sent = self.kept[id(value)] = self.spark.sparkContext.broadcast(value)
        try:
            yield
        finally:
            del self.kept[id(value)]
            sent.destroy()

    @contextlib.contextmanager
    def making(
        self, work: Callable[[_Shared, _Item], _Result], shared: _Shared, items: Sequence[_Item]
    ) -> Iterator[Made[_Result]]:
        """Each worker makes its items once; one that is lost is made again elsewhere."""
        sent = Shared(self.spark.sparkContext, shared, self.kept)
        made = self._tasks(items).mapPartitions(lambda some: _attempted(work, sent, some))
        made.persist(StorageLevel.DISK_ONLY)
        try:
            yield _MadeOnWorkers(made)
        finally:
            made.unpersist()
            sent.destroy()

    def each(
        self, work: Callable[[_Shared, _Item], _Result], shared: _Shared, items: Sequence[_Item] | Made[_Item]
    ) -> Iterator[_Result]:
        """Results are kept on the workers' disks; they come to the driver at once, or where they are large in turn."""
        if not items:
            return
        sent = Shared(self.spark.sparkContext, shared, self.kept)
        made = self._tasks(items).mapPartitions(lambda some: map(pickle.dumps, _attempted(work, sent, some)))
        made.persist(StorageLevel.DISK_ONLY)
        try:
            with _translated():
                large = made.map(len).sum() > _AT_ONCE
                results = made.toLocalIterator() if large else made.collect()
            for result in results:
                yield _checked(pickle.loads(result))
        finally:
            made.unpersist()
            sent.destroy()

    def total(
        self, work: Callable[[_Shared, _Item], _Numbers], shared: _Shared, items: Sequence[_Item] | Made[_Item]
    ) -> _Numbers:
        """Every task adds up its own, cuts the sum into parts, and the parts are added up side by side."""
        sent, each = Shared(self.spark.sparkContext, shared, self.kept), self._tasks(items)
        tasks = each.getNumPartitions()
        sums = each.mapPartitions(lambda some: _parts(_attempted(work, sent, some), tasks))
        try:
            with _translated():
                parts = dict(sums.reduceByKey(_sum, tasks).collect())
        finally:
            sent.destroy()
        return np.concatenate([_checked(parts[number]) for number in range(tasks)])

    def _tasks(self, items: Any) -> RDD[Any]:
        """The items, shared out."""
        if isinstance(items, _MadeOnWorkers):
            return items.made
        context = self.spark.sparkContext
        return context.parallelize(items, min(len(items), _TASKS * context.defaultParallelism))


@dataclasses.dataclass(frozen=True, slots=True)
class _MadeOnWorkers(Made[_Item]):
    """Items that the workers have."""

    made: RDD[Any]


@dataclasses.dataclass(frozen=True, slots=True)
class NightsOnSpark:
    """The engine of a night (``jobs.nightly.engine.NightEngine``) in a session."""

    spark: SparkSession

    @property
    def workers(self) -> SparkWorkers:
        """The workers of the session."""
        return SparkWorkers(self.spark)

    def learn(self, window: Window, corpus: Corpus, settings: Settings, scratch: Path) -> LearnedBoilerplate:
        """Learn phrases from a sample, on the driver; blocks and pages publisher by publisher, on the workers.

        Tonight's articles are laid down in ``scratch`` for these to read.
        """
        if not settings.learn_furniture:
            return empty()
        tonight, context = scratch / _TONIGHT, self.spark.sparkContext
        _write(corpus, tonight)
        with window.night_files.lend(tonight) as location, _translated():
            items = [*_stored(window), *_new(corpus, len(window), location)]
            packed_items = context.parallelize(items, min(len(items), _TASKS * context.defaultParallelism))
            frame = packed_items.map(lambda item: (pickle.dumps(item),)).toDF("item binary")
            of_publishers = appended(frame.mapInArrow(_articles, _LEARNED_FROM))
        with ThreadPoolExecutor(1) as threads:
            return joined(learn_phrases(sampled(window, corpus), settings.shingle, threads), of_publishers)


class _Learned(NamedTuple):
    """Articles to learn from: a piece of a table of articles, and of its rows what else is known.

    ``rows`` int64: their numbers, -1: not to be learned from.
    """

    piece: Piece
    rows: npt.NDArray[np.int64]
    days: npt.NDArray[np.int32]
    digests: npt.NDArray[np.uint64]


def _stored(window: Window) -> Iterator[_Learned]:
    """The articles of the window."""
    for rows, piece in window.pieces("articles"):
        numbers = np.where(window.live[rows], np.arange(rows.start, rows.stop), -1)
        yield _Learned(piece, numbers, window.days[rows], window.digests[rows])


def _write(corpus: Corpus, file: Path) -> None:
    """Write what is learned from of tonight's articles."""
    columns = ["publisher", "text", "headline"]
    with pq.ParquetWriter(file, corpus.take(np.arange(0), columns).schema) as writer:
        for begin in range(0, len(corpus), _ARTICLES):
            writer.write_batch(corpus.take(np.arange(begin, min(begin + _ARTICLES, len(corpus))), columns))


def _new(corpus: Corpus, first: int, location: str) -> Iterator[_Learned]:
    """Tonight's articles, whose numbers begin at ``first``, out of the file that was written of them."""
    for piece in pieces(location, _ARTICLES, verified=False):
        rows = slice(piece.first, piece.first + piece.rows)
        yield _Learned(
            piece, first + np.arange(rows.start, rows.stop), corpus.days[rows], corpus.signatures.digests[rows]
        )


def _articles(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Items -> the articles in them that have a publisher, in the columns of :data:`_LEARNED_FROM`."""
    for batch in batches:
        for item in batch["item"].to_pylist():
            piece, rows, days, digests = pickle.loads(item)
            table = piece.read(["publisher", "text", "headline"])
            chosen = pa.array(np.flatnonzero((rows >= 0) & np.asarray(table["publisher"].is_valid())))
            less = (digests ^ np.uint64(packed.TOP)).view(np.int64)  # as Spark's numbers go
            columns = [table["publisher"], *map(pa.array, (rows, days, less)), table["text"], table["headline"]]
            named = pa.table(columns, [part.split()[0] for part in _LEARNED_FROM.split(", ")]).take(chosen)
            yield from named.cast(_schema(named)).to_batches()


def _schema(table: pa.Table) -> pa.Schema:
    """The schema of a table with the strings that Spark knows."""
    return pa.schema(
        [pa.field(f.name, pa.string() if pa.types.is_large_string(f.type) else f.type) for f in table.schema]
    )


class _Failed(NamedTuple):
    """An error of wirecopy's that a worker met: Spark would make a text of it."""

    error: WirecopyError


def _attempted(work: Callable[[Any, Any], Any], sent: Shared, items: Iterable[Any]) -> Iterator[Any]:
    """On a worker: what ``work`` makes of the items of a task, or how it fails."""
    shared = sent.value()
    for item in items:
        try:
            yield item if isinstance(item, _Failed) else work(shared, item)
        except WirecopyError as error:
            yield _Failed(error)


def _checked(result: _Result | _Failed) -> _Result:
    if isinstance(result, _Failed):
        raise result.error
    return result


def _parts(results: Iterator[Any], number: int) -> Iterator[tuple[int, Any]]:
    """The sum of the results of a task in so many parts; where one failed, that for every part."""
    total: Any = None
    for result in results:
        total = result if total is None else _sum(total, result)
    if total is not None:
        failed = isinstance(total, _Failed)
        size = 1 if failed else math.ceil(len(total) / number)
        for part in range(number):
            yield part, total if failed else total[part * size : (part + 1) * size]


def _sum(one: Any, other: Any) -> Any:
    failed = [each for each in (one, other) if isinstance(each, _Failed)]
    return failed[0] if failed else one + other


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """The errors of Spark as wirecopy's."""
    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise InputOutputError(f"Spark: {first_line(error)}; give the same command again") from error
