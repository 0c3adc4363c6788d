"""How rare a word is in the news: a frozen table, so that a grade does not depend on what else is in the dump.

``rarity.npz`` holds ``hashes`` uint32, ascending, and ``weights`` uint8 of the words that stand in at least one of a
thousand articles: ``255 * log(articles / articles with the word) / log(1000)`` (inverse document frequency, Spaerck
Jones 1972), the smallest over the languages it was counted in. It says how often words occur and nothing else of the
articles. ``python benchmarks/rarity.py`` counts it again; an unknown word is as rare as can be.
"""

from __future__ import annotations

import functools
from importlib import resources
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Rarity(NamedTuple):
    """The table for open addressing: ``words`` uint32[power of two] (0: empty), ``weights`` uint8 of the same slot."""

    words: npt.NDArray[np.uint32]
    weights: npt.NDArray[np.uint8]


@functools.cache
def rarity() -> Rarity:
    """The table as shipped."""
    with resources.files(__package__).joinpath("rarity.npz").open("rb") as file, np.load(file) as stored:
        hashes, weights = stored["hashes"], stored["weights"]
    return _spread(hashes, weights)


def _spread(hashes: npt.NDArray[np.uint32], weights: npt.NDArray[np.uint8]) -> Rarity:
    """Put the words into their slots, one step further for all that met a taken one, until none is left."""
    size = 1 << (2 * max(len(hashes), 1)).bit_length()
    table = Rarity(np.zeros(size, np.uint32), np.zeros(size, np.uint8))
    left = np.flatnonzero(hashes)
    slots = hashes[left].astype(np.int64) & (size - 1)
    while len(left):
        free = np.flatnonzero(table.words[slots] == 0)
        _, first = np.unique(slots[free], return_index=True)
        placed = free[first]
        table.words[slots[placed]], table.weights[slots[placed]] = hashes[left[placed]], weights[left[placed]]
        waiting = np.ones(len(left), bool)
        waiting[placed] = False
        left, slots = left[waiting], (slots[waiting] + 1) & (size - 1)
    return table


def weights(words: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """The weights (int64[n], 0-255) of word hashes, and whether the table knows them (bool[n]); others have 255."""
    table = rarity()
    mask = len(table.words) - 1
    rarities, known = np.full(len(words), 255, np.int64), np.zeros(len(words), np.bool_)
    left, slots = np.flatnonzero(words), words[words != 0].astype(np.int64) & mask
    while len(left):
        held = table.words[slots]
        hit = held == words[left]
        rarities[left[hit]], known[left[hit]] = table.weights[slots[hit]], True
        on = ~hit & (held != 0)
        left, slots = left[on], slots[on] + 1 & mask
    return rarities, known
