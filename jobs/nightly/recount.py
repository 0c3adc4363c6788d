"""The scorecard of a night that an article was taken out of, counted again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup.corpus import combined
from dedup.credits import load_agencies
from dedup.store.files import TABLES
from dedup.stories.ownership import prints
from dedup.stories.scorecard import COUNTED, Scorecard, recycled, scorecard
from dedup.tables import ARTICLES_OUT, ATTRIBUTIONS, CLUSTERS, LINEAGE, MATCHES, PUBLISHERS, REJECTS, Table
from dedup.text.boilerplate import REASONS

_SIGNATURES = "signatures.parquet"  # of a night in the store; it has the publisher also of what is in no match


def recounted(before: Path, after: Path, article: str) -> Scorecard:
    """The scorecard of the tables in the folder ``after``, which are those in ``before`` without the ``article``.

    Names are those of the shipped agencies.
    """
    articles, clusters = _read(after, ARTICLES_OUT), _read(after, CLUSTERS)
    new = articles.filter(articles["new"])
    printed = prints(clusters, _read(after, LINEAGE), _read(after, ATTRIBUTIONS), load_agencies())
    printed = printed.filter(pc.is_in(printed["article_id"], combined(new["id"])))
    again = new.filter(pc.is_in(new["id"], recycled(_read(after, MATCHES), clusters)))
    background = {row["values"]: row["counts"] for row in again["publisher"].value_counts().to_pylist()}
    rows = _read(before, PUBLISHERS).to_pylist()
    night = rows[0]["night"] if rows else None
    for row in rows:
        if row["background"] is not None:
            row["background"] = background.get(row["publisher"], 0)
        if row["publisher"] in _publisher(before, article):
            row["articles"] -= 1
            row["not_articles"] -= _is_page(before, article)
    counts = pa.Table.from_pylist([row for row in rows if row["articles"]], COUNTED)
    return scorecard(printed, counts, night)


def _read(folder: Path, table: Table) -> pa.Table:
    return pq.read_table(folder / f"{table.name}.parquet").cast(table.schema)


def _publisher(folder: Path, article: str) -> list[Any]:
    """The publisher of the article, where it is one of the night's new ones."""
    signatures = folder.parent / _SIGNATURES
    if folder.name == TABLES and signatures.exists():
        rows = pq.read_table(signatures, columns=["id", "publisher"])
    else:
        known = pq.read_table(folder / f"{ARTICLES_OUT.name}.parquet", columns=["id", "publisher", "new"])
        rows = known.filter(known["new"])
    return list(rows.filter(pc.equal(rows["id"], article))["publisher"].to_pylist())


def _is_page(folder: Path, article: str) -> bool:
    """Whether it was listed as a page that is no article."""
    remarks = _read(folder, REJECTS)
    reasons = remarks.filter(pc.equal(remarks["position"], f"id {article}"))["reason"].to_pylist()
    return any(reason in REASONS for reason in reasons)
