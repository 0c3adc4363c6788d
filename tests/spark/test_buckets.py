"""Buckets that are made in slices and counted in blocks lead to the same pairs as those of one machine."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.arrays import NO_DAY
from dedup.search.buckets import FIRST
from dedup.search.values import candidates, ranks
from tests.core.piles import RUN, grouped, learned, piles, publishers, signatures
from tests.reference import Pile

pytest.importorskip("pyspark", reason="needs pyspark: pip install 'wirecopy[spark]'")
from jobs.spark import buckets, packed
from jobs.spark.candidates import agree


def article_table(pile: Pile) -> pa.Table:
    """The pile as workers get it."""
    known, codes = signatures(pile), publishers(pile)
    names = [None if code < 0 else f"publisher {code}" for code in codes.tolist()]
    count = len(pile.sizes)
    groups = np.array(pile.groups, np.int32)
    rank = ranks(known, groups)
    return pa.table(
        {
            "row": np.arange(count),
            "day": np.array([NO_DAY if day is None else day for day in pile.days], np.int64),
            "size": known.sizes,
            "digest": known.digests.astype(np.int64),
            "publisher": pa.array(names, pa.string()),
            "values": pa.array([row.tobytes() for row in known.values], pa.binary()),
            "group": groups,
            "rank": rank,
        }
    )


@settings(max_examples=60)
@given(piles(), st.integers(1, 4), st.integers(1, 3), *3 * [st.integers(1, 5)], st.integers(0, 2**32 - 1))
def test_pairs_across_groups(
    pile: Pile, limit: int, slices: int, width: int, part_width: int, block: int, seed: int
) -> None:
    pile = grouped(pile, np.random.default_rng(seed))
    table, boilerplate = article_table(pile), learned(pile)
    by_slice: dict[int, list[pa.RecordBatch]] = defaultdict(list)
    for first in range(0, len(table), block):
        for batch in buckets.split(packed.signed(table.slice(first, block)), boilerplate, RUN, limit, slices):
            for index, number in enumerate(batch["slice"].to_pylist()):
                by_slice[number].append(batch.slice(index, 1))
    made = [buckets.gathered(pa.Table.from_batches(parts), limit, width) for parts in by_slice.values()]
    pairs, skipped, members = set(), 0, 0
    for number in {each for part in made for each in part["block"].to_pylist()}:
        here = pa.concat_tables(part.filter(pc.equal(part["block"], number)) for part in made)
        hits = buckets.meetings_of(number, here, width, part_width, RUN)
        for part, *sides in zip(*(hits[name].to_pylist() for name in ("part", "left", "right")), strict=True):
            if part is not None:
                left, right = (np.frombuffer(side, np.int32).tolist() for side in sides)
                assert {row // part_width for row in left} == {part}
                pairs |= set(zip(left, right, strict=True))
        skipped, members = skipped + sum(hits["buckets"].to_pylist()), members + sum(hits["members"].to_pylist())
    one, other = (np.array([pair[side] for pair in sorted(pairs)], np.int32) for side in (0, 1))
    keep = agree(packed.signed(table), one, other, boilerplate, RUN) if pairs else []
    result = {pair for pair, holds in zip(sorted(pairs), keep, strict=True) if holds}
    groups = np.array(pile.groups, np.int32)
    codes, days = publishers(pile), table["day"].to_numpy().astype(np.int32)
    with ThreadPoolExecutor(1) as pool:
        run = dataclasses.replace(RUN, max_bucket_size=limit)
        known = candidates(signatures(pile), groups, codes, days, boilerplate, run, pool, 1)
    expected = set(zip(known.left.tolist(), known.right.tolist(), strict=True))
    across = {pair for pair in expected if groups[pair[0]] != groups[pair[1]]}
    assert {pair for pair in result if groups[pair[0]] != groups[pair[1]]} == across
    assert result <= expected
    assert (skipped, members) == (known.skipped_buckets, known.skipped_members)


def test_a_bucket_goes_only_where_it_is_needed() -> None:
    rows, keys = np.array([1, 2, 11, 25, 3, 4, 40], np.int32), np.array([7, 7, 7, 7, 8, 8, 9], np.uint32)
    blocks, held = buckets.for_blocks(rows, keys, 10)
    lists = [buckets.held_in(pa.chunked_array([[part]], pa.binary())).tolist() for part in held]
    first = int(FIRST)
    assert blocks == [0, 1, 2]
    assert lists == [[1 | first, 2, 3 | first, 4], [1 | first, 2, 11], [1 | first, 2, 11, 25]]
