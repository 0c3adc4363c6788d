"""Files that commands write: whole or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from dedup.errors import CannotWriteError


@contextlib.contextmanager
def whole(out: Path) -> Iterator[Path]:
    """A path to write a file to, beside ``out``; it becomes ``out`` when the block ends without an error.

    Raises :class:`~dedup.errors.CannotWriteError` where it cannot be written. Nothing half-written is left.
    """
    part = out.with_name(f".{out.name}.partial")
    try:
        yield part
        part.replace(out)
    except OSError as error:
        raise CannotWriteError(f"{out} cannot be written: {error.strerror or error}; choose another --out") from error
    finally:
        part.unlink(missing_ok=True)
