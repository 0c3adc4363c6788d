"""What is taken down is in no file of the store and of OUT, whatever file that is, and what is left adds up."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup import detect
from dedup.article import ABOUT, ARTICLES, BESIDE, naming
from dedup.store.files import IDS, ORIGINS, signatures
from dedup.tables import TABLES
from jobs.ledger import LEDGER
from jobs.nightly import redact as redacting
from jobs.nightly.forget import forget
from jobs.nightly.maintenance import expire, verify
from jobs.nightly.rebuild import rebuild

from .conftest import FIRST, Nights, read_samples, write_dump


def holding(folder: Path, words: str) -> list[Path]:
    """The files below a folder that hold some words, in their bytes or in the cells of a table."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and any(words in each for each in _said(path))]


def _said(path: Path) -> Iterator[str]:
    yield path.name
    yield path.read_bytes().decode("utf-8", "replace")
    if path.suffix == ".parquet":
        for column in pq.read_table(path).columns:
            yield from map(str, column.to_pylist())


def sentences(article: dict[str, Any], others: list[dict[str, Any]]) -> list[str]:
    """The sentences that this article alone has."""
    result = [each.strip() for each in re.split(r"(?<=[.!?])\s+", article["text"]) if len(each) > 40]
    return [each for each in result if not any(each in other["text"] for other in others if other is not article)]


@pytest.fixture
def two(nights: Nights, dumps: list[Path]) -> Nights:
    """The two samples as two nights."""
    nights.all(dumps)
    return nights


def whole_stories(out: Path) -> None:
    """Stories, witnesses and lineage of a published night fit each other."""
    tables = {name: pq.read_table(out / f"{name}.parquet").to_pylist() for name in ("clusters", "stories", "lineage")}
    clusters: dict[str, list[dict[str, Any]]] = {}
    for row in tables["clusters"]:
        clusters.setdefault(row["cluster_id"], []).append(row)
    assert {row["cluster_id"]: row["size"] for row in tables["stories"]} == {k: len(v) for k, v in clusters.items()}
    for row in tables["stories"]:
        witnesses = {one["article_id"]: one for one in clusters[row["cluster_id"]]}
        assert len(witnesses) > 1
        assert witnesses[row["origin_article_id"]]["role"] == "origin"
        assert witnesses[row["origin_article_id"]]["headline"] == row["headline"]
        assert {one["cluster_size"] for one in witnesses.values()} == {row["size"]}
        assert all(one["source_article_id"] in {None, *witnesses} for one in witnesses.values())
        assert row["independent_origins"] <= row["size"]
    assert {row["cluster_id"] for row in tables["lineage"]} <= clusters.keys()
    new = pq.read_table(out / "articles.parquet", columns=["id", "new"]).to_pylist()
    inside = {row["id"] for row in new if row["new"]} & {row["article_id"] for row in tables["clusters"]}
    publishers = pq.read_table(out / "publishers.parquet").to_pylist()
    assert sum(row["in_stories"] for row in publishers) == len(inside)
    assert all(row["alone"] >= 0 for row in publishers)


@pytest.mark.parametrize("name", ["beacon-bridge", "ledger-bridge", "newsbolt-bridge"])
def test_it_is_in_no_file_whoever_it_was(name: str, two: Nights, dumps: list[Path]) -> None:
    articles = read_samples(dumps)
    own = sentences(articles[name], list(articles.values()))
    assert own and all(holding(two.folder, sentence) for sentence in own)
    assert holding(two.store, name)
    forget(two.store, name, "test")
    assert holding(two.folder, name) == []
    assert [path for sentence in own for path in holding(two.folder, sentence)] == []
    assert verify(two.store, two.out) == []
    for out in two.out.iterdir():
        whole_stories(out)
    counted = [
        pq.read_table(out / "publishers.parquet")["articles"] for out in two.out.iterdir() if not out.is_symlink()
    ]
    assert sum(sum(column.to_pylist()) for column in counted) == len(articles) - 1


def test_a_story_that_one_witness_is_left_of_is_dropped(two: Nights) -> None:
    pair = next(articles for articles in two.clusters().values() if len(articles) == 2)
    first, second = sorted(pair)
    assert any(row["article_id"] == second for out in two.out.iterdir() for row in _clusters(out))
    forget(two.store, first, "test")
    assert not any(row["article_id"] == second for out in two.out.iterdir() for row in _clusters(out))
    for out in two.out.iterdir():
        whole_stories(out)


