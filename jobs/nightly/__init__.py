"""Tonight's dump against the nights before: read, compare, name the clusters, commit, publish."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from dedup import credits, readers, rules
from dedup.addresses import is_address
from dedup.errors import AlarmError, InputOutputError, UsageError
from dedup.progress import Clock, Progress
from dedup.readers.bounds import most_articles
from dedup.readers.tally import limited
from dedup.settings import Settings
from dedup.store import Catalogue, Input, Night
from dedup.store.files import NightFiles
from dedup.store.folder import NIGHTS
from dedup.store.window import within
from dedup.stories.lineage import load_families
from dedup.text.boilerplate import LearnedBoilerplate
from jobs import stages
from jobs.nightly.alarms import Alarms
from jobs.nightly.code_fingerprint import judging
from jobs.nightly.commit import check_known, check_settings, commit, write_night
from jobs.nightly.compute import AgainstStore, Checks, Tonight
from jobs.nightly.engine import InThreads, NightEngine
from jobs.nightly.failpoints import Failpoint, nothing
from jobs.nightly.intake import check_digests
from jobs.nightly.intake import inputs as known_inputs
from jobs.nightly.opening import opened
from jobs.nightly.out import Out, out_at
from jobs.nightly.publish import publish
from jobs.stages import Job, RunContext
from jobs.steps import check_some

__all__ = ["Alarms", "Job", "NightEngine", "Outcome", "Policy", "nightly"]


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call: the ``folder`` of the night and its run.json (both None: there was nothing new to do).

    The timings go on to the end, which those in the folder cannot.

    ``seen``: inputs that were read before, and in which run; ``late``: runs that were committed earlier and published
    only now; ``passed_over``: how many files in the inputs were not read, and why (see docs/formats.md).
    """

    folder: str | Path | None
    summary: dict[str, Any] | None
    seen: tuple[tuple[str, str], ...]
    late: tuple[str, ...]
    passed_over: Sequence[Mapping[str, Any]] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Policy:
    """How a night is run: what ends it, and what is done otherwise than usual.

    ``alarms`` (None: the defaults) end it, and so does a damaged input unless ``accept_damaged``. With ``dry_run`` all
    is worked out and nothing changed. ``boilerplate`` is used instead of what would be learned. ``note``: what others
    are told of the holder of the store.
    """

    alarms: Alarms | None = None
    accept_damaged: bool = False
    dry_run: bool = False
    boilerplate: LearnedBoilerplate | None = None
    note: str = ""


