"""Files in buckets and other stores that pyarrow knows: ``s3://``, ``gs://``, ``abfs://``, ``hdfs://``, ``file://``.

Stores that it does not know, such as ``sftp://``, are opened by fsspec where that is installed.

Credentials come from where each store's own tools look for them. Which server is asked for ``s3://`` may be said in the
variable AWS_ENDPOINT_URL, or in the address: ``s3://bucket/dumps?endpoint_override=host:9000&scheme=http``.
"""

from __future__ import annotations

import contextlib
import fnmatch
import functools
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pyarrow as pa
from pyarrow import fs

from dedup.errors import CannotWriteError, InputOutputError, UsageError
from dedup.scratch import TemporaryFolder

_MARKER = "run.json"  # what a folder has to hold to be a run; it is written last
_CHUNK = 1 << 22
_PATTERN = re.compile(r"[*?\[]")
_UNPUBLISHED = "; nothing was published"
_WITH_ENDPOINT = ("s3", "s3a", "gs")  # in whose addresses pyarrow takes an endpoint


class RemoteFile(NamedTuple):
    """A file: its address, its path in its store, and its bytes."""

    address: str
    path: str
    size: int


class Location(NamedTuple):
    """A store, a path in it, and what stands around the path in its address."""

    store: Any
    path: str
    scheme: str
    query: str

    def address(self, path: str) -> str:
        """The address of another path in the same store."""
        return f"{self.scheme}://{path}{self.query}"


class RemoteFolder:
    """A folder at an address; its files are copied to this machine when they are first asked for.

    The copies go with the object. As a path it is the folder of the copies, as text its address.
    """

    def __init__(self, address: str) -> None:
        """The folder at an address like ``s3://bucket/run``, whether there is one or not."""
        self.address = address
        self._copies = TemporaryFolder()

    def __fspath__(self) -> str:
        return str(self._copies.path)

    def __str__(self) -> str:
        return self.address

    @functools.cached_property
    def files(self) -> dict[str, RemoteFile]:
        """The files that are there, by their paths within the folder; none where there is no folder."""
        folder = location(self.address)
        with _store_errors(self.address):
            return {
                str(PurePosixPath(info.path).relative_to(folder.path)): RemoteFile(
                    folder.address(info.path), info.path, info.size
                )
                for info in _below(folder)
            }

    def fetch_one(self, name: str) -> Path:
        """The copy of a file, for which the folder is not listed; nothing is at that path where there is none.

        Raises :class:`~dedup.errors.InputOutputError` where the store cannot be asked.
        """
        folder, copy = location(self.address), self._copies.path / name
        for file in listed(folder.address(f"{folder.path}/{name}")):
            fetch(file, copy)
        return copy

    def file(self, name: str) -> Path:
        """The copy of a file, or of a folder with all in it; nothing is at that path where the store has neither.

        Raises :class:`~dedup.errors.InputOutputError` where the store cannot be asked.
        """
        copy = self._copies.path / name
        if not copy.exists():
            for path, file in self.files.items():
                if path == name or path.startswith(f"{name}/"):
                    target = self._copies.path / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    fetch(file, target)
        return copy


def is_address(text: object) -> bool:
    """Whether it names a store, and not a file of this machine."""
    return isinstance(text, str) and "://" in text


def at_endpoint(address: str, endpoint: str) -> str:
    """The address with the server to ask, which is a URL.

    >>> at_endpoint("s3://news/run", "http://localhost:9000")
    's3://news/run?endpoint_override=localhost:9000&scheme=http'

    Raises :class:`~dedup.errors.UsageError` for what is no URL, and for a store that takes none.
    """
    server = urlsplit(endpoint)
    if server.scheme not in ("http", "https") or not server.netloc or server.path.strip("/"):
        raise UsageError(f"{endpoint!r} is no address of a server; write it as in http://localhost:9000")
    if address.partition("://")[0] not in _WITH_ENDPOINT:
        raise UsageError(f"an endpoint is for s3:// and gs://, not for {address}")
    mark = "&" if "?" in address else "?"
    return f"{address}{mark}endpoint_override={server.netloc}&scheme={server.scheme}"


def location(address: str) -> Location:
    """Where an address leads. Raises :class:`~dedup.errors.UsageError` for a store that pyarrow does not know."""
    scheme, _, rest = address.partition("://")
    scheme = "s3" if scheme == "s3a" else scheme  # as Spark writes it
    name, mark, query = rest.partition("?")
    fixed = _PATTERN.split(name)[0].rpartition("/")[0] if _PATTERN.search(name) else name
    try:
        store, path = _opened(f"{scheme}://{fixed}{mark}{query}")
    except (pa.ArrowException, OSError, ValueError, ImportError) as error:
        raise UsageError(
            f"{address} cannot be opened: {error}; addresses begin with s3://, gs://, abfs://, hdfs:// or file://, or "
            "with what fsspec knows: pip install fsspec"
        ) from error
    path = path.rstrip("/") + name[len(fixed) :]
    return Location(store, path, scheme, mark + query)


