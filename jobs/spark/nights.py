"""A night's work on what is stored, done by the workers of a Spark session; they read the store where it is.

The functions are those of a night on one machine (:mod:`dedup.store`); Spark only shares the pieces out. The rest of
the night, which does not grow with the store, is done by the driver.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
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

from dedup.article import ARTICLES
from dedup.corpus import Corpus
from dedup.errors import BadDataError, InputOutputError, WirecopyError
from dedup.settings import Settings
from dedup.store import Window
from dedup.store.files import RUNS, runs_of
from dedup.store.learning import learned_from
from dedup.store.pieces import Made, holding
from dedup.text.boilerplate import Known, LearnedBoilerplate, appended_pages, empty, joined, learn_phrases
from jobs.spark.files import first_line
from jobs.spark.night_blocks import Stored, learned_blocks
from jobs.spark.sharing import Shared, shared_out

_Shared = TypeVar("_Shared")
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_Numbers = npt.NDArray[np.int32]
_Rows = npt.NDArray[np.int64]

_AT_ONCE = 1 << 27  # bytes of results that come to the driver together
_ARTICLES = 2048  # of tonight's that are written at a time
_TONIGHT = "tonight.parquet"
_DAMAGED = f"{BadDataError.__name__}: "


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
    ) -> Iterator[_MadeOnWorkers[_Result]]:
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
        return shared_out(self.spark.sparkContext, items)


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
        """Learn blocks on the workers, and all else, for which a few texts are enough, on the driver.

        Tonight's articles are laid down in ``scratch`` for the workers to read.
        """
        if not settings.learn_furniture:
            return empty()
        tonight = scratch / _TONIGHT
        _write(corpus, tonight)
        with window.night_files.lend(tonight) as location, ThreadPoolExecutor(2) as threads, _translated():
            articles = learned_from(window, corpus, scratch, threads)
            stored = functools.partial(_stored, window, articles.known, location)
            blocks = threads.submit(learned_blocks, self.spark, articles.known, articles.names, stored)
            phrases, pages = learn_phrases(articles, settings.shingle, threads), appended_pages(articles)
            return joined(joined(phrases, blocks.result()), pages)


def _stored(window: Window, known: Known, location: str, rows: _Rows, table: str) -> list[Stored]:
    """The pieces of a table that hold some ascending rows, and those of the file that tonight's articles are in."""
    cut = int(np.searchsorted(rows, len(window)))
    held = window.holding(rows[:cut], table)
    held += holding(location, rows[cut:] - len(window), _ARTICLES, verified=False)
    ends = np.cumsum([len(positions) for _, positions in held], dtype=np.int64).tolist()
    each = [rows[end - len(positions) : end] for (_, positions), end in zip(held, ends, strict=True)]
    return [Stored(*one, some, known.take(some)) for one, some in zip(held, each, strict=True)]


def _write(corpus: Corpus, file: Path) -> None:
    """Write what is learned from of tonight's articles."""
    schema = pa.schema([*RUNS, ARTICLES.field("text")])
    with pq.ParquetWriter(file, schema) as writer:
        for begin in range(0, len(corpus), _ARTICLES):
            rows = np.arange(begin, min(begin + _ARTICLES, len(corpus)))
            columns = [*runs_of(corpus, rows).columns, corpus.take(rows, ["text"])["text"]]
            writer.write_batch(pa.record_batch(columns, schema=schema))


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
        line = first_line(error)
        if line.startswith(_DAMAGED):  # met by a worker that reads the store for a frame
            raise BadDataError(line.removeprefix(_DAMAGED)) from error
        raise InputOutputError(f"Spark: {line}; give the same command again") from error
