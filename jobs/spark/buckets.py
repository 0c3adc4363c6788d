"""Buckets of single values, and who meets whom in them often enough (see :mod:`dedup.search.values`).

Buckets are made slice by slice of the values, and counted block by block of the articles: each bucket goes to the
blocks that have a member other than its first. A value that overflows its bucket within the articles of one worker is
sent on as a number only, so that no slice is much larger than the others.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import DataFrame

from dedup import rules
from dedup.arrays import distinct, expand_ranges, group_sizes, group_starts, highs, pair_keys
from dedup.minhash import Signatures
from dedup.search.buckets import FIRST, bucket_values, collisions, search_context
from dedup.settings import Settings
from dedup.text.boilerplate import LearnedBoilerplate
from jobs.spark import packed
from jobs.spark.packed import Ints, PackedSignatures, Rows
from jobs.spark.pairs import PAIRS, pack
from jobs.spark.rows import Numbered, broadcast_if_small

_MAX_COLLISIONS = 10_000_000  # articles of a block, times the cap: the meetings of an article grow with it,
_MAX_VALUES = 1 << 27  # as long as the values of the whole pile are more than a worker can have
_ROWS = 8  # of the signatures that are gathered at a time
_SLICE = ("slice", "keys", "rows", "groups", "hot", "many")
_COUNTS = ("buckets", "members")
_BLOCK = ("block", "held", *_COUNTS)
_SIDES = ("left", "right", "named")
_SKIPPED = "buckets long, members long"
_NOBODY = -1  # block of the buckets that were skipped


def collided_often(
    numbered: Numbered,
    grouped: DataFrame,
    boilerplate: LearnedBoilerplate,
    settings: Settings,
    limit: int,
    part: int,
) -> DataFrame:
    """Pairs (left < right) that meet in enough buckets of at most ``limit`` groups.

    They are packed in parts of ``part`` left rows (:mod:`jobs.spark.pairs`). Rows without a part tell how many
    ``buckets`` were skipped, with how many ``members``.
    """
    slices = max(1, math.ceil(numbered.number / packed.SLICE))
    width = max(1024, _MAX_COLLISIONS // limit)
    if numbered.number * settings.num_perm <= _MAX_VALUES:
        width = max(width, math.ceil(numbered.number / numbered.parts))

    def cut(parts: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for block in packed.blocks(parts):
            yield from split(block, boilerplate, settings, limit, slices)

    def gather_up(table: pa.Table) -> pa.Table:
        return gathered(table, limit, width)

    def count(key: tuple[Any, ...], table: pa.Table) -> pa.Table:
        return meetings_of(int(key[0].as_py()), table, width, part, settings)

    members = grouped.select("row", "group", "rank")
    context = numbered.signed.drop("place", "id").join(broadcast_if_small(members, grouped.count()), "row", "left")
    values = context.mapInArrow(cut, "slice long, keys binary, rows binary, groups binary, hot binary, many binary")
    buckets = values.groupBy("slice").applyInArrow(gather_up, "block long, held binary, buckets long, members long")
    return buckets.groupBy("block").applyInArrow(count, f"{PAIRS}, {_SKIPPED}")


def split(
    block: PackedSignatures, boilerplate: LearnedBoilerplate, settings: Settings, limit: int, slices: int
) -> Iterator[pa.RecordBatch]:
    """The values of a block, without boilerplate, row of the signature by row, cut into slices."""
    groups = np.asarray(block.table["group"].combine_chunks().fill_null(-1)).astype(np.int32)
    groups = np.where(groups < 0, block.rows, groups).astype(np.int32)
    rank = np.asarray(block.table["rank"].combine_chunks().fill_null(0))
    chosen = rules.eligible(block.sizes, settings) & rules.fully_compared(rank, settings)
    by_row = np.argsort(block.rows).astype(np.int32)
    fully_compared = by_row[chosen[by_row]]
    context = search_context(_signatures(block), boilerplate.codes(block.publishers), boilerplate, settings)
    for first in range(0, settings.num_perm, _ROWS):
        here = min(_ROWS, settings.num_perm - first)
        keys, order, counts = bucket_values(context, first, here, fully_compared)
        for row, count in enumerate(counts.tolist()):
            members = order[row, :count]
            values = _Values(keys[row, :count], block.rows[members], groups[members])
            yield _sliced(first + row, values, limit, slices)


class _Values(NamedTuple):
    """Values of one row of the signature, and of each the article and its group."""

    keys: npt.NDArray[np.uint32]
    rows: Rows
    groups: Rows

    def take(self, indices: Any) -> _Values:
        return _Values(self.keys[indices], self.rows[indices], self.groups[indices])


def _sliced(row: int, values: _Values, limit: int, slices: int) -> pa.RecordBatch:
    """The values in slices, in the columns of :data:`_SLICE`; of an overfull bucket its value and size alone.

    Rows, which ascend, go as differences, first their lowest bytes, then the higher ones, and groups as differences
    from their rows: nearly all of this is zeros, which the shuffle compresses to nothing.
    """
    order = np.argsort(values.keys, kind="stable")
    keys = values.keys[order]
    begins, hot = _crowded(keys, values.groups[order], limit)
    full, many = keys[begins[hot]], group_sizes(begins, len(keys))[hot].astype(np.int64)
    if len(full):
        values = values.take(~np.isin(values.keys, full))
    order, cuts = packed.cut(packed.slices(values.keys.astype(np.uint64), slices), slices)
    order_full, cuts_full = packed.cut(packed.slices(full.astype(np.uint64), slices), slices)
    values = values.take(order)
    apart = packed.parts(values.groups - values.rows, cuts)
    columns = [packed.parts(values.keys, cuts), packed.differences(values.rows, cuts), apart]
    left_out = [packed.parts(column[order_full], cuts_full) for column in (full, many)]
    numbers = pa.array(row * slices + np.arange(slices))
    return pa.RecordBatch.from_arrays([numbers, *map(pa.array, [*columns, *left_out])], _SLICE)


def _signatures(block: PackedSignatures) -> Signatures:
    return Signatures(block.values, block.sizes, block.digests.view(np.uint64))


def _crowded(keys: Any, groups: Rows, limit: int) -> tuple[Ints, Any]:
    """Where the buckets of ascending keys begin, and which of them have members of more than ``limit`` groups."""
    begins = group_starts(keys)
    sizes = group_sizes(begins, len(keys))
    hot = sizes > limit
    if hot.any():
        large = np.flatnonzero(hot)
        bucket = np.repeat(np.arange(len(large)), sizes[large])
        different = distinct(pair_keys(bucket, groups[np.repeat(hot, sizes)]))
        hot[large] = np.bincount(highs(different), minlength=len(large)) > limit
    return begins, hot


def gathered(table: pa.Table, limit: int, width: int) -> pa.Table:
    """A slice -> its buckets, cut out for every block, and how many were skipped."""
    keys, hot = (packed.unpacked(table[name], np.uint32) for name in ("keys", "hot"))
    rows = packed.summed(table["rows"])
    groups = rows + packed.unpacked(table["groups"], np.int32)
    order = np.argsort(keys.astype(np.uint64) << np.uint64(32) | rows.astype(np.uint64))
    keys, rows, groups = keys[order], rows[order], groups[order]
    begins, full = _crowded(keys, groups, limit)
    sizes = np.diff(np.r_[begins, len(keys)])
    full |= np.isin(keys[begins], hot)
    skipped = len(distinct(np.r_[keys[begins[full]], hot]))
    members = int(sizes[full].sum() + packed.unpacked(table["many"], np.int64).sum())
    lead = np.repeat(groups[begins], sizes)
    mixed = np.logical_or.reduceat(groups != lead, begins) if len(begins) else full
    is_kept = np.repeat(~full & mixed, sizes)
    blocks, held = for_blocks(rows[is_kept], keys[is_kept], width)
    return pa.table(
        [
            pa.array([*blocks, _NOBODY], pa.int64()),
            pa.array([*held, None], pa.binary()),
            pa.array([*[0] * len(blocks), skipped], pa.int64()),
            pa.array([*[0] * len(blocks), members], pa.int64()),
        ],
        _BLOCK,
    )


def for_blocks(rows: Rows, keys: npt.NDArray[np.uint32], width: int) -> tuple[list[int], list[bytes]]:
    """Of every bucket, for each block with a member that is not its first, the members up to the last one there."""
    starts = np.r_[True, keys[1:] != keys[:-1]][: len(keys)]
    begin = np.maximum.accumulate(np.where(starts, np.arange(len(keys)), 0))
    block = rows // width
    last = np.flatnonzero(np.r_[(block[1:] != block[:-1]) | starts[1:], True][: len(keys)])
    last = last[last > begin[last]]
    last = last[np.argsort(block[last], kind="stable")]
    sizes = last - begin[last] + 1
    entries = expand_ranges(begin[last], sizes)
    held = np.where(starts[entries], rows[entries] | FIRST, rows[entries]).astype(np.int32)
    numbers, first = np.unique(block[last], return_index=True)
    cuts = np.r_[0, np.cumsum(sizes)][np.r_[first, len(last)]]
    return numbers.tolist(), [_in_bytes(held[one:other]) for one, other in itertools.pairwise(cuts.tolist())]


def _in_bytes(members: Rows) -> bytes:
    """Buckets one after the other, ascending, the first row of each with FIRST set; :func:`held_in` undoes it.

    The others go as differences from the row before them; the lowest bit tells which is the first.
    """
    first, rows = members < 0, members & ~FIRST
    apart = np.where(first, rows, np.diff(rows, prepend=np.int32(0))).astype(np.uint32)
    return packed.by_bytes((apart << np.uint32(1) | first).view(np.int32))


def held_in(column: pa.ChunkedArray) -> Rows:
    """The members of the buckets in all values."""
    return np.concatenate([np.empty(0, np.int32), *map(_members, packed.of_bytes(column))])


def _members(numbers: Rows) -> Rows:
    first, apart = (numbers & 1).astype(bool), (numbers.view(np.uint32) >> np.uint32(1)).astype(np.int64)
    totals, begins = np.cumsum(apart), np.flatnonzero(first)
    rows = totals - np.repeat((totals - apart)[begins], np.diff(np.r_[begins, len(numbers)]))
    return np.where(first, rows | FIRST, rows).astype(np.int32)


def meetings_of(block: int, table: pa.Table, width: int, part: int, settings: Settings) -> pa.Table:
    """The buckets of a block -> pairs that meet often enough."""
    if block == _NOBODY:
        nothing = {"part": pa.nulls(1, pa.int64())} | {name: pa.nulls(1, pa.binary()) for name in _SIDES}
        return pa.table(nothing | {name: [int(np.sum(packed.numbers(table[name])))] for name in _COUNTS})
    left, right = collisions(held_in(table["held"]), block * width, width, settings)
    pairs = pack(left, right, part)
    for name in _COUNTS:  # what was skipped is counted without a block
        pairs = pairs.append_column(name, pa.array(np.zeros(len(pairs), np.int64)))
    return pairs
