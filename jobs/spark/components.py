"""Connected components of a graph of rows: on the driver where the edges fit there, else round by round."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it

from dedup.components import components
from dedup.errors import WirecopyError
from jobs.spark.files import Scratch

MAX_ON_DRIVER = 10_000_000  # edges that are brought to the driver
_ROUNDS = 60  # each at least halves the way to the smallest row, so that this is never reached


def connected(edges: DataFrame, scratch: Scratch, name: str, max_edges: int = MAX_ON_DRIVER) -> DataFrame:
    """The component (``head``, its smallest row) of every row that is in an edge.

    ``edges`` has ``left`` and ``right``. More than ``max_edges`` edges are dealt with by alternating large-star and
    small-star steps (Kiveris et al., Connected Components in MapReduce and Beyond, 2014), each written out.
    """
    edges = scratch.save(f"{name}.0", edges.select("left", "right"))
    if edges.count() > max_edges:
        return _stars(edges, scratch, name)
    table = edges.toArrow()
    rows, inverse = np.unique(np.r_[table["left"].to_numpy(), table["right"].to_numpy()], return_inverse=True)
    left, right = np.split(inverse.ravel(), 2)
    heads = rows[components(len(rows), left, right)]
    return scratch.save(name, scratch.spark.createDataFrame(pa.table([rows, heads], ["row", "head"])))


def _stars(edges: DataFrame, scratch: Scratch, name: str) -> DataFrame:
    low, high = F.least("left", "right").alias("head"), F.greatest("left", "right").alias("row")
    links = edges.where("left != right").select(high, low).distinct()
    before = None
    for turn in itertools.count(1):
        links = scratch.save(f"{name}.{turn}", _small_star(_large_star(links)))
        now = tuple(links.agg(F.count("*"), F.sum(F.xxhash64("row", "head").cast("decimal(38,0)"))).first() or ())
        if now == before:
            break
        before = now
        if turn == _ROUNDS:
            raise WirecopyError(f"the components of {name} are not found after {turn} rounds")
    alone = edges.where("left = right").select(F.col("left").alias("row"), F.col("left").alias("head"))
    heads = links.select(F.col("head").alias("row"), "head")
    return links.unionAll(heads).unionAll(alone).groupBy("row").agg(F.min("head").alias("head"))


def _large_star(links: DataFrame) -> DataFrame:
    """Each row's larger neighbours, linked to the smallest of itself and its neighbours."""
    both = links.unionAll(links.select(F.col("head").alias("row"), F.col("row").alias("head")))
    smallest = both.groupBy("row").agg(F.least(F.col("row"), F.min("head")).alias("least"))
    return (
        both.where("head > row").join(smallest, "row").select(F.col("head").alias("row"), F.col("least").alias("head"))
    )


def _small_star(links: DataFrame) -> DataFrame:
    """Each row's smaller neighbours and itself, linked to the smallest of these."""
    links = links.where("row != head").distinct()
    smallest = links.groupBy("row").agg(F.min("head").alias("least"))
    moved = links.join(smallest, "row").where("head != least").select("head", "least")
    return moved.unionAll(smallest).toDF("row", "head").distinct()
