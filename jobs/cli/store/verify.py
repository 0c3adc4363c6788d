"""``wirecopy store verify``: whether a store is whole."""

from __future__ import annotations

import typer

from dedup.errors import BadDataError
from jobs.cli.store.folder import Store

EXAMPLES = ("wirecopy store verify --store store",)


def verify(store: Store) -> None:
    """Read every file of a store and compare it with what was written; exit code 65 where something is wrong."""
    from jobs.nightly.upkeep import verify

    wrong = verify(store)
    for line in wrong:
        typer.echo(line)
    if wrong:
        raise BadDataError(
            f"{len(wrong)} faults; put back copies of these files, or leave their nights out: "
            f"wirecopy store rebuild --store {store} --without RUN"
        )
    typer.echo("the store is whole")
