"""Sketches of texts: 18 bits of every shingle, which tell pairs that share too little, compiled."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.compiling import entry, helper
from dedup.kernels.lanes import low_zeros
from dedup.kernels.prefilter import finalised

WORDS = 4096  # of 64 bits: a bit for every number of 18 bits
HIGH = 1024  # numbers that the ten higher bits give


@entry
def sketch_texts(hashes, offsets, size, bits, content, ends):
    """Fill ``content`` uint8 (zeros) with the sketches of texts, and ``ends`` int32[texts] with where each ends there.

    ``hashes`` uint32, those of text ``i`` at ``offsets[i]:offsets[i + 1]``; shingles have ``size`` tokens. ``bits``
    uint64[WORDS]: working space, zeros. A sketch has the different numbers that 18 bits of the text's shingles give,
    ascending, in the code of Elias and Fano: the lower 8 bits of each, a byte; then as many bits and :data:`HIGH` more,
    of which those are set whose place is the higher bits of a number and how many come before it. Where there is no
    shingle it is empty. ``content`` must have room for nine bits for each token and 129 bytes for each text.
    """
    used = np.int64(0)
    for text in range(len(offsets) - 1):
        count = np.int64(0)
        for position in range(offsets[text], offsets[text + 1] - size + 1):
            number = np.uint32(finalised(hashes, position, size) * np.uint32(0x9E3779B1)) >> np.uint32(14)
            bit = np.uint64(1) << np.uint64(number & np.uint32(63))
            count += np.int64(bits[number >> np.uint32(6)] & bit == 0)
            bits[number >> np.uint32(6)] |= bit
        if count:
            before, high = np.int64(0), 8 * (used + count)
            for word in range(WORDS):
                left = bits[word]
                bits[word] = 0
                while left:
                    number = word * 64 + low_zeros(left)
                    left &= left - np.uint64(1)
                    content[used + before] = number & 255
                    place = high + (number >> 8) + before
                    content[place >> 3] |= np.uint8(1 << (place & 7))
                    before += 1
            used += count + (count + HIGH + 7) // 8
        ends[text] = used


@helper
def _numbers(content, begin, end, numbers):
    """Fill ``numbers`` int32 with those of a sketch; returns how many there are."""
    count = max((end - begin - HIGH // 8) * 8 // 9, 0)  # which take a byte and a bit each
    k = np.int64(0)
    for byte in range(begin + count, end):
        left = np.uint64(content[byte])
        while left:
            place = 8 * (byte - begin - count) + low_zeros(left)
            left &= left - np.uint64(1)
            numbers[k] = (place - k) << 8 | np.int64(content[begin + k])
            k += 1
    return count


@entry
def shared_at_most(content, bounds, shingles, left, right, bits, numbers, out):
    """Fill ``out`` int32[pairs] with how many different shingles the texts of a pair have in common at most.

    ``content`` and ``bounds`` int64[texts + 1]: sketches as :func:`sketch_texts` makes them; ``shingles`` int32[texts]:
    places of shingles in each text. ``left`` and ``right`` int32[pairs], those with the same left one best one after
    another. Working space: ``bits`` uint64[WORDS], zeros; ``numbers`` int32[2, longest], for the longest sketch.
    """
    gathered, count = -1, 0
    for pair in range(len(left)):
        one, other = left[pair], right[pair]
        if one != gathered:
            for k in range(count):
                bits[numbers[0, k] >> 6] = 0
            count = _numbers(content, bounds[one], bounds[one + 1], numbers[0])
            for k in range(count):
                bits[numbers[0, k] >> 6] |= np.uint64(1) << np.uint64(numbers[0, k] & 63)
            gathered = one
        here, common = _numbers(content, bounds[other], bounds[other + 1], numbers[1]), np.int64(0)
        for k in range(here):
            number = numbers[1, k]
            common += np.int64(bits[number >> 6] >> np.uint64(number & 63) & np.uint64(1))
        # Different shingles may have the same 18 bits: so many were lost, at most, of those that both have.
        lost = min(shingles[one] - count, shingles[other] - here)
        out[pair] = common + lost
