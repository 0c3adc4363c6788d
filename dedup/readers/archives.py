"""Archives of dumps (``.zip``, ``.tar``, ``.tar.gz`` and the like): each member is read as the file that it is.

Members are unpacked into a temporary folder under names of ours, some at a time; the path of a member is but a name.
"""

from __future__ import annotations

import dataclasses
import importlib
import io
import itertools
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from dedup.article import Batch, Note, Rejected, record_batch
from dedup.errors import InputOutputError
from dedup.readers import day_order, extras
from dedup.readers.fields import Names
from dedup.readers.inputs import FORMATS, PACKINGS, Format, Source, format_of
from dedup.readers.packed import BROKEN, FREE_BYTES, MAX_TIMES, filled, opened
from dedup.readers.unread import no_reader

MOST_MEMBERS = 1_000_000
#: So much is unpacked before it is read; a larger member alone.
PARCEL_MEMBERS = 1_000
PARCEL_BYTES = 64_000_000

_CHUNK = 1 << 20
_HEADER = 1 << 20  # bytes that stand between two members, at most
_BROKEN = (*BROKEN, zipfile.BadZipFile, tarfile.TarError, ValueError, NotImplementedError)
_UNREADABLE = (RuntimeError, NotImplementedError)  # encrypted, or packed in a way that is not known here


class Member(NamedTuple):
    """A member: its path as text, and how to open it."""

    name: str
    file: IO[bytes] | None


class _Unpacked(NamedTuple):
    """Sources of one format, and what else there is to say of an archive."""

    sources: list[Source]
    rejects: list[Rejected]
    notes: list[Note]


def read(sources: Sequence[Source], names: Names, max_record: int) -> Iterator[Batch]:
    """Batches of the articles in the members of ``sources``, in the order in which they stand there.

    A member is shown as ``archive:member``. Members that are not read are noted, those that are damaged or encrypted
    rejected; an archive that swells beyond the limits of :mod:`~dedup.readers.packed` is given up from there.
    """
    for source in sources:
        yield from _archive(source, names, max_record)


def _archive(source: Source, names: Names, max_record: int) -> Iterator[Batch]:
    with tempfile.TemporaryDirectory(prefix="wirecopy-") as folder:
        for parcel in _parcels(source, Path(folder)):
            if parcel.rejects or parcel.notes:
                yield Batch(record_batch([]), tuple(parcel.rejects), tuple(parcel.notes))
            for _, run in itertools.groupby(parcel.sources, key=lambda member: member.format):
                yield from _members(list(run), names, max_record)
            for member in parcel.sources:
                member.path.unlink()


def _members(members: Sequence[Source], names: Names, max_record: int) -> Iterator[Batch]:
    format = FORMATS[members[0].format]
    extras.check(format.needs, format.extra)
    reader = importlib.import_module(format.module)
    named = {member.name: member for member in members}
    batches = reader.read(members, names, max_record)
    again = day_order.settled(batches, lambda name: reader.read([named[name]], names, max_record))
    yield from (dataclasses.replace(batch, day_orders={}) for batch in again)


def _parcels(source: Source, folder: Path) -> Iterator[_Unpacked]:
    """The members, unpacked into the folder: the files of a parcel are to be read before the next is asked for."""
    parcel, size = _Unpacked([], [], []), 0
    guard = _Guard(source)
    for number, member in enumerate(_listed(source, guard)):
        if isinstance(member, Rejected):
            parcel.rejects.append(member)
            continue
        shown = f"{source.name}:{member.name}"
        format = _readable(member, shown, parcel.notes)
        if format is None or member.file is None:
            continue
        packing = PurePosixPath(member.name.lower()).suffix
        file = folder / f"{number}{format.suffixes[0]}{packing if packing in PACKINGS else ''}"
        flaw = guard.copy(member.file, file)
        if flaw is not None:
            parcel.rejects.append(Rejected(shown, "byte 0", flaw, damage=True))
        if flaw is None or not format.single:
            size += file.stat().st_size
            parcel.sources.append(Source(file, shown, format.name, file.stat().st_size, ""))
        if size >= PARCEL_BYTES or len(parcel.sources) >= PARCEL_MEMBERS:
            yield parcel
            parcel, size = _Unpacked([], [], []), 0
    yield parcel


