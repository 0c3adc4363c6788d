"""Arrays in bytes: what is shuffled in bulk goes as a few large values, not as a row for every number."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

SLICE = 4_000_000  # keys that a worker sorts at a time, about
_BLOCK = 65_536  # articles that are worked on together

TOP = 1 << 63  # digests are unsigned, Spark's numbers are not: this much less, their order stays

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
Keys = npt.NDArray[np.uint64]


class PackedSignatures(NamedTuple):
    """Articles as the search knows them: arrays of ``n``, ``values`` uint32[n, num_perm]; digests less 2**63."""

    rows: Rows
    days: Rows
    sizes: Rows
    digests: Ints
    publishers: pa.Array
    values: npt.NDArray[np.uint32]
    table: pa.Table


def blocks(parts: Iterator[pa.RecordBatch]) -> Iterator[PackedSignatures]:
    """The articles of a partition, some at a time."""
    held: list[pa.RecordBatch] = []
    for part in parts:
        held.append(part)
        if sum(each.num_rows for each in held) >= _BLOCK:
            yield signed(pa.Table.from_batches(held))
            held = []
    if any(each.num_rows for each in held):
        yield signed(pa.Table.from_batches(held))


def signed(table: pa.Table) -> PackedSignatures:
    """The articles in rows of ``numbered.signed``."""
    rows, days, sizes = (numbers(table[name]).astype(np.int32) for name in ("row", "day", "size"))
    values = unpacked(table["values"], np.uint32).reshape(len(rows), -1)
    publishers = table["publisher"].combine_chunks()
    return PackedSignatures(rows, days, sizes, numbers(table["digest"]), publishers, values, table)


def numbers(column: pa.ChunkedArray) -> Ints:
    """A column without nulls."""
    return np.asarray(column.combine_chunks()).astype(np.int64)


def unpacked(column: pa.ChunkedArray, kind: type[Any]) -> npt.NDArray[Any]:
    """The numbers of all values, one after the other; nulls have none."""
    return content(column)[0].view(kind)


def content(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.uint8], Ints]:
    """The bytes of all values uint8, one after the other, and where each begins, int64[n + 1]; nulls have none."""
    held, sizes = [np.empty(0, np.uint8)], [np.zeros(1, np.int64)]
    for values in filter(len, column.chunks):
        _, offsets, data = values.buffers()
        bounds = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
        held.append(np.frombuffer(data or b"", np.uint8)[bounds[0] : bounds[-1]])
        sizes.append(np.diff(bounds).astype(np.int64))
    return np.concatenate(held), np.cumsum(np.concatenate(sizes))


def slices(keys: Keys, count: int) -> Ints:
    """Which of so many slices each key is in (Fibonacci hashing: what is not random about the keys is spread)."""
    mixed = keys * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(40)
    return (mixed * np.uint64(count) >> np.uint64(24)).astype(np.int64)


def parts(column: npt.NDArray[Any], cuts: Ints) -> list[bytes]:
    """The numbers between one cut and the next."""
    return [column[one:other].tobytes() for one, other in itertools.pairwise(cuts.tolist())]


def by_bytes(numbers: Rows) -> bytes:
    """First the lowest bytes of all numbers, then the next ones; :func:`of_bytes` undoes it.

    Where numbers are small the others are zeros, which compress to nothing.

    >>> by_bytes(np.array([2, 258], np.int32)).hex(" ")
    '02 02 00 01 00 00 00 00'
    """
    return numbers.astype("<i4").view(np.uint8).reshape(-1, 4).T.tobytes()


def of_bytes(column: pa.ChunkedArray) -> Iterator[Rows]:
    """The numbers of every value."""
    held, bounds = content(column)
    for one, other in itertools.pairwise(bounds.tolist()):
        yield np.ascontiguousarray(held[one:other].reshape(4, -1).T).view("<i4").ravel()


def differences(rows: Rows, cuts: Ints) -> list[bytes]:
    """The rows between one cut and the next, each less the one before it, in bytes; :func:`summed` undoes it."""
    pieces = itertools.pairwise(cuts.tolist())
    return [by_bytes(np.diff(rows[one:other], prepend=np.int32(0))) for one, other in pieces]


def summed(column: pa.ChunkedArray) -> Rows:
    """The rows of all values, one after the other, of which every value holds the :func:`differences`.

    >>> summed(pa.chunked_array([differences(np.array([3, 4, 9, 2, 5], np.int32), np.array([0, 3, 5]))]))
    array([3, 4, 9, 2, 5], dtype=int32)
    """
    return np.concatenate([np.empty(0, np.int32), *(np.cumsum(each, dtype=np.int32) for each in of_bytes(column))])


def cut(owner: Ints, count: int) -> tuple[Ints, Ints]:
    """An order that brings together what has the same owner (0 to count - 1), and where each owner begins in it."""
    order = np.argsort(owner, kind="stable")
    return order, np.searchsorted(owner[order], np.arange(count + 1))
