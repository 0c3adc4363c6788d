"""Lines of a file that may be packed or damaged, one at a time, none longer than the limit."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from dedup.readers.inputs import Source
from dedup.readers.packed import DamageError, flaws, opened

BOM = b"\xef\xbb\xbf"


class DamagedError(DamageError):
    """The file cannot be read on from line ``line`` (1-based)."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def lines(source: Source, max_record: int) -> Iterator[tuple[int, bytes | None]]:
    """(1-based number, the line with its ending) of each line; None for a line of more than ``max_record`` bytes.

    A longer line is passed over without being held. A byte order mark is left out. Raises
    :class:`DamagedError` where a packed file is cut short or damaged, after all lines before the damage.
    """
    number = 1
    try:
        with opened(source) as raw, flaws(source):
            file = io.BufferedReader(raw)
            while line := file.readline(max_record + 1):
                if len(line) <= max_record or line.endswith(b"\n"):
                    yield number, line.removeprefix(BOM) if number == 1 else line
                else:
                    _skip(file)
                    yield number, None
                number += 1
    except DamageError as flaw:
        raise DamagedError(number, str(flaw)) from flaw


def _skip(file: BinaryIO) -> None:
    while (rest := file.readline(1 << 16)) and not rest.endswith(b"\n"):
        pass