def _readable(member: Member, shown: str, notes: list[Note]) -> Format | None:
    """The format of a member that is to be read; else the reason why not is noted."""
    path = PurePosixPath(member.name)
    format = format_of(Path(path.name))
    hidden = any(part.startswith(".") and part != ".." for part in path.parts)
    if hidden and format is None:
        return None
    if format is None:
        reason = no_reader(path)
    elif format.module == __name__:
        reason = "an archive in an archive"
    elif hidden:
        reason = "hidden"
    elif member.file is None:
        reason = "no regular file"
    else:
        return format
    notes.append(Note(shown, f"passed over within an archive ({reason})"))
    return None


def _listed(source: Source, guard: _Guard) -> Iterator[Member | Rejected]:
    """The members that are no folders; the last one is a reject where the archive cannot be read on."""
    name = ""
    try:
        for count, member in enumerate(_zipped(source) if source.format == "zip" else _taped(source), 1):
            if count > MOST_MEMBERS or guard.too_large:
                reason = guard.too_large or f"more than {MOST_MEMBERS:,} members"
                yield Rejected(source.name, f"member {count}", f"{reason}; the rest is not read", damage=True)
                return
            name = f"member {count + 1}"
            yield member
    except _BROKEN as error:
        _check(error, source)
        reason = f"the archive is cut short or damaged from here on: {error}"
        yield Rejected(source.name, name or "member 1", reason, damage=True)


def _zipped(source: Source) -> Iterator[Member | Rejected]:
    with zipfile.ZipFile(source.path) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            name = _text(info.filename)
            try:
                with archive.open(info) as file:
                    yield Member(name, file)
            except _UNREADABLE as error:
                why = "encrypted" if info.flag_bits & 1 else str(error)
                yield Rejected(f"{source.name}:{name}", "byte 0", f"{why}: unpack it and name the file")
            except _BROKEN as error:
                _check(error, source)
                yield Rejected(f"{source.name}:{name}", "byte 0", f"damaged: {error}", damage=True)


def _taped(source: Source) -> Iterator[Member]:
    with opened(source) as raw:
        tape = _Tape(raw)
        with tarfile.open(fileobj=tape, mode="r|") as archive:  # type: ignore[call-overload]  # all it needs is read
            while (info := archive.next()) is not None:
                archive.members = []  # or all headers stay in memory
                tape.left = None
                member = archive.extractfile(info) if info.isfile() else None
                if not info.isdir():
                    yield Member(_text(info.name), member)
                while member is not None and member.read(_CHUNK):
                    pass
                tape.left = _HEADER


class _Tape:
    """A file as tarfile reads it; ``left``: bytes that may be read before a header must have ended (None: any)."""

    def __init__(self, file: io.RawIOBase) -> None:
        self._file = file
        self.left: int | None = _HEADER

    def read(self, size: int) -> bytes:
        """The next bytes, fewer at the end."""
        data = filled(self._file, size)
        if self.left is not None:
            self.left -= len(data)
            if self.left < 0:
                raise tarfile.ReadError("a header of more than a megabyte")
        return data


class _Guard:
    """Unpacks members as long as they come to no more than :data:`FREE_BYTES` and so many times the archive's size."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._left = max(FREE_BYTES, MAX_TIMES * source.size)
        self.too_large = ""

    def copy(self, member: IO[bytes], to: Path) -> str | None:
        """Unpack a member into a new file; returns why it did not come to its end."""
        try:
            with to.open("wb") as file:
                while data := member.read(_CHUNK):
                    self._left -= len(data)
                    if self._left < 0:
                        self.too_large = f"it swells to more than {MAX_TIMES} times its size"
                        return self.too_large
                    file.write(data)
        except _BROKEN as error:
            _check(error, self._source)
            return f"cut short or damaged: {error}"
        return None


def _check(error: Exception, source: Source) -> None:
    if isinstance(error, OSError) and error.errno:
        raise InputOutputError(f"{source.name} cannot be unpacked: {error.strerror}") from error


def _text(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
