"""The files of a night without an article: its rows go, what names it beside others is made null, sizes are recounted.

Which columns name articles is flagged in the schemas (:func:`dedup.article.naming`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup import manifest
from dedup.article import ABOUT, ARTICLES, BESIDE, naming
from dedup.corpus import combined
from dedup.store.files import ALIGNED, IDS, ORIGINS, RUNS, TABLES, signatures, write
from dedup.tables import (
    ATTRIBUTIONS,
    CLUSTERS,
    COPIES,
    LINEAGE,
    MATCHES,
    PUBLISHERS,
    REJECTS,
    STORIES,
    SYNDICATION,
)
from dedup.tables import TABLES as PUBLISHED
from jobs.ledger import LEDGER
from jobs.nightly.intake import hidden
from jobs.nightly.recount import recounted

IDS_FILE = "ids.parquet"
TAKEN_DOWN = "taken down"  # in place of a name
_ORIGIN = "the earliest that is left: the one that the others went back to was taken down"
_Bools = npt.NDArray[np.bool_]

_STORED = {
    "articles": ARTICLES,
    "signatures": signatures(1),
    "ids": IDS,
    "origins": ORIGINS,
    "runs": RUNS,
    "matches": MATCHES.schema,
    "passages": ALIGNED,
    "attributions": ATTRIBUTIONS.schema,
}
_TABLES = {table.name: table.schema for table in (*PUBLISHED, LEDGER)}


class Gone(NamedTuple):
    """The ``article`` that is taken down, and the paths of the ``inputs`` that are called after it."""

    article: str
    inputs: frozenset[str]


def named_in(path: Path, article: str) -> bool:
    """Is the article in a table's columns of ids, or an input in run.json called after it?"""
    if path.name == manifest.SUMMARY:
        return any(one.get("id") == article for one in manifest.read(path.parent)["inputs"])
    file, flagged = pq.ParquetFile(path), _flagged(path)
    columns = [name for how in (ABOUT, BESIDE) for name in naming(flagged, how) if name in file.schema_arrow.names]
    return bool(columns) and any(_is(batch, columns, article).any() for batch in file.iter_batches(columns=columns))


def _flagged(path: Path) -> pa.Schema:
    """The schema of a table of a night's folder, or of one that is published."""
    known = _STORED if path.with_name(IDS_FILE).exists() else _TABLES
    return known.get(path.stem) or pq.read_schema(path)


def mentions(path: Path, article: str) -> bool:
    """Does a file hold the article's id, as a word of its own?"""
    return bool(re.search(rb"(?<![\w-])" + re.escape(article.encode()) + rb"(?![\w-])", path.read_bytes()))


def rewrite(names: Iterable[str], source: Path, target: Path, gone: Gone) -> None:
    """Write the files ``names`` of a folder into another one, without the article."""
    left: dict[Path, pa.Table] = {}
    for name in sorted(names, key=_order):
        path, copy = source / name, target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".parquet":
            schema, flagged = pq.read_schema(path), _flagged(path)
            batches = pq.ParquetFile(path).iter_batches()
            if flagged.equals(ALIGNED):
                batches = _aligned(batches, source, gone)
            elif path.stem in (PUBLISHERS.name, SYNDICATION.name):
                batches = iter(_counted(path, copy.parent, gone).to_batches())
            elif path.stem in (CLUSTERS.name, STORIES.name, LINEAGE.name, COPIES.name):
                table = _of_clusters(path.stem, pa.Table.from_batches(batches, schema), gone, left.get(path.parent))
                if path.stem == CLUSTERS.name:
                    left[path.parent] = table
                batches = iter(table.to_batches())
            else:
                batches = (_without(batch, flagged, gone) for batch in batches)
            write(copy, schema, batches, schema.metadata or {})
    for name in names:
        if name.endswith(manifest.SUMMARY):
            folder = (target / name).parent
            (target / name).write_bytes(manifest.dumped(_summary(manifest.read((source / name).parent), folder, gone)))


def _order(name: str) -> tuple[int, str]:
    """Witnesses come first, since others go by those that are left, and last what counts all the others."""
    stem = Path(name).stem
    return (0 if stem == CLUSTERS.name else 2 if stem in (PUBLISHERS.name, SYNDICATION.name) else 1), name


