"""``wirecopy nightly``: tonight's dump against the nights before."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jobs.cli import notices
from jobs.cli.engines import Conf, Engine, Engines, Master, check_local, settings_of_spark
from jobs.cli.failures import failure
from jobs.cli.logs import Format, LogEvent, holder, logged, stages
from jobs.cli.options import (
    Agencies,
    Fields,
    Inputs,
    Json,
    Publishers,
    StoreLocation,
    Threads,
    make_job,
    path,
    path_option,
    somewhere,
    with_settings,
)
from jobs.cli.printing import document
from jobs.cli.show import biggest, listing

if TYPE_CHECKING:
    from jobs.nightly import NightEngine, Outcome

EXAMPLES = (
    "wirecopy nightly dumps/2025-05-09.jsonl.gz --store store --out nights",
    "wirecopy nightly dumps/today/ --store store --out nights --window 30d --as-of 2025-05-09 --metrics wirecopy.prom",
    "wirecopy nightly s3://dumps/today/ --store s3://news/store --out s3://news/nights --engine spark --master yarn",
)
_SHOWN = 5  # largest stories


@with_settings
def nightly(
    inputs: Inputs,
    store: StoreLocation,
    out: Annotated[
        str,
        typer.Option(
            parser=somewhere, metavar="DIR", help="The night is published as DIR/<run id>; DIR/latest links to it."
        ),
    ],
    field: Fields = None,
    threads: Threads = 0,
    agencies: Agencies = None,
    publishers: Publishers = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="Date of the night; default: today in UTC."),
    ] = None,
    accept_damaged: Annotated[
        bool, typer.Option("--accept-damaged", help="Read a damaged input up to the damage.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compute everything, but change nothing.")] = False,
    metrics: Annotated[
        Path | None,
        path_option(metavar="FILE", help="Write metrics for Prometheus.", show_default=False),
    ] = None,
    log_format: Annotated[Format, typer.Option(help="Format of messages on standard error.")] = Format.TEXT,
    alarm_largest: Annotated[
        int, typer.Option(min=0, help="Largest cluster allowed; a larger one ends the night.")
    ] = 2000,
    alarm_overflow: Annotated[
        float,
        typer.Option(min=0, max=1, help="Largest share of bucket members in skipped buckets; more end the night."),
    ] = 0.75,
    engine: Engine = Engines.local,
    master: Master = None,
    conf: Conf = None,
    json: Json = False,
    **flags: Any,
) -> None:
    """Compare tonight's dump with earlier nights, add it to the store and publish what changed.

    Inputs whose content was read before are skipped, whatever their name. If the command is killed, run it again:
    the result is the same as without the interruption. A night that exceeds an alarm threshold (or --max-rejects)
    ends with exit code 76, one with a truncated or damaged input with 65; nothing of it is stored. --window is the
    distance between nights in days. The store and DIR can also be addresses such as s3:// (docs/store.md). With
    --engine spark its workers read the store, which must be at an address or on a path that they share
    (docs/scale.md); the engines can take turns on one store.
    """
    with logged(log_format) as log_event, _measured(None if dry_run else metrics) as measure:
        from jobs.nightly import Alarms, Policy, nightly
        from jobs.nightly.failpoints import killing

        job = make_job(inputs, field, threads, agencies, publishers, flags)
        alarms = Alarms(alarm_largest, job.settings.max_rejects, alarm_overflow)
        policy = Policy(alarms, accept_damaged, dry_run, note=holder())
        if "://" not in out:
            path(out)
        with _running(engine, master, conf) as night_engine, stages(log_format) as progress:
            done = nightly(
                job,
                store,
                out,
                as_of=(as_of or datetime.now(UTC)).date(),
                policy=policy,
                engine=night_engine,
                progress=progress,
                failpoint=killing(os.environ),
            )
        measure(done.summary)
        _report(done, json, log_event)


def _report(done: Outcome, json: bool, log_event: LogEvent) -> None:
    """Messages and the last event on standard error, the night on standard output."""
    summary, published = done.summary, str(done.folder) if done.folder else None
    for message in notices.of(summary or {"passed_over": done.passed_over}):
        logging.getLogger(__name__).warning("wirecopy: %s", message)
    log_event("done", run=summary["run_id"] if summary else None, published=published)
    if json:
        document({"folder": published, "seen": dict(done.seen), "night": summary})
    else:
        _print(done)


@contextlib.contextmanager
def _running(engine: Engines, master: str | None, conf: Sequence[str] | None) -> Iterator[NightEngine | None]:
    """The engine of a night; None: the threads of this machine."""
    if engine is Engines.local:
        check_local(master, conf)
        yield None
        return
    from jobs.spark import running

    with running(master, settings_of_spark(conf)) as spark:
        from jobs.spark.nights import NightsOnSpark

        yield NightsOnSpark(spark)


@contextlib.contextmanager
def _measured(file: Path | None) -> Iterator[Callable[[Mapping[str, Any] | None], None]]:
    """Write the metrics of what happens inside, with its exit code; a file that cannot be written is a warning."""
    from jobs.nightly.metrics import write_metrics

    summary, code = None, 0

    def measure(counted: Mapping[str, Any] | None) -> None:
        nonlocal summary
        summary = counted

    try:
        yield measure
    except BaseException as error:
        code = failure(error).code
        raise
    finally:
        if file is not None:
            try:
                write_metrics(file, code, summary)
            except OSError as error:
                logging.getLogger(__name__).warning(
                    "wirecopy: the metrics cannot be written to %s: %s", file, error.strerror
                )


def _print(done: Outcome) -> None:
    """The night in a few lines."""
    for run in done.late:
        typer.echo(f"published {run}, which was committed earlier but not published")
    for name, run in done.seen:
        typer.echo(f"{name} was already read in {run}")
    if done.summary is None:
        typer.echo("no new inputs; nothing was changed")
        return
    counts, seconds = done.summary["counts"], done.summary["timings"]["total"]
    events = counts["events"]
    typer.echo(
        f"{done.summary['run_id']}: {counts['new']:,} new articles against {len(done.summary['window'])} nights in "
        f"{seconds:.1f} s ({counts['repeated']:,} repeated, {counts['superseded']:,} superseded, "
        f"{counts['versions']:,} new versions, {counts['rejected']:,} records rejected)"
    )
    typer.echo(
        f"{counts['new_matches']:,} matches; {counts['stories']:,} stories changed: {events['made']:,} made, "
        f"{events['joined']:,} articles joined, {events['merged']:,} merged; "
        f"{counts['skipped_buckets']:,} skipped buckets"
    )
    typer.echo(f"published {done.folder}" if done.folder else "dry run; nothing was changed")
    if counts["shared_ids"]:
        typer.echo(
            f"{counts['shared_ids']:,} ids are shared by several publishers; these articles are named id@publisher"
        )
    stories = biggest(done.folder) if isinstance(done.folder, Path) else []
    if stories:
        typer.echo("\n" + listing(stories[:_SHOWN]))
