"""What a night comes to, worked out without changing anything in the store."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup import credits
from dedup.article import Batch, Rejected
from dedup.corpus import Corpus, gather
from dedup.errors import BadDataError
from dedup.furniture import Furniture
from dedup.lineage import Families
from dedup.pipeline import analyse, check_some, grades, learn_furniture, rejects_table
from dedup.progress import Clock
from dedup.reading import Reading
from dedup.reading import rejects as listed
from dedup.settings import Settings
from dedup.store import Catalogue, Input, Night, Window, load
from dedup.store.files import Shelf
from dedup.store.origins import origins
from dedup.tables import FURNITURE, MATCHES, REJECTS, SCHEMA_VERSION, STORIES
from dedup.verification import not_articles
from jobs.ledger import LEDGER, Event, count_events
from jobs.nightly.alarms import Alarms, largest
from jobs.nightly.comparing import Compared, compare, fetch, look, provider, stored_rows
from jobs.nightly.intake import Arrivals, arrivals
from jobs.nightly.keeping import Kept, Worked, align
from jobs.nightly.names import renamed
from jobs.nightly.points import Passed
from jobs.nightly.stories import Sources, Stories, stories
from jobs.nightly.touched import Touched, touched


class Means(NamedTuple):
    """What a night is worked out with."""

    settings: Settings
    agencies: credits.Agencies
    families: Families
    alarms: Alarms
    threads: Executor
    workers: int
    clock: Clock
    passed: Passed
    accept_damaged: bool = False


class Tonight(NamedTuple):
    """The night to be, the inputs it will be known by, the nights it is compared with, and what was passed over.

    ``files``: the ids that are made of the names of files.
    """

    night: Night
    inputs: Sequence[Input]
    window: Sequence[Night]
    passed_over: Sequence[Mapping[str, Any]] = ()
    files: frozenset[str] = frozenset()


def work_out(
    catalogue: Catalogue, tonight: Tonight, batches: Iterable[Batch], spool: Path, furniture: Furniture | None,
    means: Means,
) -> Worked:  # fmt: skip
    """Compare ``batches`` with the window and name the clusters that come of it.

    ``spool`` is a folder for files that are needed meanwhile; ``furniture`` is used instead of what would be learned.
    Raises :class:`~dedup.errors.AlarmError` where a threshold is passed, and :class:`~dedup.errors.BadDataError` where
    a file of the store is damaged.
    """
    settings, clock, passed, shelf = means.settings, means.clock, means.passed, Shelf(catalogue)
    with clock.stage("read"):
        whole, reading, arrived = _read(catalogue, shelf, batches, spool, tonight.files, means)
        corpus = whole.select(arrived.rows)
    with clock.stage("window"):
        window = load(shelf, tonight.window, catalogue.replaced() | set(arrived.replaced))
        passed("window loaded")
    with clock.stage("furniture"):
        articles = functools.partial(provider, window, corpus, spool / "window.u32", means.threads, means.workers)
        learned = furniture or learn_furniture(articles, settings, means.threads)
        passed("furniture learned")
    compared, own = _compare(window, corpus, learned, spool, means)
    with clock.stage("clusters"):
        aligned, found, told = _stories(catalogue, shelf, tonight, compared, arrived, means)
    kinds = not_articles(corpus, learned, settings, means.threads)
    counts = _counts(whole, corpus, reading, arrived, found) | compared.counts
    counts |= {"no_articles": int(np.count_nonzero(kinds))}
    tables = told.tables | {
        FURNITURE: learned.table(),
        REJECTS: rejects_table(corpus, _rejects(reading, arrived), kinds, settings),
        LEDGER: _ledger(tonight.night.run_id, told.named.events),
    }
    counts |= {table.name: rows.num_rows for table, rows in tables.items()}
    counts |= {"largest_cluster": largest(tables[STORIES])}
    means.alarms.check(counts, reading.first)
    passed("alarms passed")
    counts |= {"grades": grades(tables[MATCHES]), "events": count_events(told.named.events)}
    summary = _summary(tonight, settings, counts, clock) | reading.summary()
    kept = Kept(corpus, own, compared.groups, compared.searched, found, aligned, tables, summary)
    return Worked(kept, settings.signing_fingerprint(), told.members, told.named.events, arrived.replaced)


def _read(
    catalogue: Catalogue, shelf: Shelf, batches: Iterable[Batch], spool: Path, files: Collection[str], means: Means
) -> tuple[Corpus, Reading, Arrivals]:
    find = functools.partial(analyse, settings=means.settings, agencies=means.agencies)
    whole, reading = gather(means.clock.counting(batches), spool, find, means.threads, means.workers + 2)
    means.passed("read")
    if reading.damaged and not means.accept_damaged:
        raise BadDataError(
            f"nothing was committed: {len(reading.damaged)} inputs are damaged, first {_place(reading.damaged[0])}; "
            "fetch them again, or take what stands before the damage with --accept-damaged"
        )
    if reading.first:
        means.alarms.check_rejects(len(whole), reading.rejected, reading.first)
        check_some(len(whole), reading.rejected, reading.first)
    whole = renamed(whole, catalogue, shelf, files)
    arrived = arrivals(whole, catalogue, shelf, means.threads)
    means.passed("arrivals known")
    return whole, reading, arrived


def _place(reject: Rejected) -> str:
    return f"{reject.path}, {reject.position}: {reject.reason}"


def _rejects(reading: Reading, arrived: Arrivals) -> pa.Table:
    return pa.concat_tables([reading.rejects(), pa.Table.from_batches([listed(arrived.rejects)])])


def _compare(
    window: Window, corpus: Corpus, furniture: Furniture, spool: Path, means: Means
) -> tuple[Compared, pa.Table]:
    settings, clock, threads = means.settings, means.clock, means.threads
    with clock.stage("candidates"):
        own = origins(corpus)
        searched = look(window, corpus, own, furniture, settings, threads, means.workers)
        means.passed("searched")
    with clock.stage("fetch"):
        stored = fetch(window, stored_rows(window, searched), spool / "stored", threads, means.workers)
        means.passed("stored articles fetched")
    with clock.stage("matches"):
        compared = compare(window, corpus, searched, stored, furniture, settings, spool, threads)
        means.passed("verified")
    return compared, own


def _stories(
    catalogue: Catalogue, shelf: Shelf, tonight: Tonight, compared: Compared, arrived: Arrivals, means: Means
) -> tuple[pa.Table, pa.Table, Stories]:
    """The passages and matches to store, and the stories that the matches add up to."""
    number, verified = tonight.night.number, compared.verified
    versions = {name for _, name in arrived.replaced}
    found = touched(catalogue, shelf, number, verified.matches, compared.origin, versions)
    means.passed("clusters named")
    nights = {night.number: night for night in catalogue.nights()}
    sources = Sources(compared.corpus, shelf, nights, means.threads)
    passages = verified.passages.table(compared.corpus.ids, verified.left, verified.right)
    told = stories(catalogue, found, passages, versions, sources, means.settings, means.families, means.agencies)
    means.passed("traced")
    matches = _to_store(found, number)
    return align(passages, matches, found.ids), matches, told


def _to_store(found: Touched, number: int) -> pa.Table:
    """Tonight's matches and those carried over to it, by their ids (touched matches are in that order)."""
    return found.matches.take(pa.array(np.flatnonzero(found.night == number)))


