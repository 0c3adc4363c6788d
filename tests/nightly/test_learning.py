"""A night learns the furniture that one run over the same articles learns."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dedup import detect
from dedup.tables import BOILERPLATE

from .conftest import Nights, write_dump

BOX = "Subscribe to our morning letter and read all about the harbour before anybody else does."
TITLE = "president of the joint chamber of great northern lakes"
BLOCK = (
    "Gallery of the week: seven lost lighthouses beside the old harbour and eleven ferries that never sailed again, "
    "painted by twelve children of the northern school in one long afternoon of rain and read aloud by their teacher."
)
PAGE = "Please sign in to go on reading this page, or make an account with your address and a word that nobody knows."


def _articles() -> list[dict[str, Any]]:
    """Two publishers: a box under all articles of one, a title, a block under a few, a page under many addresses."""
    chance = random.Random(4)

    def words(count: int) -> str:
        return " ".join("".join(chance.choices("abcdefghij", k=7)) for _ in range(count))

    made = []
    for number in range(120):
        publisher = ("Herald", "Mirror")[number % 2]
        parts = [words(25), TITLE if number % 5 == 0 else words(6), words(25)]
        parts += [BOX] if publisher == "Herald" else []
        parts += [BLOCK] if number % 30 == 1 else []
        text = ". ".join(parts) + "." if number % 12 != 3 else PAGE
        made.append(
            {
                "id": f"a{number:03}",
                "publisher": publisher,
                "headline": words(5),
                "published": f"2025-05-{1 + number % 9:02}",
                "text": text,
            }
        )
    repeated = {**made[0], "id": "again", "published": "2025-05-01"}  # an equal text of an earlier day
    return [*made, {**repeated, "headline": words(5)}]


def boilerplate(folder: Path) -> list[dict[str, Any]]:
    return list(pq.read_table(folder / f"{BOILERPLATE.name}.parquet").to_pylist())


@pytest.mark.parametrize("cuts", [[40, 80], [60], [100, 110, 115]])
def test_a_night_learns_what_a_run_over_the_same_articles_learns(
    cuts: list[int], nights: Nights, tmp_path: Path
) -> None:
    articles = _articles()
    random.Random(5).shuffle(articles)
    indices = [0, *cuts, len(articles)]
    parts = [articles[begin:end] for begin, end in itertools.pairwise(indices)]
    dumps = [write_dump(tmp_path / f"{number}.jsonl", part) for number, part in enumerate(parts)]
    one = detect(dumps, tmp_path / "one", threads=2)
    nights.all(dumps)
    learned = boilerplate(one.folder)
    assert {row["kind"] for row in learned} == {"phrase", "block", "page"}
    assert any(row["publisher"] == "" for row in learned), "there is a set phrase"
    assert boilerplate(nights.out / "latest") == learned


def test_a_night_learns_what_a_run_learns_from_real_articles(nights: Nights, data: Path, tmp_path: Path) -> None:
    table = pq.read_table(data / "pakistan_2025_jan_apr.parquet").slice(0, 900)
    dumps = [tmp_path / f"{number}.parquet" for number in range(2)]
    for number, dump in enumerate(dumps):
        pq.write_table(table.slice(450 * number, 450), dump)
    one = detect(dumps, tmp_path / "one", threads=2)
    nights.all(dumps)
    assert boilerplate(nights.out / "latest") == boilerplate(one.folder)
