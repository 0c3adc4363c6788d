"""``wirecopy detect``: the job itself, from dumps to the folder of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dedup.errors import UsageError
from jobs.cli import notices
from jobs.cli.engines import Conf, Engine, Engines, Master, check_local, settings_of_spark
from jobs.cli.options import (
    Agencies,
    Fields,
    Inputs,
    Json,
    Memory,
    Publishers,
    Threads,
    make_job,
    path,
    somewhere,
    with_settings,
)
from jobs.cli.printing import document
from jobs.cli.progress import progress
from jobs.cli.show import biggest, listing
from jobs.folder import RunPath, opened

if TYPE_CHECKING:
    from jobs.stages import Job, Run

EXAMPLES = (
    "wirecopy detect samples/morning.jsonl samples/evening.csv --out run",
    "wirecopy detect 'dumps/2025-*.parquet' --field text=article_body --window 7 --out may --force",
)
_SHOWN = 10  # largest stories


@with_settings
def detect(
    inputs: Inputs,
    out: Annotated[
        str, typer.Option(parser=somewhere, metavar="DIR", help="The folder to write. Must be new or empty.")
    ],
    field: Fields = None,
    threads: Threads = 0,
    agencies: Agencies = None,
    publishers: Publishers = None,
    force: Annotated[bool, typer.Option("--force", help="Replace DIR if it holds an earlier run.")] = False,
    memory: Memory = "2G",  # type: ignore[assignment]  # typer parses it
    engine: Engine = Engines.local,
    master: Master = None,
    conf: Conf = None,
    json: Json = False,
    **flags: Any,
) -> None:
    """Find copies and rewrites in article dumps and write the result tables to a folder.

    Prints a summary and the largest stories; the full results are in the Parquet tables. The folder is created only
    if the run succeeds. INPUT and DIR can also be addresses such as s3://, gs://, abfs:// or hdfs://
    (docs/formats.md). With --engine spark they can be anything that Spark can open, such as s3a://bucket/folder
    (docs/scale.md); the tables are the same.
    """
    if engine is Engines.local and "://" not in out:
        path(out)
    job = make_job(inputs, field, threads, agencies, publishers, flags)
    if engine is Engines.spark:
        run = _on_spark(job, out, force, memory, master, conf)
    else:
        check_local(master, conf)
        run = _here(job, out, force, memory)
    notices.warn(notices.of(run.summary))
    if json:
        document(run.summary)
    else:
        unread = engine is Engines.spark and "://" in out  # what Spark reaches, this machine may not
        _print(None if unread else opened(out), run.summary["counts"])


def _here(job: Job, out: str, replace: bool, memory: int) -> Run:
    from jobs.local import detect

    with progress() as show_progress:
        return detect(job, out, replace=replace, memory=memory, progress=show_progress)


def _on_spark(job: Job, out: str, replace: bool, memory: int, master: str | None, conf: Sequence[str] | None) -> Run:
    from dedup.scratch import MEMORY
    from jobs.spark import Spark

    if job.threads or memory != MEMORY:
        raise UsageError("--threads and --memory are for --engine local; for Spark use --conf spark.executor...")
    engine = Spark(master, settings_of_spark(conf))
    with progress() as show_progress:
        return engine.detect(job, out, replace=replace, progress=show_progress)


def _print(folder: RunPath | None, counts: Mapping[str, Any]) -> None:
    """How many of what, and the largest stories where the folder can be read."""
    from dedup.tables import COUNTED_GRADES

    grades = {grade: counts["grades"].get(grade, 0) for grade in COUNTED_GRADES}
    lines = {
        "articles read": counts["read"],
        "records rejected": counts["rejected"],
        **{f"articles {name}": counts[name] for name in ("repeated", "superseded") if counts[name]},
        **({"ids shared by publishers": counts["shared_ids"]} if counts["shared_ids"] else {}),
        "stories": counts["stories"],
        "articles in stories": counts["articles_in_stories"],
        "matches": sum(grades.values()),
        **{f"  {grade}": number for grade, number in grades.items()},
    }
    width = max(map(len, lines))
    for name, number in lines.items():
        typer.echo(f"{name:{width}}  {number:>7,}")
    stories = biggest(folder) if folder else []
    if stories:
        typer.echo("\n" + listing(stories[:_SHOWN]))
    if len(stories) > _SHOWN:
        typer.echo(f"... and {len(stories) - _SHOWN} more: wirecopy show {folder}")
