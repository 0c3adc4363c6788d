"""The public names, and what importing them costs."""

from __future__ import annotations

import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import dedup

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(
    file for folder in ("dedup", "jobs") for file in (ROOT / folder).rglob("*.py") if ">>>" in file.read_text()
)
NAMES = ["Article", "Run", "Settings", "Store", "detect", "grade", "minhash_texts", "read"]


def test_the_public_names_are_these() -> None:
    assert dedup.__all__ == NAMES
    assert dir(dedup) == sorted([*NAMES, "__version__"])


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_there_and_documented(name: str) -> None:
    thing = getattr(dedup, name)
    assert callable(thing)
    assert thing.__name__ == name
    assert thing.__doc__


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_the_examples_in_docstrings_give_what_they_show(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # some read the samples
    name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted
    assert not result.failed


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'detcet'"):
        dedup.detcet  # noqa: B018  # the look-up is what is tested


def test_importing_dedup_imports_nothing_heavy() -> None:
    script = "import sys, dedup; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "dedup" in loaded
    assert not loaded & {"datasketch", "mmh3", "numba", "numpy", "orjson", "pyarrow", "rich", "scipy", "typer"}
