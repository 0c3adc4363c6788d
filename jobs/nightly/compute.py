"""The driver of a night: its articles against each other and those of the nights before; the store is only read."""

from __future__ import annotations

import dataclasses
import datetime
import functools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup import readers
from dedup.article import Batch, Rejected
from dedup.corpus import Corpus, gather
from dedup.errors import BadDataError
from dedup.grading.verification import not_articles
from dedup.readers.fields import Spelling
from dedup.readers.tally import Reading
from dedup.readers.tally import rejects as listed
from dedup.store import Catalogue, Input, Night, Window, load
from dedup.store.files import NightFiles
from dedup.store.named_origins import origins
from dedup.tables import BOILERPLATE, MATCHES, REJECTS, STORIES, Table
from dedup.text.boilerplate import LearnedBoilerplate
from jobs import stages, steps
from jobs.ledger import LEDGER, Event, count_events
from jobs.nightly.affected import Affected, affected
from jobs.nightly.alarms import Alarms, largest
from jobs.nightly.commit import NightPayload, NightResult, align
from jobs.nightly.comparing import (
    NightComparison,
    WindowSearch,
    compare_night,
    fetch,
    search_window,
    stored_rows,
)
from jobs.nightly.engine import NightEngine
from jobs.nightly.failpoints import Failpoint, nothing
from jobs.nightly.intake import NewArticles, new_articles
from jobs.nightly.names import renamed
from jobs.nightly.sources import Sources
from jobs.nightly.stories import Clustered, Stories, name_all, stories
from jobs.stages import RunContext
from jobs.steps import Boilerplate


class Tonight(NamedTuple):
    """The night to be, the inputs it will be known by, the nights it is compared with, and what was passed over.

    ``files``: the ids that are made of the names of files; ``names``: which columns are read, ``fields`` as the user
    named them.
    """

    night: Night
    inputs: Sequence[Input]
    window: Sequence[Night]
    passed_over: Sequence[Mapping[str, Any]] = ()
    files: frozenset[str] = frozenset()
    fields: Mapping[str, Spelling] = {}
    names: readers.Names | None = None


class Checks(NamedTuple):
    """What ends a night, and what is called at every point that it passes."""

    alarms: Alarms
    accept_damaged: bool = False
    passed: Failpoint = nothing


class Articles(NamedTuple):
    """``whole``: all articles that were read; ``corpus``: the new ones; ``window``: what they are compared with."""

    whole: Corpus
    corpus: Corpus
    reading: Reading
    incoming: NewArticles
    window: Window


class Pairs(NamedTuple):
    """The pairs to compare, and the origins that tonight's articles name."""

    search: WindowSearch
    origins: pa.Table


_Results = stages.Results[Articles, Boilerplate, Pairs, NightComparison, Clustered, Stories]


