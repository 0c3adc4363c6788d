"""Every query of docs/recipes.md runs over the samples, and finds something where there is something to find."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dedup import detect

PAGE = (Path(__file__).parent.parent / "docs" / "recipes.md").read_text("utf-8")
#: Stories of several origins, and near misses: the samples have none.
EMPTY = ("independent_origins > 1", "NOT m.counted")


def blocks(kind: str) -> list[str]:
    result = re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(result) >= 3
    return result


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Iterator[Path]:
    """A folder with the samples and their run; the working folder meanwhile."""
    folder, before = tmp_path_factory.mktemp("recipes"), Path.cwd()
    (folder / "samples").symlink_to(samples)
    detect([samples / "morning.jsonl", samples / "evening.csv"], folder / "run", threads=2)
    os.chdir(folder)
    yield folder
    os.chdir(before)


@pytest.mark.parametrize("query", blocks("sql"))
def test_a_query_for_duckdb_runs(query: str, here: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="needs duckdb: pip install duckdb")
    rows = duckdb.sql(query).fetchall()
    assert bool(rows) != any(words in query for words in EMPTY)


@pytest.mark.parametrize("code", blocks("python"))
def test_a_recipe_for_polars_runs(code: str, here: Path) -> None:
    pytest.importorskip("polars", reason="needs polars: pip install polars")
    *first, last = code.strip().split("\n\n")
    names: dict[str, object] = {}
    exec("\n\n".join(first), names)
    lines = last.split("\n")
    start = max(index for index, line in enumerate(lines) if not line.startswith((" ", ")")))
    exec("\n".join(lines[:start]), names)
    frame = eval("\n".join(lines[start:]), names)
    assert frame.height > 0
