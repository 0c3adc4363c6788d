"""Pieces of stored tables, and the one way in which work on them is shared out.

What a night does with what is stored is a pure function of a piece of a table and of something that all pieces have in
common. Who runs it is another matter: threads of this machine, or workers that read the pieces where they are.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import math
import mmap
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any, Generic, NamedTuple, Protocol, TypeVar, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dedup import addresses
from dedup.arrays import distinct
from dedup.corpus import side_by_side
from dedup.errors import BadDataError, InputOutputError

_Shared = TypeVar("_Shared")
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_Numbers = npt.NDArray[np.int32]
_Rows = npt.NDArray[np.int64]

_WITHOUT = "leave its night out: wirecopy store rebuild --without RUN"
_ALIGNED = 64  # bytes: where an array in a file may begin
_FOOTERS = 64  # that are kept; one of a large table takes half a megabyte


class Piece(NamedTuple):
    """Some row groups of a Parquet file, which is a path or an address; ``first`` and ``rows``: of the file's rows.

    ``verified``: the checksums of the pages are looked at, since nobody has compared the whole file with its digest.
    """

    file: str
    groups: tuple[int, ...]
    first: int
    rows: int
    verified: bool

    def read(self, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows, each column in one piece.

        Raises :class:`~dedup.errors.BadDataError` where the file is damaged or missing.
        """
        with _translated(self.file):
            file = _opened(self.file, self.verified)
            table = file.read_row_groups(list(self.groups), list(columns) if columns else None, use_threads=False)
            return table.combine_chunks()


class Made(Generic[_Item]):
    """Items that workers elsewhere have made and have."""


class Workers(Protocol):
    """Who does the work on pieces. All of them give the same results."""

    @property
    def near(self) -> bool:
        """Does this very process do the work?"""
        ...

    def keep(self, value: object) -> AbstractContextManager[None]:
        """Get ready a large value, which several calls inside have in what their items share."""
        ...

    def making(
        self, work: Callable[[_Shared, _Item], _Result], shared: _Shared, items: Sequence[_Item]
    ) -> AbstractContextManager[Sequence[_Result] | Made[_Result]]:
        """What :meth:`each` would give, as items for several calls inside; they lie on the workers' disks meanwhile.

        ``work`` gives named tuples of arrays and of what is small.
        """
        ...

    def each(
        self, work: Callable[[_Shared, _Item], _Result], shared: _Shared, items: Sequence[_Item] | Made[_Item]
    ) -> Iterator[_Result]:
        """What ``work`` makes of ``shared`` and every item, in the order of the items.

        ``work`` is a function of a module; whatever it gets and gives can be pickled, and it changes none of it.
        """
        ...

    def total(
        self, work: Callable[[_Shared, _Item], _Numbers], shared: _Shared, items: Sequence[_Item] | Made[_Item]
    ) -> _Numbers:
        """The sum of the arrays (int32, of one shape) that ``work`` makes of the items, of which there is one."""
        ...


class InTurn:
    """One item after the other, in the thread that asks."""

    @property
    def near(self) -> bool:
        """See :class:`Workers`."""
        return True

    def keep(self, value: object) -> AbstractContextManager[None]:
        """Everybody has it."""
        return contextlib.nullcontext()

    def making(
        self, work: Callable[[_Shared, _Item], _Result], shared: _Shared, items: Sequence[_Item]
    ) -> AbstractContextManager[Sequence[_Result]]:
        """See :class:`Workers`; they are in memory."""
        return contextlib.nullcontext(list(self.each(work, shared, items)))

    def each(
        self, work: Callable[[_Shared, _Item], _Result], shared: _Shared, items: Sequence[_Item] | Made[_Item]
    ) -> Iterator[_Result]:
        """See :class:`Workers`."""
        return (work(shared, item) for item in _here(items))

    def total(
        self, work: Callable[[_Shared, _Item], _Numbers], shared: _Shared, items: Sequence[_Item] | Made[_Item]
    ) -> _Numbers:
        """See :class:`Workers`."""
        return summed(self.each(work, shared, items))


@dataclasses.dataclass(frozen=True, slots=True)
class Threads(InTurn):
    """Threads of this machine, with ``ahead`` items under way at most; what they make lies in ``folder`` meanwhile."""

    executor: Executor
    ahead: int
    folder: Path

    @contextlib.contextmanager
    def making(
        self, work: Callable[[_Shared, _Item], _Result], shared: _Shared, items: Sequence[_Item]
    ) -> Iterator[Sequence[_Result]]:
        """See :class:`Workers`."""
        with tempfile.TemporaryFile(dir=self.folder) as file:
            made = [_laid_down(item, file) for item in self.each(work, shared, items)]
            file.write(bytes(_ALIGNED))  # a file without a byte cannot be mapped
            file.flush()
            # Nobody writes to it; of a private copy that is writable the system would set memory aside for all.
            yield _OnDisk(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_WRITE), made)

    def each(
        self, work: Callable[[_Shared, _Item], _Result], shared: _Shared, items: Sequence[_Item] | Made[_Item]
    ) -> Iterator[_Result]:
        """See :class:`Workers`."""
        return side_by_side(functools.partial(work, shared), _here(items), self.executor, self.ahead)


class _Span(NamedTuple):
    """Where an array lies in a file."""

    first: int
    kind: np.dtype[Any]
    shape: tuple[int, ...]


