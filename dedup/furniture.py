"""Furniture: what a publisher sets around its articles - banners, newsletter boxes, links to other stories.

A few phrases are shipped; each publisher's own furniture is learned before anything is graded and then stays as it is:
shingles that stand in many of its articles and in few of others'. Furniture is marked, never deleted.
"""

from __future__ import annotations

import functools
import itertools
import math
import tomllib
from importlib import resources
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.kernels.annotate import FURNITURE as FURNITURE_BIT
from dedup.kernels.mark import mark_learned, mark_phrases
from dedup.kernels.recur import recurring, spread
from dedup.kernels.tokenise import shingle
from dedup.tables import FURNITURE
from dedup.tokens import Tokens, tokenise

_SAMPLE = 20_000  # articles looked at in all, shared out among the publishers
_LEAST, _MOST = 64, 1000  # articles looked at of one publisher
_ARTICLES = 5  # a phrase in fewer articles is not furniture,
_SHARE = 0.15  # nor one in a smaller share of the publisher's articles,
_LIFT = 15.0  # nor one that is not so many times as frequent here as elsewhere.
_ELSEWHERE = 50  # With fewer articles of others to compare with,
_SHARE_ALONE = 0.3  # it must stand in this share.


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


def learn(texts: pa.Array, publishers: pa.Array, size: int) -> Furniture:
    """Learn every publisher's furniture from sampled texts, in shingles of ``size`` tokens.

    ``texts`` and ``publishers`` are Arrow string columns of equal length; the publishers hold no nulls.
    """
    if not len(texts):
        return empty()
    encoded = publishers.dictionary_encode()
    names = sorted(encoded.dictionary.to_pylist())
    codes = pc.index_in(publishers, pa.array(names)).to_numpy()
    tokens = tokenise(texts)
    shingles, places = shingled(tokens, size)
    owner, found, counts, firsts = _recurring(shingles, places, codes, len(names))
    sampled = np.bincount(codes, minlength=len(names))[owner]
    elsewhere = _articles(shingles, places, found) - counts
    kept = np.flatnonzero(_is_own(counts / sampled, elsewhere, len(texts) - sampled))
    kept = kept[np.lexsort((found[kept], owner[kept]))]
    return Furniture(
        tuple(names),
        np.searchsorted(owner[kept], np.arange(len(names) + 1)).astype(np.int64),
        found[kept],
        counts[kept],
        sampled[kept].astype(np.int32),
        elsewhere[kept],
        _phrases(texts, tokens, shingles, places, firsts[kept], found[kept], size),
    )


_Counts = npt.NDArray[np.int32]


def _recurring(
    shingles: npt.NDArray[np.uint32], places: npt.NDArray[np.int64], codes: npt.NDArray[np.int32], publishers: int
) -> tuple[_Counts, npt.NDArray[np.uint32], _Counts, _Counts]:
    """Publisher, shingle, articles and first article of every shingle that is frequent enough with a publisher."""
    order = np.argsort(codes, kind="stable")
    begins = np.searchsorted(codes[order], np.arange(publishers + 1))
    sizes = np.diff(places)
    found = [(np.empty(0, np.int32), np.empty(0, np.uint32), np.empty(0, np.int32), np.empty(0, np.int32))]
    for publisher, (begin, end) in enumerate(itertools.pairwise(begins.tolist())):
        least = max(_ARTICLES, math.ceil(_SHARE * (end - begin)))
        total = int(sizes[order[begin:end]].sum())
        room, most = 1 << (2 * total + 1).bit_length(), total // least + 1
        work = [np.empty(room, kind) for kind in (np.uint32, np.int32, np.int32, np.int32)]
        out = np.empty(most, np.uint32), np.empty(most, np.int32), np.empty(most, np.int32)
        count = recurring(shingles, places, order, begin, end, least, *work, *out)
        found.append((np.full(count, publisher, np.int32), out[0][:count], out[1][:count], out[2][:count]))
    owner, words, counts, firsts = (np.concatenate(column) for column in zip(*found, strict=True))
    return owner, words, counts, firsts


def _articles(
    shingles: npt.NDArray[np.uint32], places: npt.NDArray[np.int64], wanted: npt.NDArray[np.uint32]
) -> _Counts:
    """In how many articles each wanted shingle stands."""
    words, place = np.unique(wanted, return_inverse=True)
    room = 1 << (2 * len(words) + 1).bit_length()
    out = np.empty(len(words), np.int32)
    work = np.empty(room, np.uint32), np.empty(room, np.int32), np.empty(room, np.int32)
    spread(shingles, places, words, *work, out)
    return np.asarray(out[place])


def _is_own(share: npt.NDArray[np.float64], elsewhere: _Counts, others: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    return np.where(others >= _ELSEWHERE, share * others >= _LIFT * elsewhere, share >= _SHARE_ALONE)


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
