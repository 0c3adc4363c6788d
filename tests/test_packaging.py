"""What an installed wirecopy consists of."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from dedup import kernels

ROOT = Path(__file__).parent.parent


OFFLINE = ["--no-deps", "--no-build-isolation", "--no-index"]
SDIST = "from setuptools import build_meta; build_meta.build_sdist('dist')"


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution, built from a copy so that nothing is left in the source folder."""
    source = tmp_path_factory.mktemp("source")
    for name in ("dedup", "jobs", "tests", "samples"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    (source / "docs").mkdir()
    for name in ("pyproject.toml", "LICENSE", "README.md", "docs/wirecopy.1"):
        shutil.copy(ROOT / name, source / name)
    subprocess.run([sys.executable, "-c", SDIST], cwd=source, check=True, capture_output=True)
    (made,) = (source / "dist").iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from the source distribution and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    pip_wheel = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "wheel"]
    subprocess.run([*pip_wheel, *OFFLINE, "--wheel-dir", folder, sdist], cwd=folder, check=True)
    (made,) = folder.iterdir()
    return zipfile.ZipFile(made)


def test_the_source_distribution_holds_the_licence_and_no_leftovers(sdist: Path) -> None:
    with tarfile.open(sdist) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    wanted = {"LICENSE", "pyproject.toml", "dedup/__init__.py", "dedup/credits/agencies.toml", "docs/wirecopy.1"}
    assert wanted <= names
    assert not {name for name in names if name.endswith((".pyc", ".nbi", ".nbc", ".bin"))}


def test_the_wheel_holds_every_file_of_the_two_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    files = [file for package in ("dedup", "jobs") for file in (ROOT / package).rglob("*") if file.is_file()]
    ours = {file.relative_to(ROOT).as_posix() for file in files if "__pycache__" not in file.parts}
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
    data = {name for name in inside if ".data/" in name}
    assert inside - data == ours
    assert {name.partition(".data/")[2] for name in data} == {"data/share/man/man1/wirecopy.1"}


def test_the_command_is_called_wirecopy(wheel: zipfile.ZipFile) -> None:
    (entry_points,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert wheel.read(entry_points).decode().split("\n")[:2] == ["[console_scripts]", "wirecopy = jobs.cli:main"]


def test_the_wheel_runs_away_from_the_checkout(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """With what the tests have compiled, which goes by the digest of the sources, not by where these are."""
    wheel.extractall(tmp_path / "site")
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    cache = {"NUMBA_CACHE_DIR": str(kernels.folder().parent)}
    detect = ["-m", "jobs.cli", "detect", "samples/morning.jsonl", "samples/evening.csv", "--out", "run"]
    home = ["-c", "import dedup, jobs; print(dedup.__file__, jobs.__file__)"]
    for arguments, printed in ((home, str(tmp_path / "site" / "jobs")), (detect, "articles in stories       18")):
        done = subprocess.run(
            [sys.executable, "-P", *arguments],
            cwd=tmp_path,
            env=os.environ | cache | {"PYTHONPATH": str(tmp_path / "site")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert printed in done.stdout
