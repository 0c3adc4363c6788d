"""Candidate pairs of one origin, as :mod:`dedup.search.named_origins` finds them, some origins to a worker."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it

from dedup import rules
from dedup.arrays import highs, lows
from dedup.corpus import Rows
from dedup.search.named_origins import once, same_origin
from dedup.settings import Settings
from jobs.spark import packed
from jobs.spark.files import Scratch
from jobs.spark.reading import CITES, CREDITS
from jobs.spark.rows import Numbered, broadcast_if_small

_BIN = 20_000  # articles that name an origin, to be worked on together
_PAIRS = "left long, right long, names long"


def of_one_origin(numbered: Numbered, settings: Settings, scratch: Scratch) -> tuple[DataFrame, dict[str, int]]:
    """The pairs (left < right), and how many articles and names were left out as too many."""
    where = numbered.signed.select("row", "place")
    listed = numbered.articles.select("place", "day", "names", F.explode("origins").alias("one"))
    named = listed.join(broadcast_if_small(where, numbered.number), "place").select(
        "row", "day", "names", "one.origin", "one.kind"
    )
    named = scratch.save("named", named)
    columns = F.count("*").alias("size"), F.max("kind").alias("kind")
    days = scratch.save("days", named.groupBy("origin", "day").agg(*columns))
    known = days.groupBy("origin").agg(F.max("kind").alias("best"))
    full = days.join(known.where(F.col("best") >= CREDITS), "origin").where(F.col("size") > rules.MAX_ORIGIN_DAY)
    crowded = full.agg(F.sum("size")).first() or (0,)
    open_days = days.where(F.col("size") <= rules.MAX_ORIGIN_DAY)
    cited = open_days.where(F.col("kind") == CITES).select("origin").distinct()
    open_days = open_days.join(cited, "origin", "left_semi")
    sums = open_days.agg(F.count("*"), F.sum("size")).first() or (0, 0)
    entries = named.join(broadcast_if_small(open_days.select("origin", "day"), sums[0]), ["origin", "day"])
    bins = max(1, int(sums[1] or 0) // _BIN)

    def find(table: pa.Table) -> pa.Table:
        return _pairs(table, settings)

    binned = entries.withColumn("bin", F.expr(f"pmod(xxhash64(origin), {bins})"))
    pairs = scratch.save("origins", binned.groupBy("bin").applyInArrow(find, _PAIRS))
    names = pairs.agg(F.sum("names")).first() or (0,)
    counts = {"skipped_origin_articles": int(crowded[0] or 0), "skipped_origin_names": int(names[0] or 0)}
    return pairs.where("left IS NOT NULL").select("left", "right").distinct(), counts


def _pairs(table: pa.Table, settings: Settings) -> pa.Table:
    """Whole origins -> their pairs, and one row with the number of names that too many articles hold."""
    rows, first, inverse = np.unique(packed.numbers(table["row"]), return_index=True, return_inverse=True)
    held = [np.frombuffer(value, np.uint32) for value in table["names"].take(pa.array(first)).to_pylist()]
    days = packed.numbers(table["day"])[first].astype(np.int32)
    origins = table["origin"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    mentions = once(inverse.ravel().astype(np.int64), origins, packed.numbers(table["kind"]) == CITES)

    def names(asked: Rows) -> tuple[Any, Any]:
        sizes = [len(held[row]) for row in asked.tolist()]
        values = np.concatenate([np.empty(0, np.uint32), *(held[row] for row in asked.tolist())])
        return np.repeat(np.arange(len(asked)), sizes), values

    pairs, crowded = same_origin(days, mentions, names, settings, np.ones(len(rows), bool))
    left, right = rows[highs(pairs)], rows[lows(pairs)]
    columns = [[*left.tolist(), None], [*right.tolist(), None], [*[0] * len(left), crowded.names]]
    return pa.table([pa.array(column, pa.int64()) for column in columns], ["left", "right", "names"])
