"""A night that is killed, or that finds the disk full, and the same command again: as if nothing had happened."""

from __future__ import annotations

import errno
import functools
import os
import resource
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from dedup.errors import InputOutputError
from dedup.store import Catalogue
from jobs.nightly.failpoints import FAILPOINTS, killing

from .conftest import Nights, in_child

_AFTER = FAILPOINTS.index("committed")


@pytest.fixture(scope="module")
def one_night(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Nights:
    """A store of one night, to be copied."""
    nights = Nights(tmp_path_factory.mktemp("killed") / "one")
    assert in_child(lambda: nights.run(samples / "morning.jsonl")) == 0
    return nights


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, one_night: Nights, samples: Path) -> dict[str, Any]:
    """The picture of two nights that nothing happened to."""
    nights = copied(one_night, tmp_path_factory.mktemp("undisturbed") / "two")
    assert in_child(lambda: nights.run(samples / "evening.csv", day=1)) == 0
    return nights.picture()


def copied(nights: Nights, to: Path) -> Nights:
    """A copy of a store and its published nights, which were published where the copy is."""
    shutil.copytree(nights.folder, to, symlinks=True)
    with Catalogue(to / "store", write=True) as catalogue, catalogue.transaction():
        catalogue.run("UPDATE nights SET published = ?", (str(to / "out"),))
    return Nights(to)


@pytest.mark.parametrize("point", FAILPOINTS)
def test_a_night_killed_anywhere_ends_like_any_other(
    point: str, one_night: Nights, undisturbed: dict[str, Any], tmp_path: Path, samples: Path
) -> None:
    nights = copied(one_night, tmp_path / "nights")
    night = functools.partial(nights.run, samples / "evening.csv", day=1)
    assert in_child(lambda: night(failpoint=killing({"WIRECOPY_KILL_AT": point}))) == -signal.SIGKILL
    left = nights.out / "latest"
    assert left.readlink().as_posix()[:10] in {"2025-05-09", "2025-05-10"}
    assert (left / "run.json").is_file(), "what is published is whole at every moment"
    outcome = night()
    assert bool(outcome.late) == (_AFTER <= FAILPOINTS.index(point) < FAILPOINTS.index("noted"))
    assert nights.picture() == undisturbed


def test_the_first_night_killed_ends_like_any_other(one_night: Nights, tmp_path: Path, samples: Path) -> None:
    for point in ("locked", "written", "members added", "staged"):
        nights = Nights(tmp_path / point.replace(" ", "-"))
        night = functools.partial(nights.run, samples / "morning.jsonl")
        assert in_child(lambda night=night, point=point: night(failpoint=killing({"WIRECOPY_KILL_AT": point}))) < 0
        night()
        assert nights.picture() == one_night.picture()


@pytest.mark.parametrize("room", [0, 4_000, 20_000, 40_000])
def test_a_full_disk_is_said_and_nothing_is_lost(
    room: int, one_night: Nights, undisturbed: dict[str, Any], tmp_path: Path, samples: Path
) -> None:
    """No file may grow beyond ``room`` bytes, as if the disk were full there."""
    nights = copied(one_night, tmp_path / "nights")
    before = nights.picture()
    night = functools.partial(nights.run, samples / "evening.csv", day=1)

    def fail() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        with pytest.raises(InputOutputError, match=os.strerror(errno.EFBIG) + "|disk I/O error|full"):
            night()

    assert in_child(fail) == 0
    assert nights.picture() == before
    night()
    assert nights.picture() == undisturbed