def _clusters(out: Path) -> list[dict[str, Any]]:
    return list(pq.read_table(out / "clusters.parquet").to_pylist())


def test_also_what_only_dropped_nights_published(two: Nights, dumps: list[Path]) -> None:
    articles = read_samples(dumps)
    own = sentences(articles["beacon-bridge"], list(articles.values()))
    expire(two.store, FIRST + datetime.timedelta(9), "test")
    mine = next(path for path in two.out.iterdir() if not path.is_symlink()) / "notes.txt"
    mine.write_text("about beacon-bridge", "utf-8")
    assert holding(two.out, "beacon-bridge") != [mine]
    done = forget(two.store, "beacon-bridge", "test")
    assert done.left == [mine], "what others wrote is named, not changed"
    assert holding(two.folder, "beacon-bridge") == [mine]
    assert [path for sentence in own for path in holding(two.folder, sentence)] == []
    for out in two.out.iterdir():
        whole_stories(out)


def test_a_file_that_is_called_after_it_is_known_again_and_not_named(
    nights: Nights, dumps: list[Path], tmp_path: Path
) -> None:
    articles = read_samples(dumps)
    for name in ("ledger-bridge", "marlow-bridge"):
        (tmp_path / f"{name}.txt").write_text(articles[name]["text"], "utf-8")
    files = [tmp_path / "ledger-bridge.txt", tmp_path / "marlow-bridge.txt"]
    nights.run(*files)
    assert holding(nights.folder, "ledger-bridge")
    forget(nights.store, "ledger-bridge", "test")
    assert holding(nights.folder, "ledger-bridge") == []
    assert nights.run(*files, day=1).folder is None, "both files were read"
    rebuild(nights.store, settings=None)
    assert nights.run(*files, day=1).folder is None
    assert holding(nights.folder, "ledger-bridge") == []


def test_only_this_publishers_article_is_kept_out(nights: Nights, tmp_path: Path) -> None:
    def article(publisher: str, text: str) -> dict[str, str]:
        return {"id": "1", "publisher": publisher, "published": "2025-05-09", "text": f"{text} " * 12}

    nights.run(write_dump(tmp_path / "0.jsonl", [article("Herald", "one ship")]))
    nights.run(write_dump(tmp_path / "1.jsonl", [article("Mirror", "two ships")]), day=1)
    forget(nights.store, "1@Mirror", "test")
    forget(nights.store, "1", "test")
    came = [article("Herald", "three ships"), article("Mirror", "four ships"), article("Times", "five ships")]
    done = nights.run(write_dump(tmp_path / "2.jsonl", came), day=2)
    assert done.summary is not None and done.summary["counts"]["new"] == 1
    assert [row["reason"] for row in nights.published("rejects")].count("an article that was taken down") == 2


def test_what_would_still_name_it_is_found_before_anything_is_changed(
    two: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = two.picture()
    monkeypatch.setattr(redacting, "_without", lambda batch, flagged, gone: batch)
    with pytest.raises(Exception, match="nothing was changed: ledger-bridge would still be in"):
        forget(two.store, "ledger-bridge", "test")
    assert two.picture() == before


def _cells(column: pa.ChunkedArray) -> Iterator[str]:
    for each in column.to_pylist():
        yield from map(str, each if isinstance(each, list) else [each])


def test_every_column_that_holds_ids_is_flagged(dumps: list[Path], tmp_path: Path) -> None:
    ids = set(read_samples(dumps))
    run = detect(dumps, tmp_path / "run", threads=2)
    for table in TABLES:
        rows = pq.read_table(run.folder / f"{table.name}.parquet")
        flagged = {*naming(table.schema, ABOUT), *naming(table.schema, BESIDE)}
        held = {name for name in rows.column_names if ids & set(_cells(rows[name]))}
        assert held <= flagged, table.name
    for schema in (ARTICLES, IDS, ORIGINS, signatures(1)):
        assert naming(schema, ABOUT) == ["id"]
    assert naming(LEDGER.schema, ABOUT) == ["article_id"]
    assert isinstance(LEDGER.schema, pa.Schema)
