"""The formats, and a file to read: its format, its digest, and whether it is still the file that was named."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import mmh3

from dedup.errors import InputOutputError, NoInputError


@dataclasses.dataclass(frozen=True, slots=True)
class Format:
    """A format: its endings, the module whose ``read`` reads it, whether it may come packed.

    ``single`` marks formats with one article a file, whose id is the file's path. ``needs`` names the packages that
    the format is read with beside those of every installation, ``extra`` the extra that brings them.
    ``min_bytes``: bytes of the smallest record that is an article; 0 where that cannot be said.
    """

    name: str
    suffixes: tuple[str, ...]
    module: str
    packed: bool = False
    single: bool = False
    needs: tuple[str, ...] = ()
    extra: str = ""
    min_bytes: int = 9  # {"t":"a"}


_XML = ("defusedxml", "lxml")
_WEB = ("trafilatura", "lxml_html_clean")

#: Adding a format is a line here and a module with
#: ``read(sources: Sequence[Source], names: Names, max_record: int) -> Iterator[Batch]``.
FORMATS = {
    format.name: format
    for format in (
        Format("jsonl", (".jsonl", ".ndjson"), "dedup.readers.jsonl", packed=True),
        Format("csv", (".csv",), "dedup.readers.delimited", packed=True, min_bytes=2),
        Format("tsv", (".tsv",), "dedup.readers.delimited", packed=True, min_bytes=2),
        Format("parquet", (".parquet",), "dedup.readers.parquet", min_bytes=0),
        Format("text", (".txt",), "dedup.readers.text", single=True),
        Format("json", (".json",), "dedup.readers.jsonfile", packed=True),
        Format(
            "xml", (".xml", ".nitf", ".rss", ".atom"), "dedup.readers.xmlfile", packed=True, needs=_XML, extra="agency"
        ),
        Format("html", (".html", ".htm"), "dedup.readers.html", packed=True, single=True, needs=_WEB, extra="web"),
        Format("warc", (".warc",), "dedup.readers.warc", packed=True, needs=("fastwarc", *_WEB), extra="web"),
        Format("xlsx", (".xlsx",), "dedup.readers.xlsx", needs=("openpyxl",), extra="office", min_bytes=0),
        Format(
            "docx", (".docx",), "dedup.readers.docx", single=True, needs=("defusedxml",), extra="office", min_bytes=0
        ),
        Format("zip", (".zip",), "dedup.readers.archives", min_bytes=0),
        Format("tar", (".tar", ".tgz"), "dedup.readers.archives", packed=True, min_bytes=0),
    )
}

PACKINGS = (".gz", ".zst", ".bz2", ".xz")


class Stamp(NamedTuple):
    """What tells a file from another one under its path, and from itself before it was written to."""

    device: int
    inode: int
    size: int
    modified: int
    changed: int


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """A file to read: ``name`` is its path as shown to people, ``size`` is in bytes.

    ``id`` is what the article in a file of a single article is called: its path within the folder that was named,
    without the ending, or, where several such files share that, below their common folder. It is empty for others, and
    for standard input, where the article's id is made from its text. ``stamp`` is that of the file when it was named;
    ``keep`` keeps a temporary file alive.
    """

    path: Path
    name: str
    format: str
    size: int
    id: str
    stamp: Stamp | None = None
    keep: object = None

    def __str__(self) -> str:
        return self.name


#: What may be given as an input: a path, a glob, or a source that was made of articles in memory.
Input = str | Path | Source


def stamp(path: Path) -> Stamp:
    """The stamp of a file as it is now; raises OSError."""
    now = path.stat()
    return Stamp(now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns)


def digest(source: Source) -> str:
    """32 hex digits of the file's bytes (mmh3, x64, 128 bits).

    Raises :class:`~dedup.errors.NoInputError` where it cannot be opened, :class:`~dedup.errors.InputOutputError` where
    it cannot be read on, or is not the file any more that was named.
    """
    hasher = mmh3.mmh3_x64_128()
    try:
        file = source.path.open("rb")
    except OSError as error:
        raise NoInputError(f"{source.name} cannot be opened: {error.strerror}") from error
    try:
        with file:
            while chunk := file.read(1 << 20):
                hasher.update(chunk)
    except OSError as error:
        raise InputOutputError(f"{source.name} cannot be read further: {error.strerror}") from error
    check_unchanged([source])
    return hasher.digest().hex()


def check_unchanged(sources: Sequence[Source]) -> None:
    """Raise :class:`~dedup.errors.InputOutputError` where a file is not the one that was named, or was written to."""
    for source in sources:
        try:
            same = source.stamp is None or stamp(source.path) == source.stamp
        except OSError as error:
            raise InputOutputError(f"{source.name} was removed while it was read: {error.strerror}") from error
        if not same:
            raise changed(source)


def changed(source: Source) -> InputOutputError:
    """The error for a file that is not what it was when the run began."""
    return InputOutputError(
        f"{source.name} changed while it was read; nothing was stored: "
        "run the same command again when the file is complete"
    )


@contextlib.contextmanager
def unchanged(sources: Sequence[Source]) -> Iterator[None]:
    """Raise where one of the files changes meanwhile; what else goes wrong is then a consequence of that."""
    try:
        yield
    except Exception as error:
        try:
            check_unchanged(sources)
        except InputOutputError as messages:
            raise messages from error
        raise
    check_unchanged(sources)


def shown(path: Path) -> str:
    """The path as text; bytes of a file name that are not UTF-8 become replacement characters."""
    return os.fsencode(path).decode("utf-8", "replace")


def format_of(path: Path) -> Format | None:
    """The format that the path's ending stands for, in upper or lower case; None for an unknown one."""
    name = Path(path.name.lower())
    packed = name.suffix in PACKINGS
    suffix = Path(name.stem).suffix if packed else name.suffix
    fitting = (format for format in FORMATS.values() if suffix in format.suffixes and (format.packed or not packed))
    return next(fitting, None)


def known_endings() -> str:
    """The endings that are read, in words."""
    plain = [suffix for format in FORMATS.values() for suffix in format.suffixes]
    packed = [suffix for format in FORMATS.values() if format.packed for suffix in format.suffixes]
    return f"{', '.join(plain)}; with {' or '.join(PACKINGS)} behind {', '.join(packed)}"
