"""A disk that is full while large arrays are written: an error that says so, and no process that dies of a signal."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SPOOL = """
import sys
from pathlib import Path
from dedup.scratch import ScratchSpace
try:
    ScratchSpace(1, Path(sys.argv[1])).empty((1 << 20,), "u1")[:] = 1
except OSError as error:
    print(error.strerror)
"""

#: Runs with more and more room, until one succeeds.
RUNS = """
import subprocess, sys
from pathlib import Path
from dedup.errors import CannotWriteError, InputOutputError
from dedup import detect
disk, *dumps = sys.argv[1:]
for room in range(16, 2000, 24):
    subprocess.run(["mount", "-o", f"remount,size={room}k", disk], check=True)
    try:
        detect(dumps, Path(disk, "run"), threads=2)
    except (CannotWriteError, InputOutputError) as error:
        assert "No space left on device" in str(error), error
        assert list(Path(disk).iterdir()) == [], room
    else:
        break
print(room)
"""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of half a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount or "false", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("a file system of its own can be mounted by a superuser only")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_an_array_that_has_no_room_is_an_error(disk: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SPOOL, disk], capture_output=True, text=True, check=True)
    assert done.stdout == "No space left on device\n"
    assert list(disk.iterdir()) == []


def test_a_run_on_a_full_disk_ends_with_an_error_and_leaves_nothing(disk: Path, samples: Path) -> None:
    dumps = [samples / "morning.jsonl", samples / "evening.csv"]
    done = subprocess.run([sys.executable, "-c", RUNS, disk, *dumps], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert 100 < int(done.stdout) < 1900, "the smaller ones failed, and one was large enough"
