"""Shingles of many texts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.tokenise import shingle


def shingled(
    hashes: npt.NDArray[np.uint32], offsets: npt.NDArray[np.int64], size: int
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Shingle hashes (uint32) of every text and where each text's begin (int64[texts + 1]).

    Text ``i`` has the tokens ``hashes[offsets[i]:offsets[i + 1]]`` (uint32).
    """
    shingles, shingle_offsets = np.empty(len(hashes), np.uint32), np.empty(len(offsets), np.int64)
    count = shingle(hashes, offsets, size, shingles, shingle_offsets)
    return shingles[:count], shingle_offsets
