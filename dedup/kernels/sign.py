"""Shingles -> MinHash values, compiled: the ``affine32`` scheme of datasketch 2.0, bit for bit."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True, _nrt=False)
def permute(shingles, offsets, factors, summands, out):
    """Fill ``out`` uint32[texts, num_perm] with the MinHash signature of every text.

    ``shingles`` uint32, ``offsets`` int64[texts + 1]; ``factors`` (odd) and ``summands`` uint32[num_perm] are
    datasketch's ``permutations``. A text without shingles keeps the largest value in every place.
    """
    width = len(factors)
    for text in range(len(offsets) - 1):
        values = out[text]
        for k in range(width):
            values[k] = np.uint32(0xFFFFFFFF)
        for place in range(offsets[text], offsets[text + 1]):
            mixed = shingles[place]
            mixed = np.uint32(np.uint32(mixed ^ (mixed >> np.uint32(16))) * np.uint32(0x85EBCA6B))
            mixed = np.uint32(np.uint32(mixed ^ (mixed >> np.uint32(13))) * np.uint32(0xC2B2AE35))
            mixed = np.uint32(mixed ^ (mixed >> np.uint32(16)))
            for k in range(width):
                value = np.uint32(factors[k] * mixed + summands[k])
                values[k] = min(values[k], value)


@njit(nogil=True, cache=True, _nrt=False)
def digest(hashes, offsets, out):
    """Fill ``out`` uint64[texts] with a digest of every text's token sequence (FNV-1a over tokens, then mixed).

    It only proposes identical texts; grading compares the tokens themselves.
    """
    for text in range(len(offsets) - 1):
        state = np.uint64(0xCBF29CE484222325)
        for place in range(offsets[text], offsets[text + 1]):
            state = np.uint64((state ^ np.uint64(hashes[place])) * np.uint64(0x100000001B3))
            state = np.uint64(state ^ (state >> np.uint64(29)))
        state = np.uint64(np.uint64(state ^ (state >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD))
        out[text] = np.uint64(state ^ (state >> np.uint64(33)))
