"""Buckets, compiled: sorting, skipping, turning round, and what happens where there is no room."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels.bloom import bloom_filter
from dedup.kernels.buckets import FIRST, SearchContext, agree, gather, group, index, shared_shingles


def buckets(keys: list[int], groups: list[int], cap: int) -> tuple[list[list[int]], int, int]:
    """The kept buckets of articles 0, 1, ..., and skipped buckets and members."""
    count = len(keys)
    order, members = np.arange(count, dtype=np.int32), np.empty(count, np.int32)
    keep, skipped_buckets, skipped_members = group(
        np.array(keys, np.uint32),
        order,
        np.array(groups, np.int32),
        cap,
        np.empty(count, np.uint32),
        np.empty(count, np.int32),
        np.empty(2048, np.int64),
        np.full(count, -1, np.int32),
        members,
    )
    begins = [index for index in range(keep) if members[index] < 0]
    parts = np.split(members[:keep] & ~FIRST, begins)[1:]
    return [part.tolist() for part in parts], skipped_buckets, skipped_members


values = st.lists(st.sampled_from([0, 1, 2047, 2048, 2**22, 2**22 + 1, 2**31, 2**32 - 1]), max_size=40)


@given(values, st.integers(1, 5), st.integers(1, 4))
def test_buckets_are_sorted_whole_and_never_cut(keys: list[int], cap: int, width: int) -> None:
    groups = [row // width * width for row in range(len(keys))]
    wanted = [[row for row, other in enumerate(keys) if other == key] for key in sorted(set(keys))]
    over = [rows for rows in wanted if len({groups[row] for row in rows}) > cap]
    keep = [rows for rows in wanted if rows not in over and len(rows) > 1]
    assert buckets(keys, groups, cap) == (keep, len(over), sum(map(len, over)))


def known(values: list[list[int]], publishers: list[int], boilerplate: list[list[int]]) -> SearchContext:
    """Signatures whose values are their shingles: every permutation is the identity."""
    width = len(values[0])
    learned = np.array([shingle for each in boilerplate for shingle in sorted(each)], np.uint32)
    return SearchContext(
        np.array(values, np.uint32),
        np.ones(width, np.uint32),
        np.zeros(width, np.uint32),
        np.array(publishers, np.int32),
        np.cumsum([0, *map(len, boilerplate)]).astype(np.int64),
        learned,
        bloom_filter(learned),
    )


def test_rows_are_gathered_without_its_publishers_furniture() -> None:
    state = known([[0, 5, 2], [0, 5, 2], [0, 6, 2], [0, 7, 2], [0, 5, 2]], [0, 1, 1, -1, 0], [[5, 9], [1, 6, 8]])
    keys, order, counts = np.zeros((2, 4), np.uint32), np.zeros((2, 4), np.int32), np.zeros(2, np.int64)
    gather(state, 1, np.array([0, 1, 2, 3], np.int32), keys, order, counts)
    result = [
        list(zip(keys[row, :count].tolist(), order[row, :count].tolist(), strict=True))
        for row, count in enumerate(counts)
    ]
    assert result == [[(5, 1), (7, 3)], [(2, 0), (2, 1), (2, 2), (2, 3)]]


def test_a_shingle_in_several_rows_is_shared_once_and_furniture_never() -> None:
    state = known([[1, 1, 2, 3], [1, 1, 2, 4]], [0, -1], [[]])
    furnished = known([[1, 1, 2, 3], [1, 1, 2, 3]], [-1, 0], [[1]])
    out = np.zeros(1, np.int32)
    for wanted, seen in ((2, state), (2, furnished)):
        shared_shingles(seen, np.zeros(1, np.int32), np.ones(1, np.int32), 9, np.empty(9, np.uint32), out)
        assert out.tolist() == [wanted]


def collide(first: int, last: int, capacity: int) -> tuple[int, list[tuple[int, int]]]:
    """Pairs among five articles that have all their only value in common: how many, and those there was room for."""
    state = known([[7]] * 5, [-1] * 5, [])
    members = np.array([[0, 1, 2, 3, 4, -1], [-1] * 6, [2, 3, -1, -1, -1, -1]], np.int32)
    members[[0, 2], 0] |= FIRST
    offsets, indices = np.zeros(6, np.int64), np.empty(7, np.uint32)
    index(members, np.array([5, 0, 2]), offsets, indices)
    assert (offsets.tolist(), indices.tolist()) == ([0, 1, 2, 4, 6, 7], [0, 1, 2, 12, 3, 13, 4])
    left, right, shingles = np.empty(capacity, np.int32), np.empty(capacity, np.int32), np.empty(1, np.uint32)
    apart, undated = np.arange(5, dtype=np.int32), np.full(5, FIRST, np.int32)
    work = np.zeros(5, np.uint32), np.empty(5, np.int32), shingles
    result = agree(members.ravel(), offsets, indices, apart, undated, 0, state, first, last, 1, *work, left, right)
    return result, list(zip(left[:result].tolist(), right[:result].tolist(), strict=True))


def test_every_pair_is_found_once_in_whatever_ranges() -> None:
    result, pairs = collide(0, 5, 10)
    assert (result, sorted(pairs)) == (10, list(itertools.combinations(range(5), 2)))
    assert sorted(collide(0, 2, 10)[1] + collide(2, 3, 10)[1] + collide(3, 5, 10)[1]) == sorted(pairs)


def test_pairs_without_room_are_counted() -> None:
    result, pairs = collide(0, 5, 3)
    assert (result, pairs) == (10, collide(0, 5, 10)[1][:3])
