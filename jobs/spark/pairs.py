"""Pairs of articles, packed in parts of the left rows, and what is known of their articles beside them.

To a part go all its left rows, and of the others those that are in one of its pairs. So an article goes to fewer
workers than it has pairs, and a pair is some bytes of a large value, not a row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it

from dedup import rules
from dedup.arrays import distinct, group_starts, highs, lows, pair_keys
from dedup.settings import Settings
from jobs.spark import packed
from jobs.spark.packed import Ints, Rows
from jobs.spark.rows import Numbered

_MAX_PAIRS = 25_000_000  # left articles of a part, times the limit of a bucket: pairs of an article grow with it

#: Columns of packed pairs: the part, then int32 and bool in bytes; ``named``: they go back to the same origin.
PAIRS = "part long, left binary, right binary, named binary"


class Pairs(NamedTuple):
    """Different pairs, ascending, ``left`` < ``right``: places among the articles that are beside them."""

    left: Rows
    right: Rows
    named: npt.NDArray[np.bool_]


_Chosen = Callable[[Pairs, pa.Table], npt.NDArray[np.bool_]]


def part_width(numbered: Numbered, settings: Settings) -> int:
    """Left rows of a part."""
    limit = rules.max_bucket_size(settings, numbered.number)
    return max(1, min(_MAX_PAIRS // limit, math.ceil(numbered.number / numbered.parts)))


def pack(left: Ints | Rows, right: Ints | Rows, width: int, named: Any = False) -> pa.Table:
    """Pairs in columns of :data:`PAIRS`, in parts of ``width`` left rows."""
    part = left // width
    order = np.argsort(part, kind="stable")
    begins = group_starts(part[order])
    cuts = np.r_[begins, len(order)]
    columns = left.astype(np.int32), right.astype(np.int32), np.broadcast_to(named, left.shape)
    packed_columns = [pa.array(packed.parts(column[order], cuts), pa.binary()) for column in columns]
    numbers = part[order][begins].astype(np.int64)
    return pa.table([numbers, *packed_columns], ["part", "left", "right", "named"])


def number_of(pairs: DataFrame) -> int:
    """How many pairs there are."""
    total = pairs.agg(F.sum(F.octet_length("named"))).first() or (0,)
    return int(total[0] or 0)


def chosen(pairs: DataFrame, known: DataFrame, width: int, choose: _Chosen) -> DataFrame:
    """The packed pairs that ``choose`` says yes to, every one once; ``known`` has a ``row`` for each article.

    ``choose`` gets the pairs of a part and the articles, in any order.
    """

    def work(key: tuple[Any, ...], some: pa.Table, articles: pa.Table) -> pa.Table:
        left, right = (packed.unpacked(some[side], np.int32) for side in ("left", "right"))
        keys = pair_keys(left, right)
        different = distinct(keys)
        named = np.isin(different, keys[packed.unpacked(some["named"], np.bool_)])
        rows = packed.numbers(articles["row"])
        order = np.argsort(rows)
        sides = [order[np.searchsorted(rows, side, sorter=order)] for side in (highs(different), lows(different))]
        one, other = (side.astype(np.int32) for side in sides)
        keep = choose(Pairs(one, other, named), articles)
        return pack(highs(different)[keep], lows(different)[keep], width, named[keep])

    own = known.withColumn("part", F.expr(f"row div {width}"))
    others = pairs.mapInArrow(lambda batches: _others(batches, width), "row long, part long")
    beside = own.unionAll(known.join(others, "row").select(*own.columns))
    return pairs.groupBy("part").cogroup(beside.groupBy("part")).applyInArrow(work, PAIRS)


def _others(batches: Iterator[pa.RecordBatch], width: int) -> Iterator[pa.RecordBatch]:
    """The right rows of pairs that are not among the left rows of their part."""
    for batch in batches:
        for part, right in zip(batch["part"].to_pylist(), batch["right"].to_pylist(), strict=True):
            rows = distinct(np.frombuffer(right, np.int32)).astype(np.int64)
            rows = rows[rows // width != part]
            yield pa.RecordBatch.from_arrays([pa.array(rows), pa.array(np.full(len(rows), part))], ["row", "part"])


def unpacked(pairs: DataFrame) -> DataFrame:
    """A row for each pair: ``left``, ``right`` and ``named``."""

    def rows(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            table = pa.Table.from_batches([batch])
            left, right = (packed.unpacked(table[side], np.int32).astype(np.int64) for side in ("left", "right"))
            named = packed.unpacked(table["named"], np.bool_)
            yield from pa.table([left, right, named], ["left", "right", "named"]).to_batches()

    return pairs.mapInArrow(rows, "left long, right long, named boolean")
