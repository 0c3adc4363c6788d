"""Furniture: what a publisher sets around its articles - banners, newsletter boxes, links to other stories.

A few phrases are shipped; each publisher's own furniture is learned before anything is graded and then stays as it is:
shingles that stand in many of its articles and in few of others'. Furniture is marked, never deleted.
"""

from __future__ import annotations

import functools
import itertools
import math
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.kernels.annotate import FURNITURE as FURNITURE_BIT
from dedup.kernels.mark import mark_learned, mark_phrases
from dedup.kernels.recur import held, recurring
from dedup.kernels.tokenise import shingle
from dedup.tables import FURNITURE
from dedup.tokens import Tokens, tokenise

_SAMPLE = 20_000  # articles looked at in all, shared out among the publishers
_LEAST, _MOST = 64, 4000  # articles looked at of one publisher
_ARTICLES = 5  # a phrase in fewer articles is not furniture,
_SHARE = 0.15  # nor one in a smaller share of the publisher's articles,
_LIFT = 15.0  # nor one that is not so many times as frequent here as elsewhere.
_DAY_ARTICLES, _DAY_SHARE = 8, 0.3  # nor, where it is one day's only, one in fewer of the day's articles,
_ELSEWHERE = 50  # With fewer articles of others to compare with,
_SHARE_ALONE = 0.3  # it must stand in this share.
_UNDATED = -(2**31)  # in place of a day number


class Furniture(NamedTuple):
    """What was learned: of publisher ``names[i]`` the shingles ``shingles[offsets[i]:offsets[i + 1]]``.

    ``names`` ascending; ``offsets`` int64[publishers + 1]; ``shingles`` uint32, ascending for each publisher;
    ``articles``, ``sampled``, ``elsewhere`` int32[shingles] and ``phrases``: the evidence, as in the furniture table.
    """

    names: tuple[str, ...]
    offsets: npt.NDArray[np.int64]
    shingles: npt.NDArray[np.uint32]
    articles: npt.NDArray[np.int32]
    sampled: npt.NDArray[np.int32]
    elsewhere: npt.NDArray[np.int32]
    phrases: tuple[str, ...]

    def codes(self, publishers: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.int32]:
        """The place in ``names`` of every publisher of a column, -1 where it is null or has no furniture (int32)."""
        column = publishers.combine_chunks() if isinstance(publishers, pa.ChunkedArray) else publishers
        encoded = column.dictionary_encode()
        places = {name: place for place, name in enumerate(self.names)}
        known = np.array([*(places.get(name, -1) for name in encoded.dictionary.to_pylist()), -1], np.int32)
        rows: npt.NDArray[np.int32] = encoded.indices.fill_null(len(known) - 1).to_numpy(zero_copy_only=False)
        return known[rows]

    def table(self) -> pa.Table:
        """The furniture table (:data:`dedup.tables.FURNITURE`)."""
        names = np.repeat(np.arange(len(self.names)), np.diff(self.offsets))
        publishers = pa.array(self.names, pa.string()).take(pa.array(names))
        columns = [publishers, self.shingles.astype(np.uint64), self.articles, self.sampled, self.elsewhere]
        return pa.table([*columns, pa.array(self.phrases, pa.string())], schema=FURNITURE.schema)


def empty() -> Furniture:
    """No furniture at all."""
    none = np.empty(0, np.int32)
    return Furniture((), np.zeros(1, np.int64), np.empty(0, np.uint32), none, none, none, ())


def of_rows(rows: Sequence[Mapping[str, Any]]) -> Furniture:
    """The furniture that was learned, out of rows of its table (in the table's order)."""
    if not rows:
        return empty()
    owners = [row["publisher"] for row in rows]
    names = list(dict.fromkeys(owners))
    offsets = np.array([*(owners.index(name) for name in names), len(rows)], np.int64)
    articles, sampled, elsewhere = (
        np.array([row[name] for row in rows], np.int32) for name in ("articles", "sampled", "elsewhere")
    )
    shingles = np.array([row["shingle"] for row in rows], np.uint32)
    phrases = tuple(row["phrase"] for row in rows)
    return Furniture(tuple(names), offsets, shingles, articles, sampled, elsewhere, phrases)


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


