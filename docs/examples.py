"""Runs the commands in README.md and docs/walkthrough.md and writes what they print below them.

``make docs`` runs it, a test checks for drift.

A block fenced as ``console`` holds commands after ``$``, each followed by its standard output. The commands are run
one after the other in a folder that has the samples and nothing else.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", ROOT / "docs" / "walkthrough.md")
_BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


def rewritten(page: str) -> str:
    """The page with the output of its commands as it is now."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "samples").symlink_to(ROOT / "samples")
        return _BLOCK.sub(lambda block: "".join(_told(command, folder) for command in _commands(block[0])), page)


def _commands(block: str) -> list[str]:
    return re.findall(r"^\$ (.*)$", block, re.MULTILINE)


def _told(command: str, folder: Path) -> str:
    lines = run(command, folder).stdout.splitlines()
    return "\n".join([f"$ {command}", *(line.rstrip() for line in lines), ""])


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell command in a folder, where ``wirecopy`` is the one of this source tree, whatever is installed."""
    ours = {"PYTHONPATH": str(ROOT), "PYTHON": sys.executable}
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("WIRECOPY_", "COLUMNS"))}
    wirecopy = 'wirecopy() { "$PYTHON" -m jobs.cli "$@"; }\n'
    return subprocess.run(
        ["sh", "-c", wirecopy + command], cwd=folder, env={**keep, **ours}, capture_output=True, text=True, check=True
    )


def main() -> None:
    """Bring the pages up to date."""
    for page in PAGES:
        page.write_text(rewritten(page.read_text("utf-8")), "utf-8")
        print(f"wrote {page}", file=sys.stderr)


if __name__ == "__main__":
    main()
