"""Tokens of a batch of texts: folded, hashed words with their places and what stands between them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.kernels.folding import folding
from dedup.kernels.tokenise import tokenise as _tokenise


class Tokens(NamedTuple):
    """The tokens of ``n`` texts, one text after the other.

    ``offsets`` int64[n + 1]: the tokens of text ``i`` are ``offsets[i]:offsets[i + 1]`` of the others; ``hashes``
    uint32: MurmurHash3 of the folded word; ``starts``, ``ends`` int32: bytes from the beginning of the text's UTF-8;
    ``flags`` uint8: CAPITAL, ALL_CAPITALS, NUMBER, BIGRAM, FOURGRAM, TELLING (:mod:`dedup.kernels.tokenise`,
    :mod:`dedup.kernels.unspaced`); ``gaps`` uint16: ``GAP_*`` bits
    (:mod:`dedup.kernels.folding`) of what stands before the token; ``tails`` uint16[n]: the same after a text's last
    token.
    """

    offsets: npt.NDArray[np.int64]
    hashes: npt.NDArray[np.uint32]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    flags: npt.NDArray[np.uint8]
    gaps: npt.NDArray[np.uint16]
    tails: npt.NDArray[np.uint16]


def text_buffers(texts: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Bytes (uint8) and offsets (int64[n + 1]) of a string column, without a copy where it is a large_string.

    Nulls are empty.
    """
    column = texts.cast(pa.large_string())
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if column.null_count:
        column = column.fill_null("")  # bytes may lie behind a null
    if not len(column):
        return np.frombuffer(b"", np.uint8), np.frombuffer(bytes(8), np.int64)  # no text need not have buffers
    _, offsets, data = column.buffers()
    bounds = np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1]
    values = np.frombuffer(data if data is not None else b"", np.uint8)
    for array in (values, bounds):
        array.flags.writeable = False  # as most are: a kernel is compiled for either anew
    return values, bounds


def tokenise(texts: pa.Array) -> Tokens:
    """The tokens of a column of texts (nulls count as empty).

    ``texts`` is an Arrow string or large_string array. Runs without the interpreter lock.
    """
    data, offsets = text_buffers(texts)
    texts_count = len(offsets) - 1
    # Room for the worst case: what is not filled is never touched, and so costs no memory.
    out = _allocate(int(offsets[-1] - offsets[0]), texts_count)
    count = _tokenise(data, offsets, 0, texts_count, folding(), out)
    filled = slice(count)
    return Tokens(
        out.offsets,
        out.hashes[filled],
        out.starts[filled],
        out.ends[filled],
        out.flags[filled],
        out.gaps[filled],
        out.tails,
    )


def _allocate(size: int, texts: int) -> Tokens:
    max_tokens = size // 2 + texts + 1
    return Tokens(
        np.empty(texts + 1, np.int64),
        np.empty(max_tokens, np.uint32),
        np.empty(max_tokens, np.int32),
        np.empty(max_tokens, np.int32),
        np.empty(max_tokens, np.uint8),
        np.empty(max_tokens, np.uint16),
        np.empty(texts, np.uint16),
    )
