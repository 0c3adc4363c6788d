"""Which files an input names, in which format each is, and the order they are read in."""

from __future__ import annotations

import dataclasses
import glob
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import mmh3

from dedup.errors import InputOutputError, NoInputError


@dataclasses.dataclass(frozen=True, slots=True)
class Format:
    """A format: its endings, the module whose ``read`` reads it, whether it may come packed (``.gz``, ``.zst``).

    ``single`` marks formats with one article a file, whose id is the file's name. ``needs`` names the packages that
    the format is read with beside those of every installation, ``extra`` the extra that brings them.
    """

    name: str
    suffixes: tuple[str, ...]
    module: str
    packed: bool = False
    single: bool = False
    needs: tuple[str, ...] = ()
    extra: str = ""


_XML = ("defusedxml", "lxml")
_WEB = ("trafilatura", "lxml_html_clean")

#: Adding a format is a line here and a module with
#: ``read(sources: Sequence[Source], names: Names, max_record: int) -> Iterator[Batch]``.
FORMATS = {
    format.name: format
    for format in (
        Format("jsonl", (".jsonl", ".ndjson"), "dedup.readers.jsonl", packed=True),
        Format("csv", (".csv",), "dedup.readers.delimited", packed=True),
        Format("tsv", (".tsv",), "dedup.readers.delimited", packed=True),
        Format("parquet", (".parquet",), "dedup.readers.parquet"),
        Format("text", (".txt",), "dedup.readers.text", single=True),
        Format("json", (".json",), "dedup.readers.jsonfile", packed=True),
        Format("xml", (".xml", ".rss", ".atom"), "dedup.readers.xmlfile", packed=True, needs=_XML, extra="newsml"),
        Format("html", (".html", ".htm"), "dedup.readers.html", packed=True, single=True, needs=_WEB, extra="web"),
        Format("warc", (".warc",), "dedup.readers.warc", packed=True, needs=("fastwarc", *_WEB), extra="web"),
    )
}

PACKINGS = (".gz", ".zst")


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """A file to read: ``name`` is its path as shown to people, ``size`` is in bytes.

    ``id`` is what the article in a file of a single article is called: the file's name without the ending, or, where
    several such files of the run share that, the path below their common folder. It is empty for other formats.
    """

    path: Path
    name: str
    format: str
    size: int
    id: str


def sources(inputs: Sequence[str | Path]) -> list[Source]:
    """The files that ``inputs`` name, sorted by path: files, folders (searched to the bottom) and globs, in any mix.

    A file that is named twice is there once. In folders and globs, files of other endings and hidden files are passed
    over; a file named outright must have a known ending. Raises :class:`~dedup.errors.NoInputError` where an input
    does not exist, or a folder or glob holds no file that can be read.
    """
    if not inputs:
        raise NoInputError("no input was named; give files, folders or globs")
    named: dict[Path, Path] = {}
    for path in sorted({path for given in inputs for path in _expand(given)}, key=os.fspath):
        named.setdefault(path.resolve(), path)
    ids = _ids([path for path in named.values() if _format(path).single])
    return [_source(path, ids.get(path, "")) for path in named.values()]


def digest(source: Source) -> str:
    """32 hex digits of the file's bytes (mmh3, x64, 128 bits)."""
    hasher = mmh3.mmh3_x64_128()
    try:
        with source.path.open("rb") as file:
            while chunk := file.read(1 << 20):
                hasher.update(chunk)
    except OSError as error:
        raise InputOutputError(f"{source.name} cannot be read: {error.strerror}") from error
    return hasher.digest().hex()


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


def _format(path: Path) -> Format:
    found = format_of(path)
    if found is None:
        raise NoInputError(f"{shown(path)}: no reader for this ending; known are {_known()}")
    return found


def _known() -> str:
    plain = [suffix for format in FORMATS.values() for suffix in format.suffixes]
    packed = [suffix for format in FORMATS.values() if format.packed for suffix in format.suffixes]
    return f"{', '.join(plain)}; with {' or '.join(PACKINGS)} behind {', '.join(packed)}"


def _expand(given: str | Path) -> list[Path]:
    path = Path(given)
    if path.is_dir():
        found = list(_folder(path))
        if not found:
            raise NoInputError(f"the folder {shown(path)} holds no file that can be read; known endings: {_known()}")
        return found
    if path.exists():
        _format(path)
        return [path]
    if not glob.has_magic(os.fspath(given)):
        raise NoInputError(f"{shown(path)} does not exist")
    hits = glob.glob(os.fspath(given), recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern
    found = [file for hit in hits for file in _hit(Path(hit))]
    if not found:
        raise NoInputError(f"nothing that can be read matches {shown(path)}; known endings: {_known()}")
    return found


def _hit(path: Path) -> Iterable[Path]:
    if path.is_dir():
        return _folder(path)
    return [path] if format_of(path) else []


def _folder(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise NoInputError(f"the folder {shown(Path(error.filename))} cannot be opened: {error.strerror}") from error

    entered: set[Path] = set()
    for base, folders, files in os.walk(folder, onerror=refuse, followlinks=True):
        if Path(base).resolve() in entered:  # a link that leads back up, or to a folder that was searched already
            folders.clear()
            continue
        entered.add(Path(base).resolve())
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in files:
            if not name.startswith(".") and format_of(Path(name)):
                yield Path(base, name)


def _source(path: Path, id: str) -> Source:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise NoInputError(f"{shown(path)} cannot be opened: {error.strerror}") from error
    return Source(path, shown(path), _format(path).name, size, id)


def _ids(files: Sequence[Path]) -> dict[Path, str]:
    """What each single-article file is called: the shortest of three spellings that no other file shares."""
    if not files:
        return {}
    places = {file: Path(os.path.abspath(file)) for file in files}  # noqa: PTH100 - resolve() would rename links
    common = Path(os.path.commonpath([place.parent for place in places.values()]))
    ids: dict[Path, str] = {}
    for spell in (_name, _path, _whole_path):
        spelled = {file: spell(place, common) for file, place in places.items() if file not in ids}
        count = Counter(spelled.values())
        ids.update((file, name) for file, name in spelled.items() if count[name] == 1)
    return ids


def _name(place: Path, common: Path) -> str:
    return shown(Path(place.stem))


def _path(place: Path, common: Path) -> str:
    return shown(place.relative_to(common).with_suffix(""))


def _whole_path(place: Path, common: Path) -> str:
    return shown(place.relative_to(common))
