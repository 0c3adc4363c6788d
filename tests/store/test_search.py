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
from dedup.minhash import sign
from dedup.search.bands import near_duplicates
from dedup.search.values import candidates
from dedup.settings import Settings
from dedup.text.boilerplate import empty

from .conftest import ids_of, reworded, searched, story, window

ROOMY = Settings(max_bucket_size=10_000, group_members=10_000)


def in_one_run(texts: list[str], some: Settings) -> set[tuple[int, int]]:
    """The candidate pairs of a single run over all texts."""
    signatures = sign(pa.array(texts, pa.large_string()), some)
    nobody, never = np.full(len(texts), -1, np.int32), np.full(len(texts), NO_DAY, np.int32)
    with ThreadPoolExecutor(2) as threads:
        groups = near_duplicates(signatures, some, threads)
        found = candidates(signatures, groups, nobody, never, empty(), some, threads, 2)
    return set(zip(found.left.tolist(), found.right.tolist(), strict=True))


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
        found = searched(stored, pile[40:], ROOMY, 10_000)
        rows = [int(name[2:]) + 25 * int(name[0]) for name in ids_of(stored)]
        pairs = {(rows[row], 40 + new) for row, new in zip(found.stored.tolist(), found.new.tolist(), strict=True)}
        assert pairs == {(left, right) for left, right in in_one_run(pile, ROOMY) if left < 40 <= right}
        assert found.skipped_buckets == 0 and found.searched.all()


def test_a_story_printed_often_counts_once_in_a_bucket(tmp_path: Path) -> None:
    chance = random.Random(1)
    text = story(chance, 200)
    stored_texts = [" ".join([*text, f"ending{number}"]) for number in range(30)]
    some = Settings(group_members=50)
    with window(tmp_path, [stored_texts], some) as stored:
        rewrite = " ".join(reworded(text, chance, 0.15))
        found = searched(stored, [rewrite], some, limit=2)
        assert len(found.stored) == 30, "the thirty are one group, and so is every bucket that they fill"
        assert found.skipped_buckets == 0


def test_buckets_of_too_many_groups_are_skipped_and_counted(tmp_path: Path) -> None:
    chance = random.Random(2)
    text = story(chance, 120)
    stored_texts = [" ".join(reworded(text, chance, 0.3) + story(chance, 60)) for _ in range(12)]
    with window(tmp_path, [stored_texts], ROOMY) as stored:
        roomy = searched(stored, [" ".join(text)], ROOMY, limit=100)
        tight = searched(stored, [" ".join(text)], ROOMY, limit=1)
        assert (len(roomy.stored), roomy.skipped_buckets) == (12, 0)
        assert len(tight.stored) == 0 < tight.skipped_buckets < tight.skipped_members
        assert tight.members == roomy.members


def test_late_members_of_a_large_group_meet_its_representative_alone(tmp_path: Path) -> None:
    chance = random.Random(3)
    text = " ".join(story(chance, 200))
    some = Settings(group_members=5)
    with window(tmp_path, [[f"{text} a{number}" for number in range(4)]], some) as stored:
        found = searched(stored, [f"{text} b{number}" for number in range(3)], some, 100)
        assert found.searched.sum() == 1, "four are stored, and one more is compared with all"
        partners = np.bincount(found.new, minlength=3)
        assert sorted(partners.tolist()) == [1, 1, 4]
        late = ~found.searched[found.new]
        assert len(set(found.stored[late].tolist())) == 1


def test_short_texts_are_found_where_they_are_identical(tmp_path: Path) -> None:
    with window(tmp_path, [["Tide tables for the week", "Tide tables for the month"]], ROOMY) as stored:
        found = searched(stored, ["Tide tables for the week."], ROOMY, 100)
        assert [ids_of(stored)[row] for row in found.stored] == ["0-000"]


def test_an_empty_store_and_a_night_of_nothing(tmp_path: Path) -> None:
    with window(tmp_path, [["Some words that are here, and a few more of them to come"]], ROOMY) as stored:
        assert len(searched(stored, [], ROOMY, 100).new) == 0
        assert len(searched(stored, ["", "!!!"], ROOMY, 100).new) == 0
