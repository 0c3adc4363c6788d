"""Which files the inputs name, the order they are read in, and what is passed over in folders and globs."""

from __future__ import annotations

import errno
import glob
import os
import stat
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dedup.errors import NoInputError, UsageError
from dedup.readers.inputs import PACKINGS, Format, Input, Source, format_of, known_endings, shown, stamp
from dedup.readers.unread import UNREAD, no_reader

#: What names standard input.
STANDARD_INPUT = ("-", "/dev/stdin")

#: What lies in a folder that wirecopy made -> what the folder is.
OWN = {
    "the folder of a run": frozenset({"run.json", "stories.parquet", "matches.parquet"}),
    "a store": frozenset({"catalogue.sqlite"}),
}

_KINDS = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}


class PassedOver(NamedTuple):
    """A file or folder within an input that is not read, and why."""

    name: str
    reason: str


class Inputs(NamedTuple):
    """The files to read, sorted by path, and what was passed over."""

    sources: list[Source]
    passed_over: list[PassedOver]


def find(inputs: Sequence[Input]) -> Inputs:
    """The files that ``inputs`` name: files, folders (searched to the bottom) and globs, in any mix.

    A source is taken as it is; what an address like ``s3://bucket/dumps`` names is fetched here. A file that is named
    twice is there once. ``-`` and ``/dev/stdin`` are standard input, which is read to its end here. In folders and
    globs these are passed over: files of other endings, hidden files, what is no regular file, and the stores and runs
    that wirecopy made. A file that is named outright must be regular and have a known ending. Raises
    :class:`~dedup.errors.NoInputError` where an input does not exist or there is nothing to read,
    :class:`~dedup.errors.UsageError` for an empty path and an unknown kind of address, and
    :class:`~dedup.errors.InputOutputError` where a store cannot be asked.
    """
    if not inputs:
        raise NoInputError("no input was given; give files, folders or globs")
    made = [given for given in inputs if isinstance(given, Source)]
    remote = [given for given in inputs if isinstance(given, str) and "://" in given]
    if remote:
        from dedup.readers.remote import fetched  # noqa: PLC0415 - naming inputs must not load Arrow

        made += [source for address in remote for source in fetched(address)]
    named_paths = [given for given in inputs if not isinstance(given, Source) and given not in remote]
    passed_over: dict[PassedOver, None] = {}
    paths: dict[Path, Path] = {}
    for given in named_paths:
        if os.fspath(given) not in STANDARD_INPUT:
            paths = _named(given, passed_over) | paths
    named: dict[Path, Path] = {}
    for path in sorted(paths, key=os.fspath):
        named.setdefault(_resolved(path), path)
    ids = _ids({path: paths[path] for path in named.values() if _format(path).single})
    sources = [*made, *(_source(path, ids.get(path, "")) for path in named.values())]
    if any(os.fspath(given) in STANDARD_INPUT for given in named_paths):
        from dedup.readers.standard_input import buffered  # noqa: PLC0415 - naming inputs must not load Arrow

        sources.insert(0, buffered())
    return Inputs(sources, sorted(passed_over))


def sources(inputs: Sequence[Input]) -> list[Source]:
    """The files that ``inputs`` name; see :func:`find`."""
    return find(inputs).sources


def summed(passed_over: Sequence[PassedOver]) -> list[dict[str, Any]]:
    """How many were passed over for which reason, and the first of each: what run.json says."""
    first: dict[str, str] = {}
    for each in passed_over:
        first.setdefault(each.reason, each.name)
    count = Counter(each.reason for each in passed_over)
    return [{"reason": reason, "count": count[reason], "first": first[reason]} for reason in sorted(first)]


def _format(path: Path) -> Format:
    format = format_of(path)
    if format is None:
        advice = UNREAD.get(path.suffix.lower())
        if advice:
            raise NoInputError(f"{shown(path)} is not read: {advice}")
        if path.suffix.lower() in PACKINGS:
            raise NoInputError(f"{shown(path)}: {no_reader(path)}")
        raise NoInputError(f"{shown(path)}: no reader for this ending; known are {known_endings()}")
    return format


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a loop of links
        return path.absolute()


def _named(given: str | Path, passed_over: dict[PassedOver, None]) -> dict[Path, Path]:
    """The files that an input names, and the folder that each is below: the input, or where the file is."""
    try:
        return _expand(given, passed_over)
    except OSError as error:  # a name that is too long, a folder on the way that may not be entered
        raise NoInputError(f"{shown(Path(given))} cannot be opened: {error.strerror}") from error


