"""What the pages and the help texts show can be typed in, and prints what they say."""

from __future__ import annotations

import csv
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest
from pyarrow import parquet

from dedup import kernels
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


@pytest.mark.parametrize("page", ["README.md", "docs/walkthrough.md"])
def test_a_page_shows_what_its_commands_print(page: str, examples: dict[str, Any]) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert "```console" in text
    assert text == examples["rewritten"](text), "run: make docs"


def test_the_readme_runs_what_make_demo_runs() -> None:
    demo = [line for line in (ROOT / "Makefile").read_text("utf-8").splitlines() if "wirecopy detect" in line]
    (inputs,) = (line.partition("detect ")[2].partition(" --out")[0] for line in demo)
    assert f"$ wirecopy detect {inputs} --out" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("page", ["README.md", *sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md"))])
def test_a_link_within_the_project_leads_somewhere(page: str) -> None:
    here = ROOT / page
    text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", here.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    broken = [link for link in links if "://" not in link and not (here.parent / link).exists()]
    assert not broken


def test_the_quick_start_of_the_readme_can_be_typed_in(examples: dict[str, Any], samples: Path, tmp_path: Path) -> None:
    page = (ROOT / "README.md").read_text("utf-8").partition("## Quick start")[2].partition("## Install")[0]
    shell = [line for block in re.findall(r"^```sh\n(.*?)^```$", page, re.M | re.S) for line in block.splitlines()]
    for folder in ("crawl", "dumps/today"):
        (tmp_path / folder).mkdir(parents=True)
    for source, target in (
        ("evening.csv", "dump.csv"),
        ("formats/news.warc.gz", "crawl/news.warc.gz"),
        ("morning.jsonl", "dumps/today/morning.jsonl"),
    ):
        (tmp_path / target).write_bytes((samples / source).read_bytes())
    sheet = "set,stratum,weight,a_id,b_id,label\npairs,01,3,eastholm-bridge,marlow-bridge,WD\n"
    (tmp_path / "sheet.csv").write_text(sheet, "utf-8")
    run = [line for line in shell if line.startswith("wirecopy ")]
    assert len(run) == len(shell) - 1 == 8  # all but the pip install
    for line in run:
        assert examples["run"](line, tmp_path).returncode == 0, line
    (code,) = re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S)
    names: dict[str, Any] = {}
    exec(code.replace('"..."', repr("The council of Ormskerry voted on Tuesday to close the ferry for good.")), names)
    assert names["run"].matches.num_rows == 1


def test_the_demo_shows_a_story_wherever_it_is_installed(wirecopy: Callable[..., Any], tmp_path: Path) -> None:
    done = wirecopy("demo", "-o", "first")
    assert done.returncode == 0, done.stderr
    assert "93dac66047ef18b2" in done.stdout
    assert "The firm gave the bearing no more than four winters." in done.stdout
    assert sorted(file.name for file in (tmp_path / "first").iterdir()) == ["evening.csv", "morning.jsonl", "run"]
    again = wirecopy("demo", "-o", "first")
    assert (again.returncode, "is not empty" in again.stderr) == (73, True)


def test_a_shell_completes_commands_and_options(wirecopy: Callable[..., Any]) -> None:
    for words, completed in (("wirecopy sh", ["show"]), ("wirecopy detect --sh", ["--shingle"])):
        at = str(len(words.split()) - 1)
        done = wirecopy(_WIRECOPY_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=at)
        assert (done.returncode, done.stdout.split()) == (0, completed), done.stderr


def test_the_help_groups_the_commands_by_task(wirecopy: Callable[..., Any]) -> None:
    shown = wirecopy("--help").stdout
    panels = [
        shown.index(f" {name} ─")
        for name in ("Get started", "Find copies", "Look at results", "Use results", "Check quality")
    ]
    assert panels == sorted(panels)
    assert " Commands ─" not in shown  # none is left over


UNCALLED = """
import sys
from dedup.kernels.caching import CompiledCache
from jobs.warming import warm

warm()
modules = [module for name, module in sys.modules.items() if name.startswith("dedup.kernels.")]
functions = [each for module in modules for each in vars(module).values() if hasattr(each, "signatures")]
kept = [each for each in functions if isinstance(each._cache, CompiledCache)]
assert len(kept) > 30
print(*{each.py_func.__name__ for each in kept if not each.signatures})
"""


def test_compile_calls_every_kernel_whatever_was_compiled_before() -> None:
    done = subprocess.run([sys.executable, "-c", UNCALLED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [], "jobs/warming.py leaves kernels to be compiled later"


def test_compile_leaves_nothing_to_compile(wirecopy: Callable[..., Any]) -> None:
    assert wirecopy("compile").returncode == 0
    assert not kernels.is_incomplete(), "jobs/warming.py leaves kernels to be compiled later"
    done = wirecopy("compile")
    assert (done.returncode, done.stderr) == (0, "")
    functions, new = re.findall(r"\d+", done.stdout)[:2]
    assert int(functions) > 30
    assert new == "0"


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
    result = [orjson.loads(wirecopy("show", "run", story["cluster_id"], "--json").stdout) for story in stories]
    names = [{witness["article_id"] for witness in story["witnesses"]} for story in result]
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
