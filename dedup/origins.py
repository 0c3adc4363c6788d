"""Candidate pairs that share few words: articles that name the same origin and the same people and places.

A report retold in other words has next to no shingle in common with its source, but it says whose report it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.corpus import NO_DAY, Corpus, Rows
from dedup.credits.names import key
from dedup.kernels.tokenise import CAPITAL
from dedup.matches.rarity import rarity
from dedup.tokens import Tokens, tokenise

SHARED = 5  # rare names that two articles must share
_RARE = 150  # rarity from which a name says which story it is (about 2 % of articles)
_CAP = 200  # articles of one origin and day; fuller days are skipped whole
_NAME_CAP = 50  # articles of one origin that hold a name; a name in more of them says nothing
_BLOCK = 4096  # articles that are tokenised at a time


class Pairs(NamedTuple):
    """Pairs of rows, ``left`` < ``right``, ascending, int32[m]; ``named`` bool[m]: they name the same origin."""

    left: Rows
    right: Rows
    named: npt.NDArray[np.bool_]


def with_same_origin(corpus: Corpus, left: Rows, right: Rows, window: int) -> tuple[Pairs, int]:
    """The pairs given, and those within ``window`` days that go back to the same origin.

    Of these one article cites an origin that the other one cites, credits or is, and they share at least
    :data:`SHARED` rare names. The number is that of the articles left out because their origin had too full a day.
    """
    article, origin, cites = _origins(corpus)
    kept, skipped = _not_too_many(corpus.days[article], origin)
    article, origin, cites = article[kept], origin[kept], cites[kept]
    cited = np.isin(origin, origin[cites])
    article, origin, cites = article[cited], origin[cited], cites[cited]
    rows = np.unique(article)
    owner, names = _rare_names(corpus, rows)
    begins = np.searchsorted(owner, np.arange(len(rows) + 1))
    found = [np.empty(0, np.int64)]
    for here, citing in _groups(article, origin, cites):
        places = np.searchsorted(rows, here)
        sets = [names[begins[place] : begins[place + 1]] for place in places]
        one, other = _sharing(sets)
        some = citing[one] | citing[other]
        found.append(here[one[some]].astype(np.int64) << 32 | here[other[some]])
    named = np.unique(np.concatenate(found))
    days = corpus.days.astype(np.int64)
    one, other = days[named >> 32], days[named & 0xFFFFFFFF]
    named = named[(one == NO_DAY) | (other == NO_DAY) | (abs(one - other) <= window)]
    pairs = np.union1d(left.astype(np.int64) << 32 | right, named)
    here, there = (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32)
    return Pairs(here, there, np.isin(pairs, named)), skipped


def _origins(corpus: Corpus) -> tuple[Rows, npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Every article and origin it names or is once: rows, codes of the origins, and whether it cites it."""
    table = corpus.attributions
    rows = pc.index_in(table["article_id"], corpus.ids).to_numpy()
    names = pc.unique(table["name"].combine_chunks()) if len(table) else pa.array([], pa.string())
    named = pc.index_in(table["name"], names).to_numpy()
    code_of = {key(name): code for code, name in enumerate(names.to_pylist())}
    publishers = corpus.publishers.dictionary_encode()
    own = np.array([code_of.get(key(name), -1) for name in publishers.dictionary.to_pylist()] + [-1], np.int64)
    owner = own[publishers.indices.fill_null(len(own) - 1).to_numpy(zero_copy_only=False)]
    publishing = np.flatnonzero(owner >= 0)
    cites = pc.equal(table["kind"], "citation").to_numpy(zero_copy_only=False).astype(bool)
    article = np.r_[rows, publishing].astype(np.int64)
    origin = np.r_[named, owner[publishing]].astype(np.int64)
    citing = np.r_[cites, np.zeros(len(publishing), bool)]
    keys, first = np.unique(article << 32 | origin << 1 | ~citing, return_index=True)
    once = first[np.r_[True, keys[1:] >> 1 != keys[:-1] >> 1][: len(keys)]]
    return article[once].astype(np.int32), origin[once], citing[once]


def _not_too_many(days: Rows, origin: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.bool_], int]:
    """Which entries are not on a day with more than :data:`_CAP` articles of their origin, and how many are."""
    _, place, count = np.unique(np.stack([origin, days]), axis=1, return_inverse=True, return_counts=True)
    kept = count[place.ravel()] <= _CAP
    return kept, int(np.count_nonzero(~kept))


def _groups(
    article: Rows, origin: npt.NDArray[np.int64], cites: npt.NDArray[np.bool_]
) -> Iterator[tuple[Rows, npt.NDArray[np.bool_]]]:
    """The articles of each origin, ascending, and which of them cite it."""
    order = np.lexsort((article, origin))
    cuts = np.flatnonzero(np.diff(origin[order])) + 1
    for part in np.split(order, cuts):
        if len(part) > 1:
            yield article[part], cites[part]


def _sharing(sets: list[npt.NDArray[np.uint32]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Places of the sets that have :data:`SHARED` elements in common, left < right."""
    owner = np.repeat(np.arange(len(sets)), [len(each) for each in sets])
    values = np.concatenate(sets)
    order = np.lexsort((owner, values))
    owner, values = owner[order], values[order]
    found = [np.empty(0, np.int64)]
    for holders in np.split(owner, np.flatnonzero(np.diff(values)) + 1):
        if 1 < len(holders) <= _NAME_CAP:
            left, right = np.triu_indices(len(holders), 1)
            found.append(holders[left] << 32 | holders[right])
    pairs, count = np.unique(np.concatenate(found), return_counts=True)
    pairs = pairs[count >= SHARED]
    return pairs >> 32, pairs & 0xFFFFFFFF


def _rare_names(corpus: Corpus, rows: Rows) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """The different rare names of every row: places in ``rows``, ascending, and token hashes."""
    found = [np.empty(0, np.int64)]
    for first in range(0, len(rows), _BLOCK):
        here = rows[first : first + _BLOCK]
        tokens = tokenise(corpus.take(here, ("text",))["text"])
        owner = np.repeat(np.arange(first, first + len(here)), np.diff(tokens.offsets))
        rare = _is_name(tokens)
        found.append(np.unique(owner[rare] << 32 | tokens.hashes[rare]))
    pairs = np.concatenate(found)
    return pairs >> 32, (pairs & 0xFFFFFFFF).astype(np.uint32)


def _is_name(tokens: Tokens) -> npt.NDArray[np.bool_]:
    """Rare words that are capitalised; in a text without capitals all rare words (its script may have none)."""
    owner = np.repeat(np.arange(len(tokens.offsets) - 1), np.diff(tokens.offsets))
    capital = tokens.flags & CAPITAL != 0
    cased = np.bincount(owner[capital], minlength=len(tokens.offsets) - 1) > 0
    return np.asarray(_rare(tokens.hashes) & (capital | ~cased[owner]))


def _rare(hashes: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Which words are rare (those that the frozen table does not know are)."""
    table = rarity()
    common = np.sort(table.words[(table.words != 0) & (table.weights < _RARE)])
    return ~np.isin(hashes, common)
