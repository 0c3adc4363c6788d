"""N nights are one run over N dumps, as long as no bucket overflows."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.settings import Settings
from dedup.text import boilerplate
from jobs import local
from jobs.stages import Job

from .conftest import Nights, write_dump

ROOMY = Settings(max_bucket_size=100_000, group_members=10_000, min_tokens=5)
_OVERFLOWS = ("skipped_buckets", "skipped_origin_articles", "skipped_origin_names", "implied")
_SHARES = (
    "wire_agency",
    "wire_known_by",
    "grade",
    "source_article_id",
    "role",
    "originator",
    "independent_origins",
    "copy_share",
    "text_share",
)


def assert_law(nights: Nights, dumps: list[Path], settings: Settings) -> None:
    none = boilerplate.empty()
    one = local.detect(Job(dumps, settings, threads=2), nights.folder / "one", boilerplate=none)
    done = nights.all(dumps, settings, boilerplate=none)
    for counts in (one.summary["counts"], *(night.summary["counts"] for night in done if night.summary)):
        assert [counts[name] for name in _OVERFLOWS] == [0, 0, 0, 0], "the law holds only where nothing overflows"
    matches = {(row["a_id"], row["b_id"]): _graded(row) for row in _rows(one.folder, "matches")}
    assert {pair: _graded(row) for pair, row in nights.matches().items()} == matches
    witnesses = _rows(one.folder, "clusters")
    clusters: dict[str, set[str]] = {}
    for row in witnesses:
        clusters.setdefault(row["cluster_id"], set()).add(row["article_id"])
    assert _sets(nights.clusters()) == _sets(clusters)
    looked_at = [night.summary["counts"]["candidates"] for night in done if night.summary]
    assert sum(looked_at) == one.summary["counts"]["candidates"]
    published = nights.published("clusters")
    last, traced = _traced(published), _traced(witnesses)
    assert last == {name: traced[name] for name in last}, "a changed cluster is published whole, older witnesses too"
    known = _copies(witnesses, _rows(one.folder, "copies"))
    assert _copies(published, nights.published("copies")) == {name: known[name] for name, _ in last}


def _rows(folder: Path, table: str) -> list[dict[str, Any]]:
    return list(pq.read_table(folder / f"{table}.parquet").to_pylist())


def _graded(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "reasons"}


def _traced(witnesses: list[dict[str, Any]]) -> dict[tuple[frozenset[str], str], dict[str, Any]]:
    """What is known of each witness, by its cluster, whatever that is called, and its article."""
    clusters: dict[str, set[str]] = {}
    for row in witnesses:
        clusters.setdefault(row["cluster_id"], set()).add(row["article_id"])
    return {
        (frozenset(clusters[row["cluster_id"]]), row["article_id"]): {name: row[name] for name in _SHARES}
        for row in witnesses
    }


def _copies(
    witnesses: list[dict[str, Any]], copies: list[dict[str, Any]]
) -> dict[frozenset[str], list[dict[str, Any]]]:
    """The copy of each cluster, whatever that is called."""
    clusters: dict[str, set[str]] = {}
    for row in witnesses:
        clusters.setdefault(row["cluster_id"], set()).add(row["article_id"])
    result: dict[frozenset[str], list[dict[str, Any]]] = {frozenset(articles): [] for articles in clusters.values()}
    for row in copies:
        result[frozenset(clusters[row["cluster_id"]])].append({**row, "cluster_id": None})
    return result


def _sets(clusters: dict[str, set[str]]) -> set[frozenset[str]]:
    return {frozenset(articles) for articles in clusters.values()}


def test_the_samples_in_two_nights(nights: Nights, dumps: list[Path]) -> None:
    assert_law(nights, dumps, ROOMY)
    assert len(nights.clusters()) == 5


def test_the_samples_in_the_other_order(nights: Nights, dumps: list[Path]) -> None:
    assert_law(nights, dumps[::-1], ROOMY)


def test_four_real_nights(nights: Nights, data: Path, tmp_path: Path) -> None:
    articles = pq.read_table(data / "pakistan_2025_jan_apr.parquet")
    dumps = []
    for day in ("01", "02", "03", "04"):
        dumps.append(tmp_path / f"{day}.parquet")
        here = pc.match_substring(articles["article_id"], f"/2025/01/{day}/")
        pq.write_table(articles.filter(here), dumps[-1])
    assert_law(nights, dumps, Settings(max_bucket_size=100_000))
    assert len(nights.clusters()) > 15


STEMS = itertools.product(("ba", "de", "fi", "go", "lu", "ma", "ne", "po"), ("rin", "tos", "vel"), "aeiou")
WORDS = ["".join(stem) for stem in STEMS]


def _article(number: int, chance: random.Random, stories: list[list[str]]) -> dict[str, Any]:
    """A piece of one or two stories, now and then reworded, under a publisher and a day."""
    messages = [sentence for story in chance.sample(stories, chance.choice([1, 1, 2])) for sentence in story]
    keep = [sentence for sentence in messages if chance.random() < 0.7] or messages[:1]
    words = [chance.choice(WORDS) if chance.random() < 0.08 else word for word in " ".join(keep).split()]
    credit = chance.choice(["", " (Reuters)", ", the Halvermouth Beacon reported"])
    return {
        "id": f"a{number:02}",
        "publisher": chance.choice(["Ledger", "Reuters", "Halvermouth Beacon", "Mirror"]),
        "published": f"2025-05-{chance.randint(8, 12):02}",
        "text": " ".join(words) + credit + ".",
    }


@settings(max_examples=8)
@given(seed=st.integers(0, 2**32), cuts=st.lists(st.integers(1, 23), max_size=3, unique=True))
def test_generated_nights(tmp_path_factory: pytest.TempPathFactory, seed: int, cuts: list[int]) -> None:
    folder, chance = tmp_path_factory.mktemp("law"), random.Random(seed)
    stories = [[" ".join(chance.choices(WORDS, k=12)) + "." for _ in range(5)] for _ in range(6)]
    articles = [_article(number, chance, stories) for number in range(24)]
    chance.shuffle(articles)
    indices = [0, *sorted(cuts), len(articles)]
    parts = [articles[begin:end] for begin, end in itertools.pairwise(indices)]
    dumps = [write_dump(folder / f"{number}.jsonl", part) for number, part in enumerate(parts)]
    nights = Nights(folder / "nights")
    assert_law(nights, dumps, ROOMY)
    assert nights.matches(), "articles of six stories match"


def test_the_order_within_a_night_changes_no_byte(tmp_path: Path, dumps: list[Path]) -> None:
    lines = dumps[0].read_text("utf-8").splitlines()
    pictures = []
    for name, order in (("straight", lines), ("turned", lines[::-1])):
        nights = Nights(tmp_path / name)
        dump = tmp_path / name / "dump.jsonl"
        dump.write_text("\n".join(order), "utf-8")
        nights.run(dump)
        pictures.append({path.name: path.read_bytes() for path in (nights.out / "latest").glob("*.parquet")})
        for messages in (
            "rejects",
            "clusters_ledger",
        ):  # these tell the line and the run, which is called after its input
            del pictures[-1][f"{messages}.parquet"]
    assert pictures[0] == pictures[1]
