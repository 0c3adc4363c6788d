"""Blocks and pages of publishers: one worker learns those of a publisher, from sampled runs and few texts.

The sampled runs of its articles are sent to it, and then the texts of those articles alone that share some.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it

from dedup.arrays import distinct
from dedup.corpus import combined
from dedup.tables import BOILERPLATE
from dedup.text.boilerplate import (
    CandidateBlocks,
    Known,
    LearnedBoilerplate,
    Rare,
    Runs,
    Texts,
    candidate_blocks,
    learn_blocks,
    learn_pages,
    of_blocks,
    of_pages,
    of_rows,
    repeated,
)
from dedup.text.rarity import rarity
from jobs.spark import packed
from jobs.spark.files import Scratch
from jobs.spark.learned import TABLE, rows_of, texts_of
from jobs.spark.rows import broadcast_if_small

_CANDIDATES = "publisher string, articles int, rows binary, places binary, learned binary"
_NAMES = ("publisher", "articles", "rows", "places", "learned")


def learned_appended(articles: DataFrame, scratch: Scratch) -> LearnedBoilerplate:
    """Blocks and pages of every publisher.

    ``articles`` have a publisher, an ``id``, by which they are ordered, and ``place``, ``day``, ``digest`` (less
    2**63), ``size``, ``runs``, ``headline`` and ``text``.
    """
    held = articles.select("publisher", "id", "place", "day", "digest", "size", "runs", "headline")
    candidates = scratch.save("appended", held.groupBy("publisher").applyInArrow(_candidates, _CANDIDATES))
    count = (candidates.agg(F.sum(F.octet_length("rows"))).first() or (0,))[0] or 0
    wanted = candidates.select("rows", "places").mapInArrow(_wanted, "row long, place long")
    texts = articles.select("place", "publisher", "day", "text")
    texts = texts.join(broadcast_if_small(wanted, count // 8), "place").drop("place")
    both = candidates.groupBy("publisher").cogroup(texts.groupBy("publisher"))
    table = both.applyInArrow(_learned, TABLE).toArrow()
    return of_rows(table.sort_by([(column, "ascending") for column in BOILERPLATE.sorted_by]).to_pylist())


def known_of(held: pa.Table, digests: npt.NDArray[np.uint64]) -> Known:
    """What is known of articles of one publisher (columns ``day`` and ``size``)."""
    days, sizes = (packed.numbers(held[name]).astype(np.int32) for name in ("day", "size"))
    return Known(np.zeros(len(held), np.int32), days, digests, sizes)


def candidates_of(known: Known, column: pa.ChunkedArray) -> CandidateBlocks:
    """What may be blocks of a publisher; the ``column`` has the sampled runs of its articles in bytes."""
    content, bounds = packed.content(column)
    runs = Runs(content.view(np.uint32), bounds[:-1] // 4, bounds[1:] // 4)
    rows = np.arange(len(column))
    return candidate_blocks(known, rows, lambda some: [Runs(runs.hashes, runs.begins[some], runs.ends[some])])


def texts_in(held: pa.Table) -> Texts:
    """The texts of articles."""
    return texts_of(combined(held["text"].cast(pa.large_string())))


def blocks_of(
    name: str, candidates: CandidateBlocks, held: pa.Table, texts: Texts, articles: npt.NDArray[np.int32]
) -> LearnedBoilerplate:
    """The blocks of a publisher with so many ``articles``; ``held``: rows and days of the texts that decide it."""
    rows, days = packed.numbers(held["row"]), packed.numbers(held["day"]).astype(np.int32)
    return of_blocks([name], [learn_blocks(candidates, rows, texts, days, Rare(*rarity()))], texts, articles)


def _candidates(held: pa.Table) -> pa.Table:
    """The articles of a publisher -> what may be its blocks, its pages, and the articles whose texts are wanted.

    These are known by their ``rows`` among the publisher's articles.
    """
    held = held.sort_by("id")
    known = known_of(held, packed.numbers(held["digest"]).view(np.uint64) ^ np.uint64(packed.TOP))
    candidates, often = candidates_of(known, held["runs"]), repeated(known)
    headlines = combined(held["headline"].cast(pa.large_string())).take(pa.array(often))
    pages = learn_pages(known, often, headlines)
    rows = distinct(np.r_[candidates.rows, pages.examples])
    binary = [rows.tobytes(), packed.numbers(held["place"])[rows].tobytes(), pickle.dumps((candidates, pages))]
    columns = [pa.array([len(held)], pa.int32()), *(pa.array([each], pa.binary()) for each in binary)]
    return pa.table([held["publisher"][:1], *columns], _NAMES).slice(0, int(len(rows) > 0))


def _wanted(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The articles whose texts are wanted."""
    for batch in batches:
        columns = [packed.unpacked(pa.chunked_array([batch[name]]), np.int64) for name in ("rows", "places")]
        yield pa.RecordBatch.from_arrays(list(map(pa.array, columns)), ["row", "place"])


def _learned(some: pa.Table, held: pa.Table) -> pa.Table:
    """What may be appended by a publisher, and the texts that decide it -> what is."""
    held, name = held.sort_by("row"), some["publisher"][0].as_py()
    candidates, pages = pickle.loads(some["learned"][0].as_py())
    texts, articles = texts_in(held), packed.numbers(some["articles"]).astype(np.int32)
    blocks = blocks_of(name, candidates, held, texts, articles)
    return rows_of(blocks._replace(pages=of_pages([name], pages, packed.numbers(held["row"]), texts, articles).pages))