@dataclasses.dataclass(frozen=True, slots=True)
class AgainstStore:
    """The driver of a night (:class:`jobs.stages.Driver`).

    ``night_files`` are those of ``catalogue``, and ``engine`` works on them; ``scratch`` is a folder for files that are
    needed meanwhile; ``learned`` is used instead of the boilerplate that would be learned. Steps raise
    :class:`~dedup.errors.AlarmError` where a threshold is passed, and :class:`~dedup.errors.BadDataError` where a file
    of the store is damaged.
    """

    context: RunContext
    catalogue: Catalogue
    night_files: NightFiles
    engine: NightEngine
    tonight: Tonight
    batches: Iterable[Batch]
    scratch: Path
    checks: Checks
    learned: LearnedBoilerplate | None = None

    def read(self) -> Articles:
        """Read the dump, leave out what the store has, and load the window."""
        context, passed, night_files = self.context, self.checks.passed, self.night_files
        find = functools.partial(steps.analyse, settings=context.settings, agencies=context.agencies)
        batches = context.clock.counting(self.batches)
        whole, reading = gather(batches, self.scratch, find, context.threads, context.workers + 2)
        passed("read")
        _check_reading(len(whole), reading, self.checks)
        whole = renamed(whole, self.catalogue, night_files, self.tonight.files)
        incoming = new_articles(whole, self.catalogue, night_files)
        passed("arrivals known")
        window = load(night_files, self.tonight.window, self.catalogue.replaced() | set(incoming.replaced))
        passed("window loaded")
        return Articles(whole, whole.select(incoming.rows), reading, incoming, window)

    def boilerplate(self, articles: Articles) -> Boilerplate:
        """Learn it from the window and the new articles, unless it is given."""
        context, corpus = self.context, articles.corpus
        learned = self.learned or self.engine.learn(articles.window, corpus, context.settings, self.scratch)
        self.checks.passed("furniture learned")
        return Boilerplate(learned, not_articles(corpus, learned, context.settings, context.threads))

    def candidates(self, articles: Articles, boilerplate: Boilerplate) -> Pairs:
        """Search the new articles, and the window for them."""
        context, own = self.context, origins(articles.corpus, self.context.threads)
        found = search_window(
            articles.window,
            articles.corpus,
            own,
            boilerplate.learned,
            context.settings,
            context.threads,
            context.workers,
        )
        self.checks.passed("searched")
        return Pairs(found, own)

    def grade(self, articles: Articles, boilerplate: Boilerplate, pairs: Pairs) -> NightComparison:
        """Fetch the stored articles that are in a pair, and grade all pairs."""
        context, (_, corpus, _, _, window) = self.context, articles
        rows, folder = stored_rows(window, pairs.search), self.scratch / "stored"
        stored = fetch(window, rows, folder, context.threads, context.workers)
        self.checks.passed("stored articles fetched")
        compared = compare_night(
            window,
            corpus,
            pairs.search,
            stored,
            boilerplate.learned,
            context.settings,
            self.scratch,
            context.threads,
        )
        self.checks.passed("verified")
        return compared

    def cluster(self, articles: Articles, pairs: Pairs, graded: NightComparison) -> Clustered:
        """Cluster again what hangs together with tonight's matches, and name the clusters."""
        versions = _versions(articles)
        number, matches = self.tonight.night.number, graded.verified.matches
        touched = affected(self.catalogue, self.night_files, number, matches, graded.origin, versions)
        clustered = name_all(self.catalogue, touched, versions, self.context.settings.min_score)
        self.checks.passed("clusters named")
        return clustered

    def trace(self, articles: Articles, graded: NightComparison, clustered: Clustered) -> Stories:
        """Trace the clusters that changed."""
        nights = {night.number: night for night in self.catalogue.nights()}
        sources = Sources(graded.corpus, self.night_files, nights)
        traced = stories(clustered, _passages(graded), sources, self.context)
        self.checks.passed("traced")
        return traced

    def write(self, results: _Results) -> NightResult:
        """Lay out what is to be stored and published; to commit it is another step, which a dry run leaves out."""
        settings, (_, corpus, reading, incoming, _) = self.context.settings, results.articles
        clustered, graded = results.clustered, results.graded
        matches = _to_store(clustered.affected, self.tonight.night.number)
        tables = self._tables(results)
        counts = _counts(results, matches) | {table.name: rows.num_rows for table, rows in tables.items()}
        counts |= {"largest_cluster": largest(tables[STORIES])}
        self.checks.alarms.check(counts, reading.first)
        self.checks.passed("alarms passed")
        events = clustered.named.events
        counts |= {"grades": steps.grades(tables[MATCHES]), "events": count_events(events)}
        aligned = align(_passages(graded), matches, clustered.affected.ids)
        keep = NightPayload(
            corpus,
            results.pairs.origins,
            graded.groups,
            graded.fully_compared,
            matches,
            aligned,
            tables,
            self._summary(counts, reading),
        )
        members = results.traced.members
        return NightResult(keep, settings.signing_fingerprint(), members, events, incoming.replaced, graded.corpus)

    def _tables(self, results: _Results) -> dict[Table, pa.Table]:
        _, corpus, reading, incoming, _ = results.articles
        learned, kinds = results.boilerplate
        context, found = self.context, results.traced.tables
        rejected = pa.concat_tables([reading.rejects(), pa.Table.from_batches([listed(incoming.rejects)])])
        night = datetime.date.fromisoformat(self.tonight.night.as_of)
        counted = steps.scorecard_tables(corpus, kinds, found, context.settings, context.agencies, night)
        return (
            found
            | counted
            | {
                BOILERPLATE: learned.table(),
                REJECTS: steps.rejects_table(corpus, rejected, kinds, self.context.settings),
                LEDGER: _ledger(self.tonight.night.run_id, results.clustered.named.events),
            }
        )

    def _summary(self, counts: Mapping[str, Any], reading: Reading) -> dict[str, Any]:
        tonight, night = self.tonight, self.tonight.night
        return steps.summary(
            self.context.settings,
            self.context.clock,
            inputs=[_input(one) for one in tonight.inputs],
            passed_over=tonight.passed_over,
            fields=tonight.fields,
            columns=tonight.names.columns() if tonight.names else {},
            reading=reading.summary(),
            counts=counts,
            run_id=night.run_id,
            number=night.number,
            judging=night.judging,
            as_of=night.as_of,
            window=[before.run_id for before in tonight.window],
            graded_otherwise=[before.run_id for before in tonight.window if before.judging != night.judging],
        )


