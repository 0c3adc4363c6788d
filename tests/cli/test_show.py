"""Stories, witnesses and the tree of who took it from whom."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from jobs.cli import app
from jobs.cli.lineage import roots, tree

RunOf = Callable[..., Path]


def printed(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def test_stories_are_listed_the_biggest_first(run: Path) -> None:
    lines = printed("show", run).splitlines()
    assert [line.split()[0] for line in lines] == ["cluster", "c1", "c0", "c2"]
    assert lines[1].split() == ["c1", "3", "3", "1", "-", "reuters", "Gazette", "Ferry", "closes"]
    listed = orjson.loads(printed("show", run, "--json"))["stories"]
    assert [story["cluster_id"] for story in listed] == ["c1", "c0", "c2"]


def test_a_cluster_is_shown_with_its_witnesses(run: Path) -> None:
    lines = printed("show", run, "c1").splitlines()
    assert "because: published first" in lines
    assert ["herald", "Herald", "2025-05-07", "00:00", "rewrite", "0.62", "gazette", "reuters", "inferred"] in [
        line.split() for line in lines
    ]
    result = orjson.loads(printed("show", run, "c1", "--json"))
    assert result["story"]["originator"] == "Gazette"
    assert [witness["article_id"] for witness in result["witnesses"]] == ["gazette", "herald", "mirror"]
    assert result["witnesses"][1]["share_from_source"] == 0.625
    assert result["witnesses"][1]["published"] == "2025-05-07T00:00:00+00:00"


def test_the_copy_is_shown_with_who_carries_cut_and_reworded_what(run_of: RunOf) -> None:
    rows = [
        {
            "position": 0,
            "sentence": "The ferry\nis \x1b[2Jclosed.",
            "article_ids": ["gazette", "herald", "mirror"],
            "reworded_ids": ["mirror"],
        },
        {"position": 1, "sentence": None, "article_ids": ["gazette", "herald"], "reworded_ids": []},
    ]
    more = {"cluster_id": "c1", "article_id": "gazette", "start": 0, "end": 9}
    counts = [{"witnesses": len(row["article_ids"]), "same_wording": 2} for row in rows]
    run = run_of(copies=[{**more, **row, **count} for row, count in zip(rows, counts, strict=True)])
    lines = [line.split() for line in printed("show", run, "c1", "--copy").splitlines()]
    assert ["1", "3", "1", "The", "ferry", "is", "\ufffd[2Jclosed."] in lines
    assert ["2", "2", "(not", "kept)"] in lines
    assert lines[-3:] == [
        ["gazette", "Gazette", "-", "-", "-", "-"],
        ["herald", "Herald", "-", "-", "-", "-"],
        ["mirror", "Mirror", "-", "-", "2", "1"],
    ]
    result = orjson.loads(printed("show", run, "c1", "--copy", "--json"))
    assert [row["witnesses"] for row in result["copy"]] == [3, 2]


def test_a_story_may_have_no_copy(run_of: RunOf) -> None:
    assert printed("show", run_of(copies=[]), "c1", "--copy").splitlines()[1].startswith("no sentence")


def test_a_copy_is_asked_of_one_cluster(run: Path) -> None:
    result = CliRunner().invoke(app, ["show", str(run), "--copy"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "wirecopy show DIR CLUSTER --copy" in result.stderr


def test_a_run_without_stories_has_an_empty_list(run_of: RunOf) -> None:
    assert printed("show", run_of(stories=[], clusters=[])).split()[0] == "cluster"


def test_nothing_in_a_headline_acts_on_the_terminal(run_of: RunOf, run: Path) -> None:
    stories = orjson.loads(printed("show", run, "--json"))["stories"][:1]
    stories[0] |= {"headline": "a\x1b[2Jb\u202ec\nd [red]e[/red]", "first_published": None, "last_published": None}
    shown = printed("show", run_of(stories=stories))
    assert "a\ufffd[2Jb\ufffdc d [red]e[/red]" in shown


def test_the_lineage_is_a_tree_from_the_sources_down(run: Path) -> None:
    lines = printed("lineage", run, "c1").splitlines()
    names = [line.strip("│├└─ ").split()[0] for line in lines]
    assert names == ["c1", "<reuters>", "herald", "mirror", "gazette", "herald", "mirror"]
    assert "carries 62%" in lines[2]
    assert "copies listed above" in lines[5]
    assert "confidence 0.75  earlier" in lines[6]
    edges = orjson.loads(printed("lineage", run, "c1", "--json"))["lineage"]
    assert len(edges) == 4


EDGES = st.lists(st.tuples(st.sampled_from("abcdx"), st.sampled_from("abcd")), max_size=12)


@given(EDGES)
def test_a_walk_from_the_roots_comes_by_everything(pairs: list[tuple[str, str]]) -> None:
    edges: list[dict[str, Any]] = [{"source": source, "target": target} for source, target in pairs]
    result = roots(["a", "b", "c", "d"], edges)
    reached = set(result)
    for _ in edges:
        reached |= {target for source, target in pairs if source in reached}
    assert reached == set("abcd") | {source for source, _ in pairs}
    assert {name for name in "abcd" if name not in {target for _, target in pairs}} <= set(result)


def test_a_circle_is_shown_once(run_of: RunOf, run: Path) -> None:
    edges = orjson.loads(printed("lineage", run, "c1", "--json"))["lineage"][:2]
    edges = [edges[0] | {"source": "mirror"}, edges[0] | {"source": "herald", "target": "mirror"}]
    lines = printed("lineage", run_of(lineage=edges), "c1").splitlines()
    assert [line.strip("│├└─ ").split()[0] for line in lines] == ["c1", "gazette", "herald", "mirror", "herald"]


@pytest.mark.parametrize("command", ["show", "lineage"])
def test_an_unknown_cluster_is_a_wrong_call(run: Path, command: str) -> None:
    result = CliRunner().invoke(app, [command, str(run), "c9"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "has no cluster c9; wirecopy show" in result.stderr


@pytest.mark.parametrize("source", [lambda number: 0, lambda number: number - 1, lambda number: number % 2])
def test_the_tree_of_a_large_cluster_takes_time_and_room_in_proportion(source: Callable[[int], int]) -> None:
    names = [f"a{number}" for number in range(100_000)]
    witnesses = [{"article_id": name, "publisher": None, "published": None} for name in names]
    edges = [
        {
            "source": names[source(number)],
            "target": name,
            "relation": "reprint",
            "share": 1.0,
            "confidence": 1.0,
            "reasons": [],
        }
        for number, name in enumerate(names)
        if number > 1
    ]
    begin = time.process_time()
    lines = list(tree("title", witnesses, edges))
    assert len(lines) == 1 + len(names)
    assert sum(map(len, lines)) < 300 * len(lines)
    assert time.process_time() - begin < 30, "a walk for every article would take hours"
