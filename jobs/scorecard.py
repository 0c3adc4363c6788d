"""The scorecard of a run's publishers, and who carried whom, out of the folder of the run."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from jobs.folder import check, rows, summary


class Scorecard(NamedTuple):
    """Rows of :data:`~dedup.report.scorecard.PUBLISHERS` and :data:`~dedup.report.scorecard.SYNDICATION`."""

    publishers: pa.Table
    syndication: pa.Table


def scorecard(run: Path) -> Scorecard:
    """Count them. Raises :class:`~dedup.errors.NoInputError` for a folder without a run."""
    from dedup.credits import load_agencies
    from dedup.report.publishers import prints
    from dedup.report.run_data import find
    from dedup.report.scorecard import publishers_table, syndication_table
    from dedup.tables import ARTICLES_OUT, ATTRIBUTIONS

    check(run)
    result, agencies = find(functools.partial(rows, run), summary(run)), load_agencies()
    printed = prints(result, agencies)
    publishers = {row["id"]: row for row in rows(run, ARTICLES_OUT, columns=["id", "publisher", "url"])}
    named = rows(run, ATTRIBUTIONS, columns=["article_id", "name"])
    return Scorecard(publishers_table(result, printed, agencies, publishers), syndication_table(result, printed, named))
