"""Shingles -> MinHash values, compiled: the ``affine32`` scheme of datasketch 2.0, bit for bit."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.compiling import entry, inlined
from dedup.kernels.murmur import mix

_AT_ONCE = 8  # shingles that a value is compared with before it goes back to memory


@inlined
def _finalised(shingles, position, last):
    """The shingle at ``position``, or the ``last`` one after it, as the permutations take it."""
    return mix(shingles[min(position, last)])


@inlined
def _smaller(value, factor, summand, finalised):
    return min(value, np.uint32(factor * finalised + summand))


@entry
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
        last = offsets[text + 1] - 1
        for position in range(offsets[text], last + 1, _AT_ONCE):
            first, second = _finalised(shingles, position, last), _finalised(shingles, position + 1, last)
            third, fourth = _finalised(shingles, position + 2, last), _finalised(shingles, position + 3, last)
            fifth, sixth = _finalised(shingles, position + 4, last), _finalised(shingles, position + 5, last)
            seventh, eighth = _finalised(shingles, position + 6, last), _finalised(shingles, position + 7, last)
            for k in range(width):
                factor, summand = factors[k], summands[k]
                value = _smaller(values[k], factor, summand, first)
                value = _smaller(value, factor, summand, second)
                value = _smaller(value, factor, summand, third)
                value = _smaller(value, factor, summand, fourth)
                value = _smaller(value, factor, summand, fifth)
                value = _smaller(value, factor, summand, sixth)
                value = _smaller(value, factor, summand, seventh)
                values[k] = _smaller(value, factor, summand, eighth)


@entry
def digest(hashes, offsets, out):
    """Fill ``out`` uint64[texts] with a digest of every text's token sequence (FNV-1a over tokens, then mixed).

    It only proposes identical texts; grading compares the tokens themselves.
    """
    for text in range(len(offsets) - 1):
        state = np.uint64(0xCBF29CE484222325)
        for position in range(offsets[text], offsets[text + 1]):
            state = np.uint64((state ^ np.uint64(hashes[position])) * np.uint64(0x100000001B3))
            state = np.uint64(state ^ (state >> np.uint64(29)))
        state = np.uint64(np.uint64(state ^ (state >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD))
        out[text] = np.uint64(state ^ (state >> np.uint64(33)))
