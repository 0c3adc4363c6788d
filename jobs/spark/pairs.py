"""Pairs of articles, packed in parts of the left rows, and what is known of their articles beside them.

To a part go the articles that are in one of its pairs. So an article goes to fewer workers than it has pairs, and a
pair is some bytes of a large value, not a row.
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
from jobs.spark.rows import Numbered, broadcast_if_small

_MAX_PAIRS = 25_000_000  # left articles of a part, times the limit of a bucket: pairs of an article grow with it
_ROWS = 1 << 20  # whose parts are listed at a time

#: Columns of packed pairs: the part, then int32 and bool in bytes; ``named``: they go back to the same origin.
PAIRS = "part long, left binary, right binary, named binary"
#: The same and, int32 in bytes, how much a pair has in common.
PAIRS_WITH_COMMON = f"{PAIRS}, common binary"


class Pairs(NamedTuple):
    """Different pairs, ascending, ``left`` < ``right``: places among the articles that are beside them."""

    left: Rows
    right: Rows
    named: npt.NDArray[np.bool_]


_Chosen = Callable[[Pairs, pa.Table], npt.NDArray[np.bool_]]
_Counted = Callable[[Pairs, pa.Table], tuple[npt.NDArray[np.bool_], Rows]]
_Work = Callable[[Ints, Pairs, pa.Table], pa.Table]


def part_width(numbered: Numbered, settings: Settings) -> int:
    """Left rows of a part."""
    limit = rules.max_bucket_size(settings, numbered.number)
    return max(1, min(_MAX_PAIRS // limit, math.ceil(numbered.number / numbered.parts)))


def pack(left: Ints | Rows, right: Ints | Rows, width: int, named: Any = False, **more: Rows) -> pa.Table:
    """Pairs in columns of :data:`PAIRS`, in parts of ``width`` left rows, and ``more`` columns of numbers."""
    part = left // width
    order = np.argsort(part, kind="stable")
    begins = group_starts(part[order])
    cuts = np.r_[begins, len(order)]
    columns = {
        "left": left.astype(np.int32),
        "right": right.astype(np.int32),
        "named": np.broadcast_to(named, left.shape),
        **more,
    }
    held = {name: pa.array(packed.parts(column[order], cuts), pa.binary()) for name, column in columns.items()}
    return pa.table({"part": part[order][begins].astype(np.int64), **held})


def number_of(pairs: DataFrame) -> int:
    """How many pairs there are."""
    total = pairs.agg(F.sum(F.octet_length("named"))).first() or (0,)
    return int(total[0] or 0)


def chosen(pairs: DataFrame, known: DataFrame, count: int, width: int, choose: _Chosen) -> DataFrame:
    """The packed pairs that ``choose`` says yes to, every one once.

    ``known`` has a ``row`` for each of ``count`` articles. ``choose`` gets the pairs of a part and their articles, in
    any order.
    """

    def work(keys: Ints, some: Pairs, articles: pa.Table) -> pa.Table:
        keep = choose(some, articles)
        return pack(highs(keys)[keep], lows(keys)[keep], width, some.named[keep])

    return _with_articles(pairs, known, count, work, PAIRS)


def counted(pairs: DataFrame, known: DataFrame, count: int, width: int, look: _Counted) -> DataFrame:
    """As :func:`chosen`, in columns of PAIRS_WITH_COMMON: ``look`` says also how much each pair has in common."""

    def work(keys: Ints, some: Pairs, articles: pa.Table) -> pa.Table:
        keep, common = look(some, articles)
        return pack(highs(keys)[keep], lows(keys)[keep], width, some.named[keep], common=common[keep])

    return _with_articles(pairs, known, count, work, PAIRS_WITH_COMMON)


def _with_articles(pairs: DataFrame, known: DataFrame, count: int, work: _Work, schema: str) -> DataFrame:
    """What ``work`` makes of the different pairs of each part: their keys, the pairs, and their articles."""

    def of_part(key: tuple[Any, ...], some: pa.Table, articles: pa.Table) -> pa.Table:
        left, right = (packed.unpacked(some[side], np.int32) for side in ("left", "right"))
        keys = pair_keys(left, right)
        different = distinct(keys)
        named = np.isin(different, keys[packed.unpacked(some["named"], np.bool_)])
        rows = packed.numbers(articles["row"])
        order = np.argsort(rows)
        sides = [order[np.searchsorted(rows, side, sorter=order)] for side in (highs(different), lows(different))]
        one, other = (side.astype(np.int32) for side in sides)
        return work(different, Pairs(one, other, named), articles)

    beside = known.join(broadcast_if_small(parts_of_rows(pairs, count), count), "row")
    beside = beside.withColumn("part", F.explode(F.col("parts").cast("array<long>"))).drop("parts")
    return pairs.groupBy("part").cogroup(beside.groupBy("part")).applyInArrow(of_part, schema)


def parts_of_rows(pairs: DataFrame, count: int) -> DataFrame:
    """Every ``row`` in a packed pair, once, and the ``parts`` of the pairs that it is in; ``count``: of all articles.

    One line for each article keeps this small enough to be sent to all workers, however many parts an article goes to.
    """
    slices = math.ceil(count / _ROWS)

    def cut(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for part, *sides in zip(*(batch[name].to_pylist() for name in ("part", "left", "right")), strict=True):
                rows = distinct(np.concatenate([np.frombuffer(side, np.int32) for side in sides]))
                order, cuts = packed.cut(rows.astype(np.int64) // _ROWS, slices)
                numbers = np.flatnonzero(np.diff(cuts))
                held = [piece for piece in packed.parts(rows[order], cuts) if piece]
                yield pa.RecordBatch.from_arrays(
                    [pa.array(numbers), pa.array(np.full(len(numbers), part)), pa.array(held, pa.binary())],
                    ["slice", "part", "rows"],
                )

    def turn(table: pa.Table) -> pa.Table:
        rows, sizes = packed.unpacked(table["rows"], np.int32), np.diff(packed.content(table["rows"])[1]) // 4
        keys = distinct(pair_keys(rows, np.repeat(packed.numbers(table["part"]), sizes)))
        begins = group_starts(highs(keys))
        offsets = pa.array(np.r_[begins, len(keys)].astype(np.int32))
        parts = pa.ListArray.from_arrays(offsets, pa.array(lows(keys).astype(np.int32)))
        return pa.table([highs(keys)[begins], parts], ["row", "parts"])

    pieces = pairs.select("part", "left", "right").mapInArrow(cut, "slice long, part long, rows binary")
    return pieces.groupBy("slice").applyInArrow(turn, "row long, parts array<int>")


def unpacked(pairs: DataFrame) -> DataFrame:
    """A row for each pair: ``left``, ``right`` and ``named``."""

    def rows(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            table = pa.Table.from_batches([batch])
            left, right = (packed.unpacked(table[side], np.int32).astype(np.int64) for side in ("left", "right"))
            named = packed.unpacked(table["named"], np.bool_)
            yield from pa.table([left, right, named], ["left", "right", "named"]).to_batches()

    return pairs.mapInArrow(rows, "left long, right long, named boolean")
