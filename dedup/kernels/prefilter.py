"""How many shingles two texts share, compiled: the first look at a pair."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.compiling import entry, inlined


@inlined
def finalised(hashes, begin, size):
    """A hash of the shingle of ``size`` tokens at ``begin``."""
    state = np.uint32(0x811C9DC5)
    for k in range(begin, begin + size):
        state = np.uint32((state ^ hashes[k]) * np.uint32(0x01000193))
        state = np.uint32(state ^ (state >> np.uint32(15)))
    return state


@inlined
def _slot(shingle, table, stamps, stamp, wrap):
    slot = np.uint32(shingle * np.uint32(0x9E3779B1)) >> np.uint32(3) & wrap
    while stamps[slot] == stamp and table[slot] != shingle:
        slot = (slot + np.uint32(1)) & wrap
    return slot


@entry
def prefilter(hashes, begins, ends, left, right, size, enough, table, stamps, hits, out):
    """Fill ``out`` int32[pairs] with the number of different shingles that the texts of every pair have in common.

    They are counted up to ``enough`` int32[pairs]; most copies have so many in their first lines.

    ``hashes`` uint32: token hashes of all texts, those of text ``i`` at ``begins[i]:ends[i]``; ``left`` and ``right``
    int32[pairs], those with the same left one best one after another, since its shingles are then gathered once;
    shingles have ``size`` tokens. Working space of the same length, a power of two at least twice the longest text:
    ``table`` uint32, ``stamps`` and ``hits`` int32, both zeros.
    """
    wrap = np.uint32(len(table) - 1)
    stamp = 0
    for pair in range(len(left)):
        one, other = left[pair], right[pair]
        if pair == 0 or one != left[pair - 1]:
            stamp += 1
            for position in range(begins[one], ends[one] - size + 1):
                shingle = finalised(hashes, position, size)
                slot = _slot(shingle, table, stamps, stamp, wrap)
                if stamps[slot] != stamp:
                    stamps[slot] = stamp
                    table[slot] = shingle
                    hits[slot] = -1
        common = 0
        for position in range(begins[other], ends[other] - size + 1):
            if common == enough[pair]:
                break
            shingle = finalised(hashes, position, size)
            slot = _slot(shingle, table, stamps, stamp, wrap)
            if stamps[slot] == stamp and hits[slot] != pair:
                hits[slot] = pair
                common += 1
        out[pair] = common
