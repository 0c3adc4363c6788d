"""Clusters -> attribution, lineage and copies, some clusters to a worker."""

from __future__ import annotations

import concurrent.futures
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it

from dedup.corpus import combined
from dedup.credits import Agencies
from dedup.stories.clusters import cluster_ids
from dedup.stories.copies import Copies, reconstruct, with_shares
from dedup.stories.lineage import WITNESSES, Families, trace
from dedup.stories.ownership import PRINTS, prints
from dedup.tables import ATTRIBUTIONS, CLUSTERS, COPIES, LINEAGE, MATCHES, STORIES, Table
from jobs.spark import packed
from jobs.spark.clusters import smallest_row
from jobs.spark.files import Scratch
from jobs.spark.passages import of_bytes
from jobs.spark.verification import attributions

_BIN = 20_000  # witnesses that are looked at together
_COLUMNS = ["row", "id", "publisher", "published", "date_only", "headline", "url", "text", "size", "attributions"]

#: The tables whose rows are made here.
TRACED = (CLUSTERS, STORIES, LINEAGE, COPIES)
#: What is made beside them and not written: whose copy every witness printed.
PRINTED = Table("prints", "a witness and whose copy it printed", PRINTS, ())


class Registries(NamedTuple):
    """What tells whose text is whose: shipped and users' own."""

    families: Families
    agencies: Agencies


def traced(
    matched_articles: DataFrame,
    clustered: DataFrame,
    pairs: DataFrame,
    registries: Registries,
    scratch: Scratch,
    *,
    words: bool,
) -> DataFrame:
    """The rows of the tables in :data:`TRACED` and of :data:`PRINTED`.

    ``table`` says of which they are, ``rows`` holds them as an Arrow stream.

    ``matched_articles`` has the articles in matches, ``pairs`` are those of MATCHES with their passages and the keys of
    the clusters ``common`` to both; ``words``: are the sentences of copies written out. The names of all clusters go to
    every worker: spellings of one name are shown alike in all stories.
    """
    count = clustered.count()
    bins = max(scratch.spark.sparkContext.defaultParallelism, count // _BIN)
    bin = f"pmod(xxhash64(shiftright(cluster, 16)), {bins})"
    placed = matched_articles.select(*_COLUMNS).join(clustered, "row").withColumn("bin", F.expr(bin))
    witnesses = scratch.save("witnesses", placed)
    named = witnesses.select(F.explode("attributions.name").alias("name")).distinct().toArrow()
    names = sorted(named["name"].to_pylist())
    parts = F.expr(f"array_distinct(transform(common, cluster -> {bin}))")
    within = pairs.select(*MATCHES.schema.names, "aligned", F.explode(parts).alias("part"))

    def work(people: pa.Table, some: pa.Table) -> pa.Table:
        return _traced(people.sort_by("row"), some, names, registries, words)

    grouped = witnesses.groupBy("bin").cogroup(within.groupBy("part"))
    return scratch.save("traced", grouped.applyInArrow(work, "table string, rows binary"))


def _traced(people: pa.Table, pairs: pa.Table, known_names: list[str], registries: Registries, words: bool) -> pa.Table:
    rows = packed.numbers(people["row"])
    known = attributions(people.take(pa.array(np.unique(rows, return_index=True)[1])))  # once, in however many clusters
    nothing = {"article_id": "", "kind": "", "position": "", "evidence": "", "strength": 0.0}
    everywhere = [nothing | {"name": name} for name in known_names]
    known = pa.concat_tables([known, pa.Table.from_pylist(everywhere, ATTRIBUTIONS.schema)])
    keys = packed.numbers(people["cluster"])
    clusters, inverse = np.unique(keys, return_inverse=True)
    order = np.argsort(rows, kind="stable")
    smallest = order[np.searchsorted(rows[order], smallest_row(clusters))]
    names = cluster_ids(people["id"].combine_chunks().take(pa.array(smallest))).take(pa.array(inverse))
    columns = people.select(["id", "publisher", "published", "headline", "url", "date_only", "size"]).columns
    witnesses = pa.table([names, *columns], WITNESSES.names).cast(WITNESSES)
    matches = pairs.select(MATCHES.schema.names).cast(MATCHES.schema)
    made = trace(witnesses, matches, known, registries.families, registries.agencies)
    copies = _copies(made.clusters, people, pairs, words)
    printed = prints(made.clusters, made.lineage, known, registries.agencies)
    frames = (with_shares(made.clusters, copies), made.stories, made.lineage, copies.rows, printed)
    names = [table.name for table in (*TRACED, PRINTED)]
    return pa.table([names, [stream(rows) for rows in frames]], ["table", "rows"])


def _copies(witnesses: pa.Table, people: pa.Table, pairs: pa.Table, words: bool) -> Copies:
    """The copies of the clusters; ``people`` ascend by row, and an article is there once for each of its clusters."""
    ids, texts = combined(people["id"]), combined(people["text"])
    rows, left, right = (
        pc.index_in(column, ids).to_numpy() for column in (witnesses["article_id"], pairs["a_id"], pairs["b_id"])
    )
    passages = of_bytes(pairs["aligned"])
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return reconstruct(
            witnesses, rows, lambda wanted: texts.take(pa.array(wanted)), left, right, passages, pool, words=words
        )


def stream(table: pa.Table) -> bytes:
    """A table as bytes."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def streamed(data: bytes) -> pa.Table:
    """The table in bytes that :func:`stream` made."""
    return pa.ipc.open_stream(data).read_all()
