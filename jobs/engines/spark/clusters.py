"""Matches -> clusters with the guard of :mod:`dedup.clusters`, some of what hangs together to a worker."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it
from pyspark.sql.pandas.types import from_arrow_schema

from dedup.clusters import cluster, edges
from dedup.pipeline import guarded
from dedup.settings import Settings
from dedup.tables import MATCHES
from jobs.engines.spark import packed
from jobs.engines.spark.components import connected
from jobs.engines.spark.files import Scratch
from jobs.engines.spark.rows import few
from jobs.engines.spark.verification import WRITTEN

_BIN = 200_000  # pairs that are looked at together
_EDGE = ("left", "right", "grade", "counted", "score", "containment_a_in_b", "containment_b_in_a", "cites")


def clustered(written: DataFrame, grouped: DataFrame, parts: int, settings: Settings, scratch: Scratch) -> DataFrame:
    """The cluster (``head``: its smallest row) of every article that is in one of two or more."""
    count = written.count()
    bins = max(parts, count // _BIN)
    heads = connected(written, scratch, "matched").withColumnRenamed("row", "left")
    late = grouped.where(F.col("rank") >= settings.group_members).select("row", F.lit(True).alias("late"))
    lates = late.count()
    pairs = written.select(*_EDGE).join(few(heads, count), "left")
    for side in ("left", "right"):
        flags = late.select(F.col("row").alias(side), F.col("late").alias(f"{side}_late"))
        pairs = pairs.join(few(flags, lates), side, "left")
    binned = pairs.withColumn("bin", F.expr(f"pmod(xxhash64(head), {bins})"))
    return scratch.save("clustered", binned.groupBy("bin").applyInArrow(_heads, "row long, head long"))


def _heads(table: pa.Table) -> pa.Table:
    left, right = (packed.numbers(table[side]) for side in ("left", "right"))
    rows = np.unique(np.r_[left, right])
    one, other = (np.searchsorted(rows, side).astype(np.int32) for side in (left, right))
    searched = np.ones(len(rows), bool)
    for side, name in ((one, "left_late"), (other, "right_late")):
        searched[side[np.asarray(table[name].combine_chunks().is_valid())]] = False
    labels = cluster(len(rows), edges(one, other, table), searched)
    kept = np.bincount(labels, minlength=len(rows))[labels] > 1
    return pa.table([rows[kept], rows[labels][kept]], ["row", "head"])


def _head(table: pa.Table, side: str) -> packed.Ints:
    """The cluster of one side of every pair; one that is in none is a cluster of its own."""
    heads = table[f"{side}_head"].combine_chunks()
    return np.where(np.asarray(heads.is_valid()), np.asarray(heads.fill_null(-1)), -1 - packed.numbers(table[side]))


def kept(written: DataFrame, clustered: DataFrame, count: int) -> DataFrame:
    """The pairs, those that the guard did not let join no longer counted; ``head``: the cluster that both are in."""
    for side in ("left", "right"):
        heads = clustered.select(F.col("row").alias(side), F.col("head").alias(f"{side}_head"))
        written = written.join(few(heads, count), side, "left")

    def guard(parts: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for part in parts:
            table = pa.Table.from_batches([part])
            pairs = np.arange(len(table), dtype=np.int32)
            labels = [_head(table, side) for side in ("left", "right")]
            right = pairs + np.int32(len(pairs))
            made = guarded(pairs, right, table.select(MATCHES.schema.names), np.concatenate(labels))
            head = pa.array(labels[0], mask=labels[0] != labels[1])
            for name in ("counted", "reasons"):
                table = table.set_column(table.schema.get_field_index(name), name, made[name])
            yield from table.select(WRITTEN.names).append_column("head", head).cast(_KEPT).to_batches()

    return written.mapInArrow(guard, from_arrow_schema(_KEPT))


_KEPT = WRITTEN.append(pa.field("head", pa.int64()))
