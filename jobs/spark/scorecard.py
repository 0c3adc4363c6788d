"""Traced witnesses -> publishers and syndication: what is of one publisher meets on one worker."""

from __future__ import annotations

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it

from dedup.settings import Settings
from dedup.stories.ownership import PRINTS
from dedup.stories.scorecard import COUNTED, TALLIED, Scorecard, publishers, syndication, tallied
from dedup.tables import SYNDICATION
from jobs.spark.files import Scratch
from jobs.spark.lineage import PRINTED, stream, streamed
from jobs.spark.tables import of_streams


def scorecard(traced: DataFrame, counts: pa.Table, scratch: Scratch) -> Scorecard:
    """Both tables; ``traced`` as :func:`jobs.spark.lineage.traced` gives it, ``counts`` have rows of COUNTED."""
    bins = scratch.spark.sparkContext.defaultParallelism
    printed = of_streams(traced, PRINTED).withColumn("bin", F.expr(f"pmod(xxhash64(publisher), {bins})"))

    def work(some: pa.Table) -> pa.Table:
        rows = some.select(PRINTS.names).cast(PRINTS)
        return pa.table([[stream(tallied(rows))], [stream(syndication(rows, None))]], ["tallied", "syndication"])

    made = printed.groupBy("bin").applyInArrow(work, "tallied binary, syndication binary").collect()
    tallies = pa.concat_tables([TALLIED.empty_table(), *(streamed(row.tallied) for row in made)])
    carried = [SYNDICATION.schema.empty_table(), *(streamed(row.syndication) for row in made)]
    return Scorecard(publishers(tallies, counts, None), pa.concat_tables(carried))


def counted(
    signed: DataFrame, pages: DataFrame, matches: DataFrame, members: DataFrame, settings: Settings
) -> pa.Table:
    """Rows of :data:`~dedup.stories.scorecard.COUNTED`.

    ``signed`` has a row for each article (``row``, ``id``, ``publisher``), ``pages`` the ``id`` of those that are no
    articles, ``matches`` two rows and a grade, ``members`` the ``row`` of what is in a cluster.
    """
    background = matches.where("grade = 'background'")
    sides = background.select(F.col("left").alias("row")).unionAll(background.select(F.col("right").alias("row")))
    alone = sides.distinct().join(members.select("row").distinct(), "row", "left_anti")
    articles, not_articles, recycled = (
        {row["publisher"]: row["count"] for row in some.groupBy("publisher").count().collect()}
        for some in (signed, signed.join(pages.select("id"), "id"), signed.join(alone, "row"))
    )
    rows = [
        {
            "publisher": name,
            "articles": number,
            "not_articles": not_articles.get(name, 0),
            "background": recycled.get(name, 0) if settings.related else None,
        }
        for name, number in articles.items()
    ]
    return pa.Table.from_pylist(rows, COUNTED)
