"""``wirecopy detect``: the job itself, from dumps to the folder of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from jobs.cli.options import Job, Json, with_job
from jobs.cli.printing import document
from jobs.cli.show import biggest, listing

EXAMPLES = (
    "wirecopy detect samples/morning.jsonl samples/evening.csv --out run",
    "wirecopy detect 'dumps/2025-*.parquet' --field text=article_body --window 7 --out may --force",
)
_SHOWN = 10  # largest stories


@with_job
def detect(
    job: Job,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write; it must be new or empty.")],
    force: Annotated[bool, typer.Option("--force", help="Replace DIR where it is the folder of a run.")] = False,
    json: Json = False,
) -> None:
    """Find copies and rewrites in article dumps and write the tables of a run to a folder.

    Prints what was found; everything is in the Parquet tables. The folder appears when the run is done, and not at all
    when it fails.
    """
    run = job.run(out, replace=force)
    if json:
        document(run.summary)
    else:
        _print(run.folder, run.summary["counts"])


def _print(folder: Path, counts: Mapping[str, Any]) -> None:
    """How many of what, and the largest stories."""
    from dedup.tables import COUNTED_GRADES

    grades = {grade: counts["grades"].get(grade, 0) for grade in COUNTED_GRADES}
    lines = {
        "articles read": counts["read"],
        "records rejected": counts["rejected"],
        "stories": counts["stories"],
        "articles in stories": counts["clusters"],
        "matches": sum(grades.values()),
        **{f"  {grade}": number for grade, number in grades.items()},
    }
    width = max(map(len, lines))
    for name, number in lines.items():
        typer.echo(f"{name:{width}}  {number:>7,}")
    stories = biggest(folder)
    if stories:
        typer.echo("\n" + listing(stories[:_SHOWN]))
    if len(stories) > _SHOWN:
        typer.echo(f"... and {len(stories) - _SHOWN} more: wirecopy show {folder}")