def _counted(path: Path, after: Path, gone: Gone) -> pa.Table:
    """The table of a scorecard, counted again from the tables in the folder ``after``."""
    made = recounted(path.parent, after, gone.article)
    table = made.publishers if path.stem == PUBLISHERS.name else made.syndication
    kind = PUBLISHERS if path.stem == PUBLISHERS.name else SYNDICATION
    return table.sort_by([(name, "ascending", "at_start") for name in kind.sorted_by])


def _is(batch: pa.RecordBatch | pa.Table, columns: Iterable[str], article: str) -> _Bools:
    """The rows that have the article in one of some columns, as it is or as a remark on it."""
    is_named = np.zeros(batch.num_rows, bool)
    for name in columns:
        if name not in batch.schema.names:
            continue
        kind, column = batch.schema.field(name).type, batch[name]
        if pa.types.is_list(kind):
            lists = combined(column) if isinstance(column, pa.ChunkedArray) else column
            is_named[lists.value_parent_indices().filter(pc.equal(lists.flatten(), article)).to_numpy()] = True
        else:
            is_named |= np.asarray(pc.is_in(column, pa.array([article, f"id {article}"], kind)))
    return is_named


def _without(batch: pa.RecordBatch, flagged: pa.Schema, gone: Gone) -> pa.RecordBatch:
    """The rows that are not about the article; what else names it is made null."""
    dropped = _is(batch, naming(flagged, ABOUT), gone.article)
    if "path" in batch.schema.names and flagged.equals(REJECTS.schema):
        dropped |= np.asarray(pc.is_in(batch["path"], pa.array(sorted(gone.inputs), pa.string())))
    batch = batch.filter(pa.array(~dropped))
    for name in naming(flagged, BESIDE):
        batch = _nulled(batch, name, _is(batch, [name], gone.article))
    return batch


def _nulled(batch: Any, name: str, rows: _Bools) -> Any:
    """A batch or table in which a column is null in some rows."""
    if name not in batch.schema.names or not rows.any():
        return batch
    field = batch.schema.field(name)
    column = pc.if_else(pa.array(rows), pa.scalar(None, field.type), batch[name])
    return batch.set_column(batch.schema.get_field_index(name), field, column)


def _aligned(batches: Iterator[pa.RecordBatch], source: Path, gone: Gone) -> Iterator[pa.RecordBatch]:
    """The passages of the matches that are kept, by the rows that these have then."""
    pairs = pq.read_table(source / f"{MATCHES.name}.parquet", columns=naming(MATCHES.schema, ABOUT))
    remaining = ~_is(pairs, pairs.column_names, gone.article)
    row = np.cumsum(remaining) - 1
    for batch in batches:
        match = batch["match"].to_numpy()
        here = np.flatnonzero(remaining[match])
        yield batch.take(pa.array(here)).set_column(0, batch.schema.field(0), pa.array(row[match[here]]))


def _of_clusters(name: str, table: pa.Table, gone: Gone, left: pa.Table | None) -> pa.Table:
    """Witnesses, stories or lineage without the article; ``left``: the witnesses that are left (None: these are)."""
    if name == COPIES.name:
        table = _sentences(table, gone)
    flagged = _TABLES[name]
    table = table.filter(pa.array(~_is(table, naming(flagged, ABOUT), gone.article)))
    if name == CLUSTERS.name or left is None:
        return _witnesses(table, gone) if name == CLUSTERS.name else table
    table = table.filter(pc.is_in(table["cluster_id"], left["cluster_id"].combine_chunks()))
    return _stories(table, left, gone) if name == STORIES.name else table


def _sentences(table: pa.Table, gone: Gone) -> pa.Table:
    """The sentences that others carry too; where the article's wording is shown, none is any more."""
    lists = ("article_ids", "reworded_ids")
    carried, reworded = (_lists_without(combined(table[name]), gone.article) for name in lists)
    number, shown = pc.list_value_length(carried), _is(table, ["article_id"], gone.article)
    for name in ("sentence", "article_id", "start", "end"):
        table = _nulled(table, name, shown)
    columns = {"article_ids": carried, "reworded_ids": reworded, "witnesses": number}
    columns |= {"same_wording": pc.subtract(number, pc.list_value_length(reworded))}
    arrays = [columns.get(name, table[name]) for name in table.column_names]
    return pa.table(arrays, schema=table.schema).filter(pc.greater(number, 0))


