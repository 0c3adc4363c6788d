"""Whose copy every publisher printed, and who carried whom: rows of the tables ``publishers`` and ``syndication``."""

from __future__ import annotations

import collections
import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.corpus import combined
from dedup.stories.ownership import COPIES, KINDS
from dedup.tables import MATCHES, PUBLISHERS, SYNDICATION

_PUBLISHER = PUBLISHERS.schema.field("publisher")
_COUNT = pa.int64()
#: Whose copy an article is -> the column that counts it.
_COLUMNS = {kind: "first" if kind == "first" else f"{kind}_copy" for kind in KINDS}

#: Articles of a run by publisher, in stories or not: all, pages that are no articles, those outside of all stories that
#: share recycled background with another (null where the run does not look for it).
COUNTED = pa.schema(
    [
        _PUBLISHER,
        pa.field("articles", _COUNT, nullable=False),
        pa.field("not_articles", _COUNT, nullable=False),
        pa.field("background", _COUNT),
    ]
)

#: Articles in stories by publisher: how many are whose copy, and how many are that of each agency.
TALLIED = pa.schema(
    [
        _PUBLISHER,
        *(pa.field(column, _COUNT, nullable=False) for column in _COLUMNS.values()),
        pa.field("agencies", pa.map_(pa.string(), _COUNT), nullable=False),
    ]
)


class Scorecard(NamedTuple):
    """Rows of :data:`~dedup.tables.PUBLISHERS` and :data:`~dedup.tables.SYNDICATION`."""

    publishers: pa.Table
    syndication: pa.Table


def counted(publishers: pa.Array, pages: npt.NDArray[np.bool_], recycled: pa.Array | None) -> pa.Table:
    """Rows of :data:`COUNTED`; one value an article.

    ``pages``: it consists of what its publisher sets around articles; ``recycled`` (Arrow booleans): it is in no story
    and shares recycled background; None: nobody looked.
    """
    flags = {
        "articles": np.ones(len(publishers), np.int64),
        "not_articles": pages.astype(np.int64),
        "background": pa.nulls(len(publishers), _COUNT) if recycled is None else recycled.cast(_COUNT),
    }
    rows = pa.table({"publisher": publishers, **flags})
    sums = rows.group_by("publisher", use_threads=False).aggregate([(name, "sum") for name in flags])
    return sums.select(["publisher", *(f"{name}_sum" for name in flags)]).rename_columns(COUNTED.names).cast(COUNTED)


def recycled(matches: pa.Table, clusters: pa.Table) -> pa.Array:
    """The ids of the articles that share recycled background with another and are in no story.

    ``matches`` and ``clusters`` have the columns of ids, and ``grade``, of the rows of those tables.
    """
    background = matches.filter(pc.equal(matches["grade"], "background"))
    ids = pa.chunked_array([*background["a_id"].chunks, *background["b_id"].chunks], MATCHES.schema.field("a_id").type)
    return ids.filter(pc.invert(pc.is_in(ids, combined(clusters["article_id"])))).unique()


def tallied(prints: pa.Table) -> pa.Table:
    """Rows of :data:`TALLIED`; ``prints`` are rows of :data:`~dedup.stories.ownership.PRINTS`, all of a publisher's.

    An article of several stories is of the first of its kinds, and of every agency whose copy it has.
    """
    codes = pc.index_in(prints["kind"], pa.array(list(KINDS)))
    articles = prints.append_column("code", codes).group_by(["publisher", "article_id"], use_threads=False)
    first = articles.aggregate([("code", "min")])
    by_kind: dict[str | None, collections.Counter[int]] = collections.defaultdict(collections.Counter)
    grouped = first.group_by(["publisher", "code_min"], use_threads=False).aggregate([([], "count_all")])
    for row in grouped.to_pylist():
        by_kind[row["publisher"]][row["code_min"]] = row["count_all"]
    agency_rows = prints.filter(pc.equal(prints["kind"], "agency")).group_by(["publisher", "owner"], use_threads=False)
    agencies: dict[str | None, dict[str, int]] = collections.defaultdict(dict)
    for row in agency_rows.aggregate([("article_id", "count_distinct")]).to_pylist():
        agencies[row["publisher"]][row["owner"]] = row["article_id_count_distinct"]
    rows = [
        {
            "publisher": name,
            **{column: kinds[code] for code, column in enumerate(_COLUMNS.values())},
            "agencies": sorted(agencies[name].items(), key=lambda each: (-each[1], each[0].encode())),
        }
        for name, kinds in by_kind.items()
    ]
    return pa.Table.from_pylist(rows, TALLIED)


def publishers(tallies: pa.Table, counts: pa.Table, night: datetime.date | None) -> pa.Table:
    """Rows of :data:`~dedup.tables.PUBLISHERS`, out of those of :data:`TALLIED` and :data:`COUNTED`.

    ``night``: its day; None for a run that is none.
    """
    in_stories = {row["publisher"]: row for row in tallies.to_pylist()}
    rows = [{"night": night, **_publisher(row, in_stories.get(row["publisher"]))} for row in counts.to_pylist()]
    return pa.Table.from_pylist(rows, PUBLISHERS.schema)


def _publisher(count: Mapping[str, Any], tally: Mapping[str, Any] | None) -> dict[str, Any]:
    kinds = {kind: tally[column] if tally else 0 for kind, column in _COLUMNS.items()}
    articles, in_stories = count["articles"], sum(kinds.values())
    agencies = tally["agencies"] if tally else []
    return {
        "publisher": count["publisher"],
        "articles": articles,
        "in_stories": in_stories,
        **{_COLUMNS[kind]: number for kind, number in kinds.items()},
        "alone": articles - in_stories,
        "background": count["background"],
        "not_articles": count["not_articles"],
        "agency_share": kinds["agency"] / articles,
        "copy_share": sum(kinds[kind] for kind in COPIES) / articles,
        "agencies": [{"agency": name, "articles": number, "share": number / articles} for name, number in agencies],
    }


def syndication(prints: pa.Table, night: datetime.date | None) -> pa.Table:
    """Rows of :data:`~dedup.tables.SYNDICATION`; ``prints`` as :func:`tallied` takes them, ``night`` as above."""
    copies = prints.filter(pc.is_in(prints["kind"], pa.array(COPIES)))
    copies = copies.sort_by([("cluster_id", "ascending"), ("article_id", "ascending")])  # a sum depends on the order
    named = pc.if_else(copies["credited"], copies["article_id"], pa.scalar(None, pa.string()))
    grouped = copies.append_column("named", named).group_by(["owner", "kind", "publisher"], use_threads=False)
    made = grouped.aggregate(
        [
            ("article_id", "count_distinct"),
            ("named", "count_distinct"),
            ("cluster_id", "count_distinct"),
            ("share", "mean"),
            ("published", "min"),
            ("published", "max"),
        ]
    )
    nights = pa.array([night] * len(made), SYNDICATION.schema.field("night").type)
    return pa.table([nights, *made.columns], SYNDICATION.schema.names).cast(SYNDICATION.schema)


def scorecard(prints: pa.Table, counts: pa.Table, night: datetime.date | None) -> Scorecard:
    """Both tables, of ``prints`` and ``counts`` of the same articles."""
    return Scorecard(publishers(tallied(prints), counts, night), syndication(prints, night))
