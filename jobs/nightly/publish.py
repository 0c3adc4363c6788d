"""From the store to the folder that people read: OUT/<run id>, and OUT/latest that points at the newest one."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup import manifest
from dedup.errors import CannotWriteError
from dedup.manifest import SUMMARY
from dedup.output import is_run, write_table
from dedup.settings import RENAMED, Settings
from dedup.store import Catalogue, Night
from dedup.store.files import TABLES as TABLES_FOLDER
from dedup.store.files import NightFiles
from dedup.tables import ARTICLES_OUT, TABLES
from dedup.writing import sync_files, sync_folder
from jobs.ledger import LEDGER
from jobs.nightly.failpoints import Failpoint

_LATEST, _TEXTS = "latest", f"{ARTICLES_OUT.name}.parquet"


def prepare(out: Path, store: Path) -> None:
    """Make the folder of the published nights, or say before anything is done that it cannot be.

    It must not lie in the store: the nights that are kept there have the names of those that are published.
    """
    if out.resolve().is_relative_to(store.resolve()):
        raise CannotWriteError(f"{out} lies in the store {store}; publish the nights elsewhere: choose another --out")
    try:
        out.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=out).close()
    except OSError as error:
        raise CannotWriteError(f"cannot write into {out}: {error.strerror}; choose another --out") from error
    if is_run(out):
        raise CannotWriteError(f"{out} is the folder of a run; nights go into one of their own: choose another --out")
    link = out / _LATEST
    if link.exists() and not link.is_symlink():
        raise CannotWriteError(f"{link} is no link of wirecopy's; move it, or choose another --out")


def publish(catalogue: Catalogue, night_files: NightFiles, night: Night, out: Path, failpoint: Failpoint) -> Path:
    """Publish a committed night, unless its folder is there as it should be, and point ``latest`` at the newest one."""
    folder = out / night.run_id
    if faults(night_files, night, folder):
        _replace(catalogue, night_files, night, folder, failpoint)
    failpoint("published")
    target = str(out.absolute())
    newest = max([*catalogue.nights("live AND published = ?", (target,)), night], key=lambda one: one.number)
    with _link(out) as link:
        link.symlink_to(newest.run_id)
        link.replace(out / _LATEST)
    sync_folder(out)
    failpoint("linked")
    with catalogue.transaction():
        catalogue.run("UPDATE nights SET published = ? WHERE number = ?", (target, night.number))
    failpoint("noted")
    return folder


def faults(night_files: NightFiles, night: Night, folder: Path) -> list[str]:
    """What keeps a folder from being the published night, a line each: what is damaged, and what the store has not."""
    if not is_run(folder):
        return [f"{folder} is missing or incomplete"]
    wrong = manifest.faults(folder)
    if wrong:
        return wrong
    here, stored = manifest.read(folder), _summary(night_files, night)
    if "files" not in here or manifest.published_summary(here) != manifest.published_summary(stored):
        return [f"{folder / SUMMARY} is not of the night that the store has"]
    names = [name for name in _tables(night_files, night) if name != _TEXTS]
    other = [
        name for name in names if here["files"].get(name, {}).get("digest") != night_files.digest(night, _stored(name))
    ]
    return [f"{folder / name} is not of the night that the store has" for name in other]


def _replace(catalogue: Catalogue, night_files: NightFiles, night: Night, folder: Path, failpoint: Failpoint) -> None:
    """Put the night's files where they belong; others that are in the folder stay as they are."""
    work = folder.with_name(f".{night.run_id}.partial")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    failpoint("staging")
    _stage(catalogue, night_files, night, work)
    failpoint("staged")
    if folder.exists():
        with catalogue.transaction():
            catalogue.run("UPDATE nights SET published = NULL WHERE number = ?", (night.number,))
        take_down(folder)
        for path in sorted(work.iterdir(), key=lambda path: path.name == SUMMARY):  # run.json last
            path.replace(folder / path.name)
        sync_folder(folder)
        work.rmdir()
    else:
        work.rename(folder)
    sync_folder(folder.parent)


def take_down(folder: Path) -> None:
    """Remove what a night published, run.json first; what else is in its folder stays."""
    names = [SUMMARY, *(f"{table.name}.parquet" for table in (*TABLES, LEDGER))]
    for name in names:
        (folder / name).unlink(missing_ok=True)
    sync_folder(folder)


@contextlib.contextmanager
def _link(out: Path) -> Iterator[Path]:
    """The name of a link to be; nothing of that name is left."""
    link = out / f".{_LATEST}.partial"
    link.unlink(missing_ok=True)
    try:
        yield link
    finally:
        link.unlink(missing_ok=True)


def _tables(night_files: NightFiles, night: Night) -> list[str]:
    """The names of the tables that the store has for publishing."""
    names = (name for name in night_files.names(night) if name.startswith(f"{TABLES_FOLDER}/"))
    return [name for name in (Path(name).name for name in names) if name != SUMMARY]


def _stored(name: str) -> str:
    return f"{TABLES_FOLDER}/{name}"


def _summary(night_files: NightFiles, night: Night) -> dict[str, Any]:
    return manifest.read(night_files.path(night, _stored(SUMMARY)).parent)


def _stage(catalogue: Catalogue, night_files: NightFiles, night: Night, work: Path) -> None:
    for name in _tables(night_files, night):
        shutil.copyfile(night_files.path(night, _stored(name)), work / name)
    summary = _summary(night_files, night)
    settings = settings_of(summary)
    if settings.texts:
        articles = pq.read_table(work / _TEXTS)
        write_table(work, ARTICLES_OUT, _with_texts(catalogue, night_files, articles), settings)
    manifest.write(work, manifest.published_summary(summary))
    sync_files(work)


def settings_of(summary: dict[str, Any]) -> Settings:
    """The settings that a run.json tells; those that it does not know are at their defaults."""
    known = {field.name for field in dataclasses.fields(Settings)}
    values = {RENAMED.get(name, name): value for name, value in summary["settings"].items()}
    return Settings(**{name: value for name, value in values.items() if name in known})


def _with_texts(catalogue: Catalogue, night_files: NightFiles, articles: pa.Table) -> pa.Table:
    """The articles with their texts, where the store still has them."""
    ids = articles["id"].combine_chunks()
    query = "SELECT article_id, number FROM members JOIN asked ON name = article_id ORDER BY number"
    nights = {night.number: night for night in catalogue.nights()}
    wanted: dict[int, list[str]] = {}
    for name, number in catalogue.ask_among(ids.to_pylist(), query):
        wanted.setdefault(number, []).append(name)
    parts = [pa.table([pa.array([], pa.string()), pa.array([], pa.large_string())], ["id", "text"])]
    asked = [(nights[number], pa.array(names)) for number, names in wanted.items() if number in nights]
    parts += [pa.Table.from_batches([batch]) for batch in night_files.of_ids(asked, "articles", ["id", "text"])]
    texts = pa.concat_tables([part.cast(parts[0].schema) for part in parts]).combine_chunks()
    index = pc.index_in(ids, texts["id"].combine_chunks()) if len(texts) else pa.nulls(len(ids), pa.int32())
    field = ARTICLES_OUT.schema.field("text")
    return articles.set_column(articles.schema.get_field_index("text"), field, texts["text"].take(index))


def latest(out: Path) -> bool:
    """Does OUT/latest point at a run?"""
    return is_run(out / _LATEST)
