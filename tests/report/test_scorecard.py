"""Whose copy every publisher printed and who carried whom: in a run, over nights, and in what is exported."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from typer.testing import CliRunner

import dedup
from dedup import detect
from dedup.settings import Settings
from dedup.stories.ownership import KINDS, PRINTS
from dedup.stories.scorecard import counted, scorecard, syndication, tallied
from dedup.tables import ARTICLES_OUT, PUBLISHERS, SYNDICATION
from jobs.cli import app

COUNTS = ("agency_copy", "publisher_copy", "outside_copy", "own_copy", "first")


@pytest.fixture(scope="module")
def run(sample_run: Path) -> dedup.Run:
    return dedup.Run(sample_run)


def add_up(rows: list[dict[str, Any]]) -> None:
    """The counts of every publisher fit each other."""
    for row in rows:
        assert sum(row[kind] for kind in COUNTS) == row["in_stories"]
        assert row["in_stories"] + row["alone"] == row["articles"]
        assert row["not_articles"] <= row["alone"]
        assert row["agency_share"] == pytest.approx(row["agency_copy"] / row["articles"])
        assert sum(each["articles"] for each in row["agencies"]) >= row["agency_copy"]
        assert all(each["share"] <= row["agency_share"] for each in row["agencies"])


def test_every_article_of_the_dump_is_counted_once(run: dedup.Run) -> None:
    rows = run.publishers.to_pylist()
    assert sum(row["articles"] for row in rows) == 43
    add_up(rows)
    assert sum(row["in_stories"] for row in rows) == pc.count_distinct(run.clusters["article_id"]).as_py()
    ledger = next(row for row in rows if row["publisher"] == "Coastal Ledger")
    assert [(each["agency"], each["articles"]) for each in ledger["agencies"]] == [
        ("Reuters", 2),
        ("Agence France-Presse", 1),
    ]
    assert {row["night"] for row in rows} == {None}


def test_who_carried_whom_with_credit_or_without(run: dedup.Run) -> None:
    rows = {(row["originator"], row["carried_by"]): row for row in run.syndication.to_pylist()}
    inland = rows["Agence France-Presse", "Inland Daily"]
    assert (inland["kind"], inland["articles"], inland["credited"]) == ("agency", 1, 0)
    assert inland["share"] == pytest.approx(0.8634, abs=1e-4)
    assert rows["Agence France-Presse", "Marlow Standard"]["credited"] == 1
    assert rows["The Halvermouth Beacon", "Metropole Post"]["credited"] == 1  # it cites the Halvermouth Beacon
    assert rows["Reuters", "Coastal Ledger"]["articles"] == 2
    assert rows["Reuters", "Coastal Ledger"]["last_published"] > rows["Reuters", "Coastal Ledger"]["first_published"]


def test_recycled_background_is_counted_where_the_run_looked_for_it(
    run: dedup.Run, samples: Path, tmp_path: Path
) -> None:
    assert set(run.publishers["background"].to_pylist()) == {None}
    inputs = [samples / "morning.jsonl", samples / "evening.csv"]
    detect(inputs, tmp_path / "run", settings=Settings(related=True), threads=2)
    rows = dedup.Run(tmp_path / "run").publishers.to_pylist()
    assert {row["publisher"]: row["background"] for row in rows if row["background"]} == {"Marlow Standard": 2}
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


def test_nights_count_each_article_once_in_the_night_in_which_it_came(samples: Path, tmp_path: Path) -> None:
    store = dedup.Store(tmp_path / "store", threads=2)
    days = [datetime.date(2025, 5, 14), datetime.date(2025, 5, 15)]
    dumps = ("morning.jsonl", "evening.csv")
    nights = [store.add(samples / name, as_of=day) for name, day in zip(dumps, days, strict=True)]
    rows = [row for night in nights if night for row in night.publishers.to_pylist()]
    add_up(rows)
    assert sum(row["articles"] for row in rows) == 43
    assert [{row["night"] for row in night.publishers.to_pylist()} for night in nights if night] == [{d} for d in days]
    carried = Counter[str]()
    for night in nights:
        assert night is not None
        new = set(night.table(ARTICLES_OUT).filter(pc.field("new"))["id"].to_pylist())
        in_stories = set(night.clusters["article_id"].to_pylist()) & new
        assert sum(night.publishers["in_stories"].to_pylist()) == len(in_stories)
        for row in night.syndication.to_pylist():
            carried[row["originator"]] += row["articles"]
    assert carried["Agence France-Presse"] == 5  # as in one run over both


def test_the_tables_are_exported_and_given_in_python(run: dedup.Run, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["export", str(run.folder), "--csv", "--parquet", "-o", str(tmp_path)])
    assert (done.exit_code, done.output) == (0, "")
    names = {file.name for file in tmp_path.iterdir()}
    assert names == {
        f"{name}.{kind}"
        for name in ("stories", "witnesses", "publishers", "syndication")
        for kind in ("csv", "parquet")
    }
    for table in (PUBLISHERS, SYNDICATION):
        kept = parquet.read_table(tmp_path / f"{table.name}.parquet")
        assert kept.num_rows == run.table(table).num_rows
        assert kept.schema == table.schema
    lines = (tmp_path / "publishers.csv").read_text("utf-8-sig").splitlines()
    assert any('"Coastal Ledger"' in line and '"Reuters: 2; Agence France-Presse: 1"' in line for line in lines)
    assert "Halvermouth" in (tmp_path / "syndication.csv").read_text("utf-8-sig")


PUBLISHER = st.sampled_from([None, "Gazette", "Herald", "Post"])
ARTICLES = st.lists(PUBLISHER, min_size=1, max_size=30)


@given(ARTICLES, st.data())
def test_what_is_counted_by_publisher_is_what_is_counted_at_once(articles: list[str | None], data: Any) -> None:
    """A cluster of machines counts each publisher somewhere, in any order of rows."""
    kind, owner = st.sampled_from(list(KINDS)), st.sampled_from(["Reuters", "Post", None])
    rows = [
        {
            "cluster_id": f"c{data.draw(st.integers(0, 3))}",
            "article_id": f"a{number}",
            "publisher": publisher,
            "published": None,
            "kind": data.draw(kind),
            "owner": data.draw(owner) or ("AFP" if publisher is None else publisher),
            "share": data.draw(st.none() | st.floats(0, 1, width=32)),
            "credited": data.draw(st.booleans()),
        }
        for number, publisher in enumerate(articles)
    ]
    counts = counted(pa.array(articles, pa.string()), np.zeros(len(articles), np.bool_), None)
    together = scorecard(pa.Table.from_pylist(rows, PRINTS), counts, None)
    shuffled = data.draw(st.permutations(rows))
    parts = [
        pa.Table.from_pylist([row for row in shuffled if row["publisher"] == one], PRINTS) for one in set(articles)
    ]
    order = [("publisher", "ascending")]
    assert pa.concat_tables([tallied(part) for part in parts]).sort_by(order).to_pylist() == (
        tallied(pa.Table.from_pylist(rows, PRINTS)).sort_by(order).to_pylist()
    )
    keys = [(name, "ascending") for name in SYNDICATION.sorted_by]
    apart = pa.concat_tables([syndication(part, None) for part in parts])
    assert apart.sort_by(keys).to_pylist() == together.syndication.sort_by(keys).to_pylist()
    add_up(together.publishers.to_pylist())
