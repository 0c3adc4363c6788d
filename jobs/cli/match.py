"""``wirecopy match``: one text against the store."""

from __future__ import annotations

from typing import Any

import typer

from jobs.cli import notices
from jobs.cli.options import (
    Agencies,
    Fields,
    Inputs,
    Json,
    Publishers,
    StoreFolder,
    Threads,
    make_job,
    with_settings,
)
from jobs.cli.printing import columns, document
from jobs.folder import plain

EXAMPLES = ("wirecopy match letter.txt --store store", "wirecopy match letter.txt --store store --json")

#: What is shown of a match: heading -> column.
_SHOWN = {
    "asked": "asked_id",
    "article": "article_id",
    "cluster": "cluster_id",
    "grade": "grade",
    "score": "score",
    "longest passage": "longest_passage",
    "passages": "passages",
}


@with_settings
def match(
    inputs: Inputs,
    store: StoreFolder,
    field: Fields = None,
    threads: Threads = 0,
    agencies: Agencies = None,
    publishers: Publishers = None,
    json: Json = False,
    **flags: Any,
) -> None:
    """Compare one or a few articles with everything in a store; the store is not changed.

    Prints the matches, highest score first. With --related, pairs graded related, background or template are
    printed too.
    """
    from jobs.nightly.query import ask

    job = make_job(inputs, field, threads, agencies, publishers, flags)
    answer = ask(
        job.inputs, store, settings=job.settings, fields=job.fields, threads=job.threads, agencies=job.agencies
    )
    notices.warn(notices.of_reading(answer.sources, answer.names, answer.reading))
    result = answer.matches
    rows = plain(result if job.settings.related else result.filter(result["counted"]))
    if json:
        document({"matches": rows})
    elif rows:
        typer.echo(columns(tuple(_SHOWN), [[row[name] for name in _SHOWN.values()] for row in rows]))
    else:
        typer.echo("no match")
