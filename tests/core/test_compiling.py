"""Where compiled code is kept, and what a run says of compiling, in processes with a copy of the package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SIGN = "import numpy as n, dedup.kernels.sign as s; s.digest(n.ones(3, 'u4'), n.array([0, 3]), d := n.empty(1, 'u8')); "
COMPILING, NOT_KEPT = "compiling for this processor", "no folder to keep compiled code in"


@pytest.fixture
def install(tmp_path: Path) -> Path:
    """A folder with a copy of the package, in which nothing was compiled yet."""
    shutil.copytree(ROOT / "dedup", tmp_path / "dedup", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def said(install: Path, cache: Path) -> str:
    """What signing in a new process says on standard error; ``cache`` is the user's cache folder."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NUMBA_CACHE_DIR", "PYTHONPATH")}
    environment = {**kept, "XDG_CACHE_HOME": str(cache), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", SIGN + "print(d[0])"],
        cwd=install, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip().isdigit()
    return done.stderr


def make_read_only(install: Path) -> None:
    """Put a file where compiled code would be kept: also a superuser cannot make a folder there."""
    (install / "dedup" / "kernels" / "__pycache__").write_text("")


def test_a_first_run_says_that_it_compiles_and_a_second_one_need_not(install: Path, tmp_path: Path) -> None:
    assert said(install, tmp_path / "cache").count(COMPILING) == 1
    assert said(install, tmp_path / "cache") == ""
    assert not (tmp_path / "cache").exists()


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
        told = said(install, tmp_path / "file")
        assert (told.count(NOT_KEPT), told.count(COMPILING)) == (1, 1)
