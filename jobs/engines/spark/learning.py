"""Furniture: learned from a sample of the articles of each publisher, which one worker looks at."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it

from dedup.furniture import MANY, Furniture, empty, fair, learn, learn_set_phrases, of_rows, worded
from dedup.settings import Settings
from dedup.tokens import tokenise
from jobs.engines.spark.files import Scratch
from jobs.engines.spark.rows import few

_TABLE = "publisher string, shingle long, articles int, sampled int, elsewhere int, phrase string"
_AT_A_TIME = 4096  # texts that are tokenised at a time


def learned(signed: DataFrame, articles: DataFrame, settings: Settings, scratch: Scratch) -> Furniture:
    """The furniture of every publisher, from the articles that :func:`dedup.furniture.sample` chooses."""
    if not settings.learn_furniture:
        return empty()
    known = signed.where("publisher IS NOT NULL")
    texts = scratch.save("texts", known.groupBy("publisher", "digest").agg(F.min("row").alias("row")))
    houses = texts.groupBy("publisher").agg(F.count("*").alias("size"), F.min("row").alias("first"))
    sizes = np.array([row["size"] for row in houses.select("size").collect()], np.int64)
    many, most = fair(sizes, MANY), fair(sizes)
    rank = F.row_number().over(Window.partitionBy("publisher").orderBy("digest"))
    chosen = texts.withColumn("rank", rank).where(F.col("rank") <= many).select("row", "rank")
    placed = signed.select("row", "place", "publisher", "day").join(chosen, "row").join(houses, "publisher")
    sampled = articles.select("place", "text").join(few(placed, int(np.minimum(sizes, many).sum())), "place")

    def work(parts: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        batches = [part for part in parts if part.num_rows]
        if batches:
            table = _furniture(pa.Table.from_batches(batches).combine_chunks(), most, settings.shingle).table()
            place = table.schema.get_field_index("shingle")
            yield from table.set_column(place, "shingle", table["shingle"].cast(pa.int64())).to_batches()

    ordered = sampled.repartition(1).sortWithinPartitions("row").select("text", "publisher", "day", "first", "rank")
    return of_rows(ordered.mapInArrow(work, _TABLE).toArrow().to_pylist())


def _furniture(table: pa.Table, most: int, size: int) -> Furniture:
    """What :func:`dedup.pipeline.learn_furniture` does with the sampled articles, ascending by row.

    Publishers are counted in the order in which they come in the pile (``first``): where several have a set phrase, the
    first of them shows it.
    """
    texts = table["text"].cast(pa.large_string()).combine_chunks()
    publishers, days = table["publisher"].combine_chunks(), table["day"].to_numpy().astype(np.int32)
    codes = np.unique(table["first"].to_numpy(), return_inverse=True)[1].astype(np.int32)
    tokens = [tokenise(texts.slice(place, _AT_A_TIME)) for place in range(0, len(texts), _AT_A_TIME)]
    ends = np.cumsum(np.concatenate([np.diff(part.offsets) for part in tokens]))
    hashes = np.concatenate([part.hashes for part in tokens])
    phrases = learn_set_phrases(hashes, np.r_[0, ends[:-1]], ends, codes, days)
    anyone = worded(phrases, texts.take(pa.array(np.unique(phrases.examples))), len(texts))
    own = table["rank"].to_numpy() <= most
    some = pa.array(own)
    return learn(texts.filter(some), publishers.filter(some), size, days[own], anyone=anyone)
