"""Runs the steps of the Dockerfile in an empty folder, where no daemon is at hand; ``make image-steps`` runs it.

Every absolute path of the image is one below the folder. Accounts are not made: what the image would start runs as the
user of its USER where we are the superuser, who alone may write then where the image lets nobody.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
_PATHS = ("/opt/wirecopy", "/data", "/src")  # of the image
_ACCOUNTS = ("useradd", "chown")  # what only an image needs


class Image(NamedTuple):
    """What the steps leave: variables, the folder to work in, who works there, and what is started."""

    environment: Mapping[str, str]
    folder: Path
    user: int
    command: list[str]


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile with their arguments; lines that go on are joined."""
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def build(top: Path) -> Image:
    """Run all steps below the folder ``top``."""
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(top)}
    environment |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    folder, arguments, user, command = top, dict[str, str](), os.getuid(), list[str]()
    for word, rest in instructions():
        if word == "ARG":
            name, _, value = rest.partition("=")
            arguments[name] = value
        elif word == "ENV":
            for pair in shlex.split(rest):
                name, _, value = pair.partition("=")
                environment[name] = _below(top, _filled(value, environment | arguments))
        elif word == "WORKDIR":
            folder = Path(_below(top, rest))
            folder.mkdir(parents=True, exist_ok=True)
        elif word == "COPY" and not rest.startswith("--from"):
            *sources, target = rest.split()
            for source in sources:
                _copy(ROOT / source, folder / target / (Path(source).name if target.endswith("/") else ""))
        elif word == "RUN":
            for step in _steps(rest):
                print(f"RUN {step}", file=sys.stderr)
                subprocess.run(_below(top, step), shell=True, check=True, cwd=folder, env=environment)
        elif word == "USER":
            user = int(rest)
        elif word in ("ENTRYPOINT", "CMD"):
            command += json.loads(rest)
    return Image(environment, folder, user, command)


def _steps(run: str) -> Iterator[str]:
    """The commands of a RUN, without those that make accounts."""
    for step in run.split("&&"):
        if step.split()[0] not in _ACCOUNTS:
            yield " ".join(step.split())


def _below(top: Path, text: str) -> str:
    """The text with the image's paths below ``top``."""
    return re.sub(rf"(?<![\w/.])({'|'.join(_PATHS)})(?![\w-])", rf"{top}\1", text)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\$(\w+)", lambda match: values[match[1]], text)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def check(image: Image) -> None:
    """What is started answers, finds the stories of the samples, and compiles nothing."""
    started = run(image, *image.command)
    assert "Usage: wirecopy" in started.stdout, started.stderr
    done = run(image, image.command[0], "demo")
    assert done.returncode == 0, done.stderr
    assert "Council hid crack in Tarn Bridge" in done.stdout
    assert "compiling" not in done.stderr, done.stderr


def run(image: Image, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command as the container does."""
    other = os.getuid() == 0 and _reached_by_all(Path(sys.executable).resolve())
    options = {"user": image.user, "group": image.user, "extra_groups": []} if other else {}
    return subprocess.run(
        command, cwd=image.folder, env=image.environment, capture_output=True, text=True, check=False, **options
    )  # type: ignore[call-overload]  # mypy does not look into the options


def _reached_by_all(file: Path) -> bool:
    """Whether any user may go to a file; a superuser's own Python may lie where nobody else looks."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in file.parents)


@contextlib.contextmanager
def _read_only(folder: Path) -> Iterator[None]:
    """The folder as in a container whose root nobody writes; needs a superuser who may mount."""
    bind = ["mount", "--bind", str(folder), str(folder)]
    if os.getuid() or subprocess.run(bind, check=False).returncode:
        print(f"{folder} stays as it is: nobody may mount here", file=sys.stderr)
        yield
        return
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def main() -> None:
    """Build, and check what came of it."""
    with tempfile.TemporaryDirectory(prefix="wirecopy-image-") as name:
        top = Path(name)
        top.chmod(0o755)  # the user of the image reads what is below it
        image = build(top)
        if os.getuid() == 0:
            os.chown(image.folder, image.user, image.user)
        with _read_only(top / "opt"):
            check(image)
    print("the steps of the Dockerfile give an image that runs as it says")


if __name__ == "__main__":
    main()
