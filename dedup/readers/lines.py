"""Lines of a file that may be packed or damaged, one at a time, none longer than the limit."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from dedup.readers.inputs import Source
from dedup.readers.packed import DamageError, flaws, opened

BOM = b"\xef\xbb\xbf"
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class _Recoded(io.RawIOBase):
    """The bytes of a file in another encoding as UTF-8; what is none becomes U+FFFD."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            data = self._file.read(1 << 16)
            self._ready = self._decoder.decode(data, not data).encode("utf-8", "replace")
            if not data:
                break
        given = self._ready[: len(buffer)]
        self._ready = self._ready[len(given) :]
        buffer[: len(given)] = given
        return len(given)


class DamagedError(DamageError):
    """The file cannot be read on from line ``line`` (1-based)."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def lines(source: Source, max_record: int) -> Iterator[tuple[int, bytes | None]]:
    """(1-based number, the line with its ending) of each line; None for a line of more than ``max_record`` bytes.

    A longer line is passed over without being held. A byte order mark is left out, and what is UTF-16 by its mark is
    given in UTF-8. Raises
    :class:`DamagedError` where a packed file is cut short or damaged, after all lines before the damage.
    """
    number = 1
    try:
        with opened(source) as raw, flaws(source):
            file = io.BufferedReader(raw)
            if file.peek(2).startswith(UTF16):
                file = io.BufferedReader(_Recoded(file, "utf-16"))
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
