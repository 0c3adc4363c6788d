"""The sentences of some stories that two witnesses or more carry, as rows of the table ``copies``, and their shares."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.arrays import group_starts, highs, lows, pair_keys
from dedup.grading.passages import Passages
from dedup.stories.copies.alignment import aligned, is_boilerplate, ranges, runs
from dedup.stories.copies.order import merged
from dedup.stories.copies.sentences import Ints, Sentences, in_characters, span, split
from dedup.tables import COPIES
from dedup.text.tokens import Tokens, tokenise


class Copies(NamedTuple):
    """Rows of :data:`dedup.tables.COPIES`; ``copy_share`` and ``text_share`` (float32) of each witness."""

    rows: pa.Table
    copy_share: pa.Array
    text_share: pa.Array


class _Texts(NamedTuple):
    """The different texts of each story, ascending by their first witnesses.

    ``of`` int64[k]: the text of each witness; of each text ``witness``: its first one, ``shown``: the one that is named
    for it (the origin, if it has that text), ``cluster``: number of its story, ``weight``: how many have it.
    """

    of: Ints
    witness: Ints
    shown: Ints
    origin: npt.NDArray[np.bool_]
    cluster: Ints
    weight: Ints


class _Carried(NamedTuple):
    """Which text carries which sentence of the copy: ``unit`` (numbered from 0), ``text`` and its own ``sentence``."""

    unit: Ints
    text: Ints
    sentence: Ints


class _Shown(NamedTuple):
    """Of each sentence of the copy: the row of ``carried`` that is shown, and how many witnesses have just its words.

    ``other`` bool[rows of carried]: these have other words.
    """

    row: Ints
    same: Ints
    other: npt.NDArray[np.bool_]


def of_stories(
    witnesses: pa.Table, texts: pa.Array, left: Ints, right: Ints, passages: Passages, worded: bool
) -> Copies:
    """The copies of some stories.

    ``witnesses`` has ``cluster_id``, ``article_id`` and ``role`` of CLUSTERS, in the order of that table; ``texts`` are
    theirs (null: not known); ``left`` and ``right`` the rows of the witnesses of one story that ``passages`` are of.
    ``worded``: are the sentences written out.
    """
    distinct = _distinct(witnesses, texts)
    known = texts.take(pa.array(distinct.witness))
    tokens = tokenise(known)
    starts, ends = in_characters(known, tokens)
    one, other, some = _once(distinct.of[left], distinct.of[right], left, right, passages)
    sentences, shared = split(tokens), runs(some, one, other, tokens, starts)
    own = ~is_boilerplate(sentences, shared, len(tokens.hashes))
    carried = _carried(sentences, aligned(sentences, shared), own, distinct)
    shown = _readings(carried, sentences, distinct)
    order = np.lexsort((_positions(carried, distinct, len(shown.row)), distinct.cluster[carried.text[shown.row]]))
    spans = _spans(known, carried, shown.row[order], sentences, tokens, starts, ends)
    rows = _rows(witnesses, known, distinct, carried, shown, order, spans, worded)
    return Copies(rows, *_shares(carried, shown, sentences, tokens, distinct, texts))


def _distinct(witnesses: pa.Table, texts: pa.Array) -> _Texts:
    names = witnesses["cluster_id"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    codes = texts.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    _, witness, of = np.unique(pair_keys(names, codes + 1), return_index=True, return_inverse=True)
    order = np.argsort(witness)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    witness, of = witness[order], rank[of]
    origins = np.flatnonzero(np.asarray(pc.equal(witnesses["role"], "origin")))
    shown, origin = witness.copy(), np.zeros(len(witness), np.bool_)
    shown[of[origins]], origin[of[origins]] = origins, True
    return _Texts(of, witness, shown, origin, names[witness], np.bincount(of, minlength=len(witness)))


def _once(one: Ints, other: Ints, left: Ints, right: Ints, passages: Passages) -> tuple[Ints, Ints, Passages]:
    """Every pair of texts once, the smaller one first, with the passages of the first pair of witnesses."""
    turned = one > other
    keys = pair_keys(np.minimum(one, other), np.maximum(one, other))
    order = np.lexsort((right, left, keys))
    _, first = np.unique(keys[order], return_index=True)
    chosen = order[first]
    some = passages.take(chosen)
    back = np.repeat(turned[chosen], some.number)
    bounds = np.where(back[:, None], some.bounds[:, [2, 3, 0, 1]], some.bounds)
    return highs(keys[chosen]), lows(keys[chosen]), some._replace(bounds=bounds)


def _carried(sentences: Sentences, units: Ints, own: npt.NDArray[np.bool_], kept_texts: _Texts) -> _Carried:
    """The units that two witnesses carry, in every text that does; of several sentences there the first."""
    rows = np.flatnonzero(own)
    keys, first = np.unique(pair_keys(units[rows], sentences.text[rows]), return_index=True)
    unit, text = highs(keys), lows(keys)
    enough = np.bincount(unit, kept_texts.weight[text], len(units))[unit] >= 2
    _, number = np.unique(unit[enough], return_inverse=True)
    return _Carried(number, text[enough], rows[first[enough]])


def _readings(carried: _Carried, sentences: Sentences, kept_texts: _Texts) -> _Shown:
    """The wording of each unit that most carry; of several the origin's, then that of the smallest article id."""
    wording, origin = sentences.wording[carried.sentence], kept_texts.origin[carried.text]
    order = np.lexsort((carried.text, ~origin, wording, carried.unit))
    unit, word = carried.unit[order], wording[order]
    begins = np.flatnonzero(np.r_[True, (unit[1:] != unit[:-1]) | (word[1:] != word[:-1])]) if len(order) else order
    if not len(order):
        return _Shown(order, order, np.zeros(0, np.bool_))
    number = np.add.reduceat(kept_texts.weight[carried.text[order]], begins)
    smallest = np.minimum.reduceat(carried.text[order], begins)
    best = np.lexsort((smallest, ~origin[order[begins]], -number, unit[begins]))
    _, first = np.unique(unit[begins][best], return_index=True)
    chosen = best[first]
    row = order[begins[chosen]]
    return _Shown(row, number[chosen], wording != wording[row][carried.unit])


