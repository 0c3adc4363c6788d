"""Files and folders that appear whole or not at all, under names that nobody can guess and prepare.

What is being written has a name of 16 random hex digits beside its target. A folder holds a lock file while its process
lives, so that what a killed process left is known, and removed by the next one that writes the same target.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO

from dedup.errors import CannotWriteError

_log = logging.getLogger(__name__)
_LOCK, _NEW, _OLD = "lock", "new", "old"  # what a work folder holds: its lock, what becomes the target, what was it


@contextlib.contextmanager
def atomic_file(out: Path) -> Iterator[BinaryIO]:
    """A new file to write, beside ``out``; it becomes ``out`` when the block ends without an error.

    Raises OSError where it cannot be written. Nothing half-written is left, and ``out`` is as it was. What is no file,
    such as a pipe or ``/dev/stdout``, is written to as it is: a device must not be replaced by a file.
    """
    if _is_device(out):
        with out.open("ab") as device:
            yield device
        return
    part = _beside(out)
    file = os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb")
    try:
        with file:
            yield file
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def atomic_folder(out: Path) -> Iterator[Path]:
    """A new folder to write into, beside ``out``; it replaces ``out`` when the block ends without an error.

    Raises :class:`~dedup.errors.CannotWriteError` where it cannot be made, and OSError where it cannot be moved.
    """
    sweep(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        work = _beside(out)
        work.mkdir(0o777)
        lock = _locked(work / _LOCK)
        (work / _NEW).mkdir()
    except OSError as error:
        raise CannotWriteError(f"cannot write beside {out}: {error.strerror}; choose another --out") from error
    try:
        yield work / _NEW
        _swap(work, out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
        os.close(lock)


def sweep(out: Path) -> None:
    """Remove the work folders of processes that were killed while they wrote ``out``.

    A run that was about to be replaced, and whose place is empty, is put back.
    """
    with contextlib.suppress(OSError):  # what cannot be looked into is refused when it is written to
        for work in sorted(out.parent.iterdir()):
            if re.fullmatch(rf"\.{re.escape(out.name)}\.[0-9a-f]{{16}}\.partial", work.name) and not work.is_symlink():
                _remove_dead(work, out)


def _remove_dead(work: Path, out: Path) -> None:
    try:
        lock = _locked(work / _LOCK, os.O_RDWR)
    except FileNotFoundError:
        with contextlib.suppress(OSError):  # killed before it had a lock; a folder that holds anything is not ours
            work.rmdir()
        return
    except OSError:
        return  # its process lives, or it is somebody else's
    try:
        if (work / _OLD).is_dir() and not out.exists():
            (work / _OLD).rename(out)
            _log.warning("wirecopy: put back %s, which a run that was killed was about to replace", out)
        shutil.rmtree(work)
        _log.warning("wirecopy: removed %s, left by a run that was killed", work)
    finally:
        os.close(lock)


def _locked(lock: Path, flags: int = os.O_RDWR | os.O_CREAT | os.O_EXCL) -> int:
    """The open lock file, held until it is closed; raises OSError where another process holds it."""
    opened = os.open(lock, flags | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(opened)
        raise
    return opened


def _is_device(out: Path) -> bool:
    return (out.exists() and not (out.is_file() or out.is_dir())) or out.absolute().parts[1:2] in (("dev",), ("proc",))


def _beside(out: Path) -> Path:
    return out.with_name(f".{out.name}.{secrets.token_hex(8)}.partial")


def _swap(work: Path, out: Path) -> None:
    """Put what is new in the place of ``out``: a rename, and two where something is replaced."""
    sync_files(work / _NEW)
    if out.exists():
        out.rename(work / _OLD)
    (work / _NEW).rename(out)
    sync_folder(out.parent)


def sync_file(opened: IO[Any]) -> None:
    """Bring what was written to an open file to the disk."""
    opened.flush()
    os.fsync(opened.fileno())


def sync_files(folder: Path) -> None:
    """Bring the files in a folder, and then its entries, to the disk."""
    for file in folder.iterdir():
        with file.open("rb") as opened:
            os.fsync(opened.fileno())
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Bring a folder's entries to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
