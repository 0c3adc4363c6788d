"""Files in buckets and other stores that pyarrow knows: ``s3://``, ``gs://``, ``abfs://``, ``hdfs://``, ``file://``.

Credentials come from where each store's own tools look for them. What S3 is asked at may be said in the variable
AWS_ENDPOINT_URL, or in the address: ``s3://bucket/dumps?endpoint_override=host:9000&scheme=http``.
"""

from __future__ import annotations

import contextlib
import fnmatch
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pyarrow as pa
from pyarrow import fs

from dedup.errors import CannotWriteError, InputOutputError, UsageError

_MARKER = "run.json"  # what a folder has to hold to be a run; it is written last
_CHUNK = 1 << 22
_PATTERN = re.compile(r"[*?\[]")


class Remote(NamedTuple):
    """A file: its address, where it is in its store, and its bytes."""

    address: str
    path: str
    size: int


class Place(NamedTuple):
    """A store, a path in it, and what stands around the path in its address."""

    store: Any
    path: str
    scheme: str
    query: str

    def address(self, path: str) -> str:
        """The address of another path in the same store."""
        return f"{self.scheme}://{path}{self.query}"


def is_address(text: object) -> bool:
    """Whether it names a store, and not a file of this machine."""
    return isinstance(text, str) and "://" in text


def place(address: str) -> Place:
    """Where an address leads. Raises :class:`~dedup.errors.UsageError` for a store that pyarrow does not know."""
    scheme, _, rest = address.partition("://")
    scheme = "s3" if scheme == "s3a" else scheme  # as Spark writes it
    name, mark, query = rest.partition("?")
    fixed = _PATTERN.split(name)[0].rpartition("/")[0] if _PATTERN.search(name) else name
    try:
        store, path = fs.FileSystem.from_uri(f"{scheme}://{fixed}{mark}{query}")
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UsageError(
            f"{address} cannot be opened: {error}; addresses begin with s3://, gs://, abfs://, hdfs:// or file://"
        ) from error
    path = path.rstrip("/") + name[len(fixed) :]
    return Place(store, path, scheme, mark + query)


def listed(address: str) -> list[Remote]:
    """The files that an address names, in the order of their paths: one, those of a folder, or those of a pattern.

    There are none where nothing is there. Raises :class:`~dedup.errors.InputOutputError` where the store cannot be
    asked.
    """
    where = place(address)
    with _asked(address):
        if _PATTERN.search(where.path):
            base = _PATTERN.split(where.path)[0].rpartition("/")[0]
            infos = where.store.get_file_info(fs.FileSelector(base, allow_not_found=True, recursive=True))
            infos = [info for info in infos if fnmatch.fnmatchcase(info.path, where.path)]
        else:
            (info,) = where.store.get_file_info([where.path])
            infos = [info]
            if info.type == fs.FileType.Directory:
                infos = where.store.get_file_info(fs.FileSelector(where.path, recursive=True))
    files = [info for info in infos if info.type == fs.FileType.File]
    return [Remote(where.address(info.path), info.path, info.size) for info in sorted(files, key=lambda one: one.path)]


def fetch(file: Remote, target: Path) -> None:
    """Copy a file to this machine. Raises :class:`~dedup.errors.InputOutputError`."""
    store = place(file.address).store
    with _asked(file.address), store.open_input_stream(file.path) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, _CHUNK)


@contextlib.contextmanager
def publishing(out: str, *, replace: bool = False) -> Iterator[Path]:
    """A folder of this machine to write a run into; when the block ends without an error its files are put at ``out``.

    ``run.json`` comes last, and what is there without it is no run. With ``replace`` an earlier run there is replaced:
    its ``run.json`` goes first. Raises :class:`~dedup.errors.CannotWriteError` before anything is done where ``out``
    holds a run, or what no run wrote, and :class:`~dedup.errors.InputOutputError` where the store fails.
    """
    where = place(out)
    with _asked(out):
        result = where.store.get_file_info(fs.FileSelector(where.path, allow_not_found=True, recursive=True))
    held = {str(PurePosixPath(info.path).relative_to(where.path)) for info in result if info.type == fs.FileType.File}
    if _MARKER in held and not replace:
        raise CannotWriteError(f"{out} holds a finished run; choose another --out, or replace it with --force")
    foreign = sorted(name for name in held if name != _MARKER and not ("/" not in name and name.endswith(".parquet")))
    if foreign:
        raise CannotWriteError(f"{out} also holds {foreign[0]}, which no run wrote; choose another --out")
    with tempfile.TemporaryDirectory(prefix="wirecopy-") as scratch:
        folder = Path(scratch, "run")
        yield folder
        with _asked(out):
            _put(folder, where, held)


def _put(folder: Path, where: Place, held: set[str]) -> None:
    if _MARKER in held:
        where.store.delete_file(f"{where.path}/{_MARKER}")
    where.store.create_dir(where.path, recursive=True)
    files = sorted(path for path in folder.iterdir() if path.name != _MARKER)
    for path in [*files, folder / _MARKER]:
        with path.open("rb") as source, where.store.open_output_stream(f"{where.path}/{path.name}") as copy:
            shutil.copyfileobj(source, copy, _CHUNK)
    for name in held - {path.name for path in folder.iterdir()}:
        where.store.delete_file(f"{where.path}/{name}")


@contextlib.contextmanager
def _asked(address: str) -> Iterator[None]:
    """What a store answers with, as an error of wirecopy's."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise InputOutputError(f"{address}: {error}; nothing was published") from error
