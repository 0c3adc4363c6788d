"""In which order pairs are graded: those of one story follow each other, so that most texts are tokenised once."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.components import components

_Indices = npt.NDArray[np.int64]


def near_together(
    count: int, left: npt.NDArray[Any], right: npt.NDArray[Any], common: npt.NDArray[np.int32]
) -> _Indices:
    """The order of pairs of ``count`` articles, int64[m]: a permutation of them.

    Every article goes with the one that it has most in common with, the first one of several: a step of Borůvka's
    algorithm (1926), whose trees are small. Connected components of all pairs would not do: of a million articles
    nearly all that are in a pair hang together by pairs that share next to nothing. Pairs of two trees stand with those
    of the left one. ``left`` and ``right``: the ends of the pairs (integers below ``count``, equal length); ``common``
    int32[m]: shingles that they share.

    >>> left, right, common = np.array([0, 0, 2]), np.array([1, 2, 3]), np.array([9, 1, 9], np.int32)
    >>> near_together(4, left, right, common).tolist()
    [0, 1, 2]
    """
    article, partner = np.r_[left, right], np.r_[right, left]
    order = np.lexsort((partner, -np.r_[common, common], article))
    nearest = order[np.diff(article[order], prepend=-1) != 0]
    trees = components(count, article[nearest], partner[nearest])
    return np.lexsort((right, left, trees[right], trees[left]))
