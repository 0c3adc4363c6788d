"""One text, or a few, against the store, which is only read."""

from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from dedup import credits, readers
from dedup.article import ARTICLES, Batch
from dedup.corpus import gather
from dedup.readers.fields import Spelling
from dedup.readers.tally import Reading
from dedup.settings import Settings
from dedup.store import Catalogue, Night, load
from dedup.store.files import NightFiles
from dedup.store.named_origins import origins
from dedup.tables import MATCHES
from jobs.nightly.commit import check_settings
from jobs.nightly.comparing import compare_night, fetch, search_window, stored_rows
from jobs.nightly.engine import InThreads
from jobs.nightly.opening import read_only
from jobs.steps import analyse, check_some

_ASKED = "asked:"  # before the ids of what is asked about, more often where the store has an id that begins so


class Answer(NamedTuple):
    """``matches``: a row a match (:func:`ask`); ``sources``, ``names`` and ``reading``: how the question was read."""

    matches: pa.Table
    sources: readers.Inputs
    names: readers.Names
    reading: Reading


def ask(
    inputs: Sequence[readers.Input],
    store: str | Path,
    *,
    settings: Settings,
    fields: Mapping[str, Spelling] = {},
    threads: int = 0,
    agencies: Sequence[Path] = (),
) -> Answer:
    """What of the store matches the articles in ``inputs``, whenever it came in.

    The answer's matches are a row a match: ``asked_id``, ``article_id``, ``cluster_id`` (of an article in several, all
    of them with a space between), and the columns of :data:`dedup.tables.MATCHES`, in which an asked article's id has
    a prefix.
    """
    workers = threads or os.cpu_count() or 1
    sources, names = readers.find(inputs), readers.Names(fields)
    find = functools.partial(analyse, settings=settings, agencies=credits.load_agencies(agencies))
    with (
        read_only(store) as catalogue,
        tempfile.TemporaryDirectory(prefix="wirecopy-") as scratch,
        ThreadPoolExecutor(workers) as pool,
    ):
        check_settings(catalogue, settings)
        engine = InThreads(pool, workers, Path(scratch))
        with catalogue.reading():
            night_files = NightFiles(catalogue, engine.workers)
            nights, replaced = catalogue.nights(), catalogue.replaced()
        window = load(night_files, nights, replaced)
        mark = _free_mark(night_files, nights)
        batches = _asked(readers.read_sources(sources.sources, names, max_record=settings.max_record), mark)
        corpus, reading = gather(batches, Path(scratch), find, pool, workers + 2)
        check_some(len(corpus), reading.rejected, reading.first)
        boilerplate = engine.learn(window, corpus, settings, Path(scratch))
        found = search_window(window, corpus, origins(corpus, pool), boilerplate, settings, pool, workers)
        stored = fetch(window, stored_rows(window, found), Path(scratch, "stored"), pool, workers)
        compared = compare_night(window, corpus, found, stored, boilerplate, settings, Path(scratch), pool)
        return Answer(_answer(catalogue, compared.verified.matches, mark), sources, names, reading)


def _free_mark(night_files: NightFiles, nights: Sequence[Night]) -> str:
    """What no id in the store begins with."""
    mark = _ASKED
    for night in nights:
        ids = night_files.read(night, "ids", ["id"])["id"]
        while pc.any(pc.starts_with(ids, mark)).as_py():
            mark += _ASKED
    return mark


def _asked(batches: Iterable[Batch], mark: str) -> Iterator[Batch]:
    for batch in batches:
        named = pc.binary_join_element_wise(mark, batch.articles["id"], "")
        yield Batch(batch.articles.set_column(0, ARTICLES.field("id"), named), batch.rejects)


def _answer(catalogue: Catalogue, matches: pa.Table, mark: str) -> pa.Table:
    """The matches of an asked article, whose id begins with ``mark``, with a stored one."""
    asked = [pc.starts_with(matches[side], mark) for side in ("a_id", "b_id")]
    matches = matches.filter(pc.xor(*asked)).select(MATCHES.schema.names)
    first = pc.starts_with(matches["a_id"], mark)
    ours = pc.if_else(first, matches["a_id"], matches["b_id"])
    theirs = pc.if_else(first, matches["b_id"], matches["a_id"])
    query = (
        "SELECT article_id, group_concat(cluster_id, ' ') FROM "
        "(SELECT * FROM witnesses JOIN asked ON name = article_id ORDER BY article_id, cluster_id) GROUP BY article_id"
    )
    clusters = dict(catalogue.ask_among(theirs.to_pylist(), query))
    columns = {
        "cluster_id": pa.array([clusters.get(name) for name in theirs.to_pylist()], pa.string()),
        "article_id": theirs,
        "asked_id": pc.utf8_slice_codeunits(ours, len(mark)),
    }
    for name, column in columns.items():
        matches = matches.add_column(0, name, column)
    return matches.sort_by([("asked_id", "ascending"), ("score", "descending"), ("article_id", "ascending")])
