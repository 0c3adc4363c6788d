"""The nights that tonight is compared with: a few small columns in memory, signatures and texts streamed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.arrays import NO_DAY, distinct
from dedup.corpus import Rows, combined
from dedup.store.catalogue import Night
from dedup.store.files import NightFiles
from dedup.store.pieces import Piece

_READ_EVERY_NIGHT = ["signatures", "ids", "origins", "runs", "articles"]
_SMALL = ["publisher", "day", "tokens", "digest", "group", "searched"]


class Window(NamedTuple):
    """``n`` stored articles; the rows of ``nights[i]`` are ``begins[i]:begins[i + 1]``.

    ``publishers``: an Arrow dictionary array of strings; ``days``, ``sizes`` (tokens) int32[n]; ``digests``, ``groups``
    uint64[n]; ``live`` bool[n]: false for versions that were replaced; ``fully_compared`` bool[n]: live, and compared
    with all.
    """

    night_files: NightFiles
    nights: tuple[Night, ...]
    begins: npt.NDArray[np.int64]
    publishers: pa.DictionaryArray
    days: Rows
    sizes: Rows
    digests: npt.NDArray[np.uint64]
    groups: npt.NDArray[np.uint64]
    live: npt.NDArray[np.bool_]
    fully_compared: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.days)

    def pieces(self, table: str) -> list[tuple[slice, Piece]]:
        """A table of all nights in pieces, with the rows that each is of."""
        result = []
        for begin, night in zip(self.begins.tolist(), self.nights, strict=False):
            for piece in self.night_files.pieces(night, table):
                result.append((slice(begin + piece.first, begin + piece.first + piece.rows), piece))
        return result

    def take(self, rows: npt.NDArray[np.int64], table: str, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """Some columns of ascending ``rows`` out of a table, in their order."""
        return self.night_files.rows(self._by_night(rows), table, columns)

    def holding(self, rows: npt.NDArray[np.int64], table: str) -> list[tuple[Piece, npt.NDArray[np.int64]]]:
        """The pieces of a table that hold one of some ascending ``rows``, and where in each these are."""
        return self.night_files.holding(self._by_night(rows), table)

    def _by_night(self, rows: npt.NDArray[np.int64]) -> list[tuple[Night, npt.NDArray[np.int64]]]:
        """Every night, and which of some ascending rows are its own, counted from its first."""
        cuts = np.searchsorted(rows, self.begins)
        return [
            (night, rows[cuts[number] : cuts[number + 1]] - self.begins[number])
            for number, night in enumerate(self.nights)
        ]

    def among(self, rows: npt.NDArray[np.int64], table: str, key: str, values: pa.Array) -> list[pa.Table]:
        """Of a table of the nights that have one of some ascending rows what is about one of the ``values``."""
        numbers = distinct(np.searchsorted(self.begins, rows, side="right") - 1).tolist()
        nights = [self.nights[number] for number in numbers]
        return [found for _, found in self.night_files.among(nights, table, [key], [values] * len(nights))]


def load(night_files: NightFiles, nights: Sequence[Night], replaced: set[tuple[int, str]]) -> Window:
    """The window over these nights; ``replaced``: (number of a night, id) of versions that are no longer valid."""
    night_files.check(nights, _READ_EVERY_NIGHT)
    tables = night_files.read_all(nights, "signatures", _SMALL)
    begins = np.cumsum([0, *(table.num_rows for table in tables)])
    live = np.ones(int(begins[-1]), bool)
    gone = [pa.array([name for number, name in replaced if number == night.number], pa.string()) for night in nights]
    with_gone = [number for number, names in enumerate(gone) if len(names)]
    found = night_files.among(
        [nights[number] for number in with_gone], "ids", ["id"], [gone[number] for number in with_gone], ["id"]
    )
    for number, (rows, _) in zip(with_gone, found, strict=True):
        live[begins[number] + rows] = False
    joined = pa.concat_tables(tables) if tables else None

    def column(name: str, kind: type, null: int | None = None) -> npt.NDArray[Any]:
        if joined is None:
            return np.empty(0, kind)
        values = joined[name] if null is None else joined[name].fill_null(null)
        return np.asarray(values.to_numpy(), kind)

    publishers = pa.array([], pa.string()) if joined is None else combined(joined["publisher"])
    fully_compared = column("searched", np.bool_)
    return Window(
        night_files,
        tuple(nights),
        begins,
        publishers.dictionary_encode(),
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
