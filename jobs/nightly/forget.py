"""Taking an article down: its text, its id and all that was found in it leave every file of the store and of OUT."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import NamedTuple

import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup import manifest
from dedup.errors import BadDataError, UsageError
from dedup.output import is_run
from dedup.store import Catalogue, Night
from dedup.store.files import NightFiles, digests
from dedup.store.folder import WORK
from dedup.tables import ARTICLES_OUT, TABLES
from dedup.writing import atomic_folder, sweep, sync_folder
from jobs.ledger import LEDGER
from jobs.nightly.commit import beside, clean, counts_now, withdrawn
from jobs.nightly.failpoints import nothing
from jobs.nightly.intake import hidden, kept_out
from jobs.nightly.maintenance import close_empty
from jobs.nightly.opening import held
from jobs.nightly.out import LocalOut, take_down
from jobs.nightly.publish import publish
from jobs.nightly.redact import IDS_FILE, TAKEN_DOWN, Gone, mentions, named_in, rewrite

_OWN = {manifest.SUMMARY, *(f"{table.name}.parquet" for table in (*TABLES, LEDGER))}


class Forgotten(NamedTuple):
    """``runs``: those whose files were written again; ``left``: files of others beside them that name the article."""

    runs: list[str]
    left: list[Path]


def forget(store: Path, article: str, note: str) -> Forgotten:
    """Take an article down, and keep it out if it comes again.

    The published folders of its nights are written again where they still are, also those of nights that were dropped.
    Everything is written and looked through before anything is changed. Raises :class:`~dedup.errors.UsageError` where
    no night knows the article.
    """
    with held(store, note) as catalogue, contextlib.ExitStack() as published:
        night_files, work = NightFiles(catalogue), store / WORK
        work.mkdir()
        gone = Gone(article, _inputs(catalogue, article))
        nights = [night for night in catalogue.nights() if _knows(night.folder, night_files.names(night), article)]
        dropped = [folder for folder in _dropped(catalogue) if _knows(folder, _own(folder), article)]
        if not nights and not dropped:
            raise UsageError(f"{store} knows no article {article}")
        keys = {key for night in nights for key in _keys(night_files, night, article)}
        keys |= {key for folder in dropped for key in _published_keys(folder, article)}
        built = [(night, work / night.run_id) for night in nights]
        for night, folder in built:
            for name in night_files.names(night):
                night_files.path(night, name)  # checked
            rewrite(night_files.names(night), night.folder, folder, gone)
        for folder in dropped:
            copy = published.enter_context(atomic_folder(folder))
            rewrite(_own(folder), folder, copy, gone)
            _keep_others(folder, copy)
            _check(copy, _own(copy), article)
        for _, folder in built:
            _check(folder, [name for name, *_ in digests(folder)], article)
        published.pop_all().close()
        outs = _taken_down(catalogue, nights)
        moved = [(night, _moved(catalogue, night, folder)) for night, folder in built]
        with catalogue.transaction():
            _record(catalogue, article, keys, moved)
        clean(catalogue)
        again = _publish_again(catalogue, {night.number for night in nights}, outs)
        folders = [*dropped, *(out / night.run_id for night in again for out in [outs.get(night.number)] if out)]
        return Forgotten([*(path.name for path in dropped), *(one.run_id for one in again)], _left(folders, article))


def _inputs(catalogue: Catalogue, article: str) -> frozenset[str]:
    """The paths of the inputs that are called after the article."""
    rows = catalogue.ask("SELECT digest, name FROM inputs")
    return frozenset(name for digest, name in rows if digest.partition(" ")[2] == article)


def _dropped(catalogue: Catalogue) -> list[Path]:
    """The published folders of nights that were dropped, where they still are."""
    nights = catalogue.nights("NOT live AND published IS NOT NULL")
    folders = [Path(str(night.published), night.run_id) for night in nights]
    for folder in folders:
        sweep(folder)
    return [folder for folder in folders if is_run(folder)]


def _own(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name in _OWN)


def _knows(folder: Path, names: list[str], article: str) -> bool:
    return any(named_in(folder / name, article) for name in names)


def _check(folder: Path, names: list[str], article: str) -> None:
    left = [name for name in names if named_in(folder / name, article)]
    if left:
        raise BadDataError(f"nothing was changed: {article} would still be in {left[0]}; that is a fault of wirecopy")


def _keep_others(folder: Path, copy: Path) -> None:
    """What others put into a published folder stays in it."""
    for path in folder.iterdir():
        if path.name not in _OWN:
            (shutil.copytree if path.is_dir() else shutil.copy2)(path, copy / path.name)


def _keys(night_files: NightFiles, night: Night, article: str) -> set[str]:
    rows = night_files.read(night, "signatures", ["id", "publisher"])
    publishers = rows.filter(pc.equal(rows["id"], article))["publisher"].to_pylist()
    return {key for publisher in publishers for key in kept_out(article, publisher)}


def _published_keys(folder: Path, article: str) -> set[str]:
    rows = pq.read_table(folder / f"{ARTICLES_OUT.name}.parquet", columns=["id", "publisher"])
    publishers = rows.filter(pc.equal(rows["id"], article))["publisher"].to_pylist()
    return {key for publisher in publishers for key in kept_out(article, publisher)}


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


def _moved(catalogue: Catalogue, night: Night, built: Path) -> Path:
    """Put a folder beside the one that it is to replace."""
    for folder in {built, *(path.parent for path in built.rglob("*"))}:
        for path in folder.iterdir():
            sync_folder(path)
        sync_folder(folder)
    folder = beside(night.folder)
    with catalogue.transaction():
        withdrawn(catalogue, folder)
    built.rename(folder)
    sync_folder(folder.parent)
    return folder


def _record(catalogue: Catalogue, article: str, keys: set[str], moved: list[tuple[Night, Path]]) -> None:
    for table in ("clusters_ledger", "members", "replaced"):
        catalogue.run(f"DELETE FROM {table} WHERE article_id = ?", (article,))
    for (digest,) in catalogue.ask("SELECT digest FROM inputs"):
        if digest.partition(" ")[2] == article:
            catalogue.run(
                "UPDATE inputs SET digest = ?, name = ? WHERE digest = ?", (hidden(digest), TAKEN_DOWN, digest)
            )
    catalogue.write("forgotten", [(key,) for key in sorted(keys)])
    close_empty(catalogue, catalogue.next_number() - 1)
    for night, folder in moved:
        withdrawn(catalogue, night.folder)
        counts_now(catalogue, folder)
        catalogue.run("DELETE FROM files WHERE number = ?", (night.number,))
        catalogue.write("files", [(night.number, *file) for file in digests(folder)])
        articles = pq.read_metadata(folder / IDS_FILE).num_rows
        name = folder.relative_to(catalogue.store).as_posix()
        catalogue.run("UPDATE nights SET folder = ?, articles = ? WHERE number = ?", (name, articles, night.number))


def _publish_again(catalogue: Catalogue, numbers: set[int], outs: dict[int, Path]) -> list[Night]:
    again, night_files = [night for night in catalogue.nights() if night.number in numbers], NightFiles(catalogue)
    for night in again:
        if night.number in outs:
            publish(catalogue, night_files, night, LocalOut(outs[night.number]), nothing)
    return again


def _left(folders: list[Path], article: str) -> list[Path]:
    """Files that others put into published folders, such as reports, and that name the article."""
    others = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path for path in others if path.name not in _OWN and mentions(path, article)]