def nightly(
    job: Job,
    store: str | Path,
    out: str | Path,
    *,
    as_of: datetime.date,
    policy: Policy = Policy(),
    engine: NightEngine | None = None,
    progress: Progress | None = None,
    failpoint: Failpoint = nothing,
) -> Outcome:
    """Add the inputs of a job to ``store`` as the night of the day ``as_of``, and publish it in ``out``.

    Inputs whose content was read in an earlier night are passed over. The nights within the window's days are what it
    is compared with. A night that was committed and not published is published first. ``engine`` does the work on what
    is stored (None: the threads of this machine). ``progress`` is that of :func:`jobs.local.detect`; ``failpoint`` is
    called with the name of every point that is passed. Raises the errors of :mod:`dedup.errors`; what was committed
    before stays as it was.
    """
    settings, dry_run = job.settings, policy.dry_run
    workers = job.threads or os.cpu_count() or 1
    if dry_run and engine and not engine.workers.near and not is_address(store):
        raise UsageError("--dry-run works in a folder that the workers of Spark do not see; leave out --engine spark")
    sources = readers.find(job.inputs)
    passed_over = readers.summed(sources.passed_over)
    published = out_at(out)
    known, owners = credits.load_agencies(job.agencies), load_families(job.families)
    held = opened(store, dry_run, policy.note, failpoint)
    with _disk_errors(store), held as (catalogue, work), ThreadPoolExecutor(workers) as pool:
        check_settings(catalogue, settings)
        check_known(catalogue)
        engine = engine or InThreads(pool, workers, work)
        night_files = NightFiles(catalogue, engine.workers)
        late = () if dry_run else _publish_late(catalogue, night_files, store, published, failpoint)
        fresh, seen = known_inputs(sources.sources, catalogue)
        failpoint("inputs known")
        seen_names = tuple((source.name, run) for source, run in seen)
        if not fresh:
            return Outcome(None, None, seen_names, late, passed_over)
        fingerprint = judging(job.agencies, job.families)
        tonight = _tonight(catalogue, [one for _, one in fresh], as_of, settings, fingerprint, passed_over)
        tonight = tonight._replace(files=frozenset(source.id for source, _ in fresh if source.id))
        context = RunContext(settings, known, owners, pool, workers, Clock(progress))
        checks = Checks(policy.alarms or Alarms(rejects=settings.max_rejects), policy.accept_damaged, failpoint)
        read, names = [source for source, _ in fresh], readers.Names(job.fields)
        batches = readers.read_sources(read, names, max_record=settings.max_record)
        batches = limited(batches, most_articles(read), checks.alarms.rejects, AlarmError)
        tonight = tonight._replace(fields=job.fields, names=names)
        driver = AgainstStore(
            context, catalogue, night_files, engine, tonight, batches, work, checks, policy.boilerplate
        )
        night_result = stages.run(driver, context.clock)
        check_digests(fresh)
        check_some(night_result.payload.summary["counts"]["read"], 0, None)
        if dry_run:
            return Outcome(None, night_result.payload.summary, seen_names, late, passed_over)
        with context.clock.stage("commit"):
            write_night(work / "night", night_result.payload, settings, tonight.night.judging, pool, failpoint)
            night = tonight.night._replace(articles=len(night_result.payload.corpus))
            commit(catalogue, night, work / "night", tonight.inputs, night_result, failpoint)
        with context.clock.stage("publish"):
            committed = NightFiles(catalogue, engine.workers)
            folder = publish(catalogue, committed, night, published, failpoint, night_result.at_hand)
        return Outcome(folder, night_result.payload.summary | context.clock.report(), seen_names, late, passed_over)


def _publish_late(
    catalogue: Catalogue, night_files: NightFiles, store: str | Path, out: Out, failpoint: Failpoint
) -> tuple[str, ...]:
    """Publish the nights that were committed and not published, and the last one again where OUT was lost."""
    out.prepare(store)
    nights = catalogue.nights()
    late = [night for night in nights if night.published is None]
    if not late and nights and (not out.latest() or out.faults(night_files, nights[-1])):
        late = nights[-1:]
    for night in late:
        publish(catalogue, night_files, night, out, failpoint)
    return tuple(night.run_id for night in late)


def _tonight(
    catalogue: Catalogue,
    inputs: Sequence[Input],
    as_of: datetime.date,
    settings: Settings,
    fingerprint: str,
    passed_over: Sequence[Mapping[str, Any]],
) -> Tonight:
    """The night to be: called after its day and the digest of its inputs."""
    digests = "\n".join(sorted(one.digest for one in inputs))
    run_id = f"{as_of.isoformat()}-{hashlib.sha256(digests.encode()).hexdigest()[:8]}"
    folder = catalogue.store / NIGHTS / run_id
    number, day = catalogue.next_number(), as_of.isoformat()
    night = Night(number, run_id, day, folder, 0, settings.fingerprint(), None, fingerprint)
    return Tonight(night, inputs, within(catalogue.nights(), as_of, rules.window_days(settings)), passed_over)


@contextlib.contextmanager
def _disk_errors(store: str | Path) -> Iterator[None]:
    """The errors of the disk as wirecopy's."""
    try:
        yield
    except OSError as error:
        raise InputOutputError(
            f"while working in {store}: {error.strerror or error}; what was committed before is as it was: make room "
            "or fix the disk, then give the same command again"
        ) from error
