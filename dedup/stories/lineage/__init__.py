"""Who took it from whom: the source of every witness, the origin of every cluster, its independent origins."""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa

from dedup.credits import Agencies
from dedup.stories.lineage.directions import directions
from dedup.stories.lineage.evidence import gather
from dedup.stories.lineage.origins import origins
from dedup.stories.lineage.rows import cluster_rows, lineage_rows, story_rows
from dedup.stories.lineage.sources import sources
from dedup.stories.provenance import Families, load_families
from dedup.tables import CLUSTERS, LINEAGE, STORIES

__all__ = ["MATCHED", "WITNESSES", "Families", "Traced", "load_families", "trace"]

#: What :func:`trace` needs to know of a witness; ``tokens`` is the length of its text.
WITNESSES = pa.schema(
    [CLUSTERS.schema.field(name) for name in ("cluster_id", "article_id", "publisher", "published", "headline", "url")]
    + [pa.field("date_only", pa.bool_(), nullable=False), pa.field("tokens", pa.int32(), nullable=False)]
)


#: The columns of :data:`dedup.tables.MATCHES` that :func:`trace` looks at.
MATCHED = ["a_id", "b_id", "grade", "counted", "containment_a_in_b", "containment_b_in_a", "copy_a_in_b", "copy_b_in_a"]


class Traced(NamedTuple):
    """The three tables that the matches add up to, each with its schema and in its order."""

    clusters: pa.Table
    stories: pa.Table
    lineage: pa.Table


def trace(
    witnesses: pa.Table, matches: pa.Table, attributions: pa.Table, families: Families, agencies: Agencies
) -> Traced:
    """Attribution and lineage of clusters.

    ``witnesses`` has the columns of :data:`WITNESSES`, one row a witness; ``matches`` those of :data:`MATCHED`, where
    only pairs within a cluster are looked at; ``attributions`` those of :data:`dedup.tables.ATTRIBUTIONS`. Depends on
    the three as sets of rows. Takes time linear in them, but for sorting.
    """
    if not witnesses.num_rows:
        return Traced(*(table.schema.empty_table() for table in (CLUSTERS, STORIES, LINEAGE)))
    evidence = gather(witnesses, matches, attributions, families, agencies)
    edge_directions = directions(evidence)
    chosen = sources(evidence, edge_directions)
    roots = origins(evidence, chosen)
    return Traced(
        cluster_rows(evidence, chosen, roots),
        story_rows(evidence, roots),
        lineage_rows(evidence, edge_directions, chosen),
    )
