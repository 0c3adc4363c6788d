"""Boilerplate: learned from a sample of the articles of each publisher by one worker, blocks from all of them."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it

from dedup import rules
from dedup.corpus import combined
from dedup.settings import Settings
from dedup.tables import BOILERPLATE
from dedup.text.boilerplate import (
    MANY,
    REASONS,
    Known,
    LearnedBoilerplate,
    LearnedFrom,
    Provider,
    Rare,
    Texts,
    empty,
    fair,
    joined,
    learn_appended,
    learn_phrases,
    no_articles,
    of_rows,
    sampled_runs,
)
from dedup.text.rarity import rarity
from dedup.text.tokens import tokenise
from jobs.spark import packed
from jobs.spark.files import Scratch
from jobs.spark.rows import broadcast_if_small

TABLE = "publisher string, kind string, shingle long, articles int, sampled int, elsewhere int, phrase string"
_AT_A_TIME = 4096  # texts that are tokenised at a time


def learned(articles: DataFrame, settings: Settings, scratch: Scratch) -> LearnedBoilerplate:
    """The boilerplate of every publisher, from the articles that :func:`dedup.text.boilerplate.sample` chooses.

    Articles are taken as they were read, so that no text is sent to meet its row: ids have the same order as rows.
    """
    if not settings.learn_furniture:
        return empty()
    known = articles.where("publisher IS NOT NULL")
    first = F.min(F.struct("day", "id", "place")).getField("place")
    texts = scratch.save("texts", known.groupBy("publisher", "digest").agg(first.alias("place")))
    sizes = np.array([row["count"] for row in texts.groupBy("publisher").count().collect()], np.int64)
    many = fair(sizes, MANY)
    rank = F.row_number().over(Window.partitionBy("publisher").orderBy("digest"))
    chosen = texts.withColumn("rank", rank).where(F.col("rank") <= many).select("place")
    sampled = known.select("place", "text", "publisher", "day", "digest").join(
        broadcast_if_small(chosen, int(np.minimum(sizes, many).sum())), "place"
    )

    def work(parts: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        batches = [part for part in parts if part.num_rows]
        if batches:
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                held = _provider(pa.Table.from_batches(batches))
                learned = learn_phrases(held.articles, settings.shingle, pool)
            yield from rows_of(learned).to_batches()

    gathered = sampled.drop("place").repartition(1)
    own = of_rows(gathered.mapInArrow(work, TABLE).toArrow().to_pylist())
    return joined(own, _appended(known.select("id", "text", "headline", "publisher", "day", "digest")))


def _appended(articles: DataFrame) -> LearnedBoilerplate:
    """Blocks and pages, learned from all articles of a publisher by one worker.

    ``articles`` have a publisher, an ``id``, by which they are ordered, ``day``, ``digest`` (less 2**63), ``text`` and
    ``headline``.
    """
    learned = articles.groupBy("publisher").applyInArrow(_of_publisher, TABLE).toArrow()
    return of_rows(learned.sort_by([(column, "ascending") for column in BOILERPLATE.sorted_by]).to_pylist())


def _of_publisher(held: pa.Table) -> pa.Table:
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return rows_of(learn_appended(_provider(held.sort_by("id")), Rare(*rarity()), pool))


def _provider(held: pa.Table) -> Provider:
    """Articles to learn from (columns ``publisher``, ``day``, ``digest``, and those that are fetched)."""
    columns = {
        name: combined(held[name].cast(pa.large_string())) for name in ("text", "headline") if name in held.column_names
    }
    texts = texts_of(columns["text"])
    digests = packed.numbers(held["digest"]).view(np.uint64) ^ np.uint64(packed.TOP)
    publishers = combined(held["publisher"]).dictionary_encode()
    codes = publishers.indices.to_numpy().astype(np.int32)
    days = packed.numbers(held["day"]).astype(np.int32)
    known = Known(codes, days, digests, (texts.ends - texts.begins).astype(np.int32))
    names = publishers.dictionary.to_pylist()
    articles = LearnedFrom(known, names, texts.take, lambda rows: columns["headline"].take(pa.array(rows)))
    return Provider(articles, lambda rows: sampled_runs(texts.take(rows)))


def texts_of(column: pa.Array) -> Texts:
    """Texts that are held, tokenised some at a time."""
    sizes, hashes = _tokens(column)
    ends = np.cumsum(sizes)
    return Texts(hashes, ends - sizes, ends, lambda rows: column.take(pa.array(rows)))


def rows_of(learned: LearnedBoilerplate) -> pa.Table:
    """The boilerplate table with a column of hashes that Spark knows."""
    table = learned.table()
    index = table.schema.get_field_index("shingle")
    return table.set_column(index, "shingle", table["shingle"].cast(pa.int64()))


def _tokens(texts: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """How many tokens each text has, and the hashes of all."""
    tokens = [tokenise(texts.slice(index, _AT_A_TIME)) for index in range(0, len(texts), _AT_A_TIME)]
    return np.concatenate([np.diff(part.offsets) for part in tokens]), np.concatenate([part.hashes for part in tokens])


def not_articles(
    articles: DataFrame, boilerplate: LearnedBoilerplate, settings: Settings, scratch: Scratch
) -> DataFrame:
    """The ids of pages that are no articles, and why they are none (columns ``id`` and ``reason``)."""

    def work(parts: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for part in parts:
            digests = packed.numbers(pa.chunked_array([part["digest"]])).view(np.uint64) ^ np.uint64(packed.TOP)
            texts = texts_of(part["text"].cast(pa.large_string()))
            sizes = (texts.ends - texts.begins).astype(np.int32)
            known = Known(boilerplate.codes(part["publisher"]), np.zeros(len(sizes), np.int32), digests, sizes)
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                kinds = no_articles(texts, known, boilerplate, rules.min_tokens(settings), pool)
            pages = np.flatnonzero(kinds)
            reasons = pa.array([REASONS[kind] for kind in kinds[pages].tolist()], pa.string())
            yield pa.record_batch([part["id"].take(pa.array(pages)), reasons], ["id", "reason"])

    held = articles.select("id", "publisher", "digest", "text")
    return scratch.save("pages", held.mapInArrow(work, "id string, reason string"))
