"""Candidates against all pairs one by one, and what they must not depend on."""

from __future__ import annotations

import dataclasses
import itertools
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.arrays import NO_DAY
from dedup.minhash import minhash_texts
from dedup.scratch import IN_MEMORY, ScratchSpace
from dedup.search.bands import near_duplicates
from dedup.search.values import Candidates, candidates
from dedup.settings import Settings
from dedup.text.boilerplate import empty
from tests import reference
from tests.core.piles import RUN, days, grouped, learned, pairs, piles, publishers, signatures, take
from tests.reference import Pile

shared_threads = settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
seeds = st.integers(0, 2**32 - 1)


def search(
    pile: Pile, threads: Executor, run: Settings = RUN, workers: int = 2, scratch: ScratchSpace = IN_MEMORY
) -> Candidates:
    groups = np.array(pile.groups, np.int32)
    return candidates(
        signatures(pile, run), groups, publishers(pile), days(pile), learned(pile), run, threads, workers, scratch
    )


def searched_as_found(pile: Pile, threads: Executor, run: Settings = RUN) -> Candidates:
    """The search as a run makes it, with the groups of near-duplicates that there are."""
    groups = near_duplicates(signatures(pile, run), run, threads)
    return search(pile._replace(groups=groups.tolist()), threads, run)


@shared_threads
@given(pile=piles(), seed=seeds)
def test_candidates_are_those_of_all_pairs_one_by_one(pile: Pile, seed: int, threads: Executor) -> None:
    pile = grouped(pile, np.random.default_rng(seed))
    result, wanted = search(pile, threads), reference.candidates(pile, RUN, cap=50)
    assert pairs(result) == sorted(wanted.pairs)
    assert (result.skipped_buckets, result.skipped_members, result.represented_only) == (0, 0, wanted.represented_only)
    assert result.left.dtype == result.right.dtype == np.int32


@shared_threads
@given(pile=piles(), seed=seeds, limit=st.integers(1, 4), agreement=st.integers(1, 6))
def test_a_bucket_over_its_cap_is_skipped_whole_and_counted(
    pile: Pile, seed: int, limit: int, agreement: int, threads: Executor
) -> None:
    pile = grouped(pile, np.random.default_rng(seed))
    run = dataclasses.replace(RUN, max_bucket_size=limit, min_shared_hashes=agreement)
    result, wanted = search(pile, threads, run), reference.candidates(pile, run, cap=limit)
    assert pairs(result) == sorted(wanted.pairs)
    assert (result.skipped_buckets, result.skipped_members) == (wanted.skipped_buckets, wanted.skipped_members)
    assert result.cap == limit


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pile=piles())
def test_little_memory_changes_nothing(pile: Pile, threads: Executor, tmp_path: Path) -> None:
    assert pairs(search(pile, threads, scratch=ScratchSpace(8, tmp_path))) == pairs(search(pile, threads))


@shared_threads
@given(pile=piles(), seed=seeds)
def test_the_order_of_the_articles_does_not_matter(pile: Pile, seed: int, threads: Executor) -> None:
    order = np.random.default_rng(seed).permutation(len(pile.sizes)).tolist()
    run = dataclasses.replace(RUN, group_members=50)
    one, other = searched_as_found(pile, threads, run), searched_as_found(take(pile, order), threads, run)
    assert pairs(one) == sorted(tuple(sorted((order[a], order[b]))) for a, b in pairs(other))


@shared_threads
@given(pile=piles(), seed=seeds)
def test_what_is_a_pair_among_some_articles_is_one_among_more(pile: Pile, seed: int, threads: Executor) -> None:
    # The nightly law: as long as no bucket and no group overflows, a run over all finds the pairs of any split.
    run = dataclasses.replace(RUN, group_members=50)
    rng = np.random.default_rng(seed)
    rows = np.flatnonzero(rng.random(len(pile.sizes)) < 0.6).tolist()
    full, part = searched_as_found(pile, threads, run), searched_as_found(take(pile, rows), threads, run)
    assert [(rows[a], rows[b]) for a, b in pairs(part)] == [p for p in pairs(full) if p[0] in rows and p[1] in rows]


