"""Shingles of many texts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.tokenise import shingle
from dedup.text.tokens import Tokens


def shingled(tokens: Tokens, size: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Shingle hashes (uint32) of every text and where each text's begin (int64[texts + 1])."""
    shingles, shingle_offsets = np.empty(len(tokens.hashes), np.uint32), np.empty(len(tokens.offsets), np.int64)
    count = shingle(tokens.hashes, tokens.offsets, size, shingles, shingle_offsets)
    return shingles[:count], shingle_offsets
