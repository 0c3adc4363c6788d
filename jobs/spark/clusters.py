"""Matches -> clusters by :mod:`dedup.stories.clusters`, some of what hangs together to a worker."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it

from dedup import rules
from dedup.arrays import distinct
from dedup.settings import Settings
from dedup.stories.clusters import clusters, edges
from jobs.spark import packed
from jobs.spark.components import connected
from jobs.spark.files import Scratch
from jobs.spark.rows import broadcast_if_small

_BIN = 200_000  # pairs that are looked at together
_EDGE = (
    "left",
    "right",
    "grade",
    "counted",
    "score",
    "containment_a_in_b",
    "containment_b_in_a",
    "part_of_a",
    "part_of_b",
)
_NUMBER = 16  # bits of a cluster's key that tell it from others with the same smallest row, which is the rest of it


def clustered(written: DataFrame, grouped: DataFrame, parts: int, settings: Settings, scratch: Scratch) -> DataFrame:
    """Every article (``row``) beside the key (``cluster``) of every cluster that it is a witness of."""
    count = written.count()
    bins = max(parts, count // _BIN)
    heads = connected(written, scratch, "matched").withColumnRenamed("row", "left")
    late = grouped.where(F.col("rank") >= rules.max_group_members(settings)).select("row", F.lit(True).alias("late"))
    lates = late.count()
    pairs = written.select(*_EDGE).join(broadcast_if_small(heads, count), "left")
    for side in ("left", "right"):
        flags = late.select(F.col("row").alias(side), F.col("late").alias(f"{side}_late"))
        pairs = pairs.join(broadcast_if_small(flags, lates), side, "left")
    binned = pairs.withColumn("bin", F.expr(f"pmod(xxhash64(head), {bins})"))

    def work(table: pa.Table) -> pa.Table:
        return _witnesses(table, settings.min_score)

    return scratch.save("clustered", binned.groupBy("bin").applyInArrow(work, "row long, cluster long"))


def _witnesses(table: pa.Table, min_score: float) -> pa.Table:
    left, right = (packed.numbers(table[side]) for side in ("left", "right"))
    rows = distinct(np.r_[left, right])
    one, other = (np.searchsorted(rows, side).astype(np.int32) for side in (left, right))
    fully_compared = np.ones(len(rows), bool)
    for side, name in ((one, "left_late"), (other, "right_late")):
        fully_compared[side[np.asarray(table[name].combine_chunks().is_valid())]] = False
    made = clusters(len(rows), edges(one, other, table), fully_compared, min_score)
    _, first, inverse = np.unique(made.cluster, return_index=True, return_inverse=True)
    smallest = made.row[first]
    number = np.arange(len(first)) - np.searchsorted(smallest, smallest)  # clusters ascend by their smallest rows
    keys = rows[smallest] << _NUMBER | number
    return pa.table([rows[made.row], keys[inverse]], ["row", "cluster"])


def smallest_row(keys: packed.Ints) -> packed.Ints:
    """The smallest row in each cluster, by its key."""
    return np.asarray(keys >> _NUMBER)


def joined(written: DataFrame, clustered: DataFrame, count: int) -> DataFrame:
    """The pairs with ``joined`` filled in; ``common``: the keys of the clusters that both are witnesses of."""
    held = clustered.groupBy("row").agg(F.collect_set("cluster").alias("clusters"))
    for side in ("left", "right"):
        of = held.select(F.col("row").alias(side), F.col("clusters").alias(f"of_{side}"))
        written = written.join(broadcast_if_small(of, count), side, "left")
    common = F.coalesce(F.array_intersect("of_left", "of_right"), F.array().cast("array<long>"))
    written = written.withColumn("common", common).withColumn("joined", F.size("common") > 0)
    return written.drop("of_left", "of_right")
