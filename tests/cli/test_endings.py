"""How the command ends: closed pipes, full disks, signals at any moment, odd paths and settings; the code is true."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from dedup.errors import NoInputError
from dedup.readers import digest, find
from jobs.cli import app
from jobs.cli.failures import failure

ROOT = Path(__file__).parent.parent.parent
Command = Callable[..., subprocess.CompletedProcess[str]]

ARTICLES = "".join(json.dumps({"id": str(n), "text": f"Article number {n} of a morning."}) + "\n" for n in range(3))
SWALLOWED = """
import os, signal, time
from jobs.cli import signals
signals.install()
class Finalised:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)
one = Finalised()
del one
time.sleep(20)
"""
INTERRUPTING = "import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(20)\n"


def run(cwd: Path, *arguments: str | bytes, **more: object) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONUNBUFFERED", None)  # with it, nothing is left to be written at the end
    command = [sys.executable, "-m", "jobs.cli", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, check=False, **more)  # type: ignore[call-overload, no-any-return]


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    file = tmp_path / "dump.jsonl"
    file.write_text(ARTICLES)
    return file


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "run"), 0),
        (("show", "run", "--json"), 0),
        (("lineage", "run", "c1"), 0),
        (("--help",), 0),
        (("--version",), 0),
        (("show", "--help"), 0),
        (("show", "none"), 66),
        (("show", "--none"), 2),
    ],
)
def test_a_reader_that_has_had_enough_changes_no_code(run_folder: Path, arguments: tuple[str, ...], code: int) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = run(run_folder.parent, *arguments, stdout=writing, stderr=writing)
    os.close(writing)
    assert done.returncode == code


@pytest.fixture
def run_folder(run: Path) -> Path:
    return run


def test_output_that_cannot_be_written_is_an_error(run_folder: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run(run_folder.parent, "show", "run", stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, b"Traceback" in done.stderr) == (74, False)
    assert b"No space left" in done.stderr


def test_a_signal_that_a_finaliser_swallows_ends_it_all_the_same() -> None:
    begin = time.monotonic()
    done = subprocess.run([sys.executable, "-c", SWALLOWED], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (130, b"")
    assert time.monotonic() - begin < 15


def test_a_signal_while_the_program_loads_leaves_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text(INTERRUPTING)
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    command = [sys.executable, "-m", "jobs.cli", "--version"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("report", "run", "-o", ""), 2, "the path is empty"),
        (("export", "run", "--csv", "-o", ""), 2, "the path is empty"),
        (("detect", "dump.jsonl", "--out", ""), 2, "the path is empty"),
        (("report", "run", "-o", "/"), 73, "is a folder"),
        (("keep", "run", "dump.jsonl", "-o", "/"), 73, "is a folder"),
        (("report", "run", "-o", "none/page.html"), 73, "cannot be written"),
        (("export", "run", "--csv", "-o", "dump.jsonl/x"), 73, "cannot be made"),
        (("detect", "dump.jsonl", "--out", os.fsdecode(b"x\xff")), 2, "not UTF-8"),
        (("show", "run", os.fsdecode(b"\xff")), 2, "not UTF-8"),
        (("store", "forget", os.fsdecode(b"\xff"), "--store", "s"), 2, "not UTF-8"),
        (("nightly", "dump.jsonl", "--store", "hdfs://h/x", "--out", "out"), 2, "made only if they are absent"),
        (("store", "rebuild", "--store", "s3a://x"), 2, "is an address"),
        (("detect", "dump.jsonl", "--out", "n" * 300), 73, "File name too long"),
        (("detect", "n" * 300 + ".jsonl", "--out", "new"), 66, "File name too long"),
    ],
)
def test_an_odd_path_is_refused(
    wirecopy: Command, run_folder: Path, dump: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    before = sorted(tmp_path.iterdir())
    done = wirecopy(*arguments)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pyproject.toml", "tool = 1"),
        ("pyproject.toml", "[tool]\nwirecopy = 1"),
        ("wirecopy.toml", "window = " + "[" * 9000 + "]" * 9000),
        ("wirecopy.toml", "window = " + "9" * 9000),
        ("wirecopy.toml", "window = [1]"),
        ("wirecopy.toml", "window = nan"),
        ("wirecopy.toml", "window = 1979-05-27"),
        ("wirecopy.toml", "\x00"),
    ],
)
def test_odd_settings_are_refused(wirecopy: Command, tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    done = wirecopy("config")
    assert (done.returncode, done.stdout) == (78, ""), done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("error", [MemoryError(), pa.ArrowMemoryError("malloc of size 64 failed")])
def test_too_little_memory_is_said(error: Exception) -> None:
    assert (failure(error).code, "not enough memory" in failure(error).message) == (74, True)


def test_an_input_that_cannot_be_opened_is_no_input(dump: Path) -> None:
    (source,) = find([dump]).sources
    dump.unlink()
    with pytest.raises(NoInputError, match="cannot be opened"):
        digest(source)


def test_metrics_and_log_tell_the_code_of_a_bad_setting(wirecopy: Command, dump: Path, tmp_path: Path) -> None:
    call = ("nightly", dump, "--store", "s", "--out", "o", "--metrics", "w.prom", "--log-format", "json")
    done = wirecopy(*call, "--window", "99999")
    assert done.returncode == 78
    assert "wirecopy_exit_code 78\n" in (tmp_path / "w.prom").read_text()
    assert [json.loads(line)["event"] for line in done.stderr.splitlines()] == ["failed"]


def test_metrics_that_cannot_be_written_are_a_warning(wirecopy: Command, dump: Path) -> None:
    call = ("nightly", dump, "--store", "s", "--out", "o", "--metrics", "none/w.prom")
    done = wirecopy(*call)
    assert (done.returncode, "3 new articles" in done.stdout) == (0, True)
    assert "the metrics cannot be written to none/w.prom" in done.stderr
    again = wirecopy(*call, "--log-format", "json")
    assert "metrics" in json.loads(again.stderr.splitlines()[-1])["message"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_metrics_and_log_tell_of_a_signal(dump: Path, tmp_path: Path, number: int, code: int) -> None:
    call = ["nightly", "dump.jsonl", "--store", "s", "--out", "o", "--metrics", "w.prom", "--log-format", "json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONUNBUFFERED", None)  # with it, nothing is left to be written at the end
    command = [sys.executable, "-m", "jobs.cli", *call]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    process.stderr.readline()  # the first stage begins
    process.send_signal(number)
    _, messages = process.communicate(timeout=120)
    assert process.returncode == code, messages
    assert f"wirecopy_exit_code {code}\n" in (tmp_path / "w.prom").read_text()
    assert json.loads(messages.splitlines()[-1])["exit_code"] == code
    assert not (tmp_path / "o" / "latest").exists()


def test_a_night_goes_on_where_nobody_reads_what_it_tells(dump: Path, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    call = ("nightly", "dump.jsonl", "--store", "s", "--out", "o", "--log-format", "json", "--metrics", "w.prom")
    done = run(tmp_path, *call, stdout=writing, stderr=writing)
    os.close(writing)
    assert done.returncode == 0
    assert (tmp_path / "o" / "latest" / "run.json").exists()
    assert "wirecopy_exit_code 0\n" in (tmp_path / "w.prom").read_text()


def taking_paths() -> Iterator[Any]:
    """The arguments of a call with an empty path, for everything that takes one."""
    commands: list[tuple[list[str], Any]] = [([], get_command(app))]
    for name, command in commands:
        commands += [([*name, inner], held) for inner, held in getattr(command, "commands", {}).items()]
        for parameter in command.params:
            if parameter.metavar in ("DIR", "FILE", "CSV", "FOLDER", "RUN_A"):
                given = [parameter.opts[0]] if parameter.opts[0].startswith("-") else []
                yield pytest.param([*name, *given, ""], id=" ".join([*name, *parameter.opts]))


@pytest.mark.parametrize("arguments", list(taking_paths()))
def test_an_empty_path_is_a_wrong_call_everywhere(arguments: list[str]) -> None:
    done = CliRunner().invoke(app, arguments)
    assert (done.exit_code, "the path is empty" in done.stderr) == (2, True), done.stderr
