"""From the store to the folder that people read: OUT/<run id>, and OUT/latest that points at the newest one."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup.errors import CannotWriteError
from dedup.output import SUMMARY, is_run, write_table
from dedup.settings import Settings
from dedup.store import Catalogue, Night
from dedup.store.files import TABLES, Shelf, sync
from dedup.tables import ARTICLES_OUT
from jobs.nightly.points import Passed

_LATEST = "latest"


def prepare(out: Path) -> None:
    """Make the folder of the published nights, or say before anything is done that it cannot be."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=out).close()
    except OSError as error:
        raise CannotWriteError(f"cannot write into {out}: {error.strerror}; choose another --out") from error
    if is_run(out):
        raise CannotWriteError(f"{out} is the folder of a run; nights go into one of their own: choose another --out")


def publish(catalogue: Catalogue, shelf: Shelf, night: Night, out: Path, threads: Executor, passed: Passed) -> Path:
    """Publish a committed night, unless its folder is there already, and point ``latest`` at the newest one."""
    folder, work = out / night.run_id, out / f".{night.run_id}.partial"
    if not is_run(folder):
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        passed("staging")
        _stage(catalogue, shelf, night, work, threads)
        passed("staged")
        work.rename(folder)
        sync(out)
    passed("published")
    place = str(out.absolute())
    newest = max([*catalogue.nights("live AND published = ?", (place,)), night], key=lambda one: one.number)
    with _link(out) as link:
        link.symlink_to(newest.run_id)
        link.replace(out / _LATEST)
    sync(out)
    passed("linked")
    with catalogue.transaction():
        catalogue.run("UPDATE nights SET published = ? WHERE number = ?", (place, night.number))
    passed("noted")
    return folder


@contextlib.contextmanager
def _link(out: Path) -> Iterator[Path]:
    """The name of a link to be; nothing of that name is left."""
    link = out / f".{_LATEST}.partial"
    link.unlink(missing_ok=True)
    try:
        yield link
    finally:
        link.unlink(missing_ok=True)


def _stage(catalogue: Catalogue, shelf: Shelf, night: Night, work: Path, threads: Executor) -> None:
    for name in shelf.names(night):
        if name.startswith(f"{TABLES}/"):
            shutil.copyfile(shelf.path(night, name), work / Path(name).name)
    settings = Settings(**_settings(work))
    if settings.texts:
        articles = pq.read_table(work / f"{ARTICLES_OUT.name}.parquet")
        write_table(work, ARTICLES_OUT, _with_texts(catalogue, shelf, articles, threads), settings)
    for path in work.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    sync(work)


def _settings(folder: Path) -> dict[str, Any]:
    said = orjson.loads((folder / SUMMARY).read_bytes())["settings"]
    return {name: value for name, value in said.items() if name != "fingerprint"}


def _with_texts(catalogue: Catalogue, shelf: Shelf, articles: pa.Table, threads: Executor) -> pa.Table:
    """The articles with their texts, where the store still has them."""
    ids = articles["id"].combine_chunks()
    query = "SELECT article_id, number FROM members JOIN asked ON name = article_id ORDER BY number"
    nights = {night.number: night for night in catalogue.nights()}
    wanted: dict[int, list[str]] = {}
    for name, number in catalogue.ask_among(ids.to_pylist(), query):
        wanted.setdefault(number, []).append(name)
    parts = [pa.table([pa.array([], pa.string()), pa.array([], pa.large_string())], ["id", "text"])]
    for number, names in wanted.items():
        if number in nights:
            found = shelf.of_ids(nights[number], "articles", pa.array(names), ["id", "text"], threads)
            parts += [pa.Table.from_batches([batch]) for batch in found]
    texts = pa.concat_tables([part.cast(parts[0].schema) for part in parts]).combine_chunks()
    place = pc.index_in(ids, texts["id"].combine_chunks()) if len(texts) else pa.nulls(len(ids), pa.int32())
    field = ARTICLES_OUT.schema.field("text")
    return articles.set_column(articles.schema.get_field_index("text"), field, texts["text"].take(place))


def latest(out: Path) -> bool:
    """Does OUT/latest point at a run?"""
    return is_run(out / _LATEST)
