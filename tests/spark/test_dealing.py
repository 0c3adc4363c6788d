"""Pairs are dealt to workers story by story, every pair once."""

from __future__ import annotations

import itertools
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pyspark", reason="needs pyspark: pip install 'wirecopy[spark]'")
from jobs.spark import dealing
from jobs.spark.files import Scratch
from jobs.spark.pairs import pack, parts_of_rows

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

Pair = tuple[int, int]
STORIES, SIZE, LARGE = 12, 4, 9


def packed_pairs(spark: Any, common: dict[Pair, int], width: int) -> Any:
    left, right = np.array(sorted(common), np.int32).T
    counts = np.array([common[pair] for pair in sorted(common)], np.int32)
    return spark.createDataFrame(pack(left, right, width, common=counts))


def rows(column: bytes) -> list[int]:
    return np.frombuffer(column, np.int32).tolist()


def test_a_story_goes_to_one_worker_and_a_large_one_to_several(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dealing, "_BIN", 20)
    count = STORIES * SIZE + LARGE
    story = [row % STORIES if row < STORIES * SIZE else STORIES for row in range(count)]
    pairs = list(itertools.combinations(range(count), 2))
    common = {(one, other): 30 for one, other in pairs if story[one] == story[other]}
    common |= {(row, row + 1): 10 for row in range(count - 1) if story[row] != story[row + 1]}
    scratch = Scratch(spark, f"file://{tmp_path}")
    dealt = dealing.dealt(packed_pairs(spark, common, width=7), len(common), 3, scratch)
    parts: dict[Pair, int] = {}
    for row in dealt.collect():
        held = list(zip(rows(row["left"]), rows(row["right"]), strict=True))
        assert held == sorted(held)
        assert not parts.keys() & set(held)
        parts |= dict.fromkeys(held, row["part"])
    assert parts.keys() == common.keys()
    used = defaultdict(set)
    for (one, other), part in parts.items():
        if story[one] == story[other]:
            used[story[one]].add(part)
    assert all(len(used[number]) == 1 for number in range(STORIES))
    assert len(used[STORIES]) > 1


def test_an_article_goes_to_all_parts_that_it_has_pairs_in(spark: Any) -> None:
    pairs = {(0, 9): 1, (1, 9): 1, (8, 9): 1, (0, 1): 1}
    listed = parts_of_rows(packed_pairs(spark, pairs, width=4), 10).collect()
    assert sorted((row["row"], sorted(row["parts"])) for row in listed) == [(0, [0]), (1, [0]), (8, [2]), (9, [0, 2])]
