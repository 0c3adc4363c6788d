"""The two dumps and the list of what is to be found in them belong together."""

from __future__ import annotations

import csv
from pathlib import Path

import orjson


def test_the_list_names_every_article_of_the_dumps(samples: Path) -> None:
    lines = (samples / "morning.jsonl").read_text("utf-8").splitlines()
    full = [line for line in lines if line.endswith("}")]
    assert len(lines) - len(full) == 1, "one line breaks off"
    with (samples / "evening.csv").open(encoding="utf-8", newline="") as file:
        evening = [row["article_id"] for row in csv.DictReader(file)]
    with (samples / "expected.csv").open(encoding="utf-8", newline="") as file:
        expected = [row["article_id"] for row in csv.DictReader(file)]
    assert sorted(set(expected)) == sorted([*(orjson.loads(line)["id"] for line in full), *evening])
    assert (len(expected), len(set(expected))) == (44, 43), "the round-up is in two stories"
