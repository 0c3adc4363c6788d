"""The nights that tonight is compared with: a few small columns in memory, signatures and texts streamed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.arrays import NO_DAY
from dedup.corpus import Rows
from dedup.store.catalogue import Night
from dedup.store.files import NightFiles

_BATCH = 16_384  # signatures at a time
_TEXTS = 2048  # texts at a time
_SMALL = ["publisher", "day", "tokens", "digest", "group", "searched"]


class Window(NamedTuple):
    """``n`` stored articles; the rows of ``nights[i]`` are ``begins[i]:begins[i + 1]``.

    ``publishers``: Arrow strings; ``days``, ``sizes`` (tokens) int32[n]; ``digests``, ``groups`` uint64[n]; ``live``
    bool[n]: false for versions that were replaced; ``fully_compared`` bool[n]: live, and compared with all.
    """

    night_files: NightFiles
    nights: tuple[Night, ...]
    begins: npt.NDArray[np.int64]
    publishers: pa.ChunkedArray
    days: Rows
    sizes: Rows
    digests: npt.NDArray[np.uint64]
    groups: npt.NDArray[np.uint64]
    live: npt.NDArray[np.bool_]
    fully_compared: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.days)

    def signatures(self) -> Iterator[tuple[slice, npt.NDArray[np.uint32]]]:
        """All signatures, uint32[b, num_perm] at a time, with the rows they are of."""
        first = 0
        for night in self.nights:
            for batch in self.night_files.open(night, "signatures").iter_batches(_BATCH, columns=["values"]):
                width, offset = batch["values"].type.byte_width, batch["values"].offset
                data = np.frombuffer(batch["values"].buffers()[1], np.uint32).reshape(-1, width // 4)
                yield slice(first, first + batch.num_rows), data[offset : offset + batch.num_rows]
                first += batch.num_rows

    def texts(self) -> Iterator[pa.Array]:
        """All texts, some at a time, in the order of the rows."""
        for night in self.nights:
            for batch in self.night_files.open(night, "articles").iter_batches(_TEXTS, columns=["text"]):
                yield batch["text"]

    def take(
        self, rows: npt.NDArray[Any], name: str, columns: list[str], threads: Executor
    ) -> Iterator[pa.RecordBatch]:
        """Some columns of ascending ``rows`` out of the table ``name``, in their order."""
        for number, night in enumerate(self.nights):
            begin, end = self.begins[number], self.begins[number + 1]
            here = rows[np.searchsorted(rows, begin) : np.searchsorted(rows, end)] - begin
            if len(here):
                yield from self.night_files.rows(night, name, here, columns, threads)


def load(night_files: NightFiles, nights: Sequence[Night], replaced: set[tuple[int, str]]) -> Window:
    """The window over these nights; ``replaced``: (number of a night, id) of versions that are no longer valid."""
    tables = [night_files.read(night, "signatures", _SMALL) for night in nights]
    begins = np.cumsum([0, *(table.num_rows for table in tables)])
    live = np.ones(int(begins[-1]), bool)
    for begin, night, table in zip(begins, nights, tables, strict=False):
        gone = pa.array([name for number, name in replaced if number == night.number], pa.string())
        if len(gone):
            ids = night_files.read(night, "ids", ["id"])["id"]
            live[begin : begin + table.num_rows] = pc.invert(pc.is_in(ids, gone)).to_numpy()
    joined = pa.concat_tables(tables) if tables else None

    def column(name: str, kind: type, null: int | None = None) -> npt.NDArray[Any]:
        if joined is None:
            return np.empty(0, kind)
        values = joined[name] if null is None else joined[name].fill_null(null)
        return np.asarray(values.to_numpy(), kind)

    publishers = joined["publisher"] if joined is not None else pa.chunked_array([pa.array([], pa.string())])
    fully_compared = column("searched", np.bool_)
    return Window(
        night_files,
        tuple(nights),
        begins,
        publishers,
        column("day", np.int32, NO_DAY),
        column("tokens", np.int32),
        column("digest", np.uint64),
        column("group", np.uint64),
        live,
        live & fully_compared,
    )


def within(nights: Sequence[Night], as_of: datetime.date, days: int) -> list[Night]:
    """The nights at most so many days from ``as_of``, before or after it."""
    return [night for night in nights if abs((datetime.date.fromisoformat(night.as_of) - as_of).days) <= days]
