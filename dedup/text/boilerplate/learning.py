"""Learn from sampled articles what their publishers set around them, by the hashes of their tokens."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.arrays import distinct, group_sizes, group_starts
from dedup.kernels.recurring import first_positions
from dedup.text.boilerplate.articles import Known, Texts
from dedup.text.boilerplate.counting import UNDATED, Counts, Hashes, Sampled, held_in, often
from dedup.text.boilerplate.shingling import shingled
from dedup.text.boilerplate.stock_phrases import WORDS, StockPhrases, runs
from dedup.text.boilerplate.table import ANYONE, LearnedBoilerplate, of_phrases
from dedup.text.tokens import tokenise

FEW = 20_000  # articles looked at in all, shared out among the publishers
MANY = 60_000  # the same for stock phrases, which take less time
_MIN, _MAX = 64, 4000  # articles looked at of one publisher
_ARTICLES = 5  # a phrase in fewer articles is not boilerplate,
_SHARE = 0.15  # nor one in a smaller share of the publisher's articles,
_LIFT = 15.0  # nor one that is not so many times as frequent here as elsewhere.
_DAY_ARTICLES, _DAY_SHARE = 8, 0.3  # nor, where it is one day's only, one in fewer of the day's articles,
_ELSEWHERE = 50  # With fewer articles of others to compare with,
_SHARE_ALONE = 0.3  # it must stand in this share.

Hashed = Callable[[Hashes, npt.NDArray[np.int64]], tuple[Hashes, npt.NDArray[np.int64]]]


def sample(
    publishers: npt.NDArray[np.int32],
    digests: npt.NDArray[np.uint64],
    total: int = FEW,
    days: npt.NDArray[np.int32] | None = None,
) -> npt.NDArray[np.int64]:
    """Rows of some ``total`` articles to learn from, ascending: of every publisher those with the smallest digests.

    ``publishers`` int32[n]: any code of each article's publisher, -1: unknown; ``digests`` uint64[n]: content
    digests, equal texts counting once, the earliest by their ``days`` int32[n]. What is drawn depends neither on order
    nor on threads, and a sample of a larger sample is the sample of all.
    """
    rows = np.lexsort((np.zeros(len(digests), np.int32) if days is None else days, digests, publishers))
    known, digest = publishers[rows], digests[rows]
    first = np.ones(len(rows), bool)
    first[1:] = (known[1:] != known[:-1]) | (digest[1:] != digest[:-1])
    rows = rows[first & (known >= 0)]
    known = publishers[rows]
    begins = group_starts(known)
    sizes = group_sizes(begins, len(rows))
    rank = np.arange(len(rows)) - np.repeat(begins, sizes)
    return np.sort(rows[rank < fair(sizes, total)])


def fair(sizes: npt.NDArray[np.int64], total: int = FEW) -> int:
    """The most articles of one publisher, so that there are about ``total`` of all; ``sizes``: what each one has."""
    ascending = np.sort(sizes)
    shares = (total - (np.cumsum(ascending) - ascending)) // np.arange(len(sizes), 0, -1)
    larger = np.flatnonzero(ascending > shares)
    return int(np.clip(shares[larger[0]] if len(larger) else _MAX, _MIN, _MAX))


def learn(texts: Texts, known: Known, names: Sequence[str], size: int) -> LearnedBoilerplate:
    """Learn publishers' own boilerplate from sampled texts, of which more is ``known``, in shingles of ``size`` tokens.

    The publishers are all known, and each of their codes stands for one of the ascending ``names``. What stands in a
    large part of one day's articles is boilerplate too, such as the day's list of other stories.
    """
    order = np.lexsort((known.days, known.publishers))
    begins = np.searchsorted(known.publishers[order], np.arange(len(names) + 1))
    sizes = texts.ends - texts.begins
    offsets = np.r_[0, np.cumsum(sizes)]
    bounds = zip(texts.begins.tolist(), texts.ends.tolist(), strict=True)
    hashes = np.concatenate([np.empty(0, np.uint32), *(texts.hashes[begin:end] for begin, end in bounds)])
    sampled = Sampled(*shingled(hashes, offsets, size), order, begins, known.days[order])
    owner, shingles, firsts, daily = _recurring(sampled)
    spans = itertools.pairwise(begins.tolist())
    own = [held_in(sampled, begin, end, shingles[owner == code]) for code, (begin, end) in enumerate(spans)]
    here = np.concatenate([np.empty(0, np.int32), *own])
    all_words, word = np.unique(shingles, return_inverse=True)
    elsewhere = held_in(sampled, 0, len(order), all_words)[word] - here
    articles = np.diff(begins)[owner]
    rows = np.flatnonzero(_is_own(here / articles, elsewhere, len(order) - articles, daily))
    looked_up = texts.read(distinct(firsts[rows]))
    return of_phrases(
        tuple(names),
        np.searchsorted(owner[rows], np.arange(len(names) + 1)).astype(np.int64),
        shingles[rows],
        here[rows],
        articles[rows].astype(np.int32),
        elsewhere[rows],
        words_of(looked_up, firsts[rows], shingles[rows], functools.partial(shingled, size=size), size),
    )


def worded(learned: StockPhrases, examples: pa.Array, looked_at: int) -> LearnedBoilerplate:
    """Stock phrases as boilerplate of anyone; ``examples`` are the texts of their different examples, ascending."""
    words = words_of(examples, learned.examples, learned.phrases, runs, WORDS)
    total, none = np.full(len(words), looked_at, np.int32), np.zeros(len(words), np.int32)
    return of_phrases(
        (ANYONE,), np.array([0, len(words)], np.int64), learned.phrases, learned.articles, total, none, words
    )


def _recurring(sampled: Sampled) -> tuple[Counts, Hashes, Counts, npt.NDArray[np.bool_]]:
    """What is frequent in all the articles of a publisher or in one day's, ascending by publisher and shingle.

    Returns publishers, shingles, first articles, and whether it is frequent in one day's only.
    """
    parts = [(np.empty(0, np.int32), np.empty(0, np.uint32), np.empty(0, np.int32), np.empty(0, np.bool_))]
    for code, (begin, end) in enumerate(itertools.pairwise(sampled.begins.tolist())):
        occasions = [(begin, end, max(_ARTICLES, math.ceil(_SHARE * (end - begin))))]
        cuts = np.flatnonzero(np.diff(sampled.days[begin:end])) + begin + 1
        for first, last in itertools.pairwise([begin, *cuts.tolist(), end]):
            if last - first >= _DAY_ARTICLES and sampled.days[first] != UNDATED:
                occasions.append((first, last, max(_DAY_ARTICLES, math.ceil(_DAY_SHARE * (last - first)))))
        for number, (first, last, min_count) in enumerate(occasions):
            words, firsts = often(sampled, first, last, min_count)
            parts.append((np.full(len(words), code, np.int32), words, firsts, np.full(len(words), number > 0)))
    owner, shingles, firsts, daily = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((firsts, daily, shingles, owner))
    once = np.r_[True, (np.diff(owner[order]) != 0) | (np.diff(shingles[order]) != 0)][: len(order)]
    rows = order[once]
    return owner[rows], shingles[rows], firsts[rows], daily[rows]


def _is_own(
    share: npt.NDArray[np.float64], elsewhere: Counts, others: npt.NDArray[np.int64], daily: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Is it this publisher's, going by its share of the articles here and the number of those elsewhere?"""
    return np.where(others >= _ELSEWHERE, share * others >= _LIFT * elsewhere, daily | (share >= _SHARE_ALONE))


def words_of(
    examples: pa.Array, numbers: npt.NDArray[Any], wanted: Hashes, hashed: Hashed, size: int
) -> tuple[str, ...]:
    """The words of each wanted run of ``size`` tokens, from its example.

    ``numbers`` int[n] name the example of each; ``examples`` are the texts of the different ones, ascending. ``hashed``
    returns the hashes of all runs of texts, and where each text's begin, as :func:`~.shingling.shingled` does.
    """
    tokens = tokenise(examples)
    article = np.unique(numbers, return_inverse=True)[1].astype(np.int32)
    within = np.empty(len(wanted), np.int64)
    first_positions(*hashed(tokens.hashes, tokens.offsets), article, wanted, within)
    first = tokens.offsets[article] + within
    last = np.minimum(first + size, tokens.offsets[article + 1]) - 1
    spans = zip(article.tolist(), tokens.starts[first].tolist(), tokens.ends[last].tolist(), strict=True)
    return tuple(bytes(examples[row].as_buffer()[begin:end]).decode() for row, begin, end in spans)
