"""Candidate pairs by agreement in single values, as :mod:`dedup.search.values` finds them.

What meets in buckets often enough, or is to be compared within a group, is looked at once more with both signatures.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
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
from jobs.spark.packed import PackedSignatures, Rows
from jobs.spark.pairs import PAIRS, Pairs, chosen, number_of, pack, part_width
from jobs.spark.rows import Numbered

Bools = npt.NDArray[np.bool_]


def agreeing(
    numbered: Numbered,
    grouped: DataFrame,
    named: DataFrame,
    boilerplate: LearnedBoilerplate,
    settings: Settings,
    scratch: Scratch,
) -> tuple[DataFrame, dict[str, int]]:
    """The candidate pairs, packed, and how the search went; those in ``named`` (left < right) are among them."""
    limit = rules.max_bucket_size(settings, numbered.number)
    width = part_width(numbered, settings)
    met = scratch.save("met", collided_often(numbered, grouped, boilerplate, settings, limit, width))
    skipped = met.agg(F.sum("buckets"), F.sum("members")).first() or (0, 0)
    counts = {
        "bucket_cap": limit,
        "skipped_buckets": int(skipped[0] or 0),
        "skipped_bucket_members": int(skipped[1] or 0),
        "implied": grouped.where(F.col("rank") >= rules.max_group_members(settings)).count(),
    }
    inside = grouped.select("row", "partners").mapInArrow(lambda batches: _inside(batches, width), PAIRS)
    origins = named.select("left", "right").mapInArrow(lambda batches: _of_origins(batches, width), PAIRS)
    pairs = met.where("part IS NOT NULL").drop("buckets", "members").unionAll(inside).unionAll(origins)

    def alike(some: Pairs, articles: pa.Table) -> Bools:
        return some.named | agree(packed.signed(articles), some.left, some.right, boilerplate, settings)

    known = numbered.signed.drop("place", "id", "sketch")
    pairs = scratch.save("pairs", chosen(pairs, known, numbered.number, width, alike))
    return pairs, counts | {"candidates": number_of(pairs)}


def _inside(batches: Iterator[pa.RecordBatch], width: int) -> Iterator[pa.RecordBatch]:
    """The pairs to compare within groups."""
    for batch in batches:
        rows = np.repeat(batch["row"].to_numpy(), pc.list_value_length(batch["partners"]).to_numpy())
        partners = batch["partners"].flatten().to_numpy()
        yield from pack(np.minimum(rows, partners), np.maximum(rows, partners), width).to_batches()


def _of_origins(batches: Iterator[pa.RecordBatch], width: int) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield from pack(batch["left"].to_numpy(), batch["right"].to_numpy(), width, named=True).to_batches()


def agree(
    known: PackedSignatures, left: Rows, right: Rows, boilerplate: LearnedBoilerplate, settings: Settings
) -> Bools:
    """Which pairs within the window agree in enough different shingles, or are the same text."""
    made = Signatures(known.values, known.sizes, known.digests.view(np.uint64))
    context = search_context(made, boilerplate.codes(known.publishers), boilerplate, settings)
    sharing = sharing_enough(context, left, right, settings)
    digests, sizes, days = ((values[left], values[right]) for values in (known.digests, known.sizes, known.days))
    return rules.comparable(digests, sizes, days, sharing, settings)