class _OnDisk(Sequence[Any]):
    """Named tuples whose arrays are parts of a mapped file, where their :class:`_Span` stands in for each."""

    def __init__(self, file: mmap.mmap, items: Sequence[Any]) -> None:
        self._file, self._items = file, items

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, number: Any) -> Any:
        item = self._items[number]
        return item._make(self._array(value) if isinstance(value, _Span) else value for value in item)

    def _array(self, span: _Span) -> npt.NDArray[Any]:
        return np.frombuffer(self._file, span.kind, math.prod(span.shape), span.first).reshape(span.shape)


def _laid_down(item: Any, file: IO[bytes]) -> Any:
    """Write the arrays of a named tuple to a file; returns the tuple with spans in their stead."""
    return item._make(_span(value, file) if isinstance(value, np.ndarray) else value for value in item)


def _span(array: npt.NDArray[Any], file: IO[bytes]) -> _Span:
    file.seek(-file.tell() % _ALIGNED, os.SEEK_CUR)
    first = file.tell()
    file.write(np.ascontiguousarray(array).data)
    return _Span(first, array.dtype, array.shape)


def _here(items: Sequence[_Item] | Made[_Item]) -> Sequence[_Item]:
    """The items: workers of this process make no others."""
    return cast(Sequence[_Item], items)


IN_TURN = InTurn()


def summed(arrays: Iterator[_Numbers]) -> _Numbers:
    """The sum of arrays of one shape, of which there is one at least; the first of them is changed."""
    total = next(arrays)
    for one in arrays:
        total += one
    return total


def pieces(file: str, rows: int, *, verified: bool) -> list[Piece]:
    """A file in pieces of some ``rows``, of whole row groups; one without rows is one piece.

    Raises :class:`~dedup.errors.BadDataError` where it is damaged or missing.
    """
    sizes = group_sizes(file)
    begins = np.cumsum([0, *sizes])
    made = []
    first = 0
    while first < len(sizes):
        last = max(int(np.searchsorted(begins, begins[first] + rows, side="right")) - 1, first + 1)
        groups = tuple(range(first, last))
        made.append(Piece(file, groups, int(begins[first]), int(begins[last] - begins[first]), verified))
        first = last
    return made or [Piece(file, (), 0, 0, verified)]


def holding(file: str, wanted: _Rows, rows: int, *, verified: bool) -> list[tuple[Piece, _Rows]]:
    """Pieces of some ``rows`` with the row groups that hold a ``wanted`` row (ascending), and where it is in them."""
    sizes = np.array(group_sizes(file), np.int64)
    begins = np.r_[0, np.cumsum(sizes)]
    owner = np.searchsorted(begins, wanted, side="right") - 1
    groups = distinct(owner)
    part = (np.cumsum(sizes[groups]) - sizes[groups]) // rows
    made = []
    for number in distinct(part).tolist():
        here = groups[part == number]
        some = wanted[np.searchsorted(owner, here[0]) : np.searchsorted(owner, here[-1], side="right")]
        offset = np.cumsum(sizes[here]) - sizes[here]
        place = np.searchsorted(here, np.searchsorted(begins, some, side="right") - 1)
        piece = Piece(file, tuple(here.tolist()), int(begins[here[0]]), int(sizes[here].sum()), verified)
        made.append((piece, some - begins[here[place]] + offset[place]))
    return made


def group_sizes(file: str) -> list[int]:
    """How many rows every row group of a file has."""
    with _translated(file):
        footer = _footer(file, _changed(file))
    return [footer.row_group(number).num_rows for number in range(footer.num_row_groups)]


def _opened(file: str, verified: bool) -> pq.ParquetFile:
    footer = _footer(file, _changed(file))
    if addresses.is_address(file):
        where = _location(file)
        source = where.store.open_input_file(where.path)
        return pq.ParquetFile(source, metadata=footer, pre_buffer=True, page_checksum_verification=True)
    return pq.ParquetFile(file, metadata=footer, memory_map=True, page_checksum_verification=verified)


@functools.lru_cache(maxsize=_FOOTERS)
def _footer(file: str, changed: int) -> pq.FileMetaData:
    """The footer of a file that was ``changed`` then: to read it takes longer than to read a small piece."""
    if addresses.is_address(file):
        where = _location(file)
        with where.store.open_input_file(where.path) as source:
            return pq.read_metadata(source)
    return pq.read_metadata(file, memory_map=True)


_location = functools.lru_cache(maxsize=_FOOTERS)(addresses.location)  # each would ask for credentials and regions anew


def _changed(file: str) -> int:
    """When a file was changed last; those at addresses never are."""
    return 0 if addresses.is_address(file) else Path(file).stat().st_mtime_ns


@contextlib.contextmanager
def _translated(file: str) -> Iterator[None]:
    """What goes wrong with a stored file, as an error of wirecopy's."""
    try:
        yield
    except FileNotFoundError as error:
        raise BadDataError(f"{file} is missing; put back a copy of it, or {_WITHOUT}") from error
    except pa.ArrowInvalid as error:
        raise BadDataError(f"{file} is damaged ({error}); put back a copy of it, or {_WITHOUT}") from error
    except OSError as error:
        if "CRC" in str(error):  # a page that is not what was written
            raise BadDataError(f"{file} is damaged ({error}); put back a copy of it, or {_WITHOUT}") from error
        raise InputOutputError(f"{file} cannot be read: {error}") from error
