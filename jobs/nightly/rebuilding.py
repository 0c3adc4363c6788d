"""A store made anew out of its own articles: with other settings, or without a night that is damaged."""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dedup import credits
from dedup.article import Batch
from dedup.errors import UsageError
from dedup.lineage import load_families
from dedup.progress import Clock, Progress
from dedup.settings import Settings
from dedup.store import Catalogue, Input, Night
from dedup.store.files import Shelf, sync
from dedup.store.window import within
from jobs.nightly.alarms import Alarms
from jobs.nightly.keeping import NIGHTS, WORK, commit, held, write_night
from jobs.nightly.night import Means, Tonight, work_out
from jobs.nightly.points import nothing

_LARGEST = 1 << 62


def rebuild(
    store: Path, *, settings: Settings, without: Collection[str] = (), threads: int = 0, agencies: Sequence[Path] = (),
    families: Path | None = None, note: str = "", progress: Progress | None = None,
) -> list[str]:  # fmt: skip
    """Run the nights of a store again, in their order and under their names, and put the result in its place at once.

    ``without``: runs to leave out; their inputs may then be given again. What was published stays as it is, the ledger
    begins anew. Returns the runs. Raises :class:`~dedup.errors.UsageError` for a run that the store does not have.
    """
    workers = threads or os.cpu_count() or 1
    with held(store, note) as old, ThreadPoolExecutor(workers) as pool:
        nights = old.nights()
        unknown = set(without) - {night.run_id for night in nights}
        if unknown:
            raise UsageError(f"{store} has no run {', '.join(sorted(unknown))}; wirecopy store status lists the last")
        work = store / WORK / "store"
        work.mkdir(parents=True)
        with Catalogue(work, write=True) as new:
            with new.transaction():
                new.write("forgotten", old.ask("SELECT * FROM forgotten"))
            for night in nights:
                if night.run_id not in without:
                    means = Means(
                        settings, credits.load_agencies(agencies), load_families(families), Alarms(_LARGEST, 1.0, 1.0),
                        pool, workers, Clock(progress), nothing,
                    )  # fmt: skip
                    _again(old, new, night, means)
            _moved(store, new)
        (work / "catalogue.sqlite").replace(store / "catalogue.sqlite")
        sync(store)
    with held(store, note) as new:
        return [night.run_id for night in new.nights()]


def _again(old: Catalogue, new: Catalogue, night: Night, means: Means) -> None:
    """One night, its stored articles for a dump."""
    query = "SELECT digest, name, bytes FROM inputs WHERE number = ?"
    inputs = [Input(*row) for row in old.ask(query, (night.number,))]
    number, folder = new.next_number(), new.store / NIGHTS / night.run_id
    same = night._replace(number=number, folder=folder, settings=means.settings.fingerprint())
    day = datetime.date.fromisoformat(night.as_of)
    spool = new.store / WORK
    spool.mkdir()
    tonight = Tonight(same, inputs, within(new.nights(), day, means.settings.window))
    worked = work_out(new, tonight, _articles(old, night), spool, None, means)
    write_night(spool / "night", worked.kept, means.settings, nothing)
    commit(new, same._replace(articles=len(worked.kept.corpus)), spool / "night", inputs, worked, nothing)
    with new.transaction():
        new.run("UPDATE nights SET published = ? WHERE number = ?", (night.published, number))
    shutil.rmtree(spool)


def _articles(old: Catalogue, night: Night) -> Iterator[Batch]:
    for batch in Shelf(old).open(night, "articles").iter_batches(4096):
        yield Batch(batch)


def _moved(store: Path, new: Catalogue) -> None:
    """Put the new folders beside the old ones, and tell the new catalogue."""
    with new.transaction():
        for night in new.nights():
            number = 1
            while (folder := store / NIGHTS / f"{night.run_id}.{number}").exists():
                number += 1
            night.folder.rename(folder)
            name = folder.relative_to(store).as_posix()
            new.run("UPDATE nights SET folder = ? WHERE number = ?", (name, night.number))
    sync(store / NIGHTS)
