"""The commands as a user runs them: exit codes, logs, what is printed; and the files that run them every night."""

from __future__ import annotations

import configparser
import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer.main

from jobs.cli import app
from jobs.cli.diff import changes
from tests import processes

from .conftest import read_samples

ROOT = Path(__file__).parent.parent.parent
OPS = ROOT / "samples" / "ops"
HOLD = """
import sys, time
from pathlib import Path
from dedup.store import locked
from dedup.store.folder import mark
Path(sys.argv[1]).mkdir()
mark(Path(sys.argv[1]))
with locked(Path(sys.argv[1]), "process 1, since yesterday"):
    print("held", flush=True)
    time.sleep(60)
"""

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def wirecopy(tmp_path: Path) -> Command:
    """Runs the command in a folder of its own."""

    def run(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        return processes.wirecopy(tmp_path, *arguments, **variables)

    return run


def nightly(wirecopy: Command, dump: Path, day: int, *more: str | Path) -> subprocess.CompletedProcess[str]:
    return wirecopy("nightly", dump, "--store", "store", "--out", "out", "--as-of", f"2025-05-{day:02}", *more)


def test_two_nights_and_what_can_be_asked_of_them(wirecopy: Command, dumps: list[Path], tmp_path: Path) -> None:
    first = nightly(wirecopy, dumps[0], 9, "--window", "30d")
    assert (first.returncode, first.stderr) == (0, "")
    assert "20 new articles against 0 nights" in first.stdout
    second = nightly(wirecopy, dumps[1], 10, "--json")
    assert json.loads(second.stdout)["night"]["counts"]["stories"] == 5
    again = nightly(wirecopy, dumps[1], 11)
    assert (again.returncode, again.stdout.splitlines()[-1]) == (0, "no new inputs; nothing was changed")
    status = json.loads(wirecopy("store", "status", "--store", "store", "--json").stdout)
    assert (status["nights"], status["articles"], status["clusters"], status["held_by"]) == (2, 43, 5, None)
    assert "no faults found" in wirecopy("store", "verify", "--store", "store").stdout
    runs = sorted(path.name for path in (tmp_path / "out").iterdir() if path.name != "latest")
    compared = json.loads(wirecopy("diff", f"out/{runs[0]}", "out/latest", "--json").stdout)["clusters"]
    assert sorted(one["change"] for one in compared) == ["changed", "made", "made", "made", "made"]
    letter = tmp_path / "letter.txt"
    letter.write_text(json.loads(dumps[0].read_text("utf-8").splitlines()[1])["text"], "utf-8")
    result = json.loads(wirecopy("match", letter, "--store", "store", "--json").stdout)["matches"]
    assert result[0]["grade"] == "identical"
    letter.write_text(read_samples(dumps)["weekend-roundup"]["text"], "utf-8")
    first = json.loads(wirecopy("match", letter, "--store", "store", "--json").stdout)["matches"][0]
    held = json.loads(wirecopy("show", "out/latest", "--json").stdout)["stories"]
    assert first["article_id"] == "weekend-roundup"
    assert len(first["cluster_id"].split()) == 2
    assert set(first["cluster_id"].split()) < {story["cluster_id"] for story in held}


def test_a_second_run_is_turned_away_at_once(wirecopy: Command, dumps: list[Path], tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path / "store")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        done = nightly(wirecopy, dumps[0], 9)
        other.kill()
    assert (done.returncode, done.stdout) == (75, "")
    assert "another run holds store (process 1, since yesterday)" in done.stderr


def test_an_alarm_is_exit_code_76_and_a_metric(wirecopy: Command, dumps: list[Path], tmp_path: Path) -> None:
    done = nightly(wirecopy, dumps[0], 9, "--alarm-largest", "1", "--metrics", "w.prom", "--log-format", "json")
    assert done.returncode == 76
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert lines[0]["event"] == "stage" and lines[-1] | {"time": ""} == {
        "time": "",
        "event": "failed",
        "exit_code": 76,
        "error": lines[-1]["error"],
    }
    assert "wirecopy_exit_code 76\n" in (tmp_path / "w.prom").read_text("utf-8")
    assert not (tmp_path / "out" / "latest").exists()


def test_json_logs_tell_every_stage(wirecopy: Command, dumps: list[Path]) -> None:
    done = nightly(wirecopy, dumps[0], 9, "--log-format", "json")
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["stage"] for line in lines if line["event"] == "stage"][-2:] == ["commit", "publish"]
    assert lines[-1]["event"] == "done" and lines[-1]["published"].endswith(lines[-1]["run"])


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("store", "status", "--store", "none"), 66, "none is no store"),
        (("store", "forget", "x", "--store", "none"), 66, "none"),
        (("nightly", "none.jsonl", "--store", "s", "--out", "o"), 66, "none.jsonl does not exist"),
        (("nightly", "none.jsonl", "--store", "s", "--out", "o", "--window", "month"), 2, "number of days"),
        (("nightly", "none.jsonl", "--store", "s", "--out", "o", "--as-of", "today"), 2, "--as-of"),
        (("diff", "none", "none"), 66, "none is not the folder of a run"),
    ],
)
def test_a_wrong_call_changes_nothing(
    wirecopy: Command, tmp_path: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = wirecopy(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_two_runs_told_apart() -> None:
    before = {"k": frozenset("ab"), "l": frozenset("cd"), "m": frozenset("ef"), "n": frozenset("xy")}
    after = {"k": frozenset("abcd"), "m": frozenset("efg"), "o": frozenset("hi"), "n": frozenset("xy")}
    messages = {one["cluster_id"]: (one["change"], one["joined"], one["was"]) for one in changes(before, after)}
    assert messages == {
        "k": ("merged", ["c", "d"], ["k", "l"]),
        "m": ("changed", ["g"], ["m"]),
        "o": ("made", ["h", "i"], []),
    }


def started() -> list[str]:
    """The commands that the service and the crontab start."""
    service = configparser.ConfigParser(strict=False, interpolation=None)
    service.read(OPS / "wirecopy-nightly.service")
    (cron,) = [line for line in (OPS / "crontab").read_text("utf-8").splitlines() if not line.startswith("#")]
    minute, hour, *rest, _ = cron.split(" ", 5)
    assert (minute.isdigit(), hour.isdigit(), rest) == (True, True, ["*", "*", "*"])
    return [service["Service"]["ExecStart"], cron.partition("&& ")[2]]


@pytest.mark.parametrize("command", started())
def test_what_is_started_every_night_is_a_command_that_there_is(command: str) -> None:
    program, name, *given = shlex.split(command)
    assert (Path(program).name, name) == ("wirecopy", "nightly")
    known = typer.main.get_group(app).commands[name]
    context = known.make_context(name, given, resilient_parsing=False)
    assert context.params["window"] == 30


def test_the_service_keeps_compiled_code_where_it_may_write() -> None:
    service = configparser.ConfigParser(strict=False, interpolation=None)
    service.optionxform = str  # type: ignore[assignment, method-assign]
    service.read(OPS / "wirecopy-nightly.service")
    assert service["Service"]["ProtectSystem"] == "strict"
    assert service["Service"]["Environment"] == f"NUMBA_CACHE_DIR=%C/{service['Service']['CacheDirectory']}"


def test_systemd_finds_no_fault_with_the_units(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    for unit in ("wirecopy-nightly.service", "wirecopy-nightly.timer"):
        text = (OPS / unit).read_text("utf-8").replace("/usr/local/bin/wirecopy", "/bin/true")
        (tmp_path / unit).write_text(text.replace("User=wirecopy\n", ""), "utf-8")
    units = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_question_that_is_read_oddly_is_told(wirecopy: Command, dumps: list[Path], tmp_path: Path) -> None:
    nightly(wirecopy, dumps[0], 9)
    article = {**read_samples(dumps)["ledger-bridge"], "published": "some day"}
    (tmp_path / "asked.jsonl").write_text(json.dumps(article, default=str) + "\n{}\n", "utf-8")
    done = wirecopy("match", "asked.jsonl", "--store", "store")
    assert (done.returncode, "ledger-bridge" in done.stdout) == (0, True)
    messages = done.stderr.splitlines()
    assert messages[0].startswith("wirecopy: records rejected: 1, first asked.jsonl, line 2: no text")
    assert messages[1].startswith("wirecopy: dates that cannot be read: 1, first 'some day'")
