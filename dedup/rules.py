"""What makes two articles a pair to compare: every number and every test of it, as pure functions.

Three ways lead to a comparison. Two articles are *near-duplicates*: they are in one group, and are compared there. They
*share hashes*: their signatures have the values of ``min_shared_hashes`` different shingles in common. Or they name the
same *origin*, and the same rare names. A run, a night and a Spark job find such pairs each in their own way; what they
look for is written here alone, and the compiled loops take their numbers from here (``tests/test_rules.py``).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.arrays import NO_DAY
from dedup.settings import Settings

NEAR_DUPLICATE = 0.75  # share of equal signature values from which two articles are near-duplicates
MIN_SHARED_NAMES = 4  # rare names that two articles of one origin must share
RARE_NAME = 150  # rarity (0-255) from which a name says which story it is (about 2 % of articles)
MAX_ORIGIN_DAY = 200  # articles of one origin and day; fuller days are skipped whole
MAX_NAME_ARTICLES = 50  # articles of one origin that hold a name; a name in more of them says nothing
RETOLD_DAYS = 2.0  # days within which a report is retold
_BUCKET, _PILE = 50, 40_000  # smallest limit of a bucket, and the articles from which it grows

Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int32]
_Sides = tuple[npt.NDArray[Any], npt.NDArray[Any]]  # of pairs: what the left ones and the right ones have


def min_tokens(settings: Settings) -> int:
    """Tokens from which an article is judged by its wording; shorter ones are linked only when identical."""
    return settings.min_tokens


def eligible(sizes: npt.NDArray[Any], settings: Settings) -> Bools:
    """Which articles are searched, bool[n], by their ``sizes`` in tokens."""
    return np.asarray(sizes >= max(min_tokens(settings), 1))


def bands(settings: Settings) -> range:
    """The first signature value of every band; a band has as many values as the range's step."""
    return range(0, settings.num_perm, settings.band_rows)


def near_duplicate(equal_values: npt.NDArray[Any], settings: Settings) -> Bools:
    """Which pairs are near-duplicates, by how many values of their signatures are equal."""
    return np.asarray(equal_values >= NEAR_DUPLICATE * settings.num_perm)


def max_group_members(settings: Settings) -> int:
    """Members of a group of near-duplicates that are compared with all articles."""
    return settings.group_members


def fully_compared(rank: npt.NDArray[Any], settings: Settings) -> Bools:
    """Which articles are compared with all, by their rank in their group; the others with its representative only."""
    return np.asarray(rank < max_group_members(settings))


def min_shared_hashes(settings: Settings) -> int:
    """Different shingles whose signature values a pair must have in common."""
    return settings.min_shared_hashes


def max_bucket_size(settings: Settings, articles: int) -> int:
    """Groups from which on a bucket is skipped: the setting, else 50, growing with the square root of the pile."""
    return settings.max_bucket_size or max(_BUCKET, round(_BUCKET * math.sqrt(articles / _PILE)))


def window_days(settings: Settings) -> int:
    """Most days between two dated articles of a pair."""
    return settings.window


def retold_days(settings: Settings) -> float:
    """Most days between two dated articles of a pair that is found by its origin."""
    return min(window_days(settings), RETOLD_DAYS)


def within_days(one: Any, other: Any, days: float) -> Any:
    """Whether two days (numbers, or arrays of int64) are at most so many apart; no date is near every date."""
    return (one == NO_DAY) | (other == NO_DAY) | (abs(one - other) <= days)


def within_window(one: npt.NDArray[Any], other: npt.NDArray[Any], settings: Settings) -> Bools:
    """Which pairs of days (int32[m] each) are within the window of each other."""
    return np.asarray(within_days(one.astype(np.int64), other.astype(np.int64), window_days(settings)))


def comparable(digests: _Sides, sizes: _Sides, days: _Sides, sharing: Bools, settings: Settings) -> Bools:
    """Which pairs are to be compared: the same text, or long enough and ``sharing`` hashes, within the window."""
    same = digests[0] == digests[1]
    long = np.minimum(*sizes) >= min_tokens(settings)
    return np.asarray(within_window(*days, settings) & (same | (long & sharing)))
