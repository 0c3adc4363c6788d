"""Near-duplicate groups, as :mod:`dedup.search.bands` finds them: bands become slices of keys, and links components."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it

from dedup import rules
from dedup.arrays import group_sizes, group_starts
from dedup.minhash import Signatures
from dedup.search.buckets import band_of, equal_shares
from dedup.search.values import ranks, within_group_pairs
from dedup.settings import Settings
from jobs.spark import packed
from jobs.spark.components import connected
from jobs.spark.files import Scratch
from jobs.spark.packed import Keys, PackedSignatures, Rows
from jobs.spark.pairs import PAIRS, Pairs, chosen, pack, part_width, unpacked
from jobs.spark.rows import Numbered, broadcast_if_small

_BINS = 200_000  # members of groups that a worker looks at together
_GROUPED = "row long, group long, rank int, partners array<long>"


def grouped(numbered: Numbered, settings: Settings, scratch: Scratch) -> DataFrame:
    """The members of groups of two or more.

    Columns: row, group (its smallest row), rank in it, and ``partners``: those that it is to be compared with.
    """
    links = scratch.save("links", _links(numbered, settings))
    alike = _alike(links.where("NOT sure").select("left", "right"), numbered, settings)
    edges = links.where("sure").select("left", "right").unionAll(alike)
    heads = connected(edges, scratch, "groups")
    narrow = numbered.signed.select("row", "digest").join(broadcast_if_small(heads, heads.count()), "row")
    bins = max(numbered.parts, heads.count() // _BINS)

    def assign(table: pa.Table) -> pa.Table:
        return _ranked(table.sort_by("row"), rules.max_group_members(settings))

    members = narrow.withColumn("bin", F.expr(f"pmod(xxhash64(head), {bins})"))
    return scratch.save("grouped", members.groupBy("bin").applyInArrow(assign, _GROUPED))


def _links(numbered: Numbered, settings: Settings) -> DataFrame:
    """Every member of a bucket linked to the bucket's first; ``sure`` where they have one digest."""
    bands = len(rules.bands(settings))
    slices = max(numbered.parts, numbered.number * (bands + 1) // packed.SLICE)

    def split(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for block in packed.blocks(batches):
            for sure, keys, rows in _keys(block, settings):
                order, cuts = packed.cut(packed.slices(keys, slices), slices)
                parts = [packed.parts(column[order], cuts) for column in (keys, rows)]
                columns = [np.arange(slices), [sure] * slices, *parts]
                yield pa.RecordBatch.from_arrays(list(map(pa.array, columns)), ["slice", "sure", "keys", "rows"])

    def link(table: pa.Table) -> pa.Table:
        keys, rows = packed.unpacked(table["keys"], np.uint64), packed.unpacked(table["rows"], np.int32)
        order = np.lexsort((rows, keys))
        keys, rows = keys[order], rows[order]
        begins = group_starts(keys)
        heads = np.repeat(rows[begins], group_sizes(begins, len(keys)))
        linked = heads != rows
        columns = [heads[linked].astype(np.int64), rows[linked].astype(np.int64)]
        sure = np.full(len(columns[0]), table["sure"][0].as_py())
        return pa.table([*columns, sure], ["left", "right", "sure"])

    narrow = numbered.signed.select("row", "day", "size", "digest", "publisher", "values")
    cut = narrow.mapInArrow(split, "slice long, sure boolean, keys binary, rows binary")
    links_found = cut.groupBy("slice", "sure").applyInArrow(link, "left long, right long, sure boolean")
    return links_found.groupBy("left", "right").agg(F.max("sure").alias("sure"))


def _keys(block: PackedSignatures, settings: Settings) -> Iterator[tuple[bool, Keys, Rows]]:
    """Keys and rows of one block: of its digests, and of each band."""
    long = block.sizes > 0
    yield True, block.digests[long].view(np.uint64), block.rows[long]
    fully_compared = np.flatnonzero(rules.eligible(block.sizes, settings)).astype(np.int32)
    links_found = []
    for band, first in enumerate(rules.bands(settings)):
        keys, order = band_of(block.values, first, settings, fully_compared)
        links_found.append((np.uint64(band) << np.uint64(32) | keys, block.rows[order]))
    yield False, np.concatenate([keys for keys, _ in links_found]), np.concatenate([rows for _, rows in links_found])


def _alike(links: DataFrame, numbered: Numbered, settings: Settings) -> DataFrame:
    """The links whose signatures are those of near-duplicates."""
    width = part_width(numbered, settings)

    def cut(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield from pack(batch["left"].to_numpy(), batch["right"].to_numpy(), width).to_batches()

    def near(some: Pairs, articles: pa.Table) -> npt.NDArray[np.bool_]:
        values = packed.unpacked(articles["values"], np.uint32).reshape(len(articles), -1)
        return equal_shares(values, some.left, some.right, settings)

    pairs, known = links.mapInArrow(cut, PAIRS), numbered.signed.select("row", "values")
    return unpacked(chosen(pairs, known, numbered.number, width, near)).drop("named")


def _ranked(table: pa.Table, limit: int) -> pa.Table:
    """Whole groups, ascending by row -> the rows of :data:`_GROUPED`."""
    rows, heads = packed.numbers(table["row"]), packed.numbers(table["head"])
    count = len(rows)
    digests = packed.numbers(table["digest"]).view(np.uint64) ^ np.uint64(packed.TOP)
    groups = np.searchsorted(rows, heads).astype(np.int32)
    known = Signatures(np.empty((count, 0), np.uint32), np.empty(count, np.int32), digests)
    rank = ranks(known, groups)
    one, other = within_group_pairs(groups, rank, limit)
    order, begins = packed.cut(one, count)
    partners = pa.ListArray.from_arrays(pa.array(begins.astype(np.int32)), pa.array(rows[other[order]]))
    return pa.table([rows, heads, rank.astype(np.int32), partners], ["row", "group", "rank", "partners"])