def _ledger(run_id: str, events: Sequence[Event]) -> pa.Table:
    rows = [{"run_id": run_id, "position": place, **event._asdict()} for place, event in enumerate(events)]
    return pa.Table.from_pylist(rows, schema=LEDGER.schema)


def _counts(whole: Corpus, corpus: Corpus, reading: Reading, arrived: Arrivals, found: pa.Table) -> dict[str, Any]:
    return {
        "read": len(whole),
        "new": len(corpus),
        "versions": len(arrived.replaced),
        "rejected": reading.rejected,
        "repeated": len(whole.repeated) + arrived.repeated,
        "superseded": len(whole.superseded),
        "shared_ids": whole.shared_ids,
        "new_matches": int(pc.sum(found["counted"]).as_py() or 0),
    }


def _summary(tonight: Tonight, settings: Settings, counts: dict[str, Any], clock: Clock) -> dict[str, Any]:
    night = tonight.night
    return {
        "run_id": night.run_id,
        "number": night.number,
        "judging": night.judging,
        "as_of": night.as_of,
        "window": [before.run_id for before in tonight.window],
        "graded_otherwise": [before.run_id for before in tonight.window if before.judging != night.judging],
        "inputs": [_input(one) for one in tonight.inputs],
        "passed_over": list(tonight.passed_over),
        "settings": dataclasses.asdict(settings) | {"fingerprint": settings.fingerprint()},
        "counts": counts,
        "schema_version": SCHEMA_VERSION,
        **clock.report(),
    }


def _input(one: Input) -> dict[str, Any]:
    """An input as run.json tells it; ``id`` where its content alone does not make it known."""
    digest, _, name = one.digest.partition(" ")
    return {"path": one.name, "bytes": one.bytes, "digest": digest} | ({"id": name} if name else {})
