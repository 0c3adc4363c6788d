"""Tables for a spreadsheet: all rows, and nothing that it would run."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from typer.testing import CliRunner

from dedup import manifest
from dedup.output import write_table
from dedup.settings import Settings
from dedup.tables import STORIES, TABLES
from jobs.cli import app
from jobs.cli.export import plain


def sheet(file: Path) -> list[dict[str, str]]:
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def test_stories_and_witnesses_are_all_there(sample_run: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["export", str(sample_run), "--csv", "-o", str(tmp_path / "sheets")])
    assert (done.exit_code, done.output) == (0, "")
    for name, table in (("stories", "stories"), ("witnesses", "clusters")):
        rows = parquet.read_table(sample_run / f"{table}.parquet").to_pylist()
        result = sheet(tmp_path / "sheets" / f"{name}.csv")
        assert [row["cluster_id"] for row in result] == [row["cluster_id"] for row in rows]
        assert list(result[0]) == list(rows[0])
    (bell,) = [row for row in result if row["article_id"] == "minaa-bell"]
    assert bell["published"] == "2025-05-13 13:30:00"
    assert bell["publisher"] == "جريدة الميناء"
    assert bell["source_article_id"] == ""


@pytest.mark.parametrize(
    "cell",
    [
        *("=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\ufeff=1", "\u200b=1", "＝1+1", "=cmd|' /C calc'!A0", '"=1'),
        *("\u00a0=1", "\u3000=1", "\u2003=1", "\u0301=1", "\u115f=1", "\u3164=1", "\u2800=1", "\u00ad=1"),
    ],
)
def test_a_formula_becomes_text(cell: str) -> None:
    assert plain(pa.chunked_array([[cell, None]])).to_pylist() == [f"'{cell}", None]


@pytest.mark.parametrize("end", list(";|\t\r\n\v\f\x85\u2028\u2029"))
def test_a_formula_behind_what_ends_a_cell_elsewhere_becomes_text(end: str) -> None:
    cells = [f"x{end}=1+1{end}y", f'x{end} "=1"', f"{end}=1", f"{end}{end}=1", f"x{end}y = 1"]
    guarded = [f"x{end}'=1+1{end}y", f'x{end}\' "=1"', f"{end}'=1", f"{end}{end}'=1", f"x{end}y = 1"]
    assert plain(pa.chunked_array([cells])).to_pylist() == guarded


@given(st.text(list(';|\t\n\u2028 "=+-@\u00a0x'), max_size=8) | st.text(st.characters(codec="utf-8")))
def test_no_cell_begins_like_a_formula_whatever_ends_it(cell: str) -> None:
    (result,) = plain(pa.chunked_array([[cell]], pa.string())).to_pylist()
    assert result.replace("'", "") == cell.replace("'", "")
    parts = re.split("[;|\t\r\n\v\f\x85\u2028\u2029]", result)
    assert not any(part.replace('"', "").lstrip().startswith(("=", "+", "-", "@")) for part in parts)


def test_every_text_is_in_quotes(run_of_rows: Callable[[str], Path], tmp_path: Path) -> None:
    CliRunner().invoke(app, ["export", str(run_of_rows("plain")), "--csv", "-o", str(tmp_path)], catch_exceptions=False)
    head, row, *_ = (tmp_path / "stories.csv").read_text("utf-8-sig").splitlines()
    names, cells = head.split(","), row.split(",")
    quoted = {name.strip('"') for name, cell in zip(names, cells, strict=True) if cell.startswith('"')}
    assert {"cluster_id", "origin_article_id", "headline"} <= quoted


def test_cells_with_quotes_commas_and_lines_come_back(run_of_rows: Callable[[str], Path], tmp_path: Path) -> None:
    headline = 'He said, "no";\nthen =1+1'
    CliRunner().invoke(
        app, ["export", str(run_of_rows(headline)), "--csv", "-o", str(tmp_path)], catch_exceptions=False
    )
    assert [row["headline"] for row in sheet(tmp_path / "stories.csv")] == [headline]


@pytest.fixture
def run_of_rows(tmp_path: Path) -> Callable[[str], Path]:
    """The folder of a run of one story with a headline."""

    def make(headline: str) -> Path:
        folder = tmp_path / "run"
        folder.mkdir()
        story = {
            "cluster_id": "c",
            "size": 2,
            "publisher_count": 1,
            "origin_article_id": "a",
            "origin_reason": "first",
            "independent_origins": 1,
            "headline": headline,
        }
        for table in TABLES:
            rows = [story] if table is STORIES else []
            write_table(folder, table, pa.Table.from_pylist(rows, table.schema), Settings())
        manifest.write(folder, {})
        return folder

    return make


def test_a_format_must_be_named(sample_run: Path) -> None:
    done = CliRunner().invoke(app, ["export", str(sample_run)])
    assert (done.exit_code, "--csv" in done.stderr) == (2, True)
