"""Set phrases: runs of six words that one publisher prints on several days.

Formulas, titles, background paragraphs: whoever prints them, they do not tell that a story was copied. They must come
from one publisher's articles, since a story that many reprint stands on many days too, and from several
days, since a publisher's own stories of one day have much in common.
"""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from dedup.furniture.counting import Counts, Hashes, Sampled, held_in, often
from dedup.kernels.phrases import roll
from dedup.tokens import Tokens

WORDS = 6
_ARTICLES, _DAYS = 4, 3  # of one publisher, in which a set phrase stands at least


def runs(tokens: Tokens) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """Hashes (uint32) of all runs of :data:`WORDS` tokens, and where each text's begin (int64[texts + 1])."""
    hashes, places = np.empty(len(tokens.hashes), np.uint32), np.empty(len(tokens.offsets), np.int64)
    count = roll(tokens.hashes, tokens.offsets, WORDS, hashes, places)
    return hashes[:count], places


def frequent(sampled: Sampled) -> tuple[Hashes, Counts]:
    """The set phrases, ascending, and the first article that each was met in."""
    parts = [(np.empty(0, np.uint32), np.empty(0, np.int32))]
    for begin, end in itertools.pairwise(sampled.begins.tolist()):
        if len(np.unique(sampled.days[begin:end])) >= _DAYS:
            words, firsts = often(sampled, begin, end, _ARTICLES)
            kept = held_in(sampled, begin, end, words, days=True) >= _DAYS
            parts.append((words[kept], firsts[kept]))
    words, firsts = (np.concatenate(column) for column in zip(*parts, strict=True))
    found, first = np.unique(words, return_index=True)
    return found, firsts[first]
