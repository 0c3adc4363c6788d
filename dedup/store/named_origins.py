"""Pairs of a stored article and a new one that go back to the same origin (see :mod:`dedup.search.named_origins`)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.corpus import Corpus, Rows
from dedup.credits.names import key
from dedup.credits.sources import naming
from dedup.search.named_origins import Crowded, once, rare_names, same_origin
from dedup.settings import Settings
from dedup.store.files import ORIGINS
from dedup.store.pieces import Piece
from dedup.store.window import Window

_Flat = tuple[npt.NDArray[np.int64], pa.Array]
_Mentions = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]  # article, origin, cites


def origins(corpus: Corpus, threads: Executor) -> pa.Table:
    """What :data:`~dedup.store.files.ORIGINS` keeps of every article, in the order of the rows."""
    owner, names = rare_names(corpus, np.arange(len(corpus), dtype=np.int32), threads)
    table = corpus.attributions.filter(pa.array(naming(corpus.attributions)))
    rows = pc.index_in(table["article_id"], corpus.ids).to_numpy()
    spelled = table["name"].combine_chunks().dictionary_encode()
    keys = pa.array([key(name) for name in spelled.dictionary.to_pylist()], pa.string())
    cites = np.asarray(pc.equal(table["kind"], "citation"))
    lists = []
    for kind in (cites, ~cites):
        here = np.flatnonzero(kind)
        here = here[np.argsort(rows[here], kind="stable")]
        lists.append(_lists(rows[here], keys.take(spelled.indices.take(pa.array(here))), len(corpus)))
    return pa.table([corpus.ids, *lists, _lists(owner, pa.array(names), len(corpus))], schema=ORIGINS)


def pairs(window: Window, corpus: Corpus, own: pa.Table, settings: Settings) -> tuple[npt.NDArray[np.int64], Crowded]:
    """The pairs (ascending keys of left and right) of which at least the right one is new.

    Rows are those of the window, and after them those of ``corpus``, tonight's articles; ``own`` is what
    :func:`origins` says of these.
    """
    names_here = [_flat(own["cited"])[1], _flat(own["credited"])[1], _keys(corpus.publishers.dictionary_encode())[0]]
    relevant = pc.unique(pa.chunked_array(names_here, pa.string()))
    first = len(window)
    every = np.ones(len(corpus), bool)
    mentions = [
        *_stored(window, relevant),
        _publishing(window.publishers, relevant, 0, window.live),
        _listed(own, relevant, first),
        _publishing(corpus.publishers.dictionary_encode(), relevant, first, every),
    ]
    article, origin, cites = zip(*mentions, strict=True)
    fresh = np.arange(first + len(corpus)) >= first

    def names(rows: Rows) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
        cut = int(np.searchsorted(rows, first))
        held = [part["names"] for part in window.take(rows[:cut].astype(np.int64), "origins", ["names"])]
        held.append(own["names"].take(pa.array(rows[cut:] - first)).combine_chunks())
        owner, values = _flat(pa.chunked_array(held, held[-1].type))
        return owner, values.to_numpy()

    mentioned = once(np.concatenate(article), np.concatenate(origin), np.concatenate(cites))
    return same_origin(np.r_[window.days, corpus.days], mentioned, names, settings, fresh)


def _stored(window: Window, relevant: pa.Array) -> Iterator[_Mentions]:
    """Whom the stored articles cite and credit."""
    items = [(rows.start, piece) for rows, piece in window.pieces("origins")]
    for article, origin, cites in window.night_files.workers.each(_listed_in, relevant, items):
        live = window.live[article]
        yield article[live], origin[live], cites[live]


def _listed_in(relevant: pa.Array, item: tuple[int, Piece]) -> _Mentions:
    """The mentions of a piece, which begins at a row of the window."""
    begin, piece = item
    return _listed(piece.read(["cited", "credited"]), relevant, begin)


def _listed(table: pa.Table, relevant: pa.Array, begin: int) -> _Mentions:
    rows, codes, citing = [], [], []
    for name in ("cited", "credited"):
        owner, keys = _flat(table[name])
        code = pc.index_in(keys, relevant)
        known = np.asarray(pc.is_valid(code))
        rows.append(begin + owner[known])
        codes.append(code.drop_null().to_numpy().astype(np.int64))
        citing.append(np.full(len(codes[-1]), name == "cited"))
    return np.concatenate(rows), np.concatenate(codes), np.concatenate(citing)


def _publishing(
    publishers: pa.DictionaryArray, relevant: pa.Array, begin: int, live: npt.NDArray[np.bool_]
) -> _Mentions:
    """The articles whose own publisher is one of the relevant names."""
    keys, codes = _keys(publishers)
    own = np.r_[pc.fill_null(pc.index_in(keys, relevant), -1).to_numpy(), -1][codes]
    rows = np.flatnonzero((own >= 0) & live)
    return begin + rows, own[rows].astype(np.int64), np.zeros(len(rows), bool)


def _keys(publishers: pa.DictionaryArray) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    """The keys of the different publishers, and which of them every row has; the last but one after them: none."""
    keys = pa.array([key(name) for name in publishers.dictionary.to_pylist()], pa.string())
    return keys, np.asarray(publishers.indices.fill_null(len(keys)), np.int64)


def _lists(owner: npt.NDArray[np.int64], values: pa.Array, count: int) -> pa.ListArray:
    """Lists out of values that are in the order of their owners, rows ``0`` to ``count - 1``."""
    return pa.ListArray.from_arrays(pa.array(np.searchsorted(owner, np.arange(count + 1)).astype(np.int32)), values)


def _flat(lists: pa.ChunkedArray) -> _Flat:
    """The values of lists and the row of each."""
    combined = pa.concat_arrays(lists.chunks) if lists.num_chunks else pa.array([], lists.type)
    return pc.list_parent_indices(combined).to_numpy().astype(np.int64), pc.list_flatten(combined)
