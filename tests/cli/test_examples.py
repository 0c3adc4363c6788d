"""What the pages and the help texts show can be typed in, and prints what they say."""

from __future__ import annotations

import csv
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest
from pyarrow import parquet

from jobs.cli import config, detect, evaluate, explain, inspect, lineage, sample, show

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = [
    example
    for module in (inspect, detect, show, explain, lineage, sample, evaluate, config)
    for example in module.EXAMPLES
]


@pytest.fixture(scope="module")
def examples() -> dict[str, Any]:
    """The names of docs/examples.py."""
    return runpy.run_path(str(ROOT / "docs" / "examples.py"))


def test_the_readme_shows_what_its_commands_print(examples: dict[str, Any]) -> None:
    page = (ROOT / "README.md").read_text("utf-8")
    assert page.count("```console") >= 2
    assert page == examples["rewritten"](page), "run: make docs"


def test_the_readme_begins_with_the_demo() -> None:
    demo = [line for line in (ROOT / "Makefile").read_text("utf-8").splitlines() if "wirecopy detect" in line]
    (inputs,) = (line.partition("detect ")[2].partition(" --out")[0] for line in demo)
    assert f"$ wirecopy detect {inputs} --out" in (ROOT / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Path:
    """A folder with everything that the examples name."""
    made = tmp_path_factory.mktemp("examples")
    (made / "samples").symlink_to(samples)
    lines = [line for line in (samples / "morning.jsonl").read_text("utf-8").splitlines() if line.endswith("}")]
    articles = [orjson.loads(line) for line in lines]
    table = pa.Table.from_pylist([{"id": article["id"], "article_body": article["text"]} for article in articles])
    (made / "dumps").mkdir()
    parquet.write_table(table, made / "dumps" / "2025-05.parquet")
    parquet.write_table(table.rename_columns(["id", "text"]), made / "articles.parquet")
    (made / "pairs.csv").write_text(f"a_id,b_id,label\n{articles[0]['id']},{articles[1]['id']},UN\n")
    sheet = "set,stratum,weight,a_id,b_id,label\npairs,01,3,beacon-bridge,ledger-bridge,PD\n"
    (made / "sheet.csv").write_text(sheet, "utf-8")
    for name, article in zip(("one", "other"), articles, strict=False):
        (made / f"{name}.txt").write_text(article["text"], "utf-8")
    return made


def test_every_example_of_the_help_runs(examples: dict[str, Any], folder: Path) -> None:
    for example in EXAMPLES:
        done = examples["run"](example, folder)
        assert done.returncode == 0, done.stderr
        assert done.stdout or "--html" in example, example


def test_the_samples_are_told_apart_as_expected(wirecopy: Callable[..., Any], samples: Path, tmp_path: Path) -> None:
    with (samples / "expected.csv").open(encoding="utf-8", newline="") as file:
        expected = {(row["article_id"], row["story"]) for row in csv.DictReader(file) if row["story"]}
    inputs = (samples / "evening.csv", samples / "morning.jsonl")
    done = wirecopy("detect", *inputs, "--out", "run", "--json")
    assert (done.returncode, len(done.stderr.splitlines()), "cannot be read: 1" in done.stderr) == (0, 1, True)
    counts = orjson.loads(done.stdout)["counts"]
    articles = {name for name, _ in expected}
    assert (counts["read"], counts["rejected"], counts["articles_in_stories"]) == (43, 1, len(articles))
    stories = orjson.loads(wirecopy("show", "run", "--json").stdout)["stories"]
    found = [orjson.loads(wirecopy("show", "run", story["cluster_id"], "--json").stdout) for story in stories]
    names = [{witness["article_id"] for witness in story["witnesses"]} for story in found]
    wanted = [{name for name, story in expected if story == one} for one in {story for _, story in expected}]
    assert sorted(map(sorted, names)) == sorted(map(sorted, wanted))
    assert wirecopy("detect", *inputs, "--out", "run").returncode == 73
    assert wirecopy("detect", *inputs, "--out", "run", "--force").returncode == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep me")
    done = wirecopy("detect", *inputs, "--out", "mine", "--force")
    assert (done.returncode, done.stdout, "choose another --out" in done.stderr) == (73, "", True)


def test_every_pair_of_the_samples_is_scored(wirecopy: Callable[..., Any], samples: Path, tmp_path: Path) -> None:
    with (samples / "expected.csv").open(encoding="utf-8", newline="") as file:
        of = {
            row["article_id"]: row for row in csv.DictReader(file) if row["kind"] in ("verbatim", "trimmed", "template")
        }
    lines = ["a_id,b_id,label,set"]
    for one in of:
        for other in of:
            if one < other:
                copies = of[one]["story"] and of[one]["story"] == of[other]["story"]
                lines.append(f"{one},{other},{'WD' if copies else 'UN'},{'copy' if copies else 'apart'}")
    lines.append("inland-bridge,nobody,PD,gone")
    (tmp_path / "pairs.csv").write_text("\n".join(lines))
    inputs = (samples / "evening.csv", samples / "morning.jsonl")
    done = wirecopy("evaluate", *inputs, "--pairs", "pairs.csv", "--json")
    assert done.returncode == 0
    assert done.stderr.startswith("wirecopy: dates that cannot be read: 1, first 'the Saturday before Whitsun'")
    result = orjson.loads(done.stdout)
    assert (result["all"]["f1"], result["all"]["candidate_recall"]) == (1, 1)
    assert set(result["sets"]) == {"copy", "apart"}
    assert result["not_in_the_input"] == [["inland-bridge", "nobody"]]
    shown = wirecopy("evaluate", *inputs, "--pairs", "pairs.csv").stdout
    assert "1 pairs name an article that is not in the input" in shown
