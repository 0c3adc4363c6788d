"""Files that commands write: whole or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from dedup.errors import CannotWriteError
from dedup.writing import atomic_file


@contextlib.contextmanager
def atomic_output(out: Path) -> Iterator[BinaryIO]:
    """A file to write; it becomes ``out`` when the block ends without an error.

    Raises :class:`~dedup.errors.CannotWriteError` where it cannot be written. Nothing half-written is left.
    """
    try:
        check_file(out)
        with atomic_file(out) as file:
            yield file
    except OSError as error:
        raise CannotWriteError(f"{out} cannot be written: {error.strerror or error}; choose another --out") from error


def check_file(out: Path) -> None:
    """Raise :class:`~dedup.errors.CannotWriteError` where ``out`` is the path of a folder."""
    if out.is_dir() or not out.name:
        raise CannotWriteError(f"{out} is a folder; name a file with --out")


def make_folder(out: Path) -> None:
    """Make a folder to write files into, where there is none; raises :class:`~dedup.errors.CannotWriteError`."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWriteError(f"{out} cannot be made: {error.strerror}; choose another --out") from error