def _lists_without(lists: pa.Array, article: str) -> pa.Array:
    others = pc.not_equal(lists.flatten(), article).to_numpy(zero_copy_only=False)
    number = np.bincount(lists.value_parent_indices().to_numpy()[others], minlength=len(lists))
    offsets = pa.array(np.r_[0, np.cumsum(number)].astype(np.int32))
    return pa.ListArray.from_arrays(offsets, lists.flatten().filter(pa.array(others)))


def _witnesses(table: pa.Table, gone: Gone) -> pa.Table:
    """Witnesses of clusters of two or more, their sizes counted again, and in each of them one that is the origin."""
    orphans = _is(table, ["source_article_id"], gone.article)
    for name in ("source_article_id", "grade", "share_from_source"):
        table = _nulled(table, name, orphans)
    rows = table.to_pylist()
    clusters: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        clusters.setdefault(row["cluster_id"], []).append(row)
    for members in clusters.values():
        if len(members) != members[0]["cluster_size"]:
            _recount(members)
    remaining = [row for row in rows if len(clusters[row["cluster_id"]]) > 1]
    return pa.Table.from_pylist(remaining, schema=table.schema)


def _recount(members: list[dict[str, Any]]) -> None:
    publishers = {row["publisher"] for row in members if row["publisher"] is not None}
    if not any(row["role"] == "origin" for row in members):
        _earliest(members)["role"] = "origin"
    for row in members:
        row["cluster_size"] = len(members)
        row["publisher_count"] = min(row["publisher_count"], max(len(publishers), 1))
        row["independent_origins"] = min(row["independent_origins"], len(members))


def _earliest(members: list[dict[str, Any]]) -> dict[str, Any]:
    return min(members, key=lambda row: (row["published"] is None, row["published"], row["article_id"]))


def _stories(table: pa.Table, left: pa.Table, gone: Gone) -> pa.Table:
    """The stories as their witnesses that are left have them."""
    clusters: dict[str, list[dict[str, Any]]] = {}
    for row in left.to_pylist():
        clusters.setdefault(row["cluster_id"], []).append(row)
    rows = table.to_pylist()
    for row in rows:
        members = clusters[row["cluster_id"]]
        if row["size"] == len(members):
            continue
        dates = [one["published"] for one in members if one["published"] is not None]
        row |= {
            "size": len(members),
            "first_published": min(dates, default=None),
            "last_published": max(dates, default=None),
        }
        row |= {name: members[0][name] for name in ("publisher_count", "independent_origins")}
        if row["origin_article_id"] == gone.article:
            origin = next(one for one in members if one["role"] == "origin")
            row |= {
                "origin_article_id": origin["article_id"],
                "headline": origin["headline"],
                "origin_reason": _ORIGIN,
            }
    return pa.Table.from_pylist(rows, schema=table.schema)


def _summary(summary: Mapping[str, Any], folder: Path, gone: Gone) -> dict[str, Any]:
    """What run.json says once the tables in ``folder`` are without the article."""
    counts = dict(summary["counts"])
    for table in (*PUBLISHED, LEDGER):
        path = folder / f"{table.name}.parquet"
        if path.exists() and table.name in counts:
            counts[table.name] = pq.read_metadata(path).num_rows
    if "largest_cluster" in counts:
        sizes = pq.read_table(folder / f"{STORIES.name}.parquet", columns=["size"])["size"]
        counts["largest_cluster"] = pc.max(sizes).as_py() or 0
    stored = folder.parent / IDS_FILE
    if folder.name == TABLES and stored.exists():
        counts["new"] = pq.read_metadata(stored).num_rows
    redacted = {
        "counts": counts,
        "inputs": [_input(one) if one.get("id") == gone.article else one for one in summary["inputs"]],
        "damaged_inputs": [one for one in summary.get("damaged_inputs", ()) if one["path"] not in gone.inputs],
    }
    updated = dict(summary) | redacted
    if "files" in updated:
        updated["files"] = manifest.files(folder)
    return updated


def _input(one: Mapping[str, Any]) -> dict[str, Any]:
    """An input that is called after the article: known again, but not by its name."""
    return {"path": TAKEN_DOWN, "bytes": one["bytes"], "digest": hidden(f"{one['digest']} {one['id']}")}
