"""Passages of pairs in bytes: of lists of structs Spark makes much more, and takes longer than for all else of a match.

The bytes of a pair are those of its passages column by column, each from its lowest bytes on, so that many equal ones
follow each other.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.grading.passages import Passages
from jobs.spark import packed

_PASSAGE = np.dtype([("bounds", "<i4", 4), ("kind", "u1")])
#: Bytes of a passage.
BYTES = _PASSAGE.itemsize


def in_bytes(passages: Passages) -> pa.Array:
    """The passages of every pair, binary[m]; :func:`of_bytes` undoes it."""
    held = np.empty(len(passages.kinds), _PASSAGE)
    held["bounds"], held["kind"] = passages.bounds, passages.kinds
    columns, content = held.view(np.uint8).reshape(-1, BYTES).T, np.empty(BYTES * len(held), np.uint8)
    for places, column in zip(_places(passages.number), columns, strict=True):
        content[places] = column
    offsets = (BYTES * np.r_[0, np.cumsum(passages.number)]).astype(np.int32)
    return pa.Array.from_buffers(
        pa.binary(), len(passages.number), [None, pa.py_buffer(offsets), pa.py_buffer(content)]
    )


def of_bytes(column: pa.ChunkedArray) -> Passages:
    """The passages of every pair.

    >>> made = Passages(np.array([1, 0, 2]), np.arange(12, dtype=np.int32).reshape(3, 4), np.array([0, 2, 1], np.uint8))
    >>> back = of_bytes(pa.chunked_array([in_bytes(made)]))
    >>> back.number.tolist(), back.bounds.tolist(), back.kinds.tolist()
    ([1, 0, 2], [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]], [0, 2, 1])
    """
    content, bounds = packed.content(column)
    number = np.diff(bounds) // BYTES
    columns = np.empty((BYTES, len(content) // BYTES), np.uint8)
    for places, made in zip(_places(number), columns, strict=True):
        made[:] = content[places]
    held = np.ascontiguousarray(columns.T).view(_PASSAGE).ravel()
    return Passages(number, np.ascontiguousarray(held["bounds"]), np.ascontiguousarray(held["kind"]))


def _places(number: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.int64]]:
    """Where the first byte of every passage stands, where the second, and so on; ``number``: passages of each pair."""
    begins = np.cumsum(number) - number
    step = np.repeat(number, number)
    first = np.arange(len(step)) + np.repeat((BYTES - 1) * begins, number)
    for byte in range(BYTES):
        yield first + byte * step
