"""The run folder: Parquet tables and run.json, published at once or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup import __version__, addresses, manifest
from dedup.errors import BadDataError, CannotWriteError, InputOutputError
from dedup.manifest import SUMMARY
from dedup.settings import Settings
from dedup.tables import SCHEMA_VERSION, TABLES, Table
from dedup.writing import atomic_folder, sweep


def write_table(folder: Path, table: Table, rows: pa.Table | Iterable[pa.Table], settings: Settings) -> int:
    """Write ``rows`` (the table's schema) to ``folder`` in the table's order, with versions and fingerprint in it.

    Rows that come in several parts are written as they come, and must be in order. Returns how many there are.
    """
    return write_parquet(folder / f"{table.name}.parquet", table, rows, settings)


def write_parquet(
    target: Path | BinaryIO, table: Table, rows: pa.Table | Iterable[pa.Table], settings: Settings
) -> int:
    """Write ``rows``, as :func:`write_table` takes them, to a file, or to a stream that takes bytes."""
    notes = {
        "wirecopy.version": __version__,
        "wirecopy.schema_version": str(SCHEMA_VERSION),
        "wirecopy.settings": settings.fingerprint(),
    }
    schema = table.schema.with_metadata(notes)
    parts = [_ordered(rows.cast(table.schema), table.sorted_by)] if isinstance(rows, pa.Table) else rows
    count = 0
    with pq.ParquetWriter(target, schema, compression="zstd", write_page_checksum=True) as writer:
        for part in parts:
            writer.write_table(part.replace_schema_metadata(notes).cast(schema))
            count += part.num_rows
    return count


def _ordered(rows: pa.Table, columns: tuple[str, ...]) -> pa.Table:
    return rows if _is_ordered(rows, columns) else rows.take(_order(rows, columns))


def _is_ordered(rows: pa.Table, columns: tuple[str, ...]) -> bool:
    """Are the rows in order already? To look costs far less than to sort strings once more."""
    same: npt.NDArray[np.bool_] = np.ones(max(len(rows) - 1, 0), np.bool_)
    for name in columns:
        column = rows[name].combine_chunks()
        if column.null_count:
            return False
        less, equal = pc.less(column[:-1], column[1:]), pc.equal(column[:-1], column[1:])
        if (same & ~_bools(pc.or_(less, equal))).any():
            return False
        same &= _bools(equal)
    return True


def _bools(column: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(column.to_numpy(zero_copy_only=False), np.bool_)


def _order(rows: pa.Table, columns: tuple[str, ...]) -> pa.Array:
    return pc.sort_indices(rows, [(name, "ascending", "at_start") for name in columns])


def is_run(folder: Path) -> bool:
    """Is this the folder of a finished run?"""
    return (folder / SUMMARY).is_file()


def foreign_files(folder: Path) -> list[str]:
    """What is in the folder of a run and was not written by one, in the order of the names."""
    own = {SUMMARY, *(f"{table.name}.parquet" for table in TABLES)}
    with contextlib.suppress(BadDataError):
        own |= set(manifest.read(folder).get("files", ()))
    return sorted(path.name for path in folder.iterdir() if path.name not in own)


@contextlib.contextmanager
def publishing(out: str | Path, *, replace: bool = False) -> Iterator[Path]:
    """A folder to write a run into; it becomes ``out`` when the block ends without an error.

    ``out`` is a folder of this machine, or an address, where :func:`dedup.addresses.publishing` puts the files.
    An existing ``out`` must be empty, or with ``replace`` the folder of a run. Raises
    :class:`~dedup.errors.CannotWriteError` before anything is done where it is neither or cannot be made, and
    :class:`~dedup.errors.InputOutputError` when the disk fails on the way. Nothing half-written is left.
    """
    if addresses.is_address(out):
        with addresses.publishing(str(out), replace=replace) as folder:
            folder.mkdir()
            yield folder
        return
    out = Path(out).absolute()
    sweep(out)
    _check(out, replace)
    try:
        with atomic_folder(out) as work:
            yield work
    except OSError as error:
        raise InputOutputError(f"while writing {out}: {error.strerror or error}; nothing was published") from error


def _check(out: Path, replace: bool) -> None:
    try:
        if out.exists() and not out.is_dir():
            raise CannotWriteError(f"{out} is a file; choose another --out")
        if not out.exists() or not any(out.iterdir()):
            return
    except OSError as error:
        raise CannotWriteError(f"cannot write {out}: {error.strerror}; choose another --out") from error
    if not is_run(out):
        raise CannotWriteError(f"{out} is not empty and not the folder of a run; choose another --out")
    if not replace:
        raise CannotWriteError(f"{out} holds a finished run; choose another --out, or replace it with --force")
    foreign = foreign_files(out)
    if foreign:
        raise CannotWriteError(f"{out} also holds {foreign[0]}, which no run wrote; move it, or choose another --out")
