"""Clusters -> attribution and lineage, some clusters to a worker."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it

from dedup.clusters import cluster_ids
from dedup.credits import Agencies
from dedup.lineage import WITNESSES, Families, trace
from dedup.tables import ATTRIBUTIONS, CLUSTERS, LINEAGE, MATCHES, STORIES
from jobs.engines.spark import packed
from jobs.engines.spark.clusters import smallest_row
from jobs.engines.spark.files import Scratch
from jobs.engines.spark.verification import attributions

_BIN = 20_000  # witnesses that are looked at together
_TABLES = (CLUSTERS, STORIES, LINEAGE)


class Whose(NamedTuple):
    """What tells whose text is whose: shipped and users' own."""

    families: Families
    agencies: Agencies


def traced(found: DataFrame, clustered: DataFrame, pairs: DataFrame, whose: Whose, scratch: Scratch) -> DataFrame:
    """The rows of CLUSTERS, STORIES and LINEAGE: ``table`` says of which, ``rows`` holds them as an Arrow stream.

    ``found`` has the articles in matches, ``pairs`` are those of MATCHES with the keys of the clusters ``common`` to
    both. The names of all clusters go to every worker: spellings of one name are shown alike in all stories.
    """
    count = clustered.count()
    bins = max(scratch.spark.sparkContext.defaultParallelism, count // _BIN)
    bin = F.expr(f"pmod(xxhash64(shiftright(cluster, 16)), {bins})")
    columns = ["row", "id", "publisher", "published", "date_only", "headline", "url", "size", "attributions"]
    witnesses = scratch.save("witnesses", found.select(*columns).join(clustered, "row").withColumn("bin", bin))
    named = witnesses.select(F.explode("attributions.name").alias("name")).distinct().toArrow()
    names = sorted(named["name"].to_pylist())
    within = pairs.select(*MATCHES.schema.names, F.explode("common").alias("cluster"))
    counted = within.withColumn("part", bin).drop("cluster").distinct()

    def work(people: pa.Table, some: pa.Table) -> pa.Table:
        return _traced(people.sort_by("row"), some, names, whose)

    grouped = witnesses.groupBy("bin").cogroup(counted.groupBy("part"))
    return scratch.save("traced", grouped.applyInArrow(work, "table string, rows binary"))


def _traced(people: pa.Table, pairs: pa.Table, known_names: list[str], whose: Whose) -> pa.Table:
    known = attributions(people)
    nothing = {"article_id": "", "kind": "", "position": "", "evidence": "", "strength": 0.0}
    everywhere = [nothing | {"name": name} for name in known_names]
    known = pa.concat_tables([known, pa.Table.from_pylist(everywhere, ATTRIBUTIONS.schema)])
    keys, rows = packed.numbers(people["cluster"]), packed.numbers(people["row"])
    clusters, place = np.unique(keys, return_inverse=True)
    order = np.argsort(rows, kind="stable")
    smallest = order[np.searchsorted(rows[order], smallest_row(clusters))]
    names = cluster_ids(people["id"].combine_chunks().take(pa.array(smallest))).take(pa.array(place))
    columns = people.select(["id", "publisher", "published", "headline", "url", "date_only", "size"]).columns
    witnesses = pa.table([names, *columns], WITNESSES.names).cast(WITNESSES)
    matches = pairs.select(MATCHES.schema.names).cast(MATCHES.schema)
    made = trace(witnesses, matches, known, whose.families, whose.agencies)
    return pa.table([[table.name for table in _TABLES], [stream(rows) for rows in made]], ["table", "rows"])


def stream(table: pa.Table) -> bytes:
    """A table as bytes."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def streamed(data: bytes) -> pa.Table:
    """The table in bytes that :func:`stream` made."""
    return pa.ipc.open_stream(data).read_all()
