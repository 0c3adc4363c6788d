"""UTF-8 bytes -> code points, and what the folding table says of each."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers.

from __future__ import annotations

import numpy as np

from dedup.kernels.compiling import inlined
from dedup.kernels.folding import KIND_SHIFT, SEPARATOR, UPPER, VALUE

NO_CODE = -1  # in the place of a code point: the beginning or the end of the text


@inlined
def decode(data, offset, end):
    """The code point at ``offset`` and the place after it; a sequence cut off by ``end`` is U+FFFD."""
    first = np.int64(data[np.uint64(offset)])
    if first < 0x80:
        return first, offset + 1
    size = 2 if first < 0xE0 else (3 if first < 0xF0 else 4)
    if offset + size > end:
        return np.int64(0xFFFD), end
    if size == 2:
        return (first & 0x1F) << 6 | (np.int64(data[np.uint64(offset + 1)]) & 0x3F), offset + 2
    code = first & (0xFF >> (size + 1))
    for k in range(1, size):
        code = code << 6 | (np.int64(data[offset + k]) & 0x3F)
    return min(code, np.int64(0x10FFFF)), offset + size


@inlined
def classify(data, offset, end, folding):
    """Code point, kind, value, upper case and the place after, of what stands at ``offset``."""
    if offset >= end:
        return np.int64(NO_CODE), np.int64(SEPARATOR), np.int64(0), False, end
    code, after = decode(data, offset, end)
    entry = np.int64(folding.entries[np.uint64(folding.pages[np.uint64(code >> 8)]), np.uint64(code & 0xFF)])
    return code, entry >> KIND_SHIFT, entry & VALUE, entry & UPPER != 0, after