def _expand(given: str | Path, passed_over: dict[PassedOver, None]) -> dict[Path, Path]:
    if not os.fspath(given):
        raise UsageError("an input is an empty path; use . for the current folder")
    path = Path(given)
    if path.is_dir():
        result = dict.fromkeys(_folder(path, passed_over), path)
        if not result:
            raise NoInputError(_nothing(f"the folder {shown(path)} holds no file that can be read", passed_over))
        return result
    if path.exists() or path.is_symlink():
        reason = _irregular(path)
        if reason:
            raise NoInputError(f"{shown(path)} is {reason}; name a file, or give - and pipe the dump in")
        _format(path)
        return {path: path.parent}
    if not glob.has_magic(os.fspath(given)):
        raise NoInputError(f"{shown(path)} does not exist")
    hits = glob.glob(os.fspath(given), recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern
    result = {
        file: hit if hit.is_dir() else file.parent for hit in map(Path, hits) for file in _files_of(hit, passed_over)
    }
    if not result:
        raise NoInputError(_nothing(f"nothing that can be read matches {shown(path)}", passed_over))
    return result


def _nothing(message: str, passed_over: Iterable[PassedOver]) -> str:
    first = [f"; {each.name} was passed over: {each.reason}" for each in passed_over][:1]
    return f"{message}{''.join(first)}; known endings: {known_endings()}"


def _files_of(path: Path, passed_over: dict[PassedOver, None]) -> Iterator[Path]:
    if path.is_dir():
        return _folder(path, passed_over)
    return _regular(path, passed_over)


def _folder(folder: Path, passed_over: dict[PassedOver, None]) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise NoInputError(f"the folder {shown(Path(error.filename))} cannot be opened: {error.strerror}") from error

    entered: set[Path] = set()
    for base, folders, files in os.walk(folder, onerror=refuse, followlinks=True):
        resolved = _resolved(Path(base))
        if resolved in entered:  # a link that leads back up, or to a folder that was searched already
            folders.clear()
            continue
        entered.add(resolved)
        made = _made({*folders, *files})
        if made:
            passed_over[PassedOver(shown(Path(base)), made)] = None
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in files:
            yield from _regular(Path(base, name), passed_over)


def _made(names: Collection[str]) -> str | None:
    """What kind of folder of wirecopy's holds these; None for others."""
    return next((what for what, markers in OWN.items() if markers.issubset(names)), None)


def _regular(path: Path, passed_over: dict[PassedOver, None]) -> Iterator[Path]:
    """The file, where it can be read; why not, where it cannot."""
    hidden, known = path.name.startswith("."), format_of(path) is not None
    if hidden and not known:
        return
    reason = _irregular(path) if known else no_reader(path)
    if hidden or reason:
        passed_over[PassedOver(shown(path), "hidden" if hidden else reason)] = None
    else:
        yield path


def _irregular(path: Path) -> str:
    """What the path is, where it is no regular file; empty for one."""
    try:
        return _KINDS.get(stat.S_IFMT(path.stat().st_mode), "")
    except OSError as error:
        if path.is_symlink() and error.errno in (errno.ENOENT, errno.ELOOP, errno.ENOTDIR):
            return "a link that leads to itself" if error.errno == errno.ELOOP else "a link that leads nowhere"
        raise NoInputError(f"{shown(path)} cannot be opened: {error.strerror}") from error


def _source(path: Path, id: str) -> Source:
    try:
        now = stamp(path)
    except OSError as error:
        raise NoInputError(f"{shown(path)} cannot be opened: {error.strerror}") from error
    return Source(path, shown(path), _format(path).name, now.size, id, now)


def _ids(files: Mapping[Path, Path]) -> dict[Path, str]:
    """What each single-article file is called; ``files``: the folder that each was named by.

    The path within that folder, or the first of two longer spellings that no other file shares.
    """
    if not files:
        return {}
    paths = {file: _absolute(file) for file in files}
    common = Path(os.path.commonpath([path.parent for path in paths.values()]))
    ids: dict[Path, str] = {}
    spellings: tuple[Callable[[Path], Path], ...] = (
        lambda file: paths[file].relative_to(_absolute(files[file])).with_suffix(""),
        lambda file: paths[file].relative_to(common).with_suffix(""),
        lambda file: paths[file].relative_to(common),
    )
    for spell in spellings:
        spelled = {file: shown(spell(file)) for file in files if file not in ids}
        count = Counter(spelled.values())
        ids.update((file, name) for file, name in spelled.items() if count[name] == 1)
    return ids


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would rename links
