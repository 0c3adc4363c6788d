"""The command in a child of this process, which has all modules loaded, and killed at its n-th file operation."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jobs.cli.commands
import jobs.nightly.forget
import jobs.nightly.query
import jobs.nightly.rebuild  # noqa: F401 - loaded once, not by every child

_CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.truncate"})
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Done(NamedTuple):
    """How a command ended (as :func:`os.waitstatus_to_exitcode` reads it), what it wrote, and its file operations."""

    code: int
    out: str
    err: str
    operations: int


def run(arguments: Sequence[str], folder: Path, scratch: Path, kill_at: int = 0) -> Done:
    """Run ``wirecopy`` with ``arguments``; ``kill_at``: before that operation that changes ``folder`` (0: never)."""
    files = [scratch / name for name in ("out", "err", "operations")]
    for file in files:
        file.write_bytes(b"")
    child = os.fork()
    if not child:
        _become(arguments, folder, files, kill_at)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    out, err, operations = (file.read_text("utf-8", "replace") for file in files)
    return Done(code, out, err, len(operations))


def _become(arguments: Sequence[str], folder: Path, files: Sequence[Path], kill_at: int) -> None:
    code = 70
    try:
        for number, file in enumerate(files[:2], 1):
            os.dup2(os.open(file, os.O_WRONLY), number)
        sys.addaudithook(_counting(os.fspath(folder), os.open(files[2], os.O_WRONLY | os.O_APPEND), kill_at))
        sys.argv = ["wirecopy", *arguments]
        from jobs.cli import main  # noqa: PLC0415 - in the child, so that the signals are the command's

        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _counting(folder: str, tally: int, kill_at: int) -> Callable[[str, tuple[Any, ...]], None]:
    """An audit hook that writes a byte for each operation that changes something below the folder, and kills."""
    done = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal done
        changes = event in _CHANGES or (event == "open" and arguments[2] & _WRITING)
        if changes and isinstance(arguments[0], str | os.PathLike) and os.fspath(arguments[0]).startswith(folder):
            done += 1
            os.write(tally, b".")
            if done == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    return hook
