"""Files and folders that appear whole: names nobody can prepare, and what killed processes leave."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dedup import manifest
from dedup.output import publishing
from dedup.writing import atomic_file, atomic_folder

KILLED = """
import os, signal, sys
from pathlib import Path
from dedup.writing import atomic_folder
with atomic_folder(Path(sys.argv[1])) as work:
    (work / "tokens.u32").write_bytes(b"x" * 1000)
    if "replacing" in sys.argv:
        Path(sys.argv[1]).rename(work.parent / "old")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def killed(tmp_path: Path) -> Callable[..., Path]:
    """Leaves what a process leaves that is killed while it writes the folder ``run``."""

    def leave(*how: str) -> Path:
        done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "run"), *how], check=False)
        assert done.returncode == -signal.SIGKILL
        return tmp_path / "run"

    return leave


def test_names_are_random_and_new(tmp_path: Path) -> None:
    names = set()
    for _ in range(3):
        with atomic_file(tmp_path / "report.html") as file:
            (name,) = (path.name for path in tmp_path.iterdir() if path.name != "report.html")
            names.add(name)
            assert re.fullmatch(r"\.report\.html\.[0-9a-f]{16}\.partial", name)
            file.write(b"page")
    assert len(names) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_planted_link_of_that_name_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda size: "0" * 16)
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / ".report.html.0000000000000000.partial").symlink_to(victim)
    with pytest.raises(FileExistsError), atomic_file(tmp_path / "report.html"):
        pass
    assert victim.read_text() == "mine"


def test_a_file_has_the_mode_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    with atomic_file(tmp_path / "page") as file:
        file.write(b"x")
    assert stat.S_IMODE((tmp_path / "page").stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "page").write_text("old")
    with pytest.raises(ZeroDivisionError), atomic_file(tmp_path / "page") as file:
        file.write(b"new")
        raise ZeroDivisionError
    assert (tmp_path / "page").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        with atomic_file(pipe) as file:
            file.write(b"page")
        assert reader.communicate()[0] == b"page"
    assert pipe.is_fifo()


def test_what_a_killed_process_left_is_removed_by_the_next(killed: Callable[..., Path]) -> None:
    out = killed()
    assert len(list(out.parent.iterdir())) == 1
    with publishing(out) as work:
        manifest.write(work, {})
    assert [path.name for path in out.parent.iterdir()] == ["run"]


def test_what_a_living_process_writes_is_left_alone(tmp_path: Path) -> None:
    with atomic_folder(tmp_path / "run") as first:
        (first / "a").touch()
        with atomic_folder(tmp_path / "run") as second:
            (second / "b").touch()
            assert (first / "a").exists()


def test_other_folders_of_such_a_name_are_left_alone(tmp_path: Path) -> None:
    others = [tmp_path / name for name in (".run.0123456789abcdef.partial", ".run.12.partial", ".runs.partial")]
    for other in others:
        other.mkdir()
        (other / "precious").touch()
    with atomic_folder(tmp_path / "run"):
        pass
    assert all((other / "precious").exists() for other in others)


def test_a_run_whose_place_is_empty_is_put_back(killed: Callable[..., Path], tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    manifest.write(run, {"first": True})
    killed("replacing")
    assert not run.exists()
    with publishing(run, replace=True) as work:
        assert (run / "run.json").exists(), "it was put back before anything else"
        manifest.write(work, {"first": False})
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
