"""``wirecopy store verify``: whether a store is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dedup.errors import BadDataError
from jobs.cli.options import path_option
from jobs.cli.store.folder import Store

EXAMPLES = ("wirecopy store verify --store store", "wirecopy store verify --store store --out nights")


def verify(
    store: Store,
    out: Annotated[
        Path | None, path_option(metavar="DIR", help="Also the nights published there.", show_default=False)
    ] = None,
) -> None:
    """Read every file of a store and compare it with what was written; exit code 65 where something is wrong.

    With --out also every published night of the store: its tables and run.json against their digests and the store.
    """
    from jobs.nightly.maintenance import verify

    wrong = verify(store, out)
    for line in wrong:
        typer.echo(line)
    if wrong:
        raise BadDataError(
            f"{len(wrong)} faults; put back copies of these files, or leave their nights out: "
            f"wirecopy store rebuild --store {store} --without RUN; published nights: wirecopy store publish RUN "
            f"--store {store} --out DIR"
        )
    typer.echo("the store is whole")
