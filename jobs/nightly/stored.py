"""The nights of a store as they can be run again: by its catalogue, or by their folders where that is lost."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dedup import manifest
from dedup.article import Batch
from dedup.errors import BadDataError
from dedup.settings import Settings
from dedup.store import Catalogue, Input, Night
from dedup.store.files import TABLES, NightFiles
from dedup.store.folder import night_folders
from jobs.nightly.commit import unknown
from jobs.nightly.staging import settings_of


@dataclasses.dataclass(frozen=True, slots=True)
class Stored:
    """A night, the inputs it is known by, and whether the catalogue knows it."""

    night: Night
    inputs: list[Input]
    settings: Settings
    known: bool

    def articles(self, night_files: NightFiles | None) -> Iterator[Batch]:
        """Its articles; ``night_files`` checks the file of a night that the catalogue knows, pages check themselves."""
        path = self.night.folder / "articles.parquet"
        if night_files is not None and self.known:
            path = night_files.path(self.night, path.name)
        try:
            for batch in pq.ParquetFile(path, memory_map=True, page_checksum_verification=True).iter_batches(4096):
                yield Batch(batch)
        except (OSError, pa.ArrowException) as error:
            raise BadDataError(f"{path} is damaged ({error}); leave its night out: {self.night.run_id}") from error


def runs(store: Path) -> set[str]:
    """The runs that have a folder in the store."""
    return {_run(folder) for folder in night_folders(store)}


def by_catalogue(catalogue: Catalogue, settings: Settings | None, without: Collection[str]) -> list[Stored]:
    """The nights of a store in the order of their commits, and after them those that its catalogue does not know.

    ``settings`` None: each night's own; nights in ``without`` are not looked at.
    """
    night_files, result = NightFiles(catalogue), []
    for night in catalogue.nights():
        if night.run_id not in without:
            rows = catalogue.ask("SELECT digest, name, bytes FROM inputs WHERE number = ?", (night.number,))
            result.append(Stored(night, [Input(*row) for row in rows], settings or _own(night_files, night), True))
    others = [catalogue.store / folder for folder in unknown(catalogue)]
    return result + _numbered(others, catalogue.next_number(), settings, without)


def by_folders(store: Path, settings: Settings | None, without: Collection[str]) -> list[Stored]:
    """The same of a store that has lost its catalogue, by what the folders of the nights say."""
    return _numbered(night_folders(store), 1, settings, without)


def _own(night_files: NightFiles, night: Night) -> Settings:
    return settings_of(manifest.read(night_files.path(night, f"{TABLES}/{manifest.SUMMARY}").parent))


def _numbered(folders: list[Path], first: int, settings: Settings | None, without: Collection[str]) -> list[Stored]:
    """The nights in folders, in the order in which they were committed; of two of one run the newer folder counts."""
    newest = {_run(folder): folder for folder in sorted(folders, key=_version) if _run(folder) not in without}
    read = [(folder, manifest.read(folder / TABLES)) for folder in newest.values()]
    read.sort(key=lambda one: (one[1].get("number", 0), one[1]["as_of"], one[1]["run_id"]))
    return [_from_folder(folder, summary, first + index, settings) for index, (folder, summary) in enumerate(read)]


def _run(folder: Path) -> str:
    return folder.name.partition(".")[0]


def _version(folder: Path) -> int:
    return int(folder.name.partition(".")[2] or 0)


def _from_folder(folder: Path, summary: dict[str, Any], number: int, settings: Settings | None) -> Stored:
    settings, articles = settings or settings_of(summary), summary["counts"]["new"]
    night = Night(number, summary["run_id"], summary["as_of"], folder, articles, settings.fingerprint(), None)
    inputs = [
        Input(" ".join(filter(None, (one["digest"], one.get("id")))), one["path"], one["bytes"])
        for one in summary["inputs"]
    ]
    return Stored(night, inputs, settings, False)
