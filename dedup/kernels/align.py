"""Passages that two texts share, compiled: anchors, extended as far as the tokens agree."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np
from numba import njit

from dedup.kernels.annotate import FURNITURE, QUOTED

_entry = njit(nogil=True, cache=True, _nrt=False)
_inlined = njit(nogil=True, _nrt=False, forceinline=True)

ANCHOR = 4  # tokens that must agree before a passage is looked for
SHORTEST = 6  # tokens of a passage
_TRIES = 16  # places in the other text that are tried: a repeated phrase must not cost quadratic time
COPY, QUOTE, BOILERPLATE = range(3)


@_inlined
def _anchor(hashes, place):
    state = np.uint32(0x811C9DC5)
    for k in range(place, place + ANCHOR):
        state = np.uint32((state ^ hashes[k]) * np.uint32(0x01000193))
        state = np.uint32(state ^ (state >> np.uint32(15)))
    return np.int64(state)


@_inlined
def _kind(mask):
    if mask & FURNITURE:
        return BOILERPLATE
    return QUOTE if mask & QUOTED else COPY


@_entry
def align(hashes, offsets, masks, left, right, heads, following, out):
    """Find the passages of every pair; returns how many there are, also where ``out`` has no room for them.

    ``hashes`` uint32 and ``masks`` uint8 of all tokens, ``offsets`` int64[texts + 1]; ``left``, ``right`` int32[pairs].
    ``out`` int32[room, 6]: pair, first token and token behind the last in the left text, the same in the right one
    (counted from the texts' beginnings), kind. A passage is a run of :data:`SHORTEST` equal tokens or more, cut where
    quoted speech or furniture begins or ends in the left text. ``heads`` int32[power of two] and ``following``
    int32[tokens of the longest text, at least] are working room.
    """
    found = 0
    for pair in range(len(left)):
        a, a_end = offsets[left[pair]], offsets[left[pair] + 1]
        b, b_end = offsets[right[pair]], offsets[right[pair] + 1]
        size = 1
        while size < b_end - b:
            size *= 2
        wrap = size - 1
        heads[:size] = -1
        for place in range(b_end - ANCHOR, b - 1, -1):
            slot = _anchor(hashes, place) & wrap
            following[place - b] = heads[slot]
            heads[slot] = place - b
        place = a
        while place + ANCHOR <= a_end:
            longest, at, tries = 0, 0, 0
            other = heads[_anchor(hashes, place) & wrap]
            while other >= 0 and tries < _TRIES:
                length = 0
                while (
                    place + length < a_end and b + other + length < b_end
                    and hashes[place + length] == hashes[b + other + length]
                ):  # fmt: skip
                    length += 1
                if length > longest:
                    longest, at = length, other
                tries += 1
                other = following[other]
            if longest < SHORTEST:
                place += 1
                continue
            begin = 0
            while begin < longest:
                end = begin + 1
                while end < longest and _kind(masks[place + end]) == _kind(masks[place + begin]):
                    end += 1
                if found < len(out):
                    out[found, 0] = pair
                    out[found, 1] = place - a + begin
                    out[found, 2] = place - a + end
                    out[found, 3] = at + begin
                    out[found, 4] = at + end
                    out[found, 5] = _kind(masks[place + begin])
                found += 1
                begin = end
            place += longest
    return found


@_entry
def characters(data, offsets, token_offsets, starts, ends, out_starts, out_ends):
    """Turn the tokens' byte places into character places: ``out_starts`` and ``out_ends`` int32[tokens]."""
    for text in range(len(offsets) - 1):
        begin = offsets[text]
        place, count = 0, 0
        for token in range(token_offsets[text], token_offsets[text + 1]):
            while place < starts[token]:
                count += data[begin + place] & 0xC0 != 0x80
                place += 1
            out_starts[token] = count
            inside, letters = place, count
            while inside < ends[token]:
                letters += data[begin + inside] & 0xC0 != 0x80
                inside += 1
            out_ends[token] = letters
