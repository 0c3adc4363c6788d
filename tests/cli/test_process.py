"""The command as a process: exit codes, what goes to which stream, quick help, pipes and the key that interrupts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from pyarrow import parquet

from dedup import __version__

ROOT = Path(__file__).parent.parent.parent
Command = Callable[..., subprocess.CompletedProcess[str]]

COMMANDS = ("detect", "show", "explain", "lineage", "evaluate", "config")


def test_the_version_is_the_packages(wirecopy: Command) -> None:
    assert wirecopy("--version").stdout == f"wirecopy {__version__}\n"


def test_without_arguments_there_is_help(wirecopy: Command) -> None:
    done = wirecopy()
    assert done.returncode == 2
    assert all(name in done.stdout + done.stderr for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(wirecopy: Command, command: str) -> None:
    done = wirecopy(command, "--help", COLUMNS="200")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"wirecopy {command}" in done.stdout.partition("Examples:")[2]


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys; from typer.testing import CliRunner; from jobs.cli import app\n"
        "assert CliRunner().invoke(app, ['detect', '--help']).exit_code == 0\n"
        "print({'numba', 'numpy', 'pyarrow', 'scipy', 'datasketch', 'orjson'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("fly",), 2, "No such command"),
        (("detect", "none.jsonl"), 2, "--out"),
        (("detect", "none.jsonl", "--out", "run", "--seed", "x"), 2, "--seed"),
        (("detect", "none.jsonl", "--out", "run", "--field", "text"), 2, "FIELD=COLUMN"),
        (("detect", "none.jsonl", "--out", "run"), 66, "none.jsonl does not exist"),
        (("detect", "none.jsonl", "--out", "run", "--window", "-1"), 78, "window=-1 is out of range"),
        (("detect", "none.jsonl", "--out", "run", "--band-rows", "7"), 78, "does not divide"),
        (("evaluate", "none.jsonl", "--pairs", "none.csv"), 66, "none.csv cannot be read"),
        (("show", "none"), 66, "none is not the folder of a run"),
        (("lineage", "none", "c1"), 66, "none is not the folder of a run"),
        (("explain", "a", "b", "--run", "none"), 66, "none is not the folder of a run"),
    ],
)
def test_a_wrong_call_ends_with_its_code_and_one_message(
    wirecopy: Command, tmp_path: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = wirecopy(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_run_is_bad_data(wirecopy: Command, run: Path) -> None:
    stories = run / "stories.parquet"
    stories.write_bytes(stories.read_bytes()[:-20])
    done = wirecopy("show", run)
    assert (done.returncode, "stories.parquet is damaged" in done.stderr) == (65, True)
    stories.unlink()
    done = wirecopy("show", run)
    assert (done.returncode, "stories.parquet is missing" in done.stderr) == (65, True)


def test_a_run_of_another_schema_is_bad_data(wirecopy: Command, run: Path) -> None:
    table = parquet.read_table(run / "stories.parquet")
    parquet.write_table(table.replace_schema_metadata({"wirecopy.schema_version": "0"}), run / "stories.parquet")
    done = wirecopy("show", run)
    assert (done.returncode, "schema version 0" in done.stderr) == (65, True)


def test_a_traceback_is_shown_when_asked_for(wirecopy: Command) -> None:
    done = wirecopy("--traceback", "show", "none")
    assert done.returncode == 66
    assert "Traceback" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("wirecopy: none is not")


def test_a_fault_of_the_program_is_a_line_and_70(wirecopy: Command, run: Path) -> None:
    done = wirecopy("report", run)  # its tables are made by hand and do not fit each other
    assert (done.returncode, done.stdout) == (70, "")
    assert "bug in wirecopy" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (run.parent / "report.html").exists()


@pytest.mark.parametrize("content", ['{"settings": 3}', "[]", "{}", '{"settings": {"window": 7}}', "{", ""])
def test_a_damaged_run_json_is_bad_data(wirecopy: Command, run: Path, content: str) -> None:
    (run / "run.json").write_text(content)
    done = wirecopy("explain", "gazette", "star", "--run", run)
    assert (done.returncode, done.stdout, "run.json is damaged" in done.stderr) == (65, "", True)


def test_json_is_one_document_alone_on_standard_output(wirecopy: Command, run: Path) -> None:
    done = wirecopy("show", run, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert set(orjson.loads(done.stdout)) == {"stories"}


@pytest.mark.parametrize("arguments", [("show", "run"), ("show", "run", "--json"), ("show", "--help")])
def test_a_reader_that_has_had_enough_ends_it_quietly(run: Path, arguments: tuple[str, ...]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "jobs.cli", *arguments]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command, cwd=run.parent, env=environment, stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert done.stderr == ""


def test_too_many_bad_records_end_the_run_before_anything_is_written(wirecopy: Command, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"id": "a", "text": "A text."}\n' + "{\n" * 20)
    done = wirecopy("detect", "bad.jsonl", "--out", "run")
    assert (done.returncode, done.stdout, "20 of the first records are bad" in done.stderr) == (65, "", True)
    assert [file.name for file in tmp_path.iterdir()] == ["bad.jsonl"]


def test_a_place_that_cannot_be_written_is_refused(wirecopy: Command, tmp_path: Path) -> None:
    (tmp_path / "good.jsonl").write_text('{"id": "a", "text": "A text."}\n')
    for out in ("good.jsonl", "good.jsonl/run"):
        done = wirecopy("detect", "good.jsonl", "--out", out)
        assert (done.returncode, done.stdout, "choose another --out" in done.stderr) == (73, "", True)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_leaves_nothing(tmp_path: Path, number: int, code: int) -> None:
    command = [sys.executable, "-m", "jobs.cli", "detect", "-", "--out", "run"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(b'{"id": "a", "text": "A text."}\n' * 10_000)  # more than a pipe holds: the run is reading
    process.send_signal(number)
    _, messages = process.communicate(timeout=60)
    assert (process.returncode, b"Traceback" in messages) == (code, False)
    assert list(tmp_path.iterdir()) == []
