"""Files in a bucket as inputs like any other: each is fetched into a temporary folder before it is read."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from dedup import addresses
from dedup.errors import NoInputError
from dedup.readers.inputs import Format, Source, format_of, known_endings, stamp
from dedup.scratch import TemporaryFolder


def fetched(address: str) -> list[Source]:
    """The files that an address names and that there are readers for: one, a folder's, or a pattern's.

    Raises :class:`~dedup.errors.NoInputError` where there is none, and :class:`~dedup.errors.InputOutputError` where
    the store cannot be asked.
    """
    files = [(file, format) for file in addresses.listed(address) if (format := _format(file))]
    if not files:
        raise NoInputError(f"{address} names no file that can be read; known endings: {known_endings()}")
    folder = TemporaryFolder()
    return [_source(file, format, folder, number) for number, (file, format) in enumerate(files)]


def _format(file: addresses.RemoteFile) -> Format | None:
    hidden = PurePosixPath(file.path).name.startswith((".", "_"))
    return None if hidden else format_of(Path(file.path))


def _source(file: addresses.RemoteFile, format: Format, copies: TemporaryFolder, number: int) -> Source:
    folder = copies.path / str(number)
    folder.mkdir()
    target = folder / PurePosixPath(file.path).name
    addresses.fetch(file, target)
    id = str(PurePosixPath(file.path.partition("/")[2]).with_suffix("")) if format.single else ""
    now = stamp(target)
    return Source(target, file.address, format.name, now.size, id, now, copies)