def _positions(carried: _Carried, kept_texts: _Texts, units: int) -> Ints:
    """The place of each unit in its story: as in the witness that has most of them, what that lacks as in the next."""
    number = np.bincount(carried.text, minlength=len(kept_texts.weight))
    cluster = kept_texts.cluster
    texts = np.lexsort((np.arange(len(number)), ~kept_texts.origin, -number, cluster))
    texts = texts[number[texts] > 0]
    rows = carried.unit[np.lexsort((carried.sentence, carried.text))]
    ends = np.cumsum(number)
    totals = np.bincount(cluster[carried.text[np.unique(carried.unit, return_index=True)[1]]], minlength=len(number))
    position = np.empty(units, np.int64)
    begins = group_starts(cluster[texts])
    for some in np.split(texts, begins[1:]) if len(texts) else ():
        sequences = (rows[ends[text] - number[text] : ends[text]].tolist() for text in some)
        order = merged(sequences, int(totals[cluster[some[0]]]))
        position[order] = np.arange(len(order))
    return position


def _spans(
    texts: pa.Array,
    carried: _Carried,
    rows: Ints,
    sentences: Sentences,
    tokens: Tokens,
    starts: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int32],
) -> list[tuple[str, int, int]]:
    """The sentences of some rows of ``carried``, and where they begin and end in their texts, in characters."""
    used, inverse = np.unique(carried.text[rows], return_inverse=True)
    words = texts.take(pa.array(used)).to_pylist()
    spans = []
    for row, at in zip(rows.tolist(), inverse.tolist(), strict=True):
        text, owner, sentence = words[at], carried.text[row], carried.sentence[row]
        first, last = sentences.first[sentence], sentences.last[sentence]
        before = int(ends[first - 1]) if first > tokens.offsets[owner] else 0
        after = int(starts[last]) if last < tokens.offsets[owner + 1] else len(text)
        begin, end = span(text, before, int(starts[first]), int(ends[last - 1]), after)
        spans.append((text[begin:end], begin, end))
    return spans


