"""Pairs dealt to workers by trees of articles that have much in common, so that most texts go to one worker only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it

from dedup.grading.locality import Nearest, nearest, nearest_of_pairs
from jobs.spark import packed
from jobs.spark.components import connected
from jobs.spark.files import Scratch
from jobs.spark.pairs import PAIRS, unpacked
from jobs.spark.rows import broadcast_if_small

_BIN = 20_000  # pairs that are graded together, about
_SIDES = ("left", "right", "common")
_PARTNERS = "slice long, articles binary, partners binary, common binary"


def dealt(pairs: DataFrame, count: int, parts: int, scratch: Scratch) -> DataFrame:
    """``count`` packed pairs (PAIRS_WITH_COMMON) in columns of PAIRS, in parts that are graded together.

    They go by the trees of :mod:`dedup.grading.locality`; those of a tree with more pairs than a worker should have go
    by their left articles. There are ``parts`` parts at least.
    """
    bins = max(parts, count // _BIN)
    trees = connected(_partners(pairs, parts), scratch, "near")
    homes = unpacked(pairs)
    for side in ("left", "right"):
        of = trees.select(F.col("row").alias(side), F.col("head").alias(f"{side}_head"))
        homes = homes.join(broadcast_if_small(of, count), side)
    home = F.least("left_head", "right_head")
    homes = scratch.save("homes", homes.select("left", "right", "named", home.alias("home")))
    large = homes.groupBy("home").count().where(F.col("count") > _BIN).select("home", F.lit(True).alias("large"))
    spread = F.expr(f"pmod(xxhash64(if(large IS NULL, home, left)), {bins})")
    binned = homes.join(F.broadcast(large), "home", "left").select("left", "right", "named", spread.alias("bin"))
    return scratch.save("dealt", binned.groupBy("bin").applyInArrow(_packed, PAIRS))


def _partners(pairs: DataFrame, slices: int) -> DataFrame:
    """Every article (``left``) and the one that it has most in common with (``right``): of each part, then of all."""

    def of_part(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            columns = (packed.unpacked(pa.chunked_array([batch[name]]), np.int32) for name in _SIDES)
            found = nearest_of_pairs(*columns)
            order, cuts = packed.cut(found.articles.astype(np.int64) % slices, slices)
            held = [pa.array(packed.parts(column[order], cuts)) for column in found]
            yield pa.RecordBatch.from_arrays([pa.array(np.arange(slices)), *held], ["slice", *Nearest._fields])

    def of_slice(table: pa.Table) -> pa.Table:
        found = nearest(*(packed.unpacked(table[name], np.int32) for name in Nearest._fields))
        return pa.table([found.articles.astype(np.int64), found.partners.astype(np.int64)], ["left", "right"])

    held = pairs.select(*_SIDES).mapInArrow(of_part, _PARTNERS)
    return held.groupBy("slice").applyInArrow(of_slice, "left long, right long")


def _packed(key: tuple[Any, ...], table: pa.Table) -> pa.Table:
    """The pairs of a part in one row."""
    left, right = (packed.numbers(table[side]).astype(np.int32) for side in ("left", "right"))
    order = np.lexsort((right, left))
    named = np.asarray(table["named"].combine_chunks().to_numpy(zero_copy_only=False), np.bool_)
    columns = [pa.array([column[order].tobytes()], pa.binary()) for column in (left, right, named)]
    return pa.table([[key[0].as_py()], *columns], ["part", "left", "right", "named"])
