"""MurmurHash3 (Appleby 2011; x86, 32 bits, seed 0: ``mmh3.hash``), a block or a byte at a time, for compiled code."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers.

from __future__ import annotations

import numpy as np

from dedup.kernels.compiling import helper, inlined


@inlined
def _rotate(block, bits):
    return np.uint32((block << np.uint32(bits)) | (block >> np.uint32(32 - bits)))


@inlined
def _scramble(block):
    return np.uint32(_rotate(np.uint32(block * np.uint32(0xCC9E2D51)), 15) * np.uint32(0x1B873593))


@inlined
def absorb(state, block):
    """Add a whole block of four bytes (uint32) to a hash under way."""
    return np.uint32(_rotate(np.uint32(state ^ _scramble(block)), 13) * np.uint32(5) + np.uint32(0xE6546B64))


@inlined
def _push(state, block, length, byte):
    """Add one byte to a hash under way (``block``: the bytes since the last whole block of four)."""
    block = np.uint32(block | (np.uint32(byte) << np.uint32(8 * (length & 3))))
    length += 1
    if length & 3 == 0:
        state = absorb(state, block)
        block = np.uint32(0)
    return state, block, length


@helper
def push_code(state, block, length, code):
    """Add one code point, as UTF-8, to a hash under way."""
    if code < 0x80:
        return _push(state, block, length, code)
    if code < 0x800 and length & 1 == 0:  # both bytes are in the same block
        both = np.uint32(0xC0 | code >> 6 | (0x80 | (code & 0x3F)) << 8)
        block = np.uint32(block | both << np.uint32(8 * (length & 2)))
        return (state, block, length + 2) if length & 2 == 0 else (absorb(state, block), np.uint32(0), length + 2)
    if code < 0x800:
        state, block, length = _push(state, block, length, 0xC0 | code >> 6)
        return _push(state, block, length, 0x80 | (code & 0x3F))
    if code < 0x10000:
        state, block, length = _push(state, block, length, 0xE0 | code >> 12)
    else:
        state, block, length = _push(state, block, length, 0xF0 | code >> 18)
        state, block, length = _push(state, block, length, 0x80 | (code >> 12 & 0x3F))
    state, block, length = _push(state, block, length, 0x80 | (code >> 6 & 0x3F))
    return _push(state, block, length, 0x80 | (code & 0x3F))


@inlined
def finish(state, block, length):
    """The hash: the last, unfinished block (0: none), the number of bytes and the finaliser."""
    return mix(np.uint32(state ^ _scramble(block) ^ np.uint32(length)))


@inlined
def mix(value):
    """The finaliser: a bijection of uint32."""
    value = np.uint32(np.uint32(value ^ (value >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    value = np.uint32(np.uint32(value ^ (value >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    return np.uint32(value ^ (value >> np.uint32(16)))
