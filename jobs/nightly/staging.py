"""What is published of a night, laid out in a folder of this machine, and what a published folder lacks of it."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup import manifest
from dedup.corpus import Corpus
from dedup.manifest import SUMMARY
from dedup.output import is_run, write_table
from dedup.settings import RENAMED, Settings
from dedup.store import Catalogue, Night
from dedup.store.files import TABLES as TABLES_FOLDER
from dedup.store.files import NightFiles
from dedup.tables import ARTICLES_OUT
from dedup.writing import sync_files
from jobs.nightly.sources import Sources, by_night

_TEXTS, _TEXT = f"{ARTICLES_OUT.name}.parquet", ["id", "text"]


def stage(catalogue: Catalogue, night_files: NightFiles, night: Night, work: Path, at_hand: Corpus | None) -> None:
    """Lay a committed night out in an empty folder, run.json with it, down to the disk.

    The texts of articles that are ``at_hand`` are not read again.
    """
    for name in _tables(night_files, night):
        shutil.copyfile(night_files.path(night, _stored(name)), work / name)
    summary = stored_summary(night_files, night)
    settings = settings_of(summary)
    if settings.texts:
        articles = pq.read_table(work / _TEXTS)
        write_table(work, ARTICLES_OUT, _with_texts(catalogue, night_files, articles, at_hand), settings)
    manifest.write(work, manifest.published_summary(summary))
    sync_files(work)


def faults(night_files: NightFiles, night: Night, folder: Path) -> list[str]:
    """What keeps a folder from being the published night, a line each: what is damaged, and what the store has not."""
    if not is_run(folder):
        return [f"{folder} is missing or incomplete"]
    wrong = manifest.faults(folder)
    if wrong:
        return wrong
    here, stored = manifest.read(folder), stored_summary(night_files, night)
    if "files" not in here or manifest.published_summary(here) != manifest.published_summary(stored):
        return [f"{folder / SUMMARY} is not of the night that the store has"]
    names = [name for name in _tables(night_files, night) if name != _TEXTS]
    other = [
        name for name in names if here["files"].get(name, {}).get("digest") != night_files.digest(night, _stored(name))
    ]
    return [f"{folder / name} is not of the night that the store has" for name in other]


def settings_of(summary: dict[str, Any]) -> Settings:
    """The settings that a run.json tells; those that it does not know are at their defaults."""
    known = {field.name for field in dataclasses.fields(Settings)}
    values = {RENAMED.get(name, name): value for name, value in summary["settings"].items()}
    return Settings(**{name: value for name, value in values.items() if name in known})


def _with_texts(catalogue: Catalogue, night_files: NightFiles, articles: pa.Table, at_hand: Corpus | None) -> pa.Table:
    """The articles with their texts, where the store still has them."""
    ids = articles["id"].combine_chunks()
    query = "SELECT article_id, number FROM members JOIN asked ON name = article_id"
    nights = {night.number: night for night in catalogue.nights()}
    stored = [(name, number) for name, number in catalogue.ask_among(ids.to_pylist(), query) if number in nights]
    known, number = pa.array([name for name, _ in stored], pa.string()), np.array([one for _, one in stored], np.int64)
    parts = [pa.table([pa.array([], pa.string()), pa.array([], pa.large_string())], _TEXT)]
    if at_hand is None:
        asked = by_night(known, number, nights)
    else:
        sources = Sources(at_hand, night_files, nights)
        asked = sources.elsewhere(known, number)
        parts.append(pa.Table.from_batches([at_hand.take(sources.rows(known), _TEXT)]))
    parts += [pa.Table.from_batches([batch]) for batch in night_files.of_ids(asked, "articles", _TEXT)]
    texts = pa.concat_tables([part.cast(parts[0].schema) for part in parts]).combine_chunks()
    index = pc.index_in(ids, texts["id"].combine_chunks()) if len(texts) else pa.nulls(len(ids), pa.int32())
    field = ARTICLES_OUT.schema.field("text")
    return articles.set_column(articles.schema.get_field_index("text"), field, texts["text"].take(index))


def _tables(night_files: NightFiles, night: Night) -> list[str]:
    """The names of the tables that the store has for publishing."""
    names = (name for name in night_files.names(night) if name.startswith(f"{TABLES_FOLDER}/"))
    return [name for name in (Path(name).name for name in names) if name != SUMMARY]


def _stored(name: str) -> str:
    return f"{TABLES_FOLDER}/{name}"


def stored_summary(night_files: NightFiles, night: Night) -> dict[str, Any]:
    """What the run.json of the store says of a night."""
    return manifest.read(night_files.path(night, _stored(SUMMARY)).parent)
