"""Places of tokens in bytes -> places in characters, compiled."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.compiling import entry, inlined


@inlined
def _is_ascii(data, begin, end):
    high_bits = np.uint8(0)
    for offset in range(begin, end):
        high_bits |= data[offset]
    return high_bits < 0x80


@entry
def characters(data, offsets, token_offsets, starts, ends, texts, out_starts, out_ends):
    """Turn the byte places of the tokens of ``texts`` (rows, int64) into character places.

    Filled: ``out_starts`` and ``out_ends`` int32[tokens].
    """
    for text in texts:
        begin = offsets[text]
        first, last = token_offsets[text], token_offsets[text + 1]
        if _is_ascii(data, begin, offsets[text + 1]):
            for token in range(first, last):
                out_starts[token] = starts[token]
                out_ends[token] = ends[token]
            continue
        offset, count = 0, 0
        for token in range(first, last):
            while offset < starts[token]:
                count += data[begin + offset] & 0xC0 != 0x80
                offset += 1
            out_starts[token] = count
            inside, letters = offset, count
            while inside < ends[token]:
                letters += data[begin + inside] & 0xC0 != 0x80
                inside += 1
            out_ends[token] = letters
