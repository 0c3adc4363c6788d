"""What an installed wirecopy consists of."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from a copy so that nothing is left in the source folder."""
    source = tmp_path_factory.mktemp("source")
    for name in ("dedup", "jobs", "tests", "samples"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip_wheel = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "wheel"]
    offline = ["--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip_wheel, *offline, "--wheel-dir", "wheel", "."], cwd=source, check=True)
    (made,) = (source / "wheel").iterdir()
    return zipfile.ZipFile(made)


def test_the_wheel_holds_every_file_of_the_two_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    files = [file for package in ("dedup", "jobs") for file in (ROOT / package).rglob("*") if file.is_file()]
    ours = {file.relative_to(ROOT).as_posix() for file in files if "__pycache__" not in file.parts}
    assert {name for name in wheel.namelist() if ".dist-info/" not in name} == ours


def test_the_command_is_called_wirecopy(wheel: zipfile.ZipFile) -> None:
    (entry_points,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert wheel.read(entry_points).decode().split("\n")[:2] == ["[console_scripts]", "wirecopy = jobs.cli:main"]
