"""What was learned as furniture, as arrays and as rows of its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.tables import FURNITURE

ANYONE = ""  # in place of a publisher: set phrases, whoever prints them


class Furniture(NamedTuple):
    """What was learned: of publisher ``names[i]`` the shingles ``shingles[offsets[i]:offsets[i + 1]]``.

    Behind the name :data:`ANYONE` stand the set phrases (:mod:`dedup.furniture.set_phrases`), which are no shingles.
    ``names`` ascending; ``offsets`` int64[publishers + 1]; ``shingles`` uint32, ascending for each publisher;
    ``articles``, ``sampled``, ``elsewhere`` int32[shingles] and ``phrases``: the evidence, as in the furniture table.
    """

    names: tuple[str, ...]
    offsets: npt.NDArray[np.int64]
    shingles: npt.NDArray[np.uint32]
    articles: npt.NDArray[np.int32]
    sampled: npt.NDArray[np.int32]
    elsewhere: npt.NDArray[np.int32]
    phrases: tuple[str, ...]

    @property
    def set_phrases(self) -> npt.NDArray[np.uint32]:
        """Hashes of the set phrases, ascending."""
        return self.shingles[: self.offsets[1]] if self.names[:1] == (ANYONE,) else self.shingles[:0]

    def codes(self, publishers: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.int32]:
        """The place in ``names`` of every publisher of a column, -1 where it is null or has no furniture (int32)."""
        column = publishers.combine_chunks() if isinstance(publishers, pa.ChunkedArray) else publishers
        encoded = column.dictionary_encode()
        places = {name: place for place, name in enumerate(self.names)}
        known = np.array([*(places.get(name, -1) for name in encoded.dictionary.to_pylist()), -1], np.int32)
        rows: npt.NDArray[np.int32] = encoded.indices.fill_null(len(known) - 1).to_numpy(zero_copy_only=False)
        return known[rows]

    def table(self) -> pa.Table:
        """The furniture table (:data:`dedup.tables.FURNITURE`)."""
        names = np.repeat(np.arange(len(self.names)), np.diff(self.offsets))
        publishers = pa.array(self.names, pa.string()).take(pa.array(names))
        columns = [publishers, self.shingles.astype(np.uint64), self.articles, self.sampled, self.elsewhere]
        return pa.table([*columns, pa.array(self.phrases, pa.string())], schema=FURNITURE.schema)


def empty() -> Furniture:
    """No furniture at all."""
    none = np.empty(0, np.int32)
    return Furniture((), np.zeros(1, np.int64), np.empty(0, np.uint32), none, none, none, ())


def of_rows(rows: Sequence[Mapping[str, Any]]) -> Furniture:
    """The furniture that was learned, out of rows of its table (in the table's order)."""
    if not rows:
        return empty()
    owners = [row["publisher"] for row in rows]
    names = list(dict.fromkeys(owners))
    offsets = np.array([*(owners.index(name) for name in names), len(rows)], np.int64)
    articles, sampled, elsewhere = (
        np.array([row[name] for row in rows], np.int32) for name in ("articles", "sampled", "elsewhere")
    )
    shingles = np.array([row["shingle"] for row in rows], np.uint32)
    phrases = tuple(row["phrase"] for row in rows)
    return Furniture(tuple(names), offsets, shingles, articles, sampled, elsewhere, phrases)


def joined(first: Furniture, second: Furniture) -> Furniture:
    """Both, the names of the first before those of the second; the second alone where the first holds nothing."""
    if not len(first.shingles):
        return second
    numbers = (np.concatenate([getattr(part, name) for part in (first, second)]) for name in Furniture._fields[2:6])
    shingles, articles, sampled, elsewhere = numbers
    offsets = np.r_[first.offsets, first.offsets[-1] + second.offsets[1:]]
    phrases = first.phrases + second.phrases
    return Furniture(first.names + second.names, offsets, shingles, articles, sampled, elsewhere, phrases)
