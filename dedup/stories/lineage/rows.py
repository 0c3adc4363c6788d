"""What was found out, as the rows of the tables ``clusters``, ``stories`` and ``lineage``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from dedup.arrays import distinct, highs, pair_keys
from dedup.stories.lineage.directions import Directions
from dedup.stories.lineage.evidence import Evidence
from dedup.stories.lineage.origins import Origins
from dedup.stories.lineage.sources import Sources
from dedup.stories.lineage.words import of_statements, reasons
from dedup.stories.provenance import (
    KNOWN_BY,
    NOBODY,
    ORIGINATOR_KNOWN_BY,
    Bools,
    Floats,
    Ints,
    Pairs,
    Witnesses,
    story_wires,
)
from dedup.tables import CLUSTERS, COUNTED_GRADES, LINEAGE, STORIES, Table

EXTERNAL = "external:"
#: Confidence that a statement is the source of an article that mentions it; of one whose match mentions it, too.
_STATEMENT_ALONE, _STATEMENT_IN_BOTH = 0.6, 0.8


def cluster_rows(evidence: Evidence, sources: Sources, origins: Origins) -> pa.Table:
    """A row a witness."""
    witnesses, pairs, wires = evidence.witnesses, evidence.pairs, evidence.wires
    cluster, has = witnesses.cluster, sources.source != NOBODY
    ids = witnesses.table["article_id"].combine_chunks()
    grade = np.full(len(cluster), NOBODY)
    grade[has] = pairs.grade[sources.pair[has]]
    role = np.zeros(len(cluster), np.int64)
    role[origins.row] = 1
    columns = {
        "role": _words(role, ("witness", "origin")),
        "grade": _words(grade, COUNTED_GRADES),
        "source_article_id": ids.take(_or_null(sources.source)),
        "share_from_source": pa.array(_share(pairs, sources), pa.float32(), mask=~has),
        "wire_agency": _names(witnesses, wires.name),
        "wire_known_by": _words(wires.known_by, KNOWN_BY),
        "cluster_size": np.bincount(cluster)[cluster],
        "publisher_count": _publishers(witnesses)[cluster],
        "independent_origins": origins.independent[cluster],
        "wire_confidence": pa.array(wires.confidence, pa.float32(), mask=wires.name == NOBODY),
        **_originator(evidence, cluster),
        **dict.fromkeys(("copy_share", "text_share"), pa.nulls(len(cluster), pa.float32())),  # see dedup.stories.copies
    }
    return _table(CLUSTERS, witnesses.table, columns)


def story_rows(evidence: Evidence, origins: Origins) -> pa.Table:
    """A row a cluster."""
    witnesses = evidence.witnesses
    articles = witnesses.table.take(pa.array(origins.row))
    grouped = witnesses.table.group_by("cluster_id", use_threads=False)
    dates = grouped.aggregate([("published", "min"), ("published", "max")]).sort_by("cluster_id")
    wire = story_wires(witnesses, evidence.wires)
    columns = {
        "size": np.bincount(witnesses.cluster),
        "publisher_count": _publishers(witnesses),
        "first_published": dates["published_min"],
        "last_published": dates["published_max"],
        "origin_article_id": articles["article_id"],
        "origin_reason": origins.reason,
        "wire_agency": _names(witnesses, wire.name),
        "independent_origins": origins.independent,
        "wire_known_by": _words(wire.known_by, KNOWN_BY),
        "wire_confidence": pa.array(wire.confidence, pa.float32(), mask=wire.name == NOBODY),
        **_originator(evidence, np.arange(len(origins.row))),
    }
    return _table(STORIES, articles, columns)


def lineage_rows(evidence: Evidence, directions: Directions, sources: Sources) -> pa.Table:
    """A row for every witness whose source is known, in the dump or outside it."""
    witnesses, pairs = evidence.witnesses, evidence.pairs
    has = sources.source != NOBODY
    inside = witnesses.table.filter(pa.array(has))
    pair = sources.pair[has]
    relation = np.where(directions.same[pair], len(COUNTED_GRADES), pairs.grade[pair])
    known = _table(
        LINEAGE,
        inside,
        {
            "target": inside["article_id"],
            "source": witnesses.table["article_id"].take(pa.array(sources.source[has])),
            "relation": _words(relation, (*COUNTED_GRADES, "update")),
            "share": _share(pairs, sources)[has],
            "confidence": directions.confidence[pair],
            "reasons": reasons(evidence, directions, sources),
        },
    )
    rows = pa.concat_tables([known, *_outside(evidence, ~has)])
    return rows.sort_by([(name, "ascending") for name in LINEAGE.sorted_by])


def _originator(evidence: Evidence, clusters: Ints) -> dict[str, pa.Array]:
    """The columns that tell the originator of each of the ``clusters``."""
    originators = evidence.originators
    name = originators.name[clusters]
    return {
        "originator": _names(evidence.witnesses, name),
        "originator_known_by": _words(originators.known_by[clusters], ORIGINATOR_KNOWN_BY),
        "originator_confidence": pa.array(originators.confidence[clusters], pa.float32(), mask=name == NOBODY),
    }


def _outside(evidence: Evidence, left: Bools) -> Iterator[pa.Table]:
    """Sources outside the dump: the agency whose copy a witness carries, else the originator or statement it cites."""
    witnesses, pairs, _, wires, originators, statements = evidence
    cluster = witnesses.cluster
    carries = (
        left
        & wires.named
        & (wires.name != witnesses.own)
        & (wires.carries | (wires.known_by == KNOWN_BY.index("inferred")))
    )
    originator, clusters = originators.name[cluster], np.arange(len(originators.name))
    outside = originators.by_citation & ~np.isin(clusters, cluster[witnesses.name == originator])
    cites = left & ~carries & originators.cited & outside[cluster]
    by_statement = left & ~carries & ~cites & (statements.issuer != NOBODY)
    names = witnesses.names.names
    because = [
        [f"credits {names[code]}" if says else f"the same copy as witnesses that credit {names[code]}"]
        for code, says in zip(wires.name[carries].tolist(), wires.carries[carries].tolist(), strict=True)
    ]
    citing = [[f"cites {names[code]}, whose article is not in the dump"] for code in originator[cites].tolist()]
    together = statements.together(pairs, len(cluster))
    yield _external(witnesses, carries, wires.name, "carries", wires.confidence, because)
    yield _external(witnesses, cites, originator, "cites", originators.proof, citing)
    sure = np.where(together, _STATEMENT_IN_BOTH, _STATEMENT_ALONE)
    statement_rows = of_statements(evidence, by_statement, together)
    yield _external(witnesses, by_statement, statements.issuer, "cites", sure, statement_rows)


def _external(
    witnesses: Witnesses, rows: Bools, name: Ints, relation: str, sure: Floats, because: list[list[str]]
) -> pa.Table:
    targets = witnesses.table.filter(pa.array(rows))
    names = witnesses.names.names
    columns = {
        "source": [EXTERNAL + names[code] for code in name[rows].tolist()],
        "target": targets["article_id"],
        "relation": [relation] * len(targets),
        "share": pa.nulls(len(targets), pa.float32()),
        "confidence": sure[rows],
        "reasons": because,
    }
    return _table(LINEAGE, targets, columns)


def _share(pairs: Pairs, sources: Sources) -> Floats:
    """Containment of every witness in its source; 0 where it has none."""
    has = sources.source != NOBODY
    share = np.zeros(len(has))
    pair = sources.pair[has]
    share[has] = np.where(pairs.a[pair] == sources.source[has], pairs.b_in_a[pair], pairs.a_in_b[pair])
    return share


def _publishers(witnesses: Witnesses) -> Ints:
    """Known publishers of every cluster."""
    known = witnesses.publisher != NOBODY
    keys = distinct(pair_keys(witnesses.cluster[known], witnesses.publisher[known]))
    return np.bincount(highs(keys), minlength=int(witnesses.cluster.max(initial=-1)) + 1)


def _names(witnesses: Witnesses, codes: Ints) -> pa.Array:
    return pa.array(witnesses.names.names, pa.string()).take(_or_null(codes))


def _words(codes: Ints, words: tuple[str | None, ...]) -> pa.Array:
    return pa.array(words, pa.string()).take(_or_null(codes))


def _or_null(codes: Ints) -> pa.Array:
    return pa.array(codes, pa.int64(), mask=codes == NOBODY)


def _table(table: Table, known: pa.Table, columns: Mapping[str, Any]) -> pa.Table:
    """The columns as that table; those that are not given are taken from ``known``."""
    values = [columns[name] if name in columns else known[name] for name in table.schema.names]
    arrays = [
        value.cast(field.type) if isinstance(value, pa.Array | pa.ChunkedArray) else pa.array(value, field.type)
        for value, field in zip(values, table.schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=table.schema)
