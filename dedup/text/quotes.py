"""Quoted speech and sentences in the first or second person: what two reporters share without copying.

Two reporters at one press conference share the quotations; what tells copy from coverage is the narrative around them
(design decision: measured on hand-graded pairs, narrative containment separates copy far better than containment).
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup import tomlfile
from dedup.kernels.annotate import BOILERPLATE, PERSONAL, QUOTED, personal, quoted
from dedup.text.tokens import Tokens, tokenise

__all__ = ["BOILERPLATE", "PERSONAL", "QUOTED", "annotate"]


def annotate(tokens: Tokens) -> npt.NDArray[np.uint8]:
    """What each token is: bits :data:`QUOTED` and :data:`PERSONAL`, uint8[tokens]; 0 is the writer's own narrative.

    A quotation runs to its closing mark; without one to the end of its paragraph. One that goes on over several
    paragraphs is taken whole whether each paragraph opens it again or only the last one closes it. Single marks count
    only when they are closed within the paragraph (an apostrophe opens nothing). Every language's marks are the same
    to the tokeniser. ``narrative.toml`` lists the words of the first and second person; in a language without a list
    only the marks count.
    """
    masks = np.zeros(len(tokens.hashes), np.uint8)
    quoted(tokens.offsets, tokens.gaps, tokens.tails, masks)
    personal(tokens.offsets, tokens.hashes, tokens.flags, tokens.gaps, _personal_words(), masks)
    return masks


@functools.cache
def _personal_words() -> npt.NDArray[np.uint32]:
    lists = tomlfile.shipped("dedup.text", "narrative.toml")["personal"]
    words = np.unique(tokenise(pa.array(list(lists.values()))).hashes)
    table = np.zeros(1 << (4 * len(words)).bit_length(), np.uint32)
    for word in words:
        slot = int(word) % len(table)
        while table[slot]:
            slot = (slot + 1) % len(table)
        table[slot] = word
    return table
