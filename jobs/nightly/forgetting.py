"""Taking an article down: its text, its signature and all that was found in it leave every file of the store."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup.errors import UsageError
from dedup.output import is_run
from dedup.store import Catalogue, Night
from dedup.store.files import Shelf, digests, sync, write
from dedup.store.folder import WORK
from dedup.tables import COPIES
from jobs.ledger import LEDGER, Event
from jobs.nightly.keeping import beside, clean, counts_now, held, record, withdrawn
from jobs.nightly.points import nothing
from jobs.nightly.publishing import publish, take_down
from jobs.nightly.upkeep import close_empty

_NAMING = ("id", "article_id", "a_id", "b_id", "source", "target")  # rows with the article in one of these are dropped
_LISTS = ("article_ids", "reworded_ids")  # of copies; the article is taken out of them
_SHOWN = ("sentence", "article_id", "start", "end")  # of copies, of which the words are the article's
_SOURCE, _ORIGIN, _HEADLINE = "source_article_id", "origin_article_id", "headline"


def forget(store: Path, article: str, note: str) -> list[str]:
    """Take an article down, and keep it out if it comes again; returns the runs whose files were written anew.

    Their folders are published again where they still are. Raises :class:`~dedup.errors.UsageError` where no night
    knows the article.
    """
    with held(store, note) as catalogue:
        shelf, work = Shelf(catalogue), store / WORK
        work.mkdir()
        nights = [night for night in catalogue.nights() if any(_naming(shelf, night, article))]
        if not nights:
            raise UsageError(f"{store} knows no article {article}")
        outs = _taken_down(catalogue, nights)
        built = [_without(shelf, night, article, work / night.run_id) for night in nights]
        folders = [_moved(catalogue, *both) for both in zip(nights, built, strict=True)]
        with catalogue.transaction():
            _record(catalogue, article, list(zip(nights, folders, strict=True)))
        clean(catalogue)
        numbers = {night.number for night in nights}
        again = [night for night in catalogue.nights() if night.number in numbers]
        shelf = Shelf(catalogue)
        left = [path for night in again for path in _naming(shelf, night, article)]
        assert not left, f"{article} is still in {left}"
        with ThreadPoolExecutor() as threads:
            for night in again:
                if night.number in outs:
                    publish(catalogue, shelf, night, outs[night.number], threads, nothing)
        return [night.run_id for night in again]


def _naming(shelf: Shelf, night: Night, article: str) -> Iterator[Path]:
    """The files of a night that know the article; the ledger, which only says when it came and left, does not count."""
    for name in shelf.names(night):
        path = shelf.path(night, name)
        if path.suffix == ".parquet" and path.stem != LEDGER.name:
            columns = [name for name in pq.read_schema(path).names if name in (*_NAMING, _SOURCE, *_LISTS)]
            batches = pq.ParquetFile(path).iter_batches(columns=columns) if columns else ()
            if any(_is(batch, columns, article).any() for batch in batches):
                yield path


def _is(batch: pa.RecordBatch, columns: Iterable[str], article: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The rows that have the article in one of some columns."""
    found = np.zeros(batch.num_rows, bool)
    for name in columns:
        if name in batch.schema.names and name in _LISTS:
            lists = batch[name]
            found[lists.value_parent_indices().filter(pc.equal(lists.flatten(), article)).to_numpy()] = True
        elif name in batch.schema.names:
            found |= pc.fill_null(pc.equal(batch[name], article), False).to_numpy(zero_copy_only=False)
    return found


def _without(shelf: Shelf, night: Night, article: str, built: Path) -> Path:
    """The night's files without the article, in the folder ``built``."""
    pairs = shelf.read(night, "matches", ["a_id", "b_id"]).combine_chunks().to_batches()
    kept = np.concatenate([~_is(batch, _NAMING, article) for batch in pairs] or [np.empty(0, bool)])
    for name in shelf.names(night):
        path, copy = shelf.path(night, name), built / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix != ".parquet" or path.stem == LEDGER.name:
            shutil.copyfile(path, copy)
            continue
        batches = pq.ParquetFile(path).iter_batches()
        if name == "passages.parquet":
            cleaned = (_aligned(batch, kept) for batch in batches)
        else:
            clean = _without_witness if path.stem == COPIES.name else _clean
            cleaned = (clean(batch, article) for batch in batches)
        schema = pq.read_schema(path)
        write(copy, schema, cleaned, schema.metadata)
    for folder in {path.parent for path in built.rglob("*")}:
        sync(folder)
    return built


