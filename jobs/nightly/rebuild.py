"""Makes a store again from its own articles: with other settings, or without a damaged night or catalogue."""

from __future__ import annotations

import contextlib
import datetime
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from dedup import credits, rules
from dedup.errors import BadDataError, UsageError
from dedup.output import is_run
from dedup.progress import Clock, Progress
from dedup.settings import Settings
from dedup.store import Catalogue, checksum, locked
from dedup.store.files import NightFiles
from dedup.store.folder import CATALOGUE, NIGHTS, WORK, check, night_folders
from dedup.store.window import within
from dedup.stories.lineage import load_families
from dedup.writing import sync_folder
from jobs import stages
from jobs.nightly.alarms import Alarms
from jobs.nightly.code_fingerprint import judging
from jobs.nightly.commit import beside, clean, commit, withdrawn, write_night
from jobs.nightly.compute import AgainstStore, Checks, Tonight
from jobs.nightly.engine import InThreads
from jobs.nightly.failpoints import nothing
from jobs.nightly.out import LocalOut
from jobs.nightly.publish import publish
from jobs.nightly.stored import Stored, by_catalogue, by_folders, runs
from jobs.stages import RunContext

_LARGEST = 1 << 62
_SET_ASIDE = "catalogue.damaged.sqlite"


class Rebuilt(NamedTuple):
    """``runs``: all nights of the new store; ``taken_in``: those of them that the old catalogue did not know.

    ``lost``: why the old catalogue was of no use, where it was not; ``published``: folders that were published again.
    """

    runs: list[str]
    taken_in: list[str]
    lost: str | None
    published: list[Path]


def rebuild(
    store: Path,
    *,
    settings: Settings | None,
    without: Collection[str] = (),
    threads: int = 0,
    agencies: Sequence[Path] = (),
    families: Path | None = None,
    note: str = "",
    progress: Progress | None = None,
) -> Rebuilt:
    """Run the nights of a store again, in their order and under their names, and put the result in its place at once.

    ``settings`` None: each night's own. ``without``: runs to leave out; their inputs may then be given again. Inputs of
    nights that were dropped stay known. Nights that the catalogue does not know are taken in; where it is missing or
    damaged, all are, and it is set aside. Where a night's published folder still is, it is published again; the ledger
    begins again. Raises :class:`~dedup.errors.UsageError` for a run that the store does not have.
    """
    workers = threads or os.cpu_count() or 1
    if not night_folders(store):
        check(store, write=False)
    with locked(store, note), ThreadPoolExecutor(workers) as pool:
        with _opened(store) as (old, lost):
            unknown = set(without) - runs(store)
            if unknown:
                raise UsageError(
                    f"{store} has no run {', '.join(sorted(unknown))}; wirecopy store status lists the last"
                )
            stored_runs = by_catalogue(old, settings, without) if old else by_folders(store, settings, without)
            work = store / WORK / "store"
            work.mkdir(parents=True)
            with Catalogue(work, write=True) as new:
                if old:
                    _carry_over(old, new)
                night_files = NightFiles(old) if old else None
                fingerprint = judging(agencies, families)
                for one in stored_runs:
                    context = RunContext(
                        settings or one.settings,
                        credits.load_agencies(agencies),
                        load_families(families),
                        pool,
                        workers,
                        Clock(progress),
                    )
                    _again(night_files, new, one, context, fingerprint)
                _move(store, old, new)
        _swap_in(store, work, lost)
        outs = {one.night.run_id: Path(one.night.published) for one in stored_runs if one.night.published}
        with Catalogue(store, write=True) as new:
            clean(new)
            again = _publish_anew(new, outs)
            made = [night.run_id for night in new.nights()]
    return Rebuilt(made, [one.night.run_id for one in stored_runs if not one.known], lost, again)


@contextlib.contextmanager
def _opened(store: Path) -> Iterator[tuple[Catalogue | None, str | None]]:
    """The catalogue, or why it is of no use; what a run left half-done is removed."""
    try:
        catalogue = Catalogue(store, write=True)
    except BadDataError as error:
        shutil.rmtree(store / WORK, ignore_errors=True)
        yield None, str(error)
        return
    with catalogue:
        clean(catalogue)
        yield catalogue, None


def _carry_over(old: Catalogue, new: Catalogue) -> None:
    """What stays true whatever is run again: who was taken down, and the inputs of nights that were dropped."""
    with new.transaction():
        new.write("forgotten", old.ask("SELECT * FROM forgotten"))
        new.write("nights", old.ask("SELECT * FROM nights WHERE NOT live"))
        new.write("inputs", old.ask("SELECT inputs.* FROM inputs JOIN nights USING (number) WHERE NOT live"))


def _again(night_files: NightFiles | None, new: Catalogue, one: Stored, context: RunContext, fingerprint: str) -> None:
    """One night, its stored articles for a dump."""
    folder = new.store / NIGHTS / one.night.run_id
    night = one.night._replace(folder=folder, settings=context.settings.fingerprint(), judging=fingerprint)
    scratch = new.store / WORK
    scratch.mkdir()
    window = within(new.nights(), datetime.date.fromisoformat(night.as_of), rules.window_days(context.settings))
    tonight, checks = Tonight(night, one.inputs, window), Checks(Alarms(_LARGEST, 1.0, 1.0))
    engine = InThreads(context.threads, context.workers, scratch)
    stored = NightFiles(new, engine.workers)
    driver = AgainstStore(context, new, stored, engine, tonight, one.articles(night_files), scratch, checks)
    night_result = stages.run(driver, context.clock)
    night = night._replace(articles=len(night_result.payload.corpus))
    write_night(scratch / "night", night_result.payload, context.settings, night.judging, context.threads, nothing)
    commit(new, night, scratch / "night", one.inputs, night_result, nothing)
    shutil.rmtree(scratch)


def _move(store: Path, old: Catalogue | None, new: Catalogue) -> None:
    """Put the new folders beside the old ones, and tell the new catalogue; the old ones then no longer count."""
    before = night_folders(store)
    (store / NIGHTS).mkdir(exist_ok=True)
    for night in new.nights():
        folder = beside(store / NIGHTS / night.run_id)
        if old:
            with old.transaction():
                withdrawn(old, folder)
        night.folder.rename(folder)
        with new.transaction():
            name = folder.relative_to(store).as_posix()
            new.run("UPDATE nights SET folder = ? WHERE number = ?", (name, night.number))
    sync_folder(store / NIGHTS)
    with new.transaction():
        for folder in before:
            new.write("removable", [(folder.relative_to(store).as_posix(),)])


def _swap_in(store: Path, work: Path, lost: str | None) -> None:
    """Replace the catalogue by one rename; one that was of no use is set aside."""
    checksum.write(store, [*checksum.read(store), *checksum.read(work)])
    if lost:
        for ending in ("", "-journal"):
            file = store / f"{CATALOGUE}{ending}"
            if file.exists():
                file.replace(store / f"{_SET_ASIDE}{ending}")
    (work / CATALOGUE).replace(store / CATALOGUE)
    sync_folder(store)


def _publish_anew(new: Catalogue, outs: dict[str, Path]) -> list[Path]:
    """Publish the nights again whose folders still are; the others are left to the next night."""
    night_files, again = NightFiles(new), []
    for night in new.nights():
        out = outs.get(night.run_id)
        if out and is_run(out / night.run_id):
            published = LocalOut(out)
            publish(new, night_files, night, published, nothing)
            again.append(published.folder(night))
    return again
