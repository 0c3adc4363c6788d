"""In which order pairs are graded: those of one story follow each other, so that most texts are tokenised once.

Every article goes with the one that it has most in common with, the first one of several: a step of Borůvka's
algorithm (1926), whose trees are small. Connected components of all pairs would not do: of a million articles nearly
all that are in a pair hang together by pairs that share next to nothing. A pair of two trees stands with those of the
first one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.components import components

COUNTED = 2  #: times the shingles that a pair must share: how far those that it shares are counted

_Indices = npt.NDArray[np.int64]


class Nearest(NamedTuple):
    """Articles, ascending, the one that each has most in common with, and how many shingles these two share."""

    articles: npt.NDArray[Any]
    partners: npt.NDArray[Any]
    common: npt.NDArray[np.int32]


def nearest(articles: npt.NDArray[Any], partners: npt.NDArray[Any], common: npt.NDArray[np.int32]) -> Nearest:
    """Of every article the partner that it has most in common with, of several the smallest.

    What this gives of some pairs and of others gives, taken together, the same as all of them.

    >>> nearest(np.array([4, 4, 7]), np.array([1, 2, 4]), np.array([9, 30, 9], np.int32)).partners.tolist()
    [2, 4]
    """
    order = np.lexsort((partners, -common, articles))
    first = order[np.diff(articles[order], prepend=-1) != 0]
    return Nearest(articles[first], partners[first], common[first])


def nearest_of_pairs(left: npt.NDArray[Any], right: npt.NDArray[Any], common: npt.NDArray[np.int32]) -> Nearest:
    """The same for all articles on either side of pairs."""
    return nearest(np.r_[left, right], np.r_[right, left], np.r_[common, common])


def near_together(
    count: int, left: npt.NDArray[Any], right: npt.NDArray[Any], common: npt.NDArray[np.int32]
) -> _Indices:
    """The order of pairs of ``count`` articles, int64[m]: a permutation of them.

    ``left`` and ``right``: the ends of the pairs (integers below ``count``, equal length); ``common`` int32[m]:
    shingles that they share.

    >>> left, right, common = np.array([0, 0, 2]), np.array([1, 2, 3]), np.array([9, 1, 9], np.int32)
    >>> near_together(4, left, right, common).tolist()
    [0, 1, 2]
    """
    edges = nearest_of_pairs(left, right, common)
    trees = components(count, edges.articles, edges.partners)
    first, other = np.minimum(trees[left], trees[right]), np.maximum(trees[left], trees[right])
    return np.lexsort((right, left, other, first))
