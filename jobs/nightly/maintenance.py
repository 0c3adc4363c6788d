"""What keeps a store in order: how it stands, whether it is whole, and dropping what is too old."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from dedup.errors import UsageError
from dedup.store import Catalogue, Night
from dedup.store.files import NightFiles
from jobs.ledger import Event
from jobs.nightly.commit import clean, record, unknown, withdrawn
from jobs.nightly.failpoints import nothing
from jobs.nightly.opening import held, holder, read_only
from jobs.nightly.out import out_at
from jobs.nightly.publish import publish


def status(store: str | Path) -> dict[str, Any]:
    """How the store stands."""
    with read_only(store) as catalogue, catalogue.reading():
        nights = catalogue.nights()
        (size,) = catalogue.ask("SELECT coalesce(sum(bytes), 0) FROM files")[0]
        stories = catalogue.ask(
            "SELECT count(*), coalesce(max(size), 0) FROM (SELECT count(*) AS size FROM witnesses "
            "GROUP BY cluster_id HAVING size > 1)"
        )[0]
        return {
            "nights": len(nights),
            "first": min((night.as_of for night in nights), default=None),
            "last": max((night.as_of for night in nights), default=None),
            "last_run": nights[-1].run_id if nights else None,
            "articles": sum(night.articles for night in nights),
            "bytes": size,
            "clusters": stories[0],
            "largest_cluster": stories[1],
            "not_published": [night.run_id for night in nights if night.published is None],
            "held_by": holder(store),
        }


def verify(store: str | Path, out: str | Path | None = None) -> list[str]:
    """What is wrong with the store, a line each; every file is read and compared with what was written.

    The same of the nights that were published in ``out``; of those at an address names and sizes are compared. Raises
    :class:`~dedup.errors.BadDataError` where the catalogue is damaged.
    """
    with read_only(store) as catalogue, catalogue.reading():
        night_files, nights = NightFiles(catalogue), catalogue.nights()
        wrong = [f"catalogue: {row[0]}" for row in catalogue.ask("PRAGMA integrity_check") if row[0] != "ok"]
        lost = [catalogue.folders.location(folder) for folder in unknown(catalogue)]
        wrong += [f"{folder} is not known to the catalogue, which may be an older copy" for folder in lost]
        for night in nights:
            for name in night_files.names(night):
                fault_text = night_files.wrong(night, name)
                if fault_text:
                    wrong.append(f"{night_files.where(night, name)} {fault_text} (night {night.run_id})")
        if out is not None:
            published = out_at(out)
            here = [night for night in nights if night.published == published.target]
            wrong += [fault for night in here for fault in published.faults(night_files, night)]
    return wrong


def publish_again(store: str | Path, run_id: str, out: str | Path, note: str) -> str | Path:
    """Publish a night whose folder was lost; raises :class:`~dedup.errors.UsageError` where there is no such night."""
    with held(store, note) as catalogue:
        nights_found = catalogue.nights("live AND run_id = ?", (run_id,))
        if not nights_found:
            raise UsageError(f"{store} has no run {run_id}")
        published = out_at(out)
        published.prepare(store)
        publish(catalogue, NightFiles(catalogue), nights_found[0], published, nothing)
        return published.folder(nights_found[0])


def expire(store: str | Path, before: datetime.date, note: str) -> list[str]:
    """Drop the nights before a day, whole; articles leave their clusters, and those that nobody is left in are closed.

    Returns the runs that were dropped.
    """
    with held(store, note) as catalogue:
        nights = catalogue.nights("live AND as_of < ?", (before.isoformat(),))
        if nights:
            with catalogue.transaction():
                _drop(catalogue, nights)
        clean(catalogue)
        return [night.run_id for night in nights]


def _drop(catalogue: Catalogue, nights: list[Night]) -> None:
    last = catalogue.next_number() - 1
    events = []
    for night in nights:
        query = "SELECT cluster_id, article_id FROM witnesses JOIN members USING (article_id) WHERE number = ?"
        query += " ORDER BY article_id, cluster_id"
        events += [Event("left", *row) for row in catalogue.ask(query, (night.number,))]
        for table in ("members", "files", "replaced"):
            catalogue.run(f"DELETE FROM {table} WHERE number = ?", (night.number,))
        catalogue.run("UPDATE nights SET live = 0 WHERE number = ?", (night.number,))
        withdrawn(catalogue, night.folder)
    record(catalogue, last, events)
    close_empty(catalogue, last)


def close_empty(catalogue: Catalogue, number: int) -> None:
    """Close the clusters that nobody is left in."""
    query = (
        "SELECT cluster_id FROM clusters WHERE merged_into IS NULL AND closed IS NULL "
        "AND cluster_id NOT IN (SELECT cluster_id FROM witnesses) ORDER BY cluster_id"
    )
    record(catalogue, number, [Event("closed", cluster) for (cluster,) in catalogue.ask(query)])
