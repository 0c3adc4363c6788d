"""Files that may be packed (``.gz`` and its kin), unpacked on the fly, with a guard against files that swell."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import pyarrow as pa

from dedup.article import Rejected
from dedup.errors import InputOutputError, NoInputError
from dedup.readers.columns import larger
from dedup.readers.inputs import Source

#: A file may swell to this many bytes, beyond them to so many times its size; those of articles swell 3 to 20 times.
FREE_BYTES = 1_000_000_000
MAX_TIMES = 100

_XZ_MEMORY = 256 << 20  # xz -9 needs a quarter of it
_CHUNK = 1 << 16
BROKEN = (EOFError, zlib.error, lzma.LZMAError, OSError)


class FlawError(Exception):
    """What is being read cannot be an article; the message is the reason."""

    damage = False


class DamageError(FlawError):
    """The file is cut short or damaged, and what stands after this place is lost."""

    damage = True


class Unpacked(io.RawIOBase):
    """The unpacked bytes of a file, read as they come: an error loses nothing that stands before it.

    Reading raises one of :data:`BROKEN` where the file is cut short or damaged, and OSError once it is
    larger than :data:`FREE_BYTES` and :data:`MAX_TIMES` its size.
    """

    def __init__(self, inner: Any, packed: BinaryIO) -> None:
        self._inner = inner
        self._packed = packed
        self._given = 0

    def readable(self) -> bool:  # noqa: D102 - of io.RawIOBase
        return True

    def tell(self) -> int:
        """How many bytes were given out."""
        return self._given

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as one read goes; 0 at the end."""
        data = self._inner.read1(len(buffer))
        self._given += len(data)
        if self._given > FREE_BYTES and self._given > MAX_TIMES * self._packed.tell():
            raise OSError(f"it swells to more than {MAX_TIMES} times its size")
        buffer[: len(data)] = data
        return len(data)


class _Xz:
    """The unpacked bytes of a ``.xz`` file; one that asks for more than :data:`_XZ_MEMORY` is damaged to us."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._decoder = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)

    def read1(self, size: int) -> bytes:
        """Some bytes, at most ``size``; none at the end."""
        while True:
            more = b""
            if self._decoder.eof:  # streams may follow one another, with zeros between them
                more = self._decoder.unused_data.lstrip(b"\0") or self._packed.read(_CHUNK).lstrip(b"\0")
                if not more:
                    return b""
                self._decoder = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
            elif self._decoder.needs_input:
                more = self._packed.read(_CHUNK)
                if not more:
                    raise EOFError("it ends inside of a stream")
            data = self._decoder.decompress(more, size)
            if data:
                return data


@contextlib.contextmanager
def opened(source: Source) -> Iterator[io.RawIOBase]:
    """The file, unpacked where its ending says so. Raises :class:`~dedup.errors.NoInputError`."""
    try:
        file = source.path.open("rb", buffering=0)
    except OSError as error:
        raise NoInputError(f"{source.name} cannot be opened: {error.strerror}") from error
    with file:
        yield unpacked(file, source.path.suffix.lower())


def unpacked(file: Any, ending: str) -> io.RawIOBase:
    """What a file of this ending holds, which is the file itself where the ending is that of no packing."""
    match ending:
        case ".gz" | ".tgz":
            return Unpacked(gzip.GzipFile(fileobj=file), file)
        case ".zst":  # not zstandard's reader, which takes a file that is cut short for a whole one
            return Unpacked(pa.CompressedInputStream(file, "zstd"), file)
        case ".bz2":
            return Unpacked(bz2.BZ2File(file), file)
        case ".xz":
            return Unpacked(_Xz(file), file)
        case _:
            return cast(io.RawIOBase, file)


@contextlib.contextmanager
def flaws(source: Source) -> Iterator[None]:
    """Turn what goes wrong while reading into :class:`DamageError`, or ``InputOutputError`` where the disk fails."""
    try:
        yield
    except BROKEN as error:
        if isinstance(error, OSError) and error.errno:
            raise InputOutputError(f"{source.name} cannot be read further: {error.strerror}") from error
        raise DamageError(f"the file is cut short or damaged from here on: {error}") from error


def rejected(path: str, position: str, flaw: FlawError) -> Rejected:
    """The reject for a flaw."""
    return Rejected(path, position, str(flaw), flaw.damage)


def filled(file: io.RawIOBase, size: int) -> bytes:
    """The next ``size`` bytes, fewer at the end; an error waits for the next call where some bytes were read."""
    data = bytearray()
    while len(data) < size:
        try:
            more = file.read(size - len(data))
        except BROKEN:
            if not data:
                raise
            break
        if not more:
            break
        data += more
    return bytes(data)


def read_all(source: Source, max_record: int) -> bytes:
    """All bytes of a file; raises :class:`FlawError` where they are more than ``max_record`` or it is damaged."""
    with opened(source) as file, flaws(source):
        data = filled(file, max_record + 1)
        filled(file, 1)  # tells of an error that came after some bytes
    if len(data) > max_record:
        raise FlawError(larger(max_record))
    return data
