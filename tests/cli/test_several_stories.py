"""What the commands tell of an article that is in two stories."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from jobs.cli import app
from jobs.cli.diff import changes

from .conftest import of_two_stories


@pytest.fixture
def both(run_of: Callable[..., Path]) -> Path:
    """The run by hand in which ``mirror`` is a witness of c0 and c1."""
    return run_of(**of_two_stories())


def printed(*arguments: str | Path) -> str:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, [*map(str, arguments)], catch_exceptions=False)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def read(*arguments: str | Path) -> Any:
    return orjson.loads(printed(*arguments, "--json"))


def test_explain_names_every_cluster_of_each_side(both: Path) -> None:
    result = read("explain", "mirror", "star", "--run", both)
    assert (result["a"]["cluster_id"], result["b"]["cluster_id"]) == ("c0 c1", "c0")
    assert "(counts: it makes a cluster;" in printed("explain", "mirror", "star", "--run", both)


def test_explain_tells_a_match_that_joins_nothing(both: Path) -> None:
    shown = printed("explain", "gazette", "star", "--run", both)
    assert "(counts, but the two are in no cluster together;" in shown


def test_a_pair_of_one_cluster_that_was_not_graded_is_told_so(run: Path) -> None:
    result = read("explain", "gazette", "mirror", "--run", run)
    assert result["note"].startswith("Not in matches.parquet")
    assert result["match"]["joined"]


def test_show_names_the_other_clusters_of_a_witness(both: Path) -> None:
    assert printed("show", both, "c1").splitlines()[-1].split() == ["mirror", "c0"]
    witnesses = read("show", both, "c1")["witnesses"]
    assert {row["article_id"]: row["also_in"] for row in witnesses} == {"gazette": [], "herald": [], "mirror": ["c0"]}


def test_show_says_nothing_of_other_clusters_where_there_are_none(run: Path) -> None:
    assert "also in" not in printed("show", run, "c1")


def test_the_lineage_is_that_of_one_cluster(both: Path) -> None:
    assert [line.split()[1] for line in printed("lineage", both, "c0").splitlines()[1:]] == ["mirror", "star"]


def test_export_has_a_row_for_each(both: Path, tmp_path: Path) -> None:
    printed("export", both, "--csv", "-o", tmp_path / "sheets")
    with (tmp_path / "sheets" / "witnesses.csv").open(encoding="utf-8-sig", newline="") as file:
        result = [row["cluster_id"] for row in csv.DictReader(file) if row["article_id"] == "mirror"]
    assert result == ["c0", "c1"]


def told(before: dict[str, str], after: dict[str, str]) -> dict[str, tuple[str, list[str]]]:
    """What :func:`changes` says of clusters of articles, a letter each."""
    old, new = ({name: frozenset(articles) for name, articles in each.items()} for each in (before, after))
    return {one["cluster_id"]: (one["change"], one["was"]) for one in changes(old, new)}


def test_a_change_in_one_story_says_nothing_of_the_other_that_shares_an_article() -> None:
    assert told({"K": "abr", "L": "xyr"}, {"K": "abcr", "L": "xyr"}) == {"K": ("changed", ["K"])}
    assert told({"K": "abr"}, {"K": "abr", "L": "xr"}) == {"L": ("made", [])}
    assert told({"K": "abr", "L": "xr"}, {"K": "abr"}) == {"L": ("only_a", ["L"])}


def test_stories_that_shared_an_article_and_were_merged_are_so_told() -> None:
    assert told({"K": "abr", "L": "xyr"}, {"K": "abrxy"}) == {"K": ("merged", ["K", "L"])}
    assert told({"K": "abcd"}, {"K": "ab", "M": "cd"}) == {"K": ("changed", ["K"]), "M": ("changed", ["K"])}
