"""Row numbers: articles in the bytewise order of their ids, each id once within a publisher."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it
from pyspark.taskcontext import TaskContext

from dedup.article import ARTICLES
from dedup.errors import BadDataError
from jobs.spark.files import Scratch
from jobs.steps import REPEATED, SUPERSEDED

FEW = 2_000_000  # rows of a narrow table that may be sent to every worker
_KEPT = ("place", "id", "publisher", "day", "size", "digest", "values", "sketch")
_MAX = 2**31 - 1  # rows are numbers of 32 bits
_PART = 100_000  # articles of a partition


class Numbered(NamedTuple):
    """``number`` articles in ``parts`` partitions.

    ``signed`` has row, place, id, publisher, day, size, digest, values and sketch of each.
    ``articles``: the same as they were read, without rows. ``again`` has, for every article that is left out for
    another of its id, the id and the reason.
    """

    number: int
    parts: int
    articles: DataFrame
    signed: DataFrame
    again: DataFrame


def told_apart(articles: DataFrame, scratch: Scratch) -> tuple[DataFrame, int]:
    """The articles under names that no two publishers share, as :func:`dedup.article.distinct` gives them.

    Returns also how many ids several publishers have.
    """
    publisher = F.coalesce(F.col("publisher"), F.lit(""))
    for character, escaped in (("%", "%25"), ("@", "%40")):
        publisher = F.replace(publisher, F.lit(character), F.lit(escaped))
    longer = F.concat(F.col("id"), F.lit("@"), publisher)
    names = articles.select("id", "publisher").distinct().select("*", F.col("id").alias("name"), longer.alias("longer"))
    times = 0
    while (shared := names.groupBy("name").count().where("count > 1").select("name")).limit(1).count():
        named = names.join(shared.withColumn("shared", F.lit(True)), "name", "left")
        named = named.withColumn("name", F.expr("if(shared, longer, name)")).drop("shared")
        names, times = scratch.save(f"names-{times}", named), times + 1
    if not times:
        return articles, 0
    changed = names.where("name != id").select("name", F.col("id").alias("read"), F.col("publisher").alias("house"))
    same = (articles["id"] == changed["read"]) & articles["publisher"].eqNullSafe(changed["house"])
    renamed = articles.join(changed, same, "left").withColumn("id", F.coalesce("name", "id"))
    return scratch.save("distinct", renamed.select(*articles.columns)), changed.select("read").distinct().count()


def broadcast_if_small(frame: DataFrame, count: int) -> DataFrame:
    """The frame, to be sent to every worker where it is small."""
    return F.broadcast(frame) if count <= FEW else frame


def number(articles: DataFrame, scratch: Scratch) -> Numbered:
    """Number articles (rows of SEEN); of those with one id the latest is kept, as :mod:`dedup.corpus` does."""
    parts = max(scratch.spark.sparkContext.defaultParallelism, articles.count() // _PART)
    if parts > int(str(scratch.spark.conf.get("spark.sql.shuffle.partitions"))):
        scratch.spark.conf.set("spark.sql.shuffle.partitions", parts)
    ordered = articles.select("place", "id").repartitionByRange(parts, "id").sortWithinPartitions("id", "place")
    counted = ordered.mapInArrow(_counted, "part int, at long, again boolean, place long, id string")
    placed = scratch.save("numbered", counted)
    sizes = sorted(map(tuple, placed.groupBy("part").agg(F.max("at") + 1).collect()))
    ends = np.cumsum([size for _, size in sizes])
    if len(ends) and ends[-1] > _MAX:
        raise BadDataError(f"{ends[-1]} articles are too many for one run, which takes {_MAX}; run them in parts")
    begins = [(part, int(end - size)) for (part, size), end in zip(sizes, ends, strict=True)]
    older = scratch.spark.createDataFrame([], "place long, id string, reason string")
    if placed.where("again").limit(1).count():
        older = scratch.save("older", _older(articles, placed.where("again").select("id").distinct()))
        articles = articles.join(F.broadcast(older.select("place")), "place", "left_anti")
    count = int(ends[-1]) if len(ends) else 0
    offsets = scratch.spark.createDataFrame(begins, "part int, begin long")
    rows = placed.join(F.broadcast(offsets), "part").select("place", (F.col("begin") + F.col("at")).alias("row"))
    signed = articles.select(*_KEPT).join(broadcast_if_small(rows, count), "place").select("row", *_KEPT)
    return Numbered(count, parts, articles, scratch.save("signed", signed), older.select("id", "reason"))


def _counted(parts: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Sorted articles with their numbers within the partition; those of one id have the same."""
    context = TaskContext.get()
    part, at, last = context.partitionId() if context else 0, -1, None
    for batch in parts:
        if not batch.num_rows:
            continue
        ids = batch["id"]
        again = np.r_[last is not None and ids[0].as_py() == last, np.asarray(pc.equal(ids[1:], ids[:-1]))].astype(bool)
        numbers = at + np.cumsum(~again)
        at, last = int(numbers[-1]), ids[-1].as_py()
        columns = [pa.array(np.full(len(ids), part, np.int32)), pa.array(numbers), pa.array(again), *batch.columns]
        yield pa.RecordBatch.from_arrays(columns, ["part", "at", "again", *batch.schema.names])


def _older(articles: DataFrame, ids: DataFrame) -> DataFrame:
    """The articles that are not the latest of their id: place, id, and what is said of them."""
    versions = articles.join(ids, "id", "left_semi").select(*ARTICLES.names, "digest", "place")

    def choose(table: pa.Table) -> pa.Table:
        rows = table.select(ARTICLES.names).cast(ARTICLES)
        when = table["published"].cast(pa.int64()).to_pylist()
        digests, positions = table["digest"].to_pylist(), table["place"].to_pylist()

        def version(row: int) -> tuple[int, int, str]:
            moment = when[row]
            return -(2**63) if moment is None else moment, digests[row], repr(rows.slice(row, 1).to_pylist())

        order = sorted(range(len(rows)), key=lambda row: (version(row), -positions[row]))
        older, latest = order[:-1], order[-1]
        reasons = [REPEATED if digests[row] == digests[latest] else SUPERSEDED for row in older]
        columns: list[Any] = [[column[row] for row in older] for column in (positions, table["id"].to_pylist())]
        return pa.table([*columns, pa.array(reasons, pa.string())], ["place", "id", "reason"])

    return versions.groupBy("id").applyInArrow(choose, "place long, id string, reason string")
