"""``wirecopy detect``: the job itself, from dumps to the folder of a run."""

from __future__ import annotations

import collections
from pathlib import Path
from typing import Annotated

import typer

from jobs.cli.folder import rows
from jobs.cli.options import Job, Json, with_job
from jobs.cli.printing import columns, console, document
from jobs.cli.show import biggest, listing

EXAMPLES = (
    "wirecopy detect samples/morning.jsonl samples/evening.csv --out run",
    "wirecopy detect 'dumps/2025-*.parquet' --field text=article_body --window 7 --out run --force",
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

    Reads .jsonl, .ndjson, .csv, .tsv (also .gz, .zst), .parquet and .txt files. Prints what was found; everything is in
    the Parquet tables. The folder appears when the run is done, and not at all when it fails.
    """
    run = job.run(out, replace=force)
    if json:
        document(run.summary)
    else:
        _found(run.folder)


def _found(folder: Path) -> None:
    """Print how many of what, and the largest stories."""
    from dedup.tables import COUNTED_GRADES, MATCHES, REJECTS

    stories = biggest(folder)
    matches = rows(folder, MATCHES, columns=("grade", "counted"))
    grades = collections.Counter(row["grade"] for row in matches if row["counted"])
    rejects = rows(folder, REJECTS, columns=("path",))
    witnesses = sum(story["size"] for story in stories)
    out = console()
    counts = f"{witnesses} articles, {grades.total()} matches, {len(rejects)} rejected records"
    out.print(f"{len(stories)} stories of {counts}")
    out.print()
    out.print(columns(("grade", "matches"), [(grade, grades[grade]) for grade in COUNTED_GRADES]))
    if stories:
        out.print()
        out.print(listing(stories[:_SHOWN]))
    if len(stories) > _SHOWN:
        out.print(f"... and {len(stories) - _SHOWN} more: wirecopy show {folder}")
