"""Stored articles are found for new ones by the rules of a single run."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.arrays import NO_DAY
from dedup.minhash import minhash_texts
from dedup.search.bands import near_duplicates
from dedup.search.values import candidates
from dedup.settings import Settings
from dedup.text.boilerplate import empty

from .conftest import fully_compared, ids_of, reworded, story, window

ROOMY = Settings(max_bucket_size=10_000, group_members=10_000)


def in_one_run(texts: list[str], some: Settings) -> set[tuple[int, int]]:
    """The candidate pairs of a single run over all texts."""
    signatures = minhash_texts(pa.array(texts, pa.large_string()), some)
    nobody, never = np.full(len(texts), -1, np.int32), np.full(len(texts), NO_DAY, np.int32)
    with ThreadPoolExecutor(2) as threads:
        groups = near_duplicates(signatures, some, threads)
        result = candidates(signatures, groups, nobody, never, empty(), some, threads, 2)
    return set(zip(result.left.tolist(), result.right.tolist(), strict=True))


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32))
def test_the_pairs_of_a_single_run(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    chance = random.Random(seed)
    originals = [story(chance, chance.choice([5, 30, 120])) for _ in range(12)]
    pile = [
        " ".join(reworded(chance.choice(originals), chance, chance.choice([0.0, 0.02, 0.1, 0.3]))) for _ in range(60)
    ]
    nights = [pile[:25], pile[25:40]]
    with window(tmp_path_factory.mktemp("search"), nights, ROOMY) as stored:
        result = fully_compared(stored, pile[40:], ROOMY, 10_000)
        rows = [int(name[2:]) + 25 * int(name[0]) for name in ids_of(stored)]
        pairs = {(rows[row], 40 + new) for row, new in zip(result.stored.tolist(), result.new.tolist(), strict=True)}
        assert pairs == {(left, right) for left, right in in_one_run(pile, ROOMY) if left < 40 <= right}
        assert result.skipped_buckets == 0 and result.fully_compared.all()


def test_a_story_printed_often_counts_once_in_a_bucket(tmp_path: Path) -> None:
    chance = random.Random(1)
    text = story(chance, 200)
    stored_texts = [" ".join([*text, f"ending{number}"]) for number in range(30)]
    some = Settings(group_members=50)
    with window(tmp_path, [stored_texts], some) as stored:
        rewrite = " ".join(reworded(text, chance, 0.15))
        result = fully_compared(stored, [rewrite], some, limit=2)
        assert len(result.stored) == 30, "the thirty are one group, and so is every bucket that they fill"
        assert result.skipped_buckets == 0


def test_buckets_of_too_many_groups_are_skipped_and_counted(tmp_path: Path) -> None:
    chance = random.Random(2)
    text = story(chance, 120)
    stored_texts = [" ".join(reworded(text, chance, 0.3) + story(chance, 60)) for _ in range(12)]
    with window(tmp_path, [stored_texts], ROOMY) as stored:
        roomy = fully_compared(stored, [" ".join(text)], ROOMY, limit=100)
        tight = fully_compared(stored, [" ".join(text)], ROOMY, limit=1)
        assert (len(roomy.stored), roomy.skipped_buckets) == (12, 0)
        assert len(tight.stored) == 0 < tight.skipped_buckets < tight.skipped_members
        assert tight.members == roomy.members


def test_late_members_of_a_large_group_meet_its_representative_alone(tmp_path: Path) -> None:
    chance = random.Random(3)
    text = " ".join(story(chance, 200))
    some = Settings(group_members=5)
    with window(tmp_path, [[f"{text} a{number}" for number in range(4)]], some) as stored:
        result = fully_compared(stored, [f"{text} b{number}" for number in range(3)], some, 100)
        assert result.fully_compared.sum() == 1, "four are stored, and one more is compared with all"
        partners = np.bincount(result.new, minlength=3)
        assert sorted(partners.tolist()) == [1, 1, 4]
        late = ~result.fully_compared[result.new]
        assert len(set(result.stored[late].tolist())) == 1


def test_short_texts_are_found_where_they_are_identical(tmp_path: Path) -> None:
    with window(tmp_path, [["Tide tables for the week", "Tide tables for the month"]], ROOMY) as stored:
        result = fully_compared(stored, ["Tide tables for the week."], ROOMY, 100)
        assert [ids_of(stored)[row] for row in result.stored] == ["0-000"]


def test_an_empty_store_and_a_night_of_nothing(tmp_path: Path) -> None:
    with window(tmp_path, [["Some words that are here, and a few more of them to come"]], ROOMY) as stored:
        assert len(fully_compared(stored, [], ROOMY, 100).new) == 0
        assert len(fully_compared(stored, ["", "!!!"], ROOMY, 100).new) == 0
