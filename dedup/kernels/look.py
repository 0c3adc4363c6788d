"""How many shingles two texts share, compiled: the first look at a pair."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, _nrt=False, forceinline=True)
def _mixed(hashes, begin, size):
    state = np.uint32(0x811C9DC5)
    for k in range(begin, begin + size):
        state = np.uint32((state ^ hashes[k]) * np.uint32(0x01000193))
        state = np.uint32(state ^ (state >> np.uint32(15)))
    return state


@njit(nogil=True, cache=True, _nrt=False)
def look(hashes, begins, ends, left, right, size, table, stamps, out):
    """Fill ``out`` int32[pairs, 2]: different shingles of the shorter text that stand in the longer one, and its all.

    ``hashes`` uint32: token hashes of all texts, those of text ``i`` at ``begins[i]:ends[i]``; ``left`` and ``right``
    int32[pairs]; shingles have ``size`` tokens. Working room: ``table`` uint32 and ``stamps`` int64 of the same length,
    a power of two at least four times the longest text; ``stamps`` begins with zeros.
    """
    wrap = np.uint32(len(table) - 1)
    stamp = 0
    for pair in range(len(left)):
        short, long = left[pair], right[pair]
        if ends[short] - begins[short] > ends[long] - begins[long]:
            short, long = long, short
        # first the longer text's shingles get an even stamp, then those of the shorter that are met an odd one
        stamp += 2
        for place in range(begins[long], ends[long] - size + 1):
            shingle = _mixed(hashes, place, size)
            slot = shingle & wrap
            while stamps[slot] == stamp and table[slot] != shingle:
                slot = (slot + np.uint32(1)) & wrap
            stamps[slot] = stamp
            table[slot] = shingle
        common = own = 0
        for place in range(begins[short], ends[short] - size + 1):
            shingle = _mixed(hashes, place, size)
            slot = shingle & wrap
            while stamps[slot] >= stamp and table[slot] != shingle:
                slot = (slot + np.uint32(1)) & wrap
            if stamps[slot] < stamp:
                own += 1
                stamps[slot] = stamp + 1
                table[slot] = shingle
            elif stamps[slot] == stamp:
                own += 1
                common += 1
                stamps[slot] = stamp + 1
        out[pair, 0] = common
        out[pair, 1] = own
