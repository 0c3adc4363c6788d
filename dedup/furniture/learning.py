"""Learn from articles what their publishers set around them, and which phrases they print over and over."""

from __future__ import annotations

import functools
import itertools
import math
from concurrent.futures import Executor

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.furniture import set_phrases
from dedup.furniture.counting import UNDATED, Counts, Hashes, Sampled, held_in, often
from dedup.furniture.shingling import shingled
from dedup.furniture.table import ANYONE, Furniture, empty, joined
from dedup.kernels.recur import first_places
from dedup.tokens import Tokens, tokenise

_SAMPLE = 20_000  # articles looked at in all, shared out among the publishers
_LEAST, _MOST = 64, 4000  # articles looked at of one publisher
_ARTICLES = 5  # a phrase in fewer articles is not furniture,
_SHARE = 0.15  # nor one in a smaller share of the publisher's articles,
_LIFT = 15.0  # nor one that is not so many times as frequent here as elsewhere.
_DAY_ARTICLES, _DAY_SHARE = 8, 0.3  # nor, where it is one day's only, one in fewer of the day's articles,
_ELSEWHERE = 50  # With fewer articles of others to compare with,
_SHARE_ALONE = 0.3  # it must stand in this share.


def sample(publishers: npt.NDArray[np.int32], digests: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Rows of the articles to learn from, ascending: of every publisher those with the smallest digests.

    ``publishers`` int32[n]: any code of each article's publisher, -1: unknown; ``digests`` uint64[n]: content
    digests, equal texts counting once. What is drawn depends neither on order nor on threads.
    """
    rows = np.lexsort((digests, publishers))
    known, digest = publishers[rows], digests[rows]
    first = np.ones(len(rows), bool)
    first[1:] = (known[1:] != known[:-1]) | (digest[1:] != digest[:-1])
    rows = rows[first & (known >= 0)]
    known = publishers[rows]
    begins = np.flatnonzero(np.r_[True, known[1:] != known[:-1]]) if len(rows) else np.empty(0, np.int64)
    most = int(np.clip(_SAMPLE // max(len(begins), 1), _LEAST, _MOST))
    rank = np.arange(len(rows)) - np.repeat(begins, np.diff(np.r_[begins, len(rows)]))
    return np.sort(rows[rank < most])


def learn(
    texts: pa.Array, publishers: pa.Array, size: int, days: npt.NDArray[np.int32] | None = None,
    threads: Executor | None = None,
) -> Furniture:  # fmt: skip
    """Learn every publisher's furniture from sampled texts, in shingles of ``size`` tokens, and everyone's set phrases.

    ``texts`` and ``publishers`` are Arrow string columns of equal length; the publishers hold no nulls. ``days``
    int32[texts] are the days of publication (the smallest number where one is unknown): what stands in a large part of
    one day's articles is furniture too, such as the day's list of other stories. Without days there are no set phrases.
    ``threads`` do a part of the work.
    """
    if not len(texts):
        return empty()
    names = sorted(publishers.unique().to_pylist())
    codes = pc.index_in(publishers, pa.array(names)).to_numpy()
    tokens = tokenise(texts)
    days = np.full(len(texts), UNDATED, np.int32) if days is None else days
    order = np.lexsort((days, codes))
    begins = np.searchsorted(codes[order], np.arange(len(names) + 1))
    shingles = Sampled(*shingled(tokens, size), order, begins, days[order])
    own = functools.partial(_own, texts, tokens, shingles, names, size)
    learning = threads.submit(own).result if threads else own
    anyone = _anyone(texts, tokens, Sampled(*set_phrases.runs(tokens), order, begins, days[order]))
    own_furniture = learning()
    return joined(anyone, own_furniture) if len(anyone.shingles) else own_furniture


def _anyone(texts: pa.Array, tokens: Tokens, sampled: Sampled) -> Furniture:
    """Set phrases, which mark the articles of every publisher."""
    found, firsts = set_phrases.frequent(sampled)
    total = np.full(len(found), len(texts), np.int32)
    said = _phrases(texts, tokens, sampled, firsts, found, set_phrases.WORDS)
    here = held_in(sampled, 0, len(texts), found)
    return Furniture((ANYONE,), np.array([0, len(found)], np.int64), found, here, total, np.zeros_like(here), said)


def _own(texts: pa.Array, tokens: Tokens, sampled: Sampled, names: list[str], size: int) -> Furniture:
    """Every publisher's own furniture."""
    begins = sampled.begins
    owner, found, firsts, daily = _recurring(sampled)
    spans = itertools.pairwise(begins.tolist())
    own = [held_in(sampled, begin, end, found[owner == code]) for code, (begin, end) in enumerate(spans)]
    here = np.concatenate(own)
    all_words, word = np.unique(found, return_inverse=True)
    elsewhere = held_in(sampled, 0, len(texts), all_words)[word] - here
    articles = np.diff(begins)[owner]
    kept = np.flatnonzero(_is_own(here / articles, elsewhere, len(texts) - articles, daily))
    return Furniture(
        tuple(names),
        np.searchsorted(owner[kept], np.arange(len(names) + 1)).astype(np.int64),
        found[kept],
        here[kept],
        articles[kept].astype(np.int32),
        elsewhere[kept],
        _phrases(texts, tokens, sampled, firsts[kept], found[kept], size),
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
        for number, (first, last, least) in enumerate(occasions):
            words, firsts = often(sampled, first, last, least)
            parts.append((np.full(len(words), code, np.int32), words, firsts, np.full(len(words), number > 0)))
    owner, found, firsts, daily = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((firsts, daily, found, owner))
    once = np.r_[True, (np.diff(owner[order]) != 0) | (np.diff(found[order]) != 0)][: len(order)]
    kept = order[once]
    return owner[kept], found[kept], firsts[kept], daily[kept]


def _is_own(
    share: npt.NDArray[np.float64], elsewhere: Counts, others: npt.NDArray[np.int64], daily: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Is it this publisher's, going by its share of the articles here and the number of those elsewhere?"""
    return np.where(others >= _ELSEWHERE, share * others >= _LIFT * elsewhere, daily | (share >= _SHARE_ALONE))


def _phrases(
    texts: pa.Array, tokens: Tokens, sampled: Sampled, articles: Counts, wanted: Hashes, size: int
) -> tuple[str, ...]:
    """The words of each wanted shingle, from the article it was first met in."""
    places = np.empty(len(wanted), np.int64)
    first_places(sampled.shingles, sampled.places, articles, wanted, places)
    first = tokens.offsets[articles] + places
    last = np.minimum(first + size, tokens.offsets[articles + 1]) - 1
    spans = zip(articles.tolist(), tokens.starts[first].tolist(), tokens.ends[last].tolist(), strict=True)
    return tuple(bytes(texts[article].as_buffer()[begin:end]).decode() for article, begin, end in spans)
