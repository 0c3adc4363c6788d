"""Candidate pairs that share few words: articles that name the same origin and the same people and places.

A report retold in other words has next to no shingle in common with its source, but it says whose report it is. What
cannot be a retelling by the rule of :mod:`dedup.grading.retelling` is no candidate: issuers of statements, sources
named late, what somebody told an agency, and articles too many days apart.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup import rules
from dedup.arrays import NO_DAY, distinct, expand_ranges, group_sizes, group_starts, highs, lows, pair_keys, row_pairs
from dedup.corpus import Corpus, Rows
from dedup.credits.names import key
from dedup.credits.sources import naming
from dedup.kernels.rare_names import find_names
from dedup.settings import Settings
from dedup.text.rarity import rarity
from dedup.text.tokens import Tokens, tokenise

_BLOCK = 4096  # articles that are tokenised at a time

Rows64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Pairs(NamedTuple):
    """Pairs of rows, ``left`` < ``right``, ascending, int32[m]; ``named`` bool[m]: they name the same origin."""

    left: Rows
    right: Rows
    named: npt.NDArray[np.bool_]


class Mentions(NamedTuple):
    """Articles and the origins that each names or is, once each.

    ``article`` rows, ``origin`` codes int64, ``cites`` bool: whether it cites it (else it credits it or is it).
    """

    article: Rows
    origin: npt.NDArray[np.int64]
    cites: npt.NDArray[np.bool_]


class Crowded(NamedTuple):
    """What was left out: ``articles`` whose origin had too full a day, ``names`` in too many articles of one origin."""

    articles: int
    names: int


#: Of ascending rows the different rare names: places in these rows, ascending, and token hashes.
Names = Callable[[Rows], tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]]


def of_corpus(corpus: Corpus, settings: Settings, threads: Executor) -> tuple[npt.NDArray[np.int64], Crowded]:
    """The pairs of :func:`same_origin` in a corpus."""
    rare = functools.partial(rare_names, corpus, threads=threads)
    return same_origin(corpus.days, _mentions(corpus), rare, settings, np.ones(len(corpus), bool))


def union_pairs(left: Rows, right: Rows, named: npt.NDArray[np.int64]) -> Pairs:
    """The pairs given, and those that name the same origin (keys of left and right)."""
    pairs = np.union1d(pair_keys(left, right), named)
    return Pairs(*row_pairs(pairs), np.isin(pairs, named))


def same_origin(
    days: Rows, mentions: Mentions, names: Names, settings: Settings, fresh: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], Crowded]:
    """The pairs (ascending keys of left and right) of the same origin, within the days of a retelling.

    Of these one article cites an origin that the other one cites, credits or is, and they share enough
    rare names. ``days`` int32[n]; one of a pair is ``fresh`` (bool[n]).
    """
    article, origin, cites = mentions
    dates, apart = days.astype(np.int64), rules.retold_days(settings)
    not_crowded, full = _not_too_many(days[article], origin)
    article, origin, cites = article[not_crowded], origin[not_crowded], cites[not_crowded]
    alive = np.isin(origin, origin[cites]) & np.isin(origin, origin[fresh[article]])
    article, origin, cites = article[alive], origin[alive], cites[alive]
    rows = distinct(article)
    owner, held = names(rows)
    begins = np.searchsorted(owner, np.arange(len(rows) + 1))
    pairs_found, crowds = [np.empty(0, np.int64)], 0
    for here, citing in _groups(article, origin, cites):
        positions = np.searchsorted(rows, here)
        sizes = begins[positions + 1] - begins[positions]
        values = held[expand_ranges(begins[positions], sizes)]
        holder = np.repeat(np.arange(len(here)), sizes)

        def wanted(one: Rows64, other: Rows64, here: Rows = here, citing: Bools = citing) -> Bools:
            new = fresh[here[one]] | fresh[here[other]]
            near = rules.within_days(dates[here[one]], dates[here[other]], apart)
            return np.asarray(new & (citing[one] | citing[other]) & near)

        one, other, crowd = _sharing(holder, values, fresh[here], wanted)
        crowds += crowd
        pairs_found.append(pair_keys(here[one], here[other]))
    return distinct(np.concatenate(pairs_found)), Crowded(full, crowds)


def _mentions(corpus: Corpus) -> Mentions:
    """The origins of every article of a corpus, an agency or outlet under one code whatever its spelling."""
    table = corpus.attributions.filter(pa.array(naming(corpus.attributions)))
    rows = pc.index_in(table["article_id"], corpus.ids).to_numpy()
    spelled = table["name"].combine_chunks().dictionary_encode()
    keys = [key(name) for name in spelled.dictionary.to_pylist()]
    code_of = {name: code for code, name in enumerate(dict.fromkeys(keys))}
    codes = np.array([code_of[name] for name in keys] + [-1], np.int64)
    publishers = corpus.publishers.dictionary_encode()
    own = np.array([code_of.get(key(name), -1) for name in publishers.dictionary.to_pylist()] + [-1], np.int64)
    owner = own[publishers.indices.fill_null(len(own) - 1).to_numpy(zero_copy_only=False)]
    publishing = np.flatnonzero(owner >= 0)
    cites = pc.equal(table["kind"], "citation").to_numpy(zero_copy_only=False).astype(bool)
    return once(
        np.r_[rows, publishing].astype(np.int64),
        np.r_[codes[spelled.indices.to_numpy()], owner[publishing]],
        np.r_[cites, np.zeros(len(publishing), bool)],
    )


def once(article: npt.NDArray[np.int64], origin: npt.NDArray[np.int64], cites: npt.NDArray[np.bool_]) -> Mentions:
    """Every article and origin once; citing it counts most."""
    keys, first = np.unique(pair_keys(article, origin << 1 | ~cites), return_index=True)
    first_rows = first[np.r_[True, keys[1:] >> 1 != keys[:-1] >> 1][: len(keys)]]
    return Mentions(article[first_rows].astype(np.int32), origin[first_rows], cites[first_rows])


def _not_too_many(days: Rows, origin: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.bool_], int]:
    """Which entries are not on an overfull day of their origin, and how many are."""
    keys = pair_keys(origin, days.astype(np.int64) - NO_DAY)
    _, inverse, count = np.unique(keys, return_inverse=True, return_counts=True)
    few_enough = count[inverse] <= rules.MAX_ORIGIN_DAY
    return few_enough, int(np.count_nonzero(~few_enough))


def _groups(
    article: Rows, origin: npt.NDArray[np.int64], cites: npt.NDArray[np.bool_]
) -> Iterator[tuple[Rows, npt.NDArray[np.bool_]]]:
    """The articles of each origin, ascending, and which of them cite it."""
    order = np.lexsort((article, origin))
    cuts = np.flatnonzero(np.diff(origin[order])) + 1
    for part in np.split(order, cuts):
        if len(part) > 1:
            yield article[part], cites[part]


def _sharing(
    owner: Rows64, values: npt.NDArray[np.uint32], fresh: Bools, wanted: Callable[[Rows64, Rows64], Bools]
) -> tuple[Rows64, Rows64, int]:
    """Owners, left < right, that are ``wanted`` and hold enough of the same values; crowded values.

    Only values that a ``fresh`` owner holds count.
    """
    order = np.lexsort((owner, values))
    owner, values = owner[order], values[order]
    begins = group_starts(values)
    sizes = group_sizes(begins, len(values))
    asked = np.add.reduceat(fresh[owner], begins, dtype=np.int64) > 0 if len(begins) else sizes > 0
    considered = np.repeat(asked & (sizes > 1) & (sizes <= rules.MAX_NAME_ARTICLES), sizes)
    last = np.repeat(begins + sizes, sizes)[considered] - np.flatnonzero(considered)  # of the same value from here on
    owner = owner[considered]
    pairs_found = [np.empty(0, np.int64)]
    for step in range(1, int(last.max(initial=1))):
        positions = np.flatnonzero(last > step)
        one, other = owner[positions], owner[positions + step]
        some = wanted(one, other)
        pairs_found.append(pair_keys(one[some], other[some]))
    pairs, count = np.unique(np.concatenate(pairs_found), return_counts=True)
    pairs = pairs[count >= rules.MIN_SHARED_NAMES]
    return highs(pairs), lows(pairs), int(np.count_nonzero(asked & (sizes > rules.MAX_NAME_ARTICLES)))


def rare_names(corpus: Corpus, rows: Rows, threads: Executor) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """The different rare names of every row: places in ``rows``, ascending, and token hashes."""

    def block(first: int) -> npt.NDArray[np.int64]:
        texts = corpus.take(rows[first : first + _BLOCK], ("text",))["text"]
        return names_in(tokenise(texts)) + pair_keys(first, 0)

    pairs = np.concatenate([np.empty(0, np.int64), *threads.map(block, range(0, len(rows), _BLOCK))])
    return highs(pairs), lows(pairs).astype(np.uint32)


def names_in(tokens: Tokens) -> npt.NDArray[np.int64]:
    """The different rare names of every text, ascending keys of the text's index and the token hash."""
    capacity = 2 << int(np.diff(tokens.offsets).max(initial=1)).bit_length()
    work = np.empty(capacity, np.uint32), np.full(capacity, -1, np.int64)
    out = np.empty(len(tokens.hashes), np.int64)
    count = find_names(tokens.hashes, tokens.flags, tokens.offsets, *rarity(), rules.RARE_NAME, *work, out)
    return np.sort(out[:count])
