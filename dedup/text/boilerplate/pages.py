"""Pages that are no articles: log-in and consent pages, indexes, pages of a video.

A page shows itself in two ways. One text stands under many addresses of its publisher, which the table of boilerplate
holds; or next to nothing is left of a text once its publisher's blocks are out.
"""

from __future__ import annotations

from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.kernels.blocks import own_tokens
from dedup.kernels.bloom import bloom_filter
from dedup.text.boilerplate.articles import Indices, Known, Texts
from dedup.text.boilerplate.counting import Counts
from dedup.text.boilerplate.runs import WORDS
from dedup.text.boilerplate.table import LearnedBoilerplate
from dedup.text.tokens import tokenise

AN_ARTICLE, REPEATED, NOTHING_OWN = range(3)
REASONS = (
    "",
    "no article: the same text stands under many addresses of its publisher",
    "no article: hardly a word beside what its publisher sets around its articles",
)
_HEADLINES = 3  # that have nothing to do with each other stand over the same text of a publisher,
_ALIKE = 1 / 3  # having at most this share of the shorter one's words in common;
_ADDRESSES, _SHORT = 8, 150  # or it stands so often and has fewer tokens.
_AT_ONCE = 8192  # articles that are looked at by one thread at a time


class Pages(NamedTuple):
    """Contents that are no articles: publishers, ascending, marks, under how many addresses, and one text of each.

    A mark is a digest without its last bit: every engine has numbers of 63 bits.
    """

    publishers: Counts
    fingerprints: npt.NDArray[np.uint64]
    articles: Counts
    examples: Indices


def repeated(known: Known) -> Indices:
    """The rows of texts that a publisher has three times or more, ascending."""
    order, _, sizes = _groups(known, np.flatnonzero((known.publishers >= 0) & (known.sizes > 0)))
    return np.sort(order[np.repeat(sizes >= _HEADLINES, sizes)])


def learn_pages(known: Known, rows: Indices, headlines: pa.Array) -> Pages:
    """Of the texts that :func:`repeated` gives those that are no articles; ``headlines`` are those of ``rows``."""
    tokens = tokenise(headlines)
    words = [
        frozenset(tokens.hashes[begin:end].tolist())
        for begin, end in zip(tokens.offsets[:-1].tolist(), tokens.offsets[1:].tolist(), strict=True)
    ]
    order, begins, sizes = _groups(known, rows)
    index = np.searchsorted(rows, order)
    kept_rows = []
    for number, (begin, size) in enumerate(zip(begins.tolist(), sizes.tolist(), strict=True)):
        short = known.sizes[order[begin]] < _SHORT
        if (size >= _ADDRESSES and short) or _differ([words[k] for k in index[begin : begin + size].tolist()]):
            kept_rows.append(number)
    chosen = np.array(kept_rows, np.int64)
    examples = order[begins[chosen]]
    return Pages(
        known.publishers[examples], _fingerprints(known.digests[examples]), sizes[chosen].astype(np.int32), examples
    )


def _fingerprints(digests: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    return digests >> np.uint64(1)


def _groups(known: Known, rows: Indices) -> tuple[Indices, Indices, Indices]:
    """Rows in the order of publisher and content; where each publisher's equal texts begin, and how many there are."""
    order = rows[np.lexsort((known.digests[rows], known.publishers[rows]))]
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(known.publishers[order]) != 0) | (known.digests[order][1:] != known.digests[order][:-1])
    begins = np.flatnonzero(new)
    return order, begins, np.diff(np.r_[begins, len(order)])


def _differ(headlines: list[frozenset[int]]) -> bool:
    """Are there three headlines of which no two have much in common?"""
    chosen: list[frozenset[int]] = []
    for words in sorted({each for each in headlines if each}, key=sorted):
        if all(len(words & other) <= _ALIKE * min(len(words), len(other)) for other in chosen):
            chosen.append(words)
    return len(chosen) >= _HEADLINES


def no_articles(
    texts: Texts, known: Known, boilerplate: LearnedBoilerplate, min_tokens: int, threads: Executor
) -> npt.NDArray[np.uint8]:
    """Of every text :data:`AN_ARTICLE`, or why it is none: :data:`REPEATED` or :data:`NOTHING_OWN`.

    Publishers in ``known`` are as ``boilerplate.codes`` gives them. A text has nothing of its own where fewer than
    ``min_tokens`` tokens are in no block, and at most half. Phrases do not count: a daily formula is an article.
    """
    reasons = np.zeros(len(texts.begins), np.uint8)
    rows = np.flatnonzero(known.publishers >= 0)
    pieces = [rows[first : first + _AT_ONCE] for first in range(0, len(rows), _AT_ONCE)]
    each = threads.map(lambda some: _bare(texts.take(some), known.publishers[some], boilerplate, min_tokens), pieces)
    for some, bare in zip(pieces, each, strict=True):
        reasons[some[bare]] = NOTHING_OWN
    owners = np.repeat(np.arange(len(boilerplate.names)), np.diff(boilerplate.pages.offsets))
    learned = set(zip(owners.tolist(), boilerplate.pages.hashes.tolist(), strict=True))
    fingerprints = _fingerprints(known.digests)
    for row in np.flatnonzero(np.isin(fingerprints, boilerplate.pages.hashes)).tolist():
        if (int(known.publishers[row]), int(fingerprints[row])) in learned:
            reasons[row] = REPEATED
    return reasons


def _bare(texts: Texts, publishers: Counts, boilerplate: LearnedBoilerplate, min_tokens: int) -> npt.NDArray[np.bool_]:
    """Has each of some texts next to nothing beside blocks?

    What is shorter than a run does not count: of a block's ends some words are left, since not all its runs are kept.
    """
    own, (offsets, blocks) = np.empty(len(texts.begins), np.int32), boilerplate.blocks[:2]
    own_tokens(texts.hashes, texts.begins, texts.ends, WORDS, publishers, offsets, blocks, bloom_filter(blocks), own)
    return np.asarray((own >= 0) & (own < min_tokens) & (2 * own <= texts.ends - texts.begins))