class _Sampled(NamedTuple):
    """The shingles of sampled texts, and the texts in the order of their publishers, and of the days within."""

    shingles: npt.NDArray[np.uint32]
    places: npt.NDArray[np.int64]
    order: npt.NDArray[np.int64]
    begins: npt.NDArray[np.int64]
    days: npt.NDArray[np.int32]


def learn(texts: pa.Array, publishers: pa.Array, size: int, days: npt.NDArray[np.int32] | None = None) -> Furniture:
    """Learn every publisher's furniture from sampled texts, in shingles of ``size`` tokens.

    ``texts`` and ``publishers`` are Arrow string columns of equal length; the publishers hold no nulls. ``days``
    int32[texts] are the days of publication (the smallest number where one is unknown): what stands in a large part of
    one day's articles is furniture too, such as the day's list of other stories.
    """
    if not len(texts):
        return empty()
    names = sorted(publishers.unique().to_pylist())
    codes = pc.index_in(publishers, pa.array(names)).to_numpy()
    tokens = tokenise(texts)
    days = np.full(len(texts), _UNDATED, np.int32) if days is None else days
    order = np.lexsort((days, codes))
    begins = np.searchsorted(codes[order], np.arange(len(names) + 1))
    sampled = _Sampled(*shingled(tokens, size), order, begins, days[order])
    owner, found, firsts, daily = _recurring(sampled)
    spans = itertools.pairwise(begins.tolist())
    own = [_held(sampled, begin, end, found[owner == code]) for code, (begin, end) in enumerate(spans)]
    here = np.concatenate(own)
    all_words, word = np.unique(found, return_inverse=True)
    elsewhere = _held(sampled, 0, len(texts), all_words)[word] - here
    articles = np.diff(begins)[owner]
    kept = np.flatnonzero(_is_own(here / articles, elsewhere, len(texts) - articles, daily))
    return Furniture(
        tuple(names),
        np.searchsorted(owner[kept], np.arange(len(names) + 1)).astype(np.int64),
        found[kept],
        here[kept],
        articles[kept].astype(np.int32),
        elsewhere[kept],
        _phrases(texts, tokens, sampled.shingles, sampled.places, firsts[kept], found[kept], size),
    )


_Counts = npt.NDArray[np.int32]


def _recurring(sampled: _Sampled) -> tuple[_Counts, npt.NDArray[np.uint32], _Counts, npt.NDArray[np.bool_]]:
    """What is frequent in all the articles of a publisher or in one day's, ascending by publisher and shingle.

    Returns publishers, shingles, first articles, and whether it is frequent in one day's only.
    """
    parts = [(np.empty(0, np.int32), np.empty(0, np.uint32), np.empty(0, np.int32), np.empty(0, np.bool_))]
    for code, (begin, end) in enumerate(itertools.pairwise(sampled.begins.tolist())):
        occasions = [(begin, end, max(_ARTICLES, math.ceil(_SHARE * (end - begin))))]
        cuts = np.flatnonzero(np.diff(sampled.days[begin:end])) + begin + 1
        for first, last in itertools.pairwise([begin, *cuts.tolist(), end]):
            if last - first >= _DAY_ARTICLES and sampled.days[first] != _UNDATED:
                occasions.append((first, last, max(_DAY_ARTICLES, math.ceil(_DAY_SHARE * (last - first)))))
        for number, (first, last, least) in enumerate(occasions):
            words, firsts = _often(sampled, first, last, least)
            parts.append((np.full(len(words), code, np.int32), words, firsts, np.full(len(words), number > 0)))
    owner, found, firsts, daily = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((firsts, daily, found, owner))
    once = np.r_[True, (np.diff(owner[order]) != 0) | (np.diff(found[order]) != 0)][: len(order)]
    kept = order[once]
    return owner[kept], found[kept], firsts[kept], daily[kept]


