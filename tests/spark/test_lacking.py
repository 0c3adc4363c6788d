"""Without Spark or Java the command says what is missing, and nothing else changes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dedup.errors import SettingsError
from jobs.spark import Job, Spark, session

ROOT = Path(__file__).parent.parent.parent


def run(*arguments: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jobs.cli", "detect", str(ROOT / "samples" / "evening.csv"), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("home", "message"), [("", "there is no Java; install one"), ("/nowhere", "JAVA_HOME is /nowhere")]
)
def test_no_java(tmp_path: Path, home: str, message: str) -> None:
    pytest.importorskip("pyspark", reason="needs pyspark: pip install 'wirecopy[spark]'")
    variables = {"PATH": str(tmp_path), "JAVA_HOME": home}
    done = run("--engine", "spark", "--out", "run", folder=tmp_path, **variables)
    assert done.returncode == 78
    assert message in done.stderr
    assert not (tmp_path / "run").exists()


def test_no_pyspark(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(session, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"pip install 'wirecopy\[spark\]'"):
        Spark().detect(Job([ROOT / "samples"]), str(tmp_path / "run"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--master", "yarn"), "--master and --conf are for --engine spark"),
        (("--engine", "spark", "--threads", "2"), "--threads and --memory are for --engine local"),
        (("--engine", "spark", "--conf", "memory"), "'memory' is not KEY=VALUE"),
    ],
)
def test_options_that_do_not_go_together(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    done = run(*arguments, "--out", "run", folder=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