@shared_threads
@given(pile=piles(most=40), seed=seeds, workers=st.integers(1, 20))
def test_the_number_of_threads_does_not_matter(pile: Pile, seed: int, workers: int, threads: Executor) -> None:
    pile = grouped(pile, np.random.default_rng(seed))
    with ThreadPoolExecutor(1) as alone:
        one, other = search(pile, alone, workers=1), search(pile, threads, workers=workers)
    assert pairs(one) == pairs(other)
    assert one.fully_compared.tolist() == other.fully_compared.tolist()


NONE_LEARNED: dict[int, frozenset[int]] = dict.fromkeys(range(3), frozenset())


def pile_of(shingles: list[list[int]], **columns: Any) -> Pile:
    """Articles of these first shingles, the others their own; dated alike, and of no known publisher, unless said."""
    count, own = len(shingles), itertools.count(10**6)
    rows = [[*first, *itertools.islice(own, RUN.num_perm - len(first))] for first in shingles]
    apart = [*range(count)]
    return Pile(rows, [100] * count, apart, apart, [0] * count, [None] * count, NONE_LEARNED)._replace(**columns)


THREE = [[1, 2, 3], [1, 2, 3]]


@pytest.mark.parametrize(
    ("pile", "found"),
    [
        (pile_of(THREE), True),
        (pile_of([[1, 2], [1, 2]]), False),
        (pile_of([[1, 1, 1, 2], [1, 1, 1, 2]]), False),  # four rows, but two shingles
        (pile_of(THREE, days=[0, 30]), True),
        (pile_of(THREE, days=[0, 31]), False),
        (pile_of(THREE, days=[None, 31]), True),
        (pile_of(THREE, sizes=[19, 100]), False),
        (pile_of(THREE, sizes=[20, 20]), True),
        (pile_of(THREE, sizes=[5, 5], digests=[7, 7], groups=[0, 0]), True),  # short, but identical
        (pile_of(THREE, sizes=[5, 5], digests=[7, 7], groups=[0, 0], days=[0, 31]), False),
        (pile_of(THREE, publishers=[0, 1], boilerplate=NONE_LEARNED | {0: frozenset({2})}), False),
        (pile_of(THREE, publishers=[1, None], boilerplate=NONE_LEARNED | {0: frozenset({2})}), True),
    ],
)
def test_when_two_articles_are_a_pair(pile: Pile, found: bool, threads: Executor) -> None:
    assert bool(pairs(search(pile, threads))) is found


def test_a_story_printed_often_counts_as_one_in_a_bucket(threads: Executor) -> None:
    run = dataclasses.replace(RUN, max_bucket_size=2, group_members=50)
    printed = [[1, 2, 3]] * 20
    apart, together = pile_of([*printed, [1, 2, 3]]), pile_of([*printed, [1, 2, 3]], groups=[*[0] * 20, 20])
    assert not pairs(search(apart, threads, run))
    assert search(apart, threads, run).skipped_buckets == 3
    assert pairs(search(together, threads, run)) == list(itertools.combinations(range(21), 2))


def test_late_members_of_a_group_are_compared_with_its_representative_only(threads: Executor) -> None:
    digests = [9, 5, 7, 6, 8, 1]  # the representative is the member with the smallest digest
    result = search(pile_of([[1, 2, 3]] * 6, groups=[0] * 5 + [5], digests=digests), threads)
    assert result.represented_only == 2
    assert result.fully_compared.tolist() == [False, True, True, True, False, True]
    assert pairs(result) == [(0, 1), (1, 2), (1, 3), (1, 4), (1, 5), (2, 3), (2, 5), (3, 5)]


def test_rewritten_texts_are_found_and_others_are_not(threads: Executor) -> None:
    rng = np.random.default_rng(5)
    texts = [" ".join(f"w{word}" for word in rng.integers(0, 20_000, 300)) for _ in range(60)]
    keep, *others = texts
    texts.append(" ".join([*keep.split()[:90], *others[0].split()[::-1][:200]]))  # a third of one's words, and its own
    made = minhash_texts(pa.array(texts))
    groups = near_duplicates(made, Settings(), threads)
    nobody, undated = np.full(61, -1, np.int32), np.full(61, NO_DAY, np.int32)
    result = candidates(made, groups, nobody, undated, empty(), Settings(), threads, 2)
    assert pairs(result) == [(0, 60)]
