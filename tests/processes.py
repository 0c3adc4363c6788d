"""The command in a process of its own, as if everything had been compiled before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
_COMPILES = "wirecopy: compiling "  # on standard error; see tests/core/test_compiling.py


def wirecopy(cwd: Path, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run ``python -m jobs.cli`` in the folder ``cwd``; keyword arguments are variables of the environment."""
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("WIRECOPY_", "COLUMNS"))}
    done = subprocess.run(
        [sys.executable, "-m", "jobs.cli", *map(str, arguments)],
        cwd=cwd,
        env={**keep, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    done.stderr = "".join(line for line in done.stderr.splitlines(keepends=True) if _COMPILES not in line)
    return done