def _check_reading(articles: int, reading: Reading, checks: Checks) -> None:
    """Raise where an input is damaged, or too much was rejected."""
    if reading.damaged and not checks.accept_damaged:
        raise BadDataError(
            f"nothing was committed: {len(reading.damaged)} inputs are damaged, first {_position(reading.damaged[0])}; "
            "fetch them again, or take what stands before the damage with --accept-damaged"
        )
    if reading.first:
        checks.alarms.check_rejects(articles, reading.rejected, reading.first)
        steps.check_some(articles, reading.rejected, reading.first)


def _position(reject: Rejected) -> str:
    return f"{reject.path}, {reject.position}: {reject.reason}"


def _versions(articles: Articles) -> set[str]:
    """The ids of tonight's articles that replace a stored one."""
    return {name for _, name in articles.incoming.replaced}


def _passages(graded: NightComparison) -> pa.Table:
    verified = graded.verified
    return verified.passages.table(graded.corpus.ids, verified.left, verified.right)


def _to_store(touched: Affected, number: int) -> pa.Table:
    """Tonight's matches and those carried over to it, by their ids (touched matches are in that order)."""
    return touched.matches.take(pa.array(np.flatnonzero(touched.night == number)))


def _ledger(run_id: str, events: Sequence[Event]) -> pa.Table:
    rows = [{"run_id": run_id, "position": position, **event._asdict()} for position, event in enumerate(events)]
    return pa.Table.from_pylist(rows, schema=LEDGER.schema)


def _counts(results: _Results, matches: pa.Table) -> dict[str, Any]:
    whole, corpus, reading, incoming, _ = results.articles
    return {
        "read": len(whole),
        "new": len(corpus),
        "versions": len(incoming.replaced),
        "rejected": reading.rejected,
        "repeated": len(whole.repeated) + incoming.repeated,
        "superseded": len(whole.superseded),
        "shared_ids": whole.shared_ids,
        "new_matches": int(pc.sum(matches["counted"]).as_py() or 0),
        "no_articles": int(np.count_nonzero(results.boilerplate.kinds)),
        **results.graded.counts,
    }


def _input(one: Input) -> dict[str, Any]:
    """An input as run.json tells it; ``id`` where its content alone does not make it known."""
    digest, _, name = one.digest.partition(" ")
    return {"path": one.name, "bytes": one.bytes, "digest": digest} | ({"id": name} if name else {})
