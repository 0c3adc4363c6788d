"""What two texts share, word for word: aligned passages with their places in both."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.kernels.align import align, characters
from dedup.tables import PASSAGES
from dedup.tokens import Tokens, text_buffers

KINDS = ("copy", "quote", "furniture")


def passages(
    articles: pa.RecordBatch, tokens: Tokens, masks: npt.NDArray[np.uint8], left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
) -> pa.Table:  # fmt: skip
    """The passages of pairs of articles, as rows of :data:`dedup.tables.PASSAGES`, pair after pair.

    The arguments are those of :func:`counted_passages`.
    """
    return counted_passages(articles, tokens, masks, left, right)[0]


def counted_passages(
    articles: pa.RecordBatch, tokens: Tokens, masks: npt.NDArray[np.uint8], left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
) -> tuple[pa.Table, npt.NDArray[np.int64]]:  # fmt: skip
    """The passages of pairs of articles, pair after pair and by place in the left one, and how many each pair has.

    ``articles`` has the columns ``id`` and ``text``, ``tokens`` and ``masks`` are those of the texts; ``left`` and
    ``right`` int32[pairs] are rows of it. Takes time in proportion to the texts, whatever is in them.
    """
    longest = int(np.diff(tokens.offsets).max(initial=1))
    heads = np.empty(1 << max(longest - 1, 1).bit_length(), np.int32)
    following = np.empty(longest, np.int32)
    found, out = -1, np.empty((0, 6), np.int32)
    while not 0 <= found <= len(out):
        out = np.empty((max(found, 16 * len(left)), 6), np.int32)
        found = align(tokens.hashes, tokens.offsets, masks, left, right, heads, following, out)
    pair, a_first, a_last, b_first, b_last, kind = out[:found].T
    starts, ends = _characters(articles["text"], tokens)
    a, b = tokens.offsets[left[pair]], tokens.offsets[right[pair]]
    places = (starts[a + a_first], ends[a + a_last - 1], starts[b + b_first], ends[b + b_last - 1])
    names = [articles["id"].take(pa.array(rows[pair])) for rows in (left, right)]
    kinds = pa.array(KINDS).take(pa.array(kind))
    return pa.table([*names, *places, kinds], schema=PASSAGES.schema), np.bincount(pair, minlength=len(left))


def _characters(texts: pa.Array, tokens: Tokens) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Where every token begins and ends, in characters from the beginning of its text."""
    data, offsets = text_buffers(texts)
    starts, ends = np.empty_like(tokens.starts), np.empty_like(tokens.ends)
    characters(data, offsets, tokens.offsets, tokens.starts, tokens.ends, starts, ends)
    return starts, ends
