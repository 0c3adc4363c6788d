"""Who meets whom in buckets that were cut out of a larger pile, compiled.

The buckets of a block of articles (the rows ``first`` to ``last - 1``) hold rows of the whole pile, which is too large
for an array with a place for everybody. So each article counts whom it meets in a small table of its own.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.buckets import FIRST
from dedup.kernels.compiling import entry


@entry
def locate(members, first, last, offsets, positions):
    """Find the articles of a block in bucket lists; returns the most meetings that one of them has.

    ``members`` int32[m]: buckets one after another, rows ascending, the first one of each marked by
    :data:`~dedup.kernels.buckets.FIRST`; ``offsets`` int64[last - first + 1], zeros; ``positions`` int32[m]. Filled:
    article ``first + i`` stands at ``members[positions[offsets[i]:offsets[i + 1]]]``.
    """
    for k in range(len(members)):
        row = members[k] & ~FIRST
        if first <= row < last:
            offsets[row - first + 1] += 1
    for k in range(len(offsets) - 1):
        offsets[k + 1] += offsets[k]
    for k in range(len(members)):
        row = members[k] & ~FIRST
        if first <= row < last:
            positions[offsets[row - first]] = k
            offsets[row - first] += 1
    for k in range(len(offsets) - 1, 0, -1):
        offsets[k] = offsets[k - 1]
    offsets[0] = 0
    largest = 0
    for k in range(len(offsets) - 1):
        hits = 0
        for at in range(offsets[k], offsets[k + 1]):
            position = positions[at]
            while members[position] >= 0:
                position -= 1
                hits += 1
        largest = max(largest, hits)
    return largest


@entry
def find_collisions(members, offsets, positions, first, enough, others, stamps, counts, left, right):
    """Pairs of an article of the block and an earlier one that meet ``enough`` times; returns how many there are.

    ``members``, ``offsets`` and ``positions`` as :func:`locate` leaves them. Working space of the same length, a power
    of two of at least twice the most meetings of an article: ``others``, ``stamps`` and ``counts`` int32, stamps zero.
    Filled: ``left`` and ``right`` int32[room] (left < right), as far as there is space.
    """
    wrap = np.uint32(len(others) - 1)
    count = 0
    for article in range(len(offsets) - 1):
        stamp = article + 1
        for at in range(offsets[article], offsets[article + 1]):
            position = positions[at]
            while members[position] >= 0:
                position -= 1
                other = members[position] & ~FIRST
                slot = np.uint32(np.uint32(other) * np.uint32(0x9E3779B1)) >> np.uint32(3) & wrap
                while stamps[slot] == stamp and others[slot] != other:
                    slot = (slot + np.uint32(1)) & wrap
                if stamps[slot] != stamp:
                    stamps[slot], others[slot], counts[slot] = stamp, other, 0
                counts[slot] += 1
                if counts[slot] == enough:
                    if count < len(left):
                        left[count] = other
                        right[count] = first + article
                    count += 1
    return count
