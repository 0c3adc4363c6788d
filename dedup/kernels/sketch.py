"""Sketches of texts: 16 bits of every shingle, which tell pairs that share too little, compiled."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.compiling import entry, helper
from dedup.kernels.lanes import low_zeros
from dedup.kernels.prefilter import finalised

WORDS = 1024  # of 64 bits: a bit for every number of 16 bits
MORE = 255  # a byte that says: the distance goes on


@entry
def sketch_texts(hashes, offsets, size, bits, content, ends):
    """Fill ``content`` uint8 with the sketches of texts, and ``ends`` int32[texts] with where each ends there.

    ``hashes`` uint32, those of text ``i`` at ``offsets[i]:offsets[i + 1]``; shingles have ``size`` tokens. ``bits``
    uint64[WORDS]: working space, zeros. A sketch has the different numbers that 16 bits of the text's shingles give,
    ascending, each as its distance from the one before it (the first: from -1): as many bytes MORE as 255 goes into it,
    then the rest. ``content`` must have room for a byte for each token and 258 for each text.
    """
    used = 0
    for text in range(len(offsets) - 1):
        for position in range(offsets[text], offsets[text + 1] - size + 1):
            number = np.uint32(finalised(hashes, position, size) * np.uint32(0x9E3779B1)) >> np.uint32(16)
            bits[number >> np.uint32(6)] |= np.uint64(1) << np.uint64(number & np.uint32(63))
        before = -1
        for word in range(WORDS):
            left = bits[word]
            bits[word] = 0
            while left:
                number = word * 64 + low_zeros(left)
                left &= left - np.uint64(1)
                distance = number - before
                before = number
                while distance >= MORE:
                    content[used] = MORE
                    used += 1
                    distance -= MORE
                content[used] = distance
                used += 1
        ends[text] = used


@helper
def _set(content, begin, end, bits, value):
    """Set or clear the bits of a sketch; returns how many there are."""
    number, count = np.int64(-1), 0
    for k in range(begin, end):
        number += np.int64(content[k])
        if content[k] != MORE:
            count += 1
            mask = np.uint64(1) << np.uint64(number & 63)
            if value:
                bits[number >> 6] |= mask
            else:
                bits[number >> 6] &= ~mask
    return count


@entry
def shared_at_most(content, bounds, shingles, left, right, bits, out):
    """Fill ``out`` int32[pairs] with how many different shingles the texts of a pair have in common at most.

    ``content`` and ``bounds`` int64[texts + 1]: sketches as :func:`sketch_texts` makes them; ``shingles`` int32[texts]:
    places of shingles in each text. ``left`` and ``right`` int32[pairs], those with the same left one best one after
    another. ``bits`` uint64[WORDS]: working space, zeros.
    """
    gathered, count = -1, 0
    for pair in range(len(left)):
        one, other = left[pair], right[pair]
        if one != gathered:
            if gathered >= 0:
                _set(content, bounds[gathered], bounds[gathered + 1], bits, False)
            count = _set(content, bounds[one], bounds[one + 1], bits, True)
            gathered = one
        number, common, here = np.int64(-1), np.int64(0), 0
        for k in range(bounds[other], bounds[other + 1]):
            number += np.int64(content[k])
            if content[k] != MORE:
                here += 1
                common += np.int64(bits[number >> 6] >> np.uint64(number & 63) & np.uint64(1))
        # Different shingles may have the same 16 bits: so many were lost, at most, of those that both have.
        lost = min(shingles[one] - count, shingles[other] - here)
        out[pair] = common + lost
