"""Shingles that recur in many texts, compiled."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.compiling import entry, inlined


@inlined
def _slot(shingle, keys, counts, wrap):
    """Where a shingle stands in an open-addressing table, or the free slot that it would take (its count is zero)."""
    slot = np.int64(np.uint32(shingle * np.uint32(0x9E3779B1)) >> np.uint32(3)) & wrap
    while counts[slot] and keys[slot] != shingle:
        slot = (slot + 1) & wrap
    return slot


@entry
def recurring(
    shingles,
    shingle_offsets,
    order,
    begin,
    end,
    min_texts,
    keys,
    counts,
    texts,
    firsts,
    out_keys,
    out_counts,
    out_firsts,
):
    """The shingles that stand in ``min_texts`` or more of the texts ``order[begin:end]``; returns how many there are.

    ``shingles`` uint32 and ``shingle_offsets`` int64[texts + 1] are the shingles of every text, ``order`` int64 rows of
    texts. Working space, a power of two of at least twice the texts' shingles: ``keys`` uint32, ``counts``, ``texts``
    and ``firsts`` int32. Filled with the shingles, in how many texts each stands and in which it was met first:
    ``out_keys`` uint32, ``out_counts`` and ``out_firsts`` int32, with room for all the texts' shingles / ``min_texts``.
    """
    wrap = len(keys) - 1
    counts[:] = 0
    for k in range(begin, end):
        text = order[k]
        for position in range(shingle_offsets[text], shingle_offsets[text + 1]):
            slot = _slot(shingles[position], keys, counts, wrap)
            if counts[slot] == 0:
                keys[slot] = shingles[position]
                firsts[slot] = text
                texts[slot] = -1
            if texts[slot] != text:
                texts[slot] = text
                counts[slot] += 1
    count = 0
    for slot in range(len(keys)):
        if counts[slot] >= min_texts:
            out_keys[count] = keys[slot]
            out_counts[count] = counts[slot]
            out_firsts[count] = firsts[slot]
            count += 1
    return count


@entry
def held(shingles, shingle_offsets, order, begin, end, wanted, keys, ranks, last, bloom_filter, out):
    """Fill ``out`` int32[wanted]: in how many of the texts ``order[begin:end]`` each ``wanted`` uint32 stands.

    The wanted are different from one another. Working space, a power of two of at least twice as many: ``keys`` uint32,
    ``ranks`` and ``last`` int32; and ``bloom_filter`` uint8, zeros, a power of two: the longer, the fewer shingles are
    looked for in vain.
    """
    wrap, last_bits = len(keys) - 1, np.uint32(len(bloom_filter) - 1)
    ranks[:] = 0
    for k in range(len(wanted)):
        slot = _slot(wanted[k], keys, ranks, wrap)
        keys[slot] = wanted[k]
        ranks[slot] = k + 1
        last[slot] = -1
        out[k] = 0
        bloom_filter[wanted[k] & last_bits] = 1
    for k in range(begin, end):
        for position in range(shingle_offsets[order[k]], shingle_offsets[order[k] + 1]):
            if bloom_filter[shingles[position] & last_bits]:
                slot = _slot(shingles[position], keys, ranks, wrap)
                if ranks[slot] and last[slot] != k:
                    last[slot] = k
                    out[ranks[slot] - 1] += 1


@entry
def first_positions(shingles, shingle_offsets, texts, wanted, out):
    """Fill ``out`` int64[wanted] with where in its text ``texts[k]`` each ``wanted`` uint32 shingle stands first.

    Every one must stand there.
    """
    for k in range(len(wanted)):
        position = shingle_offsets[texts[k]]
        while shingles[position] != wanted[k]:
            position += 1
        out[k] = position - shingle_offsets[texts[k]]
