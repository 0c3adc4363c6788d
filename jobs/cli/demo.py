"""``wirecopy demo``: the samples, what is found in them, and how to look at it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dedup.errors import CannotWriteError
from jobs.cli import lineage, notices, show
from jobs.cli.files import make_folder
from jobs.cli.options import path_option
from jobs.cli.progress import progress

EXAMPLES = ("wirecopy demo", "wirecopy demo --out first")


def demo(
    out: Annotated[
        Path, path_option("--out", "-o", metavar="DIR", help="The folder to write. Must be new or empty.")
    ] = Path("wirecopy-demo"),
) -> None:
    """Find the stories in two small sample dumps and show one of them.

    The dumps and the run are written to DIR.
    """
    from jobs import samples
    from jobs.local import detect
    from jobs.stages import Job

    make_folder(out)
    if any(out.iterdir()):
        raise CannotWriteError(f"{out} is not empty; choose another --out")
    try:
        dumps = samples.copy_to(out)
    except OSError as error:
        raise CannotWriteError(f"{out} cannot be written: {error.strerror}; choose another --out") from error
    run = out / "run"
    typer.echo(f"$ wirecopy detect {dumps[0]} {dumps[1]} --out {run}")
    with progress() as show_progress:
        notices.warn(notices.of(detect(Job(dumps), run, progress=show_progress).summary))
    (first, *_) = show.biggest(run)
    cluster = first["cluster_id"]
    typer.echo(f"\n$ wirecopy show {run}")
    show.show(run)
    typer.echo(f"\n$ wirecopy lineage {run} {cluster}")
    lineage.lineage(run, cluster)
    typer.echo(f"\n$ wirecopy show {run} {cluster} --copy")
    show.show(run, cluster, copy=True)
    typer.echo(f"\nNext, with your own dump: wirecopy inspect DUMP, then wirecopy detect DUMP --out {out / 'mine'}")
