"""Components that are found round by round are those that one machine finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dedup.components import components

pytest.importorskip("pyspark", reason="needs pyspark: pip install 'wirecopy[spark]'")
from jobs.spark.components import connected
from jobs.spark.files import Scratch

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def test_a_long_chain_and_a_random_graph(spark: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    chain = [(index, index + 1) for index in range(12)]
    others = [tuple(pair) for pair in rng.integers(20, 60, (20, 2)).tolist()]
    spark.conf.set("spark.sql.shuffle.partitions", 2)
    edges = spark.createDataFrame([*chain, *others], "left long, right long")
    left, right = (np.array(side) for side in zip(*chain, *others, strict=True))
    labels = components(60, left, right)
    expected = {int(row): int(labels[row]) for row in np.r_[left, right]}
    for maximum in (0, 1000):
        result = connected(edges, Scratch(spark, f"file://{tmp_path}/{maximum}"), "graph", maximum).collect()
        assert {row["row"]: row["head"] for row in result} == expected
        assert len(result) == len(expected)
