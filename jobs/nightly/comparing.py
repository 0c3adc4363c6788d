"""Tonight's articles against each other and against the window."""

from __future__ import annotations

import dataclasses
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup import rules
from dedup.arrays import distinct, highs, lows, pair_keys, row_pairs
from dedup.article import ARTICLES, Batch
from dedup.corpus import Corpus, gather, measured
from dedup.grading.verification import Verified, verify
from dedup.search.bands import near_duplicates
from dedup.search.named_origins import Pairs
from dedup.search.values import candidates
from dedup.settings import Settings
from dedup.store import Window
from dedup.store.candidates import New, search
from dedup.store.named_origins import pairs as same_origin
from dedup.tables import ATTRIBUTIONS
from dedup.text.boilerplate import LearnedBoilerplate
from jobs.steps import search_counts

_Keys = npt.NDArray[np.int64]  # of pairs: left and right


class NightComparison(NamedTuple):
    """``corpus``: tonight's articles and the stored ones in its pairs; ``verified``: pairs of its rows.

    ``origin``: of every article in it the number of its night (0: tonight), and whether it was compared with all;
    ``groups`` uint64[n], ``fully_compared`` bool[n]: of tonight's articles alone.
    """

    corpus: Corpus
    verified: Verified
    origin: dict[str, tuple[int, bool]]
    groups: npt.NDArray[np.uint64]
    fully_compared: npt.NDArray[np.bool_]
    counts: dict[str, int]


class WindowSearch(NamedTuple):
    """Pairs of rows of the window, and after them of tonight's articles; ``named``: those of the same origin."""

    pairs: _Keys
    named: _Keys
    groups: npt.NDArray[np.uint64]
    fully_compared: npt.NDArray[np.bool_]
    counts: dict[str, int]


def search_window(
    window: Window,
    corpus: Corpus,
    origins: pa.Table,
    boilerplate: LearnedBoilerplate,
    settings: Settings,
    threads: Executor,
    workers: int,
) -> WindowSearch:
    """Which pairs to compare, of which one article is tonight's."""
    pile = len(window) + len(corpus)
    limit = rules.max_bucket_size(settings, pile)
    new = New(
        corpus.signatures,
        near_duplicates(corpus.signatures, settings, threads),
        boilerplate.codes(corpus.publishers),
        corpus.days,
    )
    own = candidates(*new, boilerplate, settings, threads, workers, pile=pile)
    candidates_found = search(window, new, boilerplate, settings, limit, threads)
    named, crowded = same_origin(window, corpus, origins, settings)
    first = len(window)
    pairs = [
        pair_keys(own.left + first, own.right + first),
        pair_keys(candidates_found.stored, candidates_found.new + first),
        named,
    ]
    fully_compared = own.fully_compared & candidates_found.fully_compared
    every = distinct(np.concatenate(pairs))
    skipped = (
        max(candidates_found.skipped_buckets, own.skipped_buckets),
        max(candidates_found.skipped_members, own.skipped_members),
    )
    counts = search_counts(len(every), limit, skipped, int(np.count_nonzero(~fully_compared)), crowded)
    counts |= {"bucket_members": max(candidates_found.members, len(corpus) * settings.num_perm)}
    return WindowSearch(every, named, candidates_found.groups, fully_compared, counts)


def fetch(window: Window, rows: npt.NDArray[np.int64], folder: Path, threads: Executor, workers: int) -> Corpus:
    """The stored articles of ascending ``rows`` as a corpus without signature values, read into files in ``folder``."""
    folder.mkdir()
    batches = (Batch(batch) for batch in window.take(rows, "articles", ARTICLES.names))
    corpus, _ = gather(batches, folder, measured, threads, workers + 2)
    known = window.among(rows, "attributions", "article_id", corpus.ids)
    parts = [ATTRIBUTIONS.schema.empty_table(), *(table.cast(ATTRIBUTIONS.schema) for table in known)]
    return dataclasses.replace(corpus, attributions=pa.concat_tables(parts))


def _bare(count: int) -> npt.NDArray[np.uint32]:
    """Signatures without values, which are for the search alone."""
    return np.empty((count, 0), np.uint32)


def compare_night(
    window: Window,
    corpus: Corpus,
    search: WindowSearch,
    stored: Corpus,
    boilerplate: LearnedBoilerplate,
    settings: Settings,
    folder: Path,
    threads: Executor,
) -> NightComparison:
    """Grade the pairs; ``stored`` are the articles of the window in them, as :func:`fetch` gives them."""
    rows = stored_rows(window, search)
    bare = dataclasses.replace(corpus, signatures=corpus.signatures._replace(values=_bare(len(corpus))))
    joined = bare.joined(stored, folder / "both.u32")
    position = np.full(len(window) + len(corpus), -1, np.int64)
    incoming = pa.chunked_array([batch["id"] for batch in stored.batches], pa.string())
    position[rows] = pc.index_in(incoming, joined.ids).to_numpy()
    position[len(window) :] = pc.index_in(corpus.ids, joined.ids).to_numpy()
    pairs, named = _renumbered(search.pairs, position), _renumbered(search.named, position)
    pairs.sort()
    graded = verify(
        joined,
        Pairs(*row_pairs(pairs), np.isin(pairs, named)),
        boilerplate,
        settings,
        threads,
    )
    numbers = np.array([night.number for night in window.nights], np.int64)
    owner = numbers[np.searchsorted(window.begins, rows, side="right") - 1]
    origin = _origin(incoming, owner, window.fully_compared[rows]) | _origin(
        corpus.ids, np.zeros(len(corpus)), search.fully_compared
    )
    return NightComparison(joined, graded, origin, search.groups, search.fully_compared, search.counts)


def _origin(
    ids: pa.Array, number: npt.NDArray[Any], fully_compared: npt.NDArray[np.bool_]
) -> dict[str, tuple[int, bool]]:
    columns = ids.to_pylist(), number.astype(np.int64).tolist(), fully_compared.tolist()
    return {name: (night, row) for name, night, row in zip(*columns, strict=True)}


def stored_rows(window: Window, search: WindowSearch) -> npt.NDArray[np.int64]:
    """The rows of the window that are in a pair, ascending."""
    left = distinct(highs(search.pairs))
    return left[left < len(window)]


def _renumbered(pairs: _Keys, position: npt.NDArray[np.int64]) -> _Keys:
    one, other = position[highs(pairs)], position[lows(pairs)]
    return pair_keys(np.minimum(one, other), np.maximum(one, other))