def _opened(address: str) -> tuple[Any, str]:
    """A store and a path in it, by pyarrow, and by fsspec where pyarrow knows no such store."""
    try:
        opened: tuple[Any, str] = fs.FileSystem.from_uri(address)
    except pa.ArrowInvalid as error:
        if "Unrecognized filesystem" not in str(error):
            raise
        opened = fs.FileSystem.from_uri(f"fsspec+{address}")
    return opened


def listed(address: str) -> list[RemoteFile]:
    """The files that an address names, in the order of their paths: one, those of a folder, or those of a pattern.

    There are none where nothing is there. Raises :class:`~dedup.errors.InputOutputError` where the store cannot be
    asked.
    """
    named = location(address)
    with _store_errors(address):
        if _PATTERN.search(named.path):
            base = _PATTERN.split(named.path)[0].rpartition("/")[0]
            infos = _below(named._replace(path=base))
            infos = [info for info in infos if fnmatch.fnmatchcase(info.path, named.path)]
        else:
            (info,) = named.store.get_file_info([named.path])
            infos = _below(named) if info.type == fs.FileType.Directory else [info]
    files = [info for info in infos if info.type == fs.FileType.File]
    return [
        RemoteFile(named.address(info.path), info.path, info.size) for info in sorted(files, key=lambda one: one.path)
    ]


def _below(folder: Location) -> list[Any]:
    """What pyarrow tells of the files in a folder and those in it; nothing where there is none."""
    infos = folder.store.get_file_info(fs.FileSelector(folder.path, allow_not_found=True, recursive=True))
    return [info for info in infos if info.type == fs.FileType.File]


def fetch(file: RemoteFile, target: Path) -> None:
    """Copy a file to this machine. Raises :class:`~dedup.errors.InputOutputError`."""
    store = location(file.address).store
    with _store_errors(file.address), store.open_input_stream(file.path) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, _CHUNK)


def copy_to(store: Any, file: Path, path: str) -> None:
    """Copy a file of this machine to a path in a store; raises what the store raises."""
    with file.open("rb") as source, store.open_output_stream(path) as copy:
        shutil.copyfileobj(source, copy, _CHUNK)


@contextlib.contextmanager
def publishing(out: str, *, replace: bool = False) -> Iterator[Path]:
    """A folder of this machine to write a run into; when the block ends without an error its files are put at ``out``.

    ``run.json`` comes last, and what is there without it is no run. With ``replace`` an earlier run there is replaced:
    its ``run.json`` goes first. Raises :class:`~dedup.errors.CannotWriteError` before anything is done where ``out``
    holds a run, or what no run wrote, and :class:`~dedup.errors.InputOutputError` where the store fails.
    """
    target = location(out)
    with _store_errors(out, _UNPUBLISHED):
        present = {str(PurePosixPath(info.path).relative_to(target.path)) for info in _below(target)}
    if _MARKER in present and not replace:
        raise CannotWriteError(f"{out} holds a finished run; choose another --out, or replace it with --force")
    foreign = sorted(name for name in present if name != _MARKER and not _is_table(name))
    if foreign:
        raise CannotWriteError(f"{out} also holds {foreign[0]}, which no run wrote; choose another --out")
    with tempfile.TemporaryDirectory(prefix="wirecopy-") as scratch:
        folder = Path(scratch, "run")
        yield folder
        with _store_errors(out, _UNPUBLISHED):
            _put(folder, target, present)


def _is_table(name: str) -> bool:
    return "/" not in name and name.endswith(".parquet")


def _put(folder: Path, target: Location, present: set[str]) -> None:
    if _MARKER in present:
        target.store.delete_file(f"{target.path}/{_MARKER}")
    target.store.create_dir(target.path, recursive=True)
    files = sorted(path for path in folder.iterdir() if path.name != _MARKER)
    for path in [*files, folder / _MARKER]:
        copy_to(target.store, path, f"{target.path}/{path.name}")
    for name in present - {path.name for path in folder.iterdir()}:
        target.store.delete_file(f"{target.path}/{name}")


@contextlib.contextmanager
def _store_errors(address: str, consequence: str = "") -> Iterator[None]:
    """What a store answers with, as an error of wirecopy's; ``consequence``: what follows from it."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise InputOutputError(f"{address}: {error}{consequence}") from error
