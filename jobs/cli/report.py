"""``wirecopy report``: a run as a page to read."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated

from jobs.cli.files import atomic_output
from jobs.cli.options import RunFolder, path_option
from jobs.folder import check, rows, summary

EXAMPLES = ("wirecopy report run -o report.html",)


def report(
    run: RunFolder,
    out: Annotated[Path, path_option("--out", "-o", metavar="FILE", help="The page to write.")] = Path("report.html"),
) -> None:
    """Write a run as one HTML page: the run at a glance, stories, publishers and near misses.

    Each story shows who took it from whom, and its articles beside their sources. The page works offline. Needs the
    extra: pip install 'wirecopy[report]'.
    """
    check(run)
    from dedup.report import page

    with atomic_output(out) as file:
        file.write(page(functools.partial(rows, run), summary(run)).encode())