def _clean(batch: pa.RecordBatch, article: str) -> pa.RecordBatch:
    """The rows that are not about the article; what else they take from it is made null."""
    batch = batch.filter(pa.array(~_is(batch, _NAMING, article)))
    for said, lost in ((_SOURCE, _SOURCE), (_ORIGIN, _HEADLINE)):
        rows = _is(batch, [said], article)
        if rows.any():
            column = pc.if_else(pa.array(rows), pa.scalar(None, batch.schema.field(lost).type), batch[lost])
            batch = batch.set_column(batch.schema.get_field_index(lost), batch.schema.field(lost), column)
    return batch


def _without_witness(batch: pa.RecordBatch, article: str) -> pa.RecordBatch:
    """The sentences (rows of COPIES) that others carry too; where the article's wording is shown, none is any more."""
    carried, reworded = (_lists_without(batch[name], article) for name in _LISTS)
    number = pc.list_value_length(carried)
    shown = pa.array(_is(batch, ["article_id"], article))
    columns = {
        **{name: pc.if_else(shown, pa.scalar(None, batch.schema.field(name).type), batch[name]) for name in _SHOWN},
        **dict(zip(_LISTS, (carried, reworded), strict=True)),
        "witnesses": number,
        "same_wording": pc.subtract(number, pc.list_value_length(reworded)),
    }
    arrays = [columns.get(name, batch[name]) for name in batch.schema.names]
    return pa.RecordBatch.from_arrays(arrays, schema=batch.schema).filter(pc.greater(number, 0))


def _lists_without(lists: pa.Array, article: str) -> pa.Array:
    kept = pc.not_equal(lists.flatten(), article).to_numpy(zero_copy_only=False)
    number = np.bincount(lists.value_parent_indices().to_numpy()[kept], minlength=len(lists))
    offsets = pa.array(np.r_[0, np.cumsum(number)].astype(np.int32))
    return pa.ListArray.from_arrays(offsets, lists.flatten().filter(pa.array(kept)))


def _aligned(batch: pa.RecordBatch, kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> pa.RecordBatch:
    """The passages of the matches that are kept, by the rows that these have now."""
    match = batch["match"].to_numpy()
    row = np.cumsum(kept) - 1
    here = np.flatnonzero(kept[match])
    return batch.take(pa.array(here)).set_column(0, batch.schema.field(0), pa.array(row[match[here]]))


def _moved(catalogue: Catalogue, night: Night, built: Path) -> Path:
    """Put a folder beside the one that it is to replace."""
    folder = beside(night.folder)
    with catalogue.transaction():
        withdrawn(catalogue, folder)
    built.rename(folder)
    sync(folder.parent)
    return folder


def _record(catalogue: Catalogue, article: str, moved: list[tuple[Night, Path]]) -> None:
    last = catalogue.next_number() - 1
    query = "SELECT cluster_id FROM witnesses WHERE article_id = ? ORDER BY cluster_id"
    record(catalogue, last, [Event("left", cluster, article) for (cluster,) in catalogue.ask(query, (article,))])
    catalogue.run("DELETE FROM members WHERE article_id = ?", (article,))
    catalogue.run("DELETE FROM replaced WHERE article_id = ?", (article,))
    catalogue.write("forgotten", [(article,)])
    close_empty(catalogue, last)
    for night, folder in moved:
        withdrawn(catalogue, night.folder)
        counts_now(catalogue, folder)
        catalogue.run("DELETE FROM files WHERE number = ?", (night.number,))
        catalogue.write("files", [(night.number, *file) for file in digests(folder)])
        articles = pq.read_metadata(folder / "ids.parquet").num_rows
        name = folder.relative_to(catalogue.store).as_posix()
        catalogue.run("UPDATE nights SET folder = ?, articles = ? WHERE number = ?", (name, articles, night.number))


def _taken_down(catalogue: Catalogue, nights: list[Night]) -> dict[int, Path]:
    """Remove the published folders of nights, where they still are; until they are back, they are not published."""
    outs = {
        night.number: Path(night.published)
        for night in nights
        if night.published is not None and is_run(Path(night.published, night.run_id))
    }
    with catalogue.transaction():
        for number in outs:
            catalogue.run("UPDATE nights SET published = NULL WHERE number = ?", (number,))
    for night in nights:
        if night.number in outs:
            take_down(outs[night.number] / night.run_id)
    return outs
