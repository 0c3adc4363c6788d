"""Furniture: what a publisher sets around its articles - banners, newsletter boxes, links to other stories.

A few phrases are shipped; each publisher's own furniture is learned before anything is graded and then stays as it is:
shingles that stand in many of its articles and in few of others'. So are set phrases, which count whoever prints them.
Both are marked, never deleted.
"""

from __future__ import annotations

from dedup.furniture.learning import MANY, fair, learn, sample, worded
from dedup.furniture.marking import mark
from dedup.furniture.set_phrases import learn_set_phrases
from dedup.furniture.shingling import shingled
from dedup.furniture.table import ANYONE, Furniture, empty, joined, of_rows

__all__ = [
    "ANYONE", "MANY", "Furniture", "empty", "fair", "joined", "learn", "learn_set_phrases", "mark", "of_rows",
    "sample", "shingled", "worded",
]  # fmt: skip
