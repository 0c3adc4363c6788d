"""Sketches of texts, a fifth of their length: a look at a pair before its texts are at hand.

Where texts are far away, as on Spark, most false pairs need not meet: by their sketches they cannot share as many
shingles as :mod:`dedup.grading.verification` asks for.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.kernels.sketch import HIGH, WORDS, shared_at_most, sketch_texts
from dedup.settings import Settings
from dedup.text.tokens import Tokens

_MOST = HIGH // 8 + 1  # bytes of a text beside nine bits for each token


def sketched(tokens: Tokens, settings: Settings) -> pa.Array:
    """The sketch of every text, binary[n]."""
    count = len(tokens.offsets) - 1
    content = np.zeros(len(tokens.hashes) * 9 // 8 + _MOST * count, np.uint8)
    bounds = np.zeros(count + 1, np.int32)
    bits = np.zeros(WORDS, np.uint64)
    sketch_texts(tokens.hashes, tokens.offsets, settings.shingle, bits, content, bounds[1:])
    held = pa.py_buffer(content[: bounds[-1]].tobytes())
    return pa.Array.from_buffers(pa.binary(), count, [None, pa.py_buffer(bounds), held])


def most_shared(
    content: npt.NDArray[np.uint8],
    bounds: npt.NDArray[np.int64],
    sizes: npt.NDArray[np.int32],
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
    settings: Settings,
) -> npt.NDArray[np.int32]:
    """How many different shingles the texts of pairs have in common at most, int32[m]: an estimate, and never too few.

    The sketches of ``n`` texts stand in ``content``, that of text ``i`` at ``bounds[i]:bounds[i + 1]`` (int64[n + 1]);
    ``sizes`` int32[n] in tokens; ``left`` and ``right`` int32[m].

    >>> from dedup.text.tokens import tokenise
    >>> texts = ["the harbour board closed the eastern quay on monday after the storm", "the council voted"]
    >>> made = sketched(tokenise(pa.array([*texts, texts[0]])), Settings())
    >>> content, bounds = np.frombuffer(made.buffers()[2], np.uint8), np.frombuffer(made.buffers()[1], np.int32)
    >>> one, other = np.array([0, 0], np.int32), np.array([1, 2], np.int32)
    >>> most_shared(content, bounds.astype(np.int64), np.array([12, 3, 12], np.int32), one, other, Settings())
    array([ 0, 10], dtype=int32)
    """
    out, shingles = np.empty(len(left), np.int32), np.maximum(sizes - settings.shingle + 1, 0)
    work = np.zeros(WORDS, np.uint64), np.empty((2, int(np.diff(bounds).max(initial=1))), np.int32)
    shared_at_most(content, bounds, shingles, left, right, *work, out)
    return out
