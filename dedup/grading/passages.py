"""What two texts share, word for word: aligned passages with their places in both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.arrays import distinct, pair_keys, row_pairs
from dedup.kernels.characters import characters
from dedup.kernels.columns import SPAN
from dedup.scratch import IN_MEMORY, ScratchSpace
from dedup.tables import PASSAGES
from dedup.text.tokens import Tokens, text_buffers

KINDS = ("copy", "quote", "furniture")
_AT_A_TIME = 1 << 20  # rows of a table made of passages

_Rows = npt.NDArray[np.int32]


class Passages(NamedTuple):
    """The passages of ``m`` pairs, pair after pair and by place in the left text.

    ``number`` int64[m]: how many each pair has; ``bounds`` int32[n, 4]: where each begins and ends in the left text and
    in the right one, in characters; ``kinds`` uint8[n]: places in :data:`KINDS`.
    """

    number: npt.NDArray[np.int64]
    bounds: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.uint8]

    def take(self, pairs: npt.NDArray[np.int64], scratch: ScratchSpace = IN_MEMORY) -> Passages:
        """The passages of some pairs, in their order."""
        begins, sizes = np.cumsum(self.number) - self.number, self.number[pairs]
        rows = np.repeat(begins[pairs] - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
        taken = _allocate(sizes, scratch)
        for column, out in ((self.bounds, taken.bounds), (self.kinds, taken.kinds)):
            np.take(column, rows, axis=0, out=out, mode="clip")  # the rows are there; other modes copy the result
        return taken

    def tables(self, ids: pa.Array, left: _Rows, right: _Rows) -> Iterator[pa.Table]:
        """Rows of :data:`dedup.tables.PASSAGES`, some at a time; the pairs are rows of ``ids``."""
        ends = np.cumsum(self.number)
        for first in range(0, len(self.kinds), _AT_A_TIME):
            here = slice(first, first + _AT_A_TIME)
            pairs = np.searchsorted(ends, np.arange(first, min(here.stop, len(self.kinds))), side="right")
            names = [ids.take(pa.array(side[pairs])) for side in (left, right)]
            kinds = pa.array(KINDS).take(pa.array(self.kinds[here]))
            yield pa.table([*names, *self.bounds[here].T, kinds], schema=PASSAGES.schema)

    @classmethod
    def of_table(cls, table: pa.Table, ids: pa.Array) -> tuple[_Rows, _Rows, Passages]:
        """Rows of :data:`dedup.tables.PASSAGES` as pairs of rows of ``ids``, ascending, and their passages."""
        left, right = (pc.index_in(table[side], ids).to_numpy().astype(np.int64) for side in ("a_id", "b_id"))
        columns = [table[name].to_numpy() for name in ("a_start", "a_end", "b_start", "b_end")]
        order = np.lexsort((columns[2], columns[0], right, left))
        keys, number = np.unique(pair_keys(left, right), return_counts=True)
        kinds = pc.index_in(table["kind"], pa.array(KINDS)).to_numpy().astype(np.uint8)
        bounds = np.stack(columns, axis=1).astype(np.int32)
        one, other = row_pairs(keys)
        return one, other, cls(number, bounds[order], kinds[order])

    def table(self, ids: pa.Array, left: _Rows, right: _Rows) -> pa.Table:
        """All of :meth:`tables` in one."""
        return pa.concat_tables([PASSAGES.schema.empty_table(), *self.tables(ids, left, right)])


def _allocate(number: npt.NDArray[np.int64], scratch: ScratchSpace) -> Passages:
    """Passages of so many for each pair, to be filled in."""
    total = int(number.sum())
    return Passages(number, scratch.empty((total, 4), np.int32), scratch.empty((total,), np.uint8))


def joined(parts: list[Passages], scratch: ScratchSpace) -> Passages:
    """The passages of several lists of pairs, one after the other."""
    combined = _allocate(np.concatenate([np.empty(0, np.int64), *(part.number for part in parts)]), scratch)
    begin = 0
    for part in parts:
        end = begin + len(part.kinds)
        combined.bounds[begin:end], combined.kinds[begin:end] = part.bounds, part.kinds
        begin = end
    return combined


def located(texts: pa.Array, tokens: Tokens, left: _Rows, right: _Rows, spans: npt.NDArray[np.int32]) -> Passages:
    """The passages of pairs of ``texts`` (``left``, ``right`` int32[m]) that were found in their ``tokens``.

    ``spans`` int32[n, :data:`~dedup.kernels.columns.SPAN`]: as :func:`dedup.kernels.compare.compare` fills them.
    """
    data, offsets = text_buffers(texts)
    starts, ends = np.empty_like(tokens.starts), np.empty_like(tokens.ends)
    pair = spans[:, SPAN.pair]
    rows = distinct(np.r_[left[pair], right[pair]])
    characters(data, offsets, tokens.offsets, tokens.starts, tokens.ends, rows.astype(np.int64), starts, ends)
    a, b = tokens.offsets[left[pair]], tokens.offsets[right[pair]]
    where = (
        starts[a + spans[:, SPAN.a_first]],
        ends[a + spans[:, SPAN.a_last] - 1],
        starts[b + spans[:, SPAN.b_first]],
        ends[b + spans[:, SPAN.b_last] - 1],
    )
    bounds = np.stack(where, axis=1)
    return Passages(np.bincount(pair, minlength=len(left)), bounds, spans[:, SPAN.kind].astype(np.uint8))
