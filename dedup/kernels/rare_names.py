"""The rare names in texts, compiled."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.arrays import pair_key
from dedup.kernels.compiling import entry, inlined
from dedup.kernels.tokenise import CAPITAL

_pair_key = inlined(pair_key)


@inlined
def _is_rare(word, words, rarities, min_rarity):
    mask = np.uint32(len(words) - 1)
    slot = word & mask
    while words[slot] != 0 and words[slot] != word:
        slot = (slot + np.uint32(1)) & mask
    return words[slot] != word or rarities[slot] >= min_rarity


@entry
def find_names(hashes, flags, offsets, words, rarities, min_rarity, keys, texts, out):
    """List the different rare words of every text that are capitalised; returns how many.

    In a text without capitals all rare words are taken (its script may have none). ``hashes`` uint32, ``flags`` uint8
    of all tokens, ``offsets`` int64[texts + 1]; ``words`` and ``rarities`` of :class:`~dedup.text.rarity.Rarity`:
    words that it does not know are rare, the others from ``min_rarity`` on. ``out`` int64[tokens, at most] is filled
    with keys of the text's index and the hash. Working space, a power of two of at least twice the longest text's
    tokens: ``keys`` uint32 and ``texts`` int64, the latter filled with -1.
    """
    wrap = np.int64(len(keys) - 1)
    count = 0
    for text in range(len(offsets) - 1):
        wanted = np.uint8(0)
        for position in range(offsets[text], offsets[text + 1]):
            wanted |= flags[position] & CAPITAL
        for position in range(offsets[text], offsets[text + 1]):
            word = hashes[position]
            if flags[position] & CAPITAL != wanted or not _is_rare(word, words, rarities, min_rarity):
                continue
            slot = np.int64(np.uint32(word * np.uint32(0x9E3779B1)) >> np.uint32(3)) & wrap
            while texts[slot] == text and keys[slot] != word:
                slot = (slot + 1) & wrap
            if texts[slot] != text:
                texts[slot] = text
                keys[slot] = word
                out[count] = _pair_key(text, np.int64(word))
                count += 1
    return count
