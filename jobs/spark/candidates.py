"""Candidate pairs by agreement in single values, as :mod:`dedup.search.values` finds them.

What meets in buckets often enough, or is to be compared within a group, is looked at once more with both signatures.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it

from dedup import rules
from dedup.minhash import Signatures
from dedup.search.buckets import search_context, sharing_enough
from dedup.settings import Settings
from dedup.text.boilerplate import LearnedBoilerplate
from jobs.spark import packed
from jobs.spark.buckets import collided_often
from jobs.spark.files import Scratch
from jobs.spark.packed import PackedSignatures
from jobs.spark.rows import Numbered


def agreeing(
    numbered: Numbered, grouped: DataFrame, boilerplate: LearnedBoilerplate, settings: Settings, scratch: Scratch
) -> tuple[DataFrame, dict[str, int]]:
    """The candidate pairs (left < right), and how the search went."""
    limit = rules.max_bucket_size(settings, numbered.number)
    collided = scratch.save("met", collided_often(numbered, grouped, boilerplate, settings, limit))
    skipped = collided.agg(F.sum("buckets"), F.sum("members")).first() or (0, 0)
    inside = grouped.select(F.col("row").alias("left"), F.explode("partners").alias("right"))
    inside = inside.select(F.least("left", "right").alias("left"), F.greatest("left", "right").alias("right"))
    pairs = collided.where("left IS NOT NULL").select("left", "right").unionAll(inside).distinct()
    counts = {
        "bucket_cap": limit,
        "skipped_buckets": int(skipped[0] or 0),
        "skipped_bucket_members": int(skipped[1] or 0),
        "implied": grouped.where(F.col("rank") >= rules.max_group_members(settings)).count(),
    }
    return _shared(pairs, numbered, boilerplate, settings), counts


def _shared(pairs: DataFrame, numbered: Numbered, boilerplate: LearnedBoilerplate, settings: Settings) -> DataFrame:
    """The pairs within the window that agree in enough different shingles, or are the same text."""

    def alike(parts: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for part in parts:
            if part.num_rows:
                table = pa.Table.from_batches([part])
                keep = pa.array(agree(packed.signed(table, "_a"), packed.signed(table, "_b"), boilerplate, settings))
                yield from table.select(["left", "right"]).filter(keep).to_batches()

    known = numbered.signed.drop("place", "id")
    a, b = (known.select(*(F.col(name).alias(name + side) for name in known.columns)) for side in ("_a", "_b"))
    both = pairs.join(a, F.col("left") == F.col("row_a")).join(b, F.col("right") == F.col("row_b"))
    return both.mapInArrow(alike, "left long, right long")


def agree(one: PackedSignatures, other: PackedSignatures, boilerplate: LearnedBoilerplate, settings: Settings) -> Any:
    """Of pairs of articles, which are candidates: those of one group that are short only where they are identical."""
    count = len(one.rows)
    publishers = pa.concat_arrays([one.publishers, other.publishers])
    values = np.concatenate([one.values, other.values])
    made = Signatures(values, np.r_[one.sizes, other.sizes], np.r_[one.digests, other.digests].view(np.uint64))
    context = search_context(made, boilerplate.codes(publishers), boilerplate, settings)
    left = np.arange(count, dtype=np.int32)
    sharing = sharing_enough(context, left, left + np.int32(count), settings)
    sides = ((one.digests, other.digests), (one.sizes, other.sizes), (one.days, other.days))
    return rules.comparable(*sides, sharing, settings)
