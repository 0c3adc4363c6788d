"""Two texts -> what they share, compiled: shingle sets, common runs, sentences said again, figures and names.

Everything is counted in both directions, so that nothing depends on which text comes first. The work is linear in the
length of the texts whatever they hold: a repeated word or shingle is followed to its first few occurrences only, and
sentences end after :data:`LONGEST_SENTENCE` tokens.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np
from numba import njit

from dedup.kernels.annotate import FURNITURE
from dedup.kernels.folding import GAP_PARAGRAPH, GAP_SENTENCE
from dedup.kernels.tokenise import ALL_CAPITALS, CAPITAL, NUMBER

SHINGLE = 3
LONGEST_SENTENCE = 60
_SHORTEST_SENTENCE = 5  # narrative tokens
_OCCURRENCES = 8  # of a shingle or word pair that are followed
_REACH = 3  # content words behind a content word that it is paired with
_CONTENT = 50  # rarity (0-255) of a content word at least
_RARE = 120  # rarity of a word that tells a story from another
_SWAP = 4  # tokens between two common runs that count as one word put for another
_COMMON_UNKNOWN = 40  # rarity of an unknown word of three bytes or less: in most languages a function word

_compiled = njit(nogil=True, cache=True, _nrt=False)
_inlined = njit(nogil=True, cache=True, _nrt=False, forceinline=True)


@_inlined
def _mix(one, two, three):
    state = np.uint32(one * np.uint32(0x9E3779B1)) ^ two
    state = np.uint32(np.uint32(state ^ (state >> np.uint32(15))) * np.uint32(0x85EBCA77)) ^ three
    state = np.uint32(np.uint32(state ^ (state >> np.uint32(13))) * np.uint32(0xC2B2AE3D))
    return np.uint32(state ^ (state >> np.uint32(16)))


@_inlined
def _room(table, count):
    """Clear the part of ``table`` that ``count`` entries need; returns the mask of its slots."""
    size = 8
    while size < 2 * count:
        size *= 2
    for k in range(size):
        table[k] = -1
    return size - 1


@_inlined
def _same(hashes, one, two):
    return hashes[one] == hashes[two] and hashes[one + 1] == hashes[two + 1] and hashes[one + 2] == hashes[two + 2]


@_inlined
def _find(hashes, table, mask, place):
    """Slot of the shingle at ``place``: the one that holds it, or the empty one where it belongs."""
    slot = np.int64(_mix(hashes[place], hashes[place + 1], hashes[place + 2])) & mask
    while table[slot] >= 0 and not _same(hashes, table[slot], place):
        slot = (slot + 1) & mask
    return slot


@_inlined
def _plain(masks, place):
    return masks[place] | masks[place + 1] | masks[place + 2] == 0


@_inlined
def _gather(tokens, masks, text, table, marks):
    """Put a text's shingles into ``table``; returns the slots' mask and how many there are, in all and in narrative."""
    begin, end = tokens.offsets[text], tokens.offsets[text + 1]
    mask = _room(table, end - begin)
    count = plain_count = 0
    for place in range(begin, end - SHINGLE + 1):
        slot = _find(tokens.hashes, table, mask, place)
        if table[slot] < 0:
            table[slot] = place
            marks[slot] = 0
            count += 1
        if not marks[slot] & 1 and _plain(masks, place):
            marks[slot] |= 1
            plain_count += 1
    return mask, count, plain_count


@_compiled
def sizes(tokens, masks, rows, table, marks, out):
    """Fill ``out`` int32[texts, 2] for the texts ``rows``: distinct shingles, in all and in the narrative."""
    for k in range(len(rows)):
        _, count, plain_count = _gather(tokens, masks, rows[k], table, marks)
        out[rows[k], 0] = count
        out[rows[k], 1] = plain_count


@_compiled
def overlap(tokens, masks, left, right, table, marks, out):
    """Fill ``out`` int32[pairs, 2]: distinct shingles that two texts share, in all and narrative in both.

    ``left``, ``right`` int32[pairs]: the texts; pairs with the same left text should follow one another. ``masks``
    uint8[tokens]: 0 is narrative. Working room: ``table`` int32, ``marks`` uint8, both of the power of two that is at
    least twice the tokens of the longest text.
    """
    before = -1
    mask = 0
    for pair in range(len(left)):
        if left[pair] != before:
            before = left[pair]
            mask, _, _ = _gather(tokens, masks, before, table, marks)
        common = plain_common = 0
        begin, end = tokens.offsets[right[pair]], tokens.offsets[right[pair] + 1]
        for place in range(begin, end - SHINGLE + 1):
            slot = _find(tokens.hashes, table, mask, place)
            if table[slot] >= 0:
                if not marks[slot] & 2:
                    marks[slot] |= 2
                    common += 1
                if marks[slot] & 5 == 1 and _plain(masks, place):
                    marks[slot] |= 4
                    plain_common += 1
        for place in range(begin, end - SHINGLE + 1):
            slot = _find(tokens.hashes, table, mask, place)
            marks[slot] &= 1
        out[pair, 0] = common
        out[pair, 1] = plain_common


@_compiled
def prepare(tokens, rows, rarity_keys, rarity_values, weights, sentences):
    """For the texts ``rows``, fill ``weights`` uint8[tokens] (rarity) and ``sentences`` int32[tokens] (number in the text)."""
    room = np.uint32(len(rarity_keys) - 1)
    for k in range(len(rows)):
        number = np.int32(0)
        begun = tokens.offsets[rows[k]]
        for place in range(tokens.offsets[rows[k]], tokens.offsets[rows[k] + 1]):
            if place > begun and (tokens.gaps[place] & (GAP_SENTENCE | GAP_PARAGRAPH) or place - begun >= LONGEST_SENTENCE):
                number += np.int32(1)
                begun = place
            sentences[place] = number
            word = tokens.hashes[place]
            slot = word & room
            while rarity_keys[slot] != 0 and rarity_keys[slot] != word:
                slot = (slot + np.uint32(1)) & room
            if rarity_keys[slot] == word:
                weights[place] = rarity_values[slot]
            elif tokens.ends[place] - tokens.starts[place] <= 3 and not tokens.flags[place] & (ALL_CAPITALS | NUMBER):
                weights[place] = _COMMON_UNKNOWN
            else:
                weights[place] = 255