def _often(sampled: _Sampled, begin: int, end: int, least: int) -> tuple[npt.NDArray[np.uint32], _Counts]:
    """Shingles in at least so many of a run of articles, and the first article of each."""
    total = int(np.diff(sampled.places)[sampled.order[begin:end]].sum())
    room, most = 1 << (2 * total + 1).bit_length(), total // least + 1
    work = [np.empty(room, kind) for kind in (np.uint32, np.int32, np.int32, np.int32)]
    words, counts, firsts = np.empty(most, np.uint32), np.empty(most, np.int32), np.empty(most, np.int32)
    found = recurring(
        sampled.shingles, sampled.places, sampled.order, begin, end, least, *work, words, counts, firsts
    )  # fmt: skip
    return words[:found], firsts[:found]


def _held(sampled: _Sampled, begin: int, end: int, wanted: npt.NDArray[np.uint32]) -> _Counts:
    """In how many of a run of articles each of the different wanted shingles stands."""
    room = 1 << (2 * len(wanted) + 1).bit_length()
    work = np.empty(room, np.uint32), np.empty(room, np.int32), np.empty(room, np.int32)
    out = np.empty(len(wanted), np.int32)
    held(sampled.shingles, sampled.places, sampled.order, begin, end, wanted, *work, out)
    return out


def _is_own(
    share: npt.NDArray[np.float64], elsewhere: _Counts, others: npt.NDArray[np.int64], daily: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Is it this publisher's, going by its share of the articles here and the number of those elsewhere?"""
    return np.where(others >= _ELSEWHERE, share * others >= _LIFT * elsewhere, daily | (share >= _SHARE_ALONE))


def _phrases(
    texts: pa.Array, tokens: Tokens, shingles: npt.NDArray[np.uint32], places: npt.NDArray[np.int64],
    articles: _Counts, wanted: npt.NDArray[np.uint32], size: int,
) -> tuple[str, ...]:  # fmt: skip
    """The words of each wanted shingle, from the article it was first met in."""
    said = []
    for article, word in zip(articles.tolist(), wanted.tolist(), strict=True):
        here = shingles[places[article] : places[article + 1]]
        place = int(tokens.offsets[article] + np.flatnonzero(here == word)[0])
        last = min(place + size, int(tokens.offsets[article + 1])) - 1
        text = texts[article].as_buffer()
        said.append(bytes(text[int(tokens.starts[place]) : int(tokens.ends[last])]).decode())
    return tuple(said)


def shingled(tokens: Tokens, size: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Shingle hashes (uint32) of every text and where each text's begin (int64[texts + 1])."""
    shingles, places = np.empty(len(tokens.hashes), np.uint32), np.empty(len(tokens.offsets), np.int64)
    count = shingle(tokens.hashes, tokens.offsets, size, shingles, places)
    return shingles[:count], places


def mark(
    masks: npt.NDArray[np.uint8], tokens: Tokens, publishers: npt.NDArray[np.int32], furniture: Furniture, size: int
) -> None:
    """Set the bit :data:`~dedup.kernels.annotate.FURNITURE` in ``masks`` uint8[tokens].

    ``publishers`` int32[texts] as ``furniture.codes`` gives them; shingles are of ``size`` tokens.
    """
    shingles, places = shingled(tokens, size)
    mark_learned(
        shingles, places, tokens.offsets, size, publishers, furniture.offsets, furniture.shingles, FURNITURE_BIT, masks
    )
    mark_phrases(tokens.hashes, tokens.gaps, tokens.offsets, *_shipped(), FURNITURE_BIT, masks)


@functools.cache
def _shipped() -> tuple[npt.NDArray[np.uint32 | np.int64], ...]:
    """First tokens of all shipped phrases (ascending), then tokens and offsets of the two kinds."""
    phrases = tomllib.loads(resources.files(__package__).joinpath("furniture.toml").read_text("utf-8"))
    rest, line = (tokenise(pa.array(phrases[kind], pa.large_string())) for kind in ("rest", "line"))
    firsts = np.unique(np.concatenate([rest.hashes[rest.offsets[:-1]], line.hashes[line.offsets[:-1]]]))
    return firsts, rest.hashes, rest.offsets, line.hashes, line.offsets
