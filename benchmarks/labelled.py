"""The labelled pairs of the development data, compared as a run would compare them."""

from __future__ import annotations

import collections
import csv
import functools
import itertools
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

import dedup
from dedup import credits
from dedup.corpus import gather
from dedup.grading.grades import compare
from dedup.grading.model import Shared, features
from dedup.settings import Settings
from dedup.text import boilerplate, quotes
from dedup.text.tokens import tokenise
from jobs.local import provider
from jobs.steps import analyse, learn_boilerplate

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("WIRECOPY_DATA") or ROOT.parent / "shared" / "data")


class Labelled(NamedTuple):
    """``n`` labelled pairs: ``rows`` of the csv file, what the pairs share, and their features float64[n, f]."""

    rows: list[dict[str, str]]
    shared: Shared
    features: npt.NDArray[np.float64]

    def column(self, name: str) -> npt.NDArray[np.str_]:
        """A column of the csv file."""
        return np.array([row[name] for row in self.rows])


class Pile(NamedTuple):
    """One article file, read, tokenised and marked: all that grading wants."""

    articles: pa.RecordBatch
    index: dict[str, int]
    tokens: dedup.text.tokens.Tokens
    masks: npt.NDArray[np.uint8]


def pile(name: str, ids: set[str]) -> Pile:
    """The articles ``ids`` of a file; boilerplate is learned from all of it, as a run does."""
    settings, agencies = Settings(), credits.load_agencies(())
    find = functools.partial(analyse, settings=settings, agencies=agencies)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as threads:
        corpus, _ = gather(dedup.read([DATA / f"{name}.parquet"]), Path(folder), find, threads, 4)
        learned = learn_boilerplate(lambda: provider(corpus), settings, threads)
        keep = np.flatnonzero([id in ids for id in corpus.ids.to_pylist()])
        articles = corpus.take(keep)
    tokens = tokenise(articles["text"])
    masks = quotes.annotate(tokens)
    boilerplate.mark(masks, tokens, learned.codes(articles["publisher"]), learned, settings.shingle)
    return Pile(articles, {id: row for row, id in enumerate(articles["id"].to_pylist())}, tokens, masks)


def labelled(pairs: str, one: str, other: str, articles: str | None = None) -> Labelled:
    """The pairs of ``{pairs}.csv``; the column ``set`` names the article file where ``articles`` does not."""
    rows = sorted(read_labels(pairs), key=lambda row: row.get("set", ""))
    return _compared(rows, one, other, articles)


def _compared(rows: list[dict[str, str]], one: str, other: str, articles: str | None = None) -> Labelled:
    parts = []
    for name in sorted({row.get("set") or str(articles) for row in rows}):
        here = [row for row in rows if (row.get("set") or articles) == name]
        result = pile(name, {row[side] for row in here for side in (one, other)})
        sides = (np.array([result.index[row[side]] for row in here], np.int32) for side in (one, other))
        parts.append(compare(result.articles, result.tokens, result.masks, *sides).shared)
    shared = _joined(parts)
    return Labelled(rows, shared, features(shared))


def _joined(parts: list[Shared]) -> Shared:
    return Shared(*(np.concatenate([getattr(part, name) for part in parts]) for name in Shared._fields))


def judged() -> Labelled:
    """Every pair that readers judged: of the hard middle, drawn from a run's output, and within pools of articles.

    The rows have ``set``, ``source`` (``middle``, ``output``, ``pool``), ``weight`` (pairs of the output that it stands
    for), ``copy`` (``y``: copy of the news, ``n``: not, a recycled background among them) and ``label`` (empty in
    pools). An article that retells a copy in its own words (A') is in no pair of its pool.
    """
    rows = {tuple(sorted((row["a_id"], row["b_id"]))): row for row in _pools()}
    for source, name in (("middle", "gold_pairs_dev"), ("output", "gold_pairs_dev2")):
        for row in read_labels(name):
            background = row.get("background") == "y" or "background" in row["note"].lower()
            copy = row["label"] in ("WD", "PD") and not background
            keep = {key: row[key] for key in ("set", "a_id", "b_id", "label")}
            rows[tuple(sorted((row["a_id"], row["b_id"])))] = keep | {
                "source": source,
                "weight": row.get("weight", "1"),
                "copy": "y" if copy else "n",
            }
    return _compared(sorted(rows.values(), key=lambda row: (row["set"], row["a_id"], row["b_id"])), "a_id", "b_id")


def _pools() -> Iterator[dict[str, str]]:
    pools = collections.defaultdict(list)
    for row in read_labels("cluster_gold_dev"):
        if "'" not in row["copies"]:
            pools[row["set"], row["pool"]].append(row)
    for (name, _), rows in pools.items():
        for one, other in itertools.combinations(rows, 2):
            common = copies_of(one) & copies_of(other)
            yield {
                "set": name,
                "a_id": one["article_id"],
                "b_id": other["article_id"],
                "label": "",
                "source": "pool",
                "weight": "1",
                "copy": "y" if common else "n",
            }


def copies_of(row: dict[str, str]) -> set[str]:
    """The copies that an article of a pool carries: capital letters, but for X (no article) and T (a formula)."""
    names = (name.rstrip("'") for name in row["copies"].split())
    return {name for name in names if name[:1].isupper() and name not in ("X", "T")}


def read_labels(name: str) -> list[dict[str, str]]:
    """The rows of a csv file of labels."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sampled_texts() -> list[str]:
    """Some six hundred texts of three files, for made-up copies."""
    texts: list[str] = []
    for name in ("event_news", "allsides_us_politics", "pakistan_2025_jan_apr"):
        column = pq.read_table(DATA / f"{name}.parquet", columns=["text"])["text"].to_pylist()
        texts += column[:: max(1, len(column) // 200)][:200]
    return texts


def counter() -> Labelled:
    """Urdu wire and newspaper texts (COUNTER, Sharjeel et al. 2017): WD, PD, ND."""
    return labelled("counter_urdu_dev_pairs", "source_id", "derived_id", "counter_urdu_dev")


def clough_stevenson() -> Labelled:
    """Short answers, cut, light, heavy or not taken from a source (Clough & Stevenson 2011)."""
    return labelled("clough_stevenson_pairs", "source_id", "derived_id", "clough_stevenson")
