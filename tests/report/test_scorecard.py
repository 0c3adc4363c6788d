"""Whose copy every publisher printed and who carried whom, as tables and as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest
from pyarrow import parquet
from typer.testing import CliRunner

import dedup
from dedup import detect
from dedup.report.scorecard import PUBLISHERS, SYNDICATION
from dedup.settings import Settings
from jobs.cli import app
from jobs.scorecard import scorecard


@pytest.fixture(scope="module")
def card(sample_run: Path) -> Any:
    return scorecard(sample_run)


def test_every_article_of_the_dump_is_counted_once(card: Any, sample_run: Path) -> None:
    rows = card.publishers.to_pylist()
    assert sum(row["articles"] for row in rows) == 43
    kinds = ("agency_copy", "publisher_copy", "outside_copy", "own_copy", "first")
    for row in rows:
        assert sum(row[kind] for kind in kinds) == row["in_stories"]
        assert row["in_stories"] + row["alone"] == row["articles"]
        assert row["agency_share"] == pytest.approx(row["agency_copy"] / row["articles"])
    articles = pc.count_distinct(parquet.read_table(sample_run / "clusters.parquet")["article_id"]).as_py()
    assert sum(row["in_stories"] for row in rows) == articles
    assert card.publishers.schema == PUBLISHERS.schema


def test_who_carried_whom_with_credit_or_without(card: Any) -> None:
    rows = {(row["originator"], row["carried_by"]): row for row in card.syndication.to_pylist()}
    inland = rows["Agence France-Presse", "Inland Daily"]
    assert (inland["kind"], inland["articles"], inland["credited"]) == ("agency", 1, 0)
    assert inland["share"] == pytest.approx(0.8634)
    assert rows["Agence France-Presse", "Marlow Standard"]["credited"] == 1
    assert rows["The Halvermouth Beacon", "Metropole Post"]["credited"] == 1  # it cites the Halvermouth Beacon
    assert rows["Reuters", "Coastal Ledger"]["articles"] == 2
    assert rows["Reuters", "Coastal Ledger"]["last_published"] > rows["Reuters", "Coastal Ledger"]["first_published"]
    assert card.syndication.schema == SYNDICATION.schema


def test_recycled_background_is_counted_where_the_run_wrote_it(samples: Path, tmp_path: Path) -> None:
    inputs = [samples / "morning.jsonl", samples / "evening.csv"]
    detect(inputs, tmp_path / "run", settings=Settings(related=True), threads=2)
    rows = scorecard(tmp_path / "run").publishers.to_pylist()
    assert sum(row["background"] for row in rows) > 0
    assert all(row["background"] <= row["alone"] for row in rows)


def test_pages_that_are_no_articles_are_counted(tmp_path: Path) -> None:
    page = "Sign in to read on. Subscribers have access to all of our articles, newsletters and puzzles. " * 3
    rows = [{"id": f"p{number}", "publisher": "Gazette", "text": page} for number in range(30)]
    for number in range(30):
        words = " ".join(f"w{number}x{word}" for word in range(80))
        rows.append({"id": f"a{number}", "publisher": "Gazette", "text": words})
    run = dedup.detect(rows, tmp_path / "run", threads=2)
    (gazette,) = run.publishers.to_pylist()
    assert gazette["articles"] == 60
    assert gazette["not_articles"] == run.summary["counts"]["no_articles"] == 30
    assert gazette["alone"] == 60 - gazette["in_stories"]


def test_the_tables_are_exported_and_given_in_python(sample_run: Path, card: Any, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["export", str(sample_run), "--csv", "--parquet", "-o", str(tmp_path)])
    assert (done.exit_code, done.output) == (0, "")
    names = {file.name for file in tmp_path.iterdir()}
    assert names == {
        f"{name}.{kind}"
        for name in ("stories", "witnesses", "publishers", "syndication")
        for kind in ("csv", "parquet")
    }
    assert parquet.read_table(tmp_path / "publishers.parquet").equals(card.publishers)
    run = dedup.Run(sample_run)
    assert run.publishers.equals(card.publishers)
    assert run.syndication.equals(card.syndication)
    assert "Halvermouth" in (tmp_path / "syndication.csv").read_text("utf-8-sig")
