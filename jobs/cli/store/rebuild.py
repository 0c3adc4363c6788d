"""``wirecopy store rebuild``: a store made anew out of its own articles."""

from __future__ import annotations

from typing import Annotated

import typer

from dedup.settings import Settings
from jobs.cli.logs import holder
from jobs.cli.options import Agencies, Publishers, Threads, with_settings, word
from jobs.cli.progress import progress
from jobs.cli.store.folder import Store

EXAMPLES = (
    "wirecopy store rebuild --store store --num-perm 256",
    "wirecopy store rebuild --store store --without 2025-05-09-5b168bdd",
)


@with_settings
def rebuild(
    settings: Settings,
    store: Store,
    without: Annotated[
        list[str] | None, typer.Option(parser=word, metavar="RUN", help="A night to leave out.", show_default=False)
    ] = None,
    threads: Threads = 0,
    agencies: Agencies = None,
    publishers: Publishers = None,
) -> None:
    """Run the nights of a store again from the texts that it holds: with other settings, or without a damaged night.

    The store is replaced at once when all is done. The inputs of a night that is left out can be given again.
    """
    from jobs.nightly.rebuilding import rebuild

    with progress() as tell:
        runs = rebuild(
            store, settings=settings, without=without or (), threads=threads, agencies=agencies or (),
            families=publishers, note=holder(), progress=tell,
        )  # fmt: skip
    typer.echo(f"made {len(runs)} nights anew")
