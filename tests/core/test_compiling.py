"""Where compiled code is kept, and what a run says of compiling, in processes with a copy of the package."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SIGN = (
    "import numpy as n, dedup.kernels.minhash as s; s.digest(n.ones(3, 'u4'), n.array([0, 3]), d := n.empty(1, 'u8')); "
)
OTHERS = SIGN.replace("n.ones(3, 'u4')", "n.ones((3, 2), 'u4')[:, 0]")  # the same in an array of another kind
DIGEST = "9546394617963003438"
COMPILING, NOT_KEPT = "compiling for this processor", "no folder to cache compiled code in"


@pytest.fixture
def install(tmp_path: Path) -> Path:
    """A folder with a copy of the package, in which nothing was compiled yet."""
    shutil.copytree(ROOT / "dedup", tmp_path / "dedup", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def said(install: Path, cache: Path, code: str = SIGN, **variables: str) -> str:
    """What signing in a new process says on standard error; ``cache`` is the user's cache folder."""
    keep = {name: value for name, value in os.environ.items() if name not in ("NUMBA_CACHE_DIR", "PYTHONPATH")}
    environment = {**keep, "XDG_CACHE_HOME": str(cache), "PYTHONDONTWRITEBYTECODE": "1", **variables}
    done = subprocess.run(
        [sys.executable, "-c", code + "print(d[0])"],
        cwd=install,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == DIGEST
    return done.stderr


def kept(folder: Path) -> list[Path]:
    """The files in which compiled code is kept in or below a folder."""
    return sorted(folder.rglob("wirecopy-kernels-*/*.bin"))


def make_read_only(install: Path) -> None:
    """Put a file where compiled code would be kept: also a superuser cannot make a folder there."""
    (install / "dedup" / "kernels" / "__pycache__").write_text("")


def test_a_first_run_says_that_it_compiles_and_a_second_one_need_not(install: Path, tmp_path: Path) -> None:
    assert said(install, tmp_path / "cache").count(COMPILING) == 1
    assert said(install, tmp_path / "cache") == ""
    assert not (tmp_path / "cache").exists()


WATCHED = f"""
from dedup import kernels
seen = []
with kernels.watched(lambda done, total: seen.append((done, total))):
    {SIGN}
total = seen[0][1]
assert total > 30 and {{each[1] for each in seen}} == {{total}}, seen
assert kernels.is_incomplete()
assert seen[-1][0] == 1, seen
"""


def test_who_watches_is_told_how_much_is_compiled_instead(install: Path, tmp_path: Path) -> None:
    assert said(install, tmp_path / "cache", WATCHED) == ""
    assert kept(install)
    assert said(install, tmp_path / "cache", WATCHED) == ""


def test_where_nobody_watches_a_line_is_logged_once(install: Path, tmp_path: Path) -> None:
    said(install, tmp_path / "cache")
    code = f"from dedup import kernels\nwith kernels.watched(None):\n    {OTHERS}\n"
    messages = said(install, tmp_path / "cache", code)
    assert (messages.count(COMPILING), messages.count("\n")) == (1, 1)


def test_where_nothing_can_be_kept_nothing_is_compiled_beforehand(install: Path, tmp_path: Path) -> None:
    make_read_only(install)
    (tmp_path / "file").write_text("")
    said(install, tmp_path / "file", f"from dedup import kernels; assert not kernels.is_incomplete(); {SIGN}")


def test_what_was_compiled_from_other_sources_is_not_used(install: Path, tmp_path: Path) -> None:
    said(install, tmp_path / "cache")
    with (install / "dedup" / "kernels" / "murmur.py").open("a") as source:
        source.write("\n# another version\n")
    assert COMPILING in said(install, tmp_path / "cache")


def test_a_read_only_install_keeps_it_in_the_users_cache(install: Path, tmp_path: Path) -> None:
    make_read_only(install)
    assert COMPILING in said(install, tmp_path / "cache")
    assert said(install, tmp_path / "cache") == ""
    assert list((tmp_path / "cache" / "wirecopy").iterdir())


def test_where_nothing_can_be_kept_every_run_compiles_and_says_so_once(install: Path, tmp_path: Path) -> None:
    make_read_only(install)
    (tmp_path / "file").write_text("")
    for _ in range(2):
        messages = said(install, tmp_path / "file")
        assert (messages.count(NOT_KEPT), messages.count(COMPILING)) == (1, 1)


def test_it_is_said_what_is_compiled_later(install: Path, tmp_path: Path) -> None:
    said(install, tmp_path / "cache")
    messages = said(install, tmp_path / "cache", OTHERS)
    assert (COMPILING in messages, messages.count("compiling digest, which earlier runs did not need")) == (False, 1)
    assert said(install, tmp_path / "cache", OTHERS) == ""


@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[: len(data) // 2], lambda data: data + b"x"])
def test_a_damaged_file_is_thrown_away_and_compiled_anew(
    install: Path, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    said(install, tmp_path / "cache")
    for file in kept(install):
        file.write_bytes(damage(file.read_bytes()))
    messages = said(install, tmp_path / "cache")
    assert messages.count("is damaged; it is thrown away and compiled anew") == 1
    assert said(install, tmp_path / "cache") == ""


def test_no_flipped_bit_gets_through(install: Path, tmp_path: Path) -> None:
    said(install, tmp_path / "cache")
    (file,) = kept(install)
    full = file.read_bytes()
    for index in (0, 40, len(full) - 1):
        file.write_bytes(full[:index] + bytes([full[index] ^ 4]) + full[index + 1 :])
        assert "is damaged" in said(install, tmp_path / "cache")


@pytest.mark.parametrize("where", ["folder", "above"])
def test_a_folder_that_others_may_write_is_not_used(install: Path, tmp_path: Path, where: str) -> None:
    shared = tmp_path / "above" / "folder"
    shared.mkdir(parents=True)
    (shared if where == "folder" else shared.parent).chmod(0o777)
    messages = said(install, tmp_path / "cache", NUMBA_CACHE_DIR=str(shared))
    assert f"{shared} is not used for compiled code: others may write in" in messages
    assert (kept(shared), len(kept(tmp_path / "cache"))) == ([], 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only a superuser can give a folder to somebody else")
def test_a_planted_pickle_of_another_user_is_not_loaded(install: Path, tmp_path: Path) -> None:
    cache = tmp_path / "numba"
    said(install, tmp_path / "cache", NUMBA_CACHE_DIR=str(cache))
    (file,) = kept(cache)
    planted = b"cos\nsystem\n(S'touch " + str(tmp_path / "ran").encode() + b"'\ntR."
    file.write_bytes(hashlib.sha256(planted).digest() + planted)
    os.chown(file.parent, 65534, 65534)
    messages = said(install, tmp_path / "cache", NUMBA_CACHE_DIR=str(cache))
    assert "belongs to another user" in messages
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="a file system of its own can be mounted by a superuser only")
def test_a_full_cache_disk_is_a_warning(install: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k,mode=755", "tmpfs", disk], check=False).returncode:
        pytest.skip("this machine lets nobody mount a file system")
    try:
        messages = said(install, tmp_path / "cache", NUMBA_CACHE_DIR=str(disk))
    finally:
        subprocess.run(["umount", disk], check=True)
    assert messages.count("compiled code cannot be kept in") == 1
    assert "No space left on device" in messages


@pytest.mark.skipif(os.geteuid() != 0, reason="a file system of its own can be mounted by a superuser only")
def test_what_an_image_was_built_with_is_used_where_nothing_can_be_written(install: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", disk], check=False).returncode:
        pytest.skip("this machine lets nobody mount a file system")
    try:
        assert COMPILING in said(install, tmp_path / "cache", NUMBA_CACHE_DIR=str(disk))
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        assert said(install, tmp_path / "cache", NUMBA_CACHE_DIR=str(disk)) == ""
        messages = said(install, tmp_path / "cache", OTHERS, NUMBA_CACHE_DIR=str(disk))
        assert messages.count("compiled code cannot be kept in") == 1
    finally:
        subprocess.run(["umount", disk], check=True)
    assert not (tmp_path / "cache").exists()
