"""Furniture: what a publisher sets around its articles - banners, newsletter boxes, links to other stories.

A few phrases are shipped; each publisher's own furniture is learned before anything is graded and then stays as it is:
shingles that stand in many of its articles and in few of others', and blocks that hang under articles which have
nothing else in common. So are set phrases, which count whoever prints them. All are marked, never deleted. A text of
little else is a page, no article.
"""

from __future__ import annotations

from dedup.furniture.blocks import Rare, Texts
from dedup.furniture.hung import learn_hung
from dedup.furniture.learning import MANY, fair, learn, sample, worded
from dedup.furniture.marking import mark
from dedup.furniture.pages import REASONS, no_articles
from dedup.furniture.set_phrases import learn_set_phrases
from dedup.furniture.shingling import shingled
from dedup.furniture.table import ANYONE, Furniture, empty, joined, of_rows

__all__ = [
    "ANYONE", "MANY", "REASONS", "Furniture", "Rare", "Texts", "empty", "fair", "joined", "learn", "learn_hung",
    "learn_set_phrases", "mark", "no_articles", "of_rows", "sample", "shingled", "worded",
]  # fmt: skip