def _rows(
    witnesses: pa.Table,
    texts: pa.Array,
    kept_texts: _Texts,
    carried: _Carried,
    shown: _Shown,
    order: Ints,
    spans: list[tuple[str, int, int]],
    worded: bool,
) -> pa.Table:
    ids = witnesses["article_id"].combine_chunks()
    named = pa.array(kept_texts.shown[carried.text[shown.row[order]]])
    cluster = kept_texts.cluster[carried.text[shown.row[order]]]
    first = np.searchsorted(cluster, cluster)
    everyone = _who(carried, kept_texts, np.ones(len(carried.unit), np.bool_), order)
    sentence, start, end = ([each[column] for each in spans] for column in range(3))
    columns = {
        "cluster_id": witnesses["cluster_id"].combine_chunks().take(named),
        "position": np.arange(len(order)) - first,
        "sentence": sentence if worded else [None] * len(order),
        "witnesses": np.diff(everyone[0]),
        "same_wording": shown.same[order],
        "article_id": ids.take(named),
        "start": start,
        "end": end,
        "article_ids": _lists(ids, everyone),
        "reworded_ids": _lists(ids, _who(carried, kept_texts, shown.other, order)),
    }
    return pa.table([pa.array(columns[field.name]).cast(field.type) for field in COPIES.schema], COPIES.schema)


def _lists(ids: pa.Array, members: tuple[Ints, Ints]) -> pa.Array:
    offsets, rows = members
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), ids.take(pa.array(rows)))


def _who(carried: _Carried, kept_texts: _Texts, chosen: npt.NDArray[np.bool_], order: Ints) -> tuple[Ints, Ints]:
    """Witnesses of the ``chosen`` rows, for each unit in ``order``: offsets, and their rows, ascending."""
    by_text = np.argsort(kept_texts.of, kind="stable")
    ends = np.cumsum(kept_texts.weight)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    text, unit = carried.text[chosen], rank[carried.unit[chosen]]
    which, index = ranges(ends[text] - kept_texts.weight[text], ends[text])
    witness, of = by_text[index], unit[which]
    sorting = np.lexsort((witness, of))
    return np.r_[0, np.cumsum(np.bincount(of, minlength=len(order)))], witness[sorting]


def _shares(
    carried: _Carried, shown: _Shown, sentences: Sentences, tokens: Tokens, kept_texts: _Texts, texts: pa.Array
) -> tuple[pa.Array, pa.Array]:
    """``copy_share`` and ``text_share`` of each witness, by words; null where there is no copy, or no text."""
    count = len(kept_texts.weight)
    size = sentences.size[carried.sentence[shown.row]]
    totals = np.bincount(kept_texts.cluster[carried.text[shown.row]], size, int(kept_texts.cluster.max(initial=-1)) + 1)
    totals = totals[kept_texts.cluster]
    copy = np.bincount(carried.text, size[carried.unit], count) / np.maximum(totals, 1)
    words = np.diff(tokens.offsets)
    own = np.bincount(carried.text, sentences.size[carried.sentence], count) / np.maximum(words, 1)
    unknown = texts.is_null().to_numpy(zero_copy_only=False)
    return (
        pa.array(copy[kept_texts.of], pa.float32(), mask=unknown | (totals[kept_texts.of] == 0)),
        pa.array(own[kept_texts.of], pa.float32(), mask=unknown | (words[kept_texts.of] == 0)),
    )
