"""What a run found, as the report needs it: rows grouped by story, and texts of the articles that are shown."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from dedup.report.highlights import unshared
from dedup.report.pairs import Key, Row, Texts, key
from dedup.tables import (
    ARTICLES_OUT,
    ATTRIBUTIONS,
    BOILERPLATE,
    CLUSTERS,
    COPIES,
    LINEAGE,
    MATCHES,
    PASSAGES,
    REJECTS,
    STORIES,
    Table,
    witness_order,
)
from dedup.text.boilerplate import of_rows


class Fetch(Protocol):
    """The rows of a table of a run, in its order: those whose columns are ``equal`` to (one of) some values."""

    def __call__(self, table: Table, **equal: str | Sequence[str]) -> list[Row]:
        """The rows."""


@dataclasses.dataclass(frozen=True, slots=True)
class RunData:
    """A run: ``summary`` is run.json; stories, most publishers first; the rest by cluster, by pair, or as it is.

    The witnesses of a cluster stand in the order of time, the undated last. ``homes``: the clusters of every article.
    """

    summary: Mapping[str, Any]
    stories: Sequence[Row]
    witnesses: Mapping[str, Sequence[Row]]
    edges: Mapping[str, Sequence[Row]]
    matches: Mapping[Key, Row]
    rejects: Sequence[Row]
    homes: Mapping[str, Sequence[str]]


def find(fetch: Fetch, summary: Mapping[str, Any]) -> RunData:
    """Fetch all but the texts."""
    stories = sorted(fetch(STORIES), key=lambda row: (-row["publisher_count"], -row["size"], row["cluster_id"]))
    witnesses = fetch(CLUSTERS)
    return RunData(
        summary,
        stories,
        {name: sorted(rows, key=witness_order) for name, rows in _by("cluster_id", witnesses).items()},
        _by("cluster_id", fetch(LINEAGE)),
        {(row["a_id"], row["b_id"]): row for row in fetch(MATCHES)},
        fetch(REJECTS),
        {name: [row["cluster_id"] for row in rows] for name, rows in _by("article_id", witnesses).items()},
    )


def texts(fetch: Fetch, summary: Mapping[str, Any], pairs: Iterable[Key], others: Iterable[str] = ()) -> Texts:
    """The texts of pairs and of ``others`` that stand alone, and what is marked in them."""
    wanted = {key(*pair) for pair in pairs}
    ids = sorted({name for pair in wanted for name in pair} | set(others))
    rows = fetch(ARTICLES_OUT, id=ids) if ids else []
    publishers = sorted({row["publisher"] or "" for row in rows})
    boilerplate = of_rows(fetch(BOILERPLATE, publisher=publishers) if rows else ())
    shared = fetch(PASSAGES, a_id=sorted({a for a, _ in wanted}), b_id=sorted({b for _, b in wanted})) if wanted else []
    passages: dict[Key, list[Row]] = {}
    for row in shared:
        if (row["a_id"], row["b_id"]) in wanted:
            passages.setdefault((row["a_id"], row["b_id"]), []).append(row)
    return Texts(
        {row["id"]: row for row in rows},
        unshared(rows, boilerplate, summary["settings"]["shingle"]),
        _by("article_id", fetch(ATTRIBUTIONS, article_id=ids) if ids else []),
        passages,
    )


def copies(fetch: Fetch, clusters: Sequence[str]) -> dict[str, list[Row]]:
    """The copies of some stories, by their clusters."""
    return _by("cluster_id", fetch(COPIES, cluster_id=clusters) if clusters else [])


def _by(column: str, rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped = collections.defaultdict(list)
    for row in rows:
        grouped[row[column]].append(row)
    return dict(grouped)
