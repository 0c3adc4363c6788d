"""Boilerplate: what a publisher sets around its articles - banners, newsletter boxes, links to other stories.

A few phrases are shipped; each publisher's own boilerplate is learned before anything is graded and then stays as it
is: shingles that stand in many of its articles and in few of others', and blocks that hang under articles which have
nothing else in common. So are stock phrases, which count whoever prints them. All are marked, never deleted. A text of
little else is a page, no article.
"""

from __future__ import annotations

from dedup.text.boilerplate.appended import appended_pages, learn_appended, of_blocks, of_pages
from dedup.text.boilerplate.articles import Known, LearnedFrom, Provider, Runs, Texts
from dedup.text.boilerplate.blocks import CandidateBlocks, Rare, candidate_blocks, learn_blocks
from dedup.text.boilerplate.learned import learn_all, learn_phrases
from dedup.text.boilerplate.learning import MANY, fair, learn, sample
from dedup.text.boilerplate.marking import mark
from dedup.text.boilerplate.pages import REASONS, Pages, learn_pages, no_articles, repeated
from dedup.text.boilerplate.runs import distinct_runs, sampled_runs
from dedup.text.boilerplate.shingling import shingled
from dedup.text.boilerplate.table import ANYONE, LearnedBoilerplate, empty, joined, of_rows

__all__ = [
    "ANYONE",
    "MANY",
    "REASONS",
    "CandidateBlocks",
    "Known",
    "LearnedBoilerplate",
    "LearnedFrom",
    "Pages",
    "Provider",
    "Rare",
    "Runs",
    "Texts",
    "appended_pages",
    "candidate_blocks",
    "distinct_runs",
    "empty",
    "fair",
    "joined",
    "learn",
    "learn_all",
    "learn_appended",
    "learn_blocks",
    "learn_pages",
    "learn_phrases",
    "mark",
    "no_articles",
    "of_blocks",
    "of_pages",
    "of_rows",
    "repeated",
    "sample",
    "sampled_runs",
    "shingled",
]
