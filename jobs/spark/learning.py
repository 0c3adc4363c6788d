"""Boilerplate: learned from a sample of the articles of each publisher by one worker, blocks from all of them."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it

from dedup import rules
from dedup.corpus import combined
from dedup.settings import Settings
from dedup.text.boilerplate import (
    MANY,
    REASONS,
    Known,
    LearnedBoilerplate,
    LearnedFrom,
    empty,
    fair,
    joined,
    learn_phrases,
    no_articles,
    of_rows,
)
from jobs.spark import packed
from jobs.spark.appended import learned_appended
from jobs.spark.files import Scratch
from jobs.spark.learned import TABLE, rows_of, texts_of
from jobs.spark.rows import broadcast_if_small


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
                held = _sampled(pa.Table.from_batches(batches))
                learned = learn_phrases(held, settings.shingle, pool)
            yield from rows_of(learned).to_batches()

    gathered = sampled.drop("place").repartition(1)
    own = of_rows(gathered.mapInArrow(work, TABLE).toArrow().to_pylist())
    return joined(own, learned_appended(known, scratch))


def _sampled(held: pa.Table) -> LearnedFrom:
    """Articles to learn from (columns ``publisher``, ``day``, ``digest`` and ``text``); nobody asks for headlines."""
    column = combined(held["text"].cast(pa.large_string()))
    texts = texts_of(column)
    digests = packed.numbers(held["digest"]).view(np.uint64) ^ np.uint64(packed.TOP)
    publishers = combined(held["publisher"]).dictionary_encode()
    codes = publishers.indices.to_numpy().astype(np.int32)
    days = packed.numbers(held["day"]).astype(np.int32)
    known = Known(codes, days, digests, (texts.ends - texts.begins).astype(np.int32))
    return LearnedFrom(
        known, publishers.dictionary.to_pylist(), texts.take, lambda rows: pa.nulls(len(rows), pa.string())
    )


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
