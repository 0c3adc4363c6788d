"""Lines of a file that may be packed or damaged, one at a time, none longer than the limit."""

from __future__ import annotations

import contextlib
import gzip
import io
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

import pyarrow as pa

from dedup.errors import InputOutputError, NoInputError
from dedup.readers.inputs import Source

BOM = b"\xef\xbb\xbf"


class DamagedError(Exception):
    """The file cannot be read on from line ``line`` (1-based)."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def lines(source: Source, max_record: int) -> Iterator[tuple[int, bytes | None]]:
    """(1-based number, the line with its ending) of each line; None for a line of more than ``max_record`` bytes.

    A longer line is passed over without being held. A byte order mark is left out. Raises
    :class:`DamagedError` where a packed file is cut short or damaged, after all lines before the damage.
    """
    with _open(source) as file:
        number = 1
        try:
            while line := file.readline(max_record + 1):
                if len(line) <= max_record or line.endswith(b"\n"):
                    yield number, line.removeprefix(BOM) if number == 1 else line
                else:
                    _skip(file)
                    yield number, None
                number += 1
        except (EOFError, zlib.error, OSError) as error:
            if isinstance(error, OSError) and error.errno:
                raise InputOutputError(f"{source.name} cannot be read on: {error.strerror}") from error
            raise DamagedError(number, f"the packed file is cut short or damaged from here on: {error}") from error


@contextlib.contextmanager
def _open(source: Source) -> Iterator[BinaryIO]:
    try:
        plain = source.path.open("rb")
    except OSError as error:
        raise NoInputError(f"{source.name} cannot be opened: {error.strerror}") from error
    with plain:
        match source.path.suffix.lower():
            case ".gz":
                yield cast(BinaryIO, gzip.GzipFile(fileobj=plain))
            case ".zst":  # not zstandard's reader, which takes a file that is cut short for a whole one
                yield cast(BinaryIO, io.BufferedReader(pa.CompressedInputStream(plain, "zstd")))
            case _:
                yield plain


def _skip(file: BinaryIO) -> None:
    while (rest := file.readline(1 << 16)) and not rest.endswith(b"\n"):
        pass
