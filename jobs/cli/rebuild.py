"""``wirecopy store rebuild`` and ``regrade``: a store made anew out of its own articles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dedup.settings import Settings
from jobs.cli.logs import holder
from jobs.cli.options import Agencies, Publishers, StoreFolder, Threads, make_settings, with_settings, word
from jobs.cli.progress import progress

if TYPE_CHECKING:
    from jobs.nightly.rebuild import Rebuilt


@with_settings
def rebuild(
    store: StoreFolder,
    without: Annotated[
        list[str] | None, typer.Option(parser=word, metavar="RUN", help="A night to leave out.", show_default=False)
    ] = None,
    threads: Threads = 0,
    agencies: Agencies = None,
    publishers: Publishers = None,
    **flags: Any,
) -> None:
    """Run the nights of a store again from the texts that it holds: with other settings, or without a damaged night.

    The store is replaced at once when all is done. The inputs of a night that is left out can be given again. Where the
    catalogue is missing, damaged or an older copy, the nights are taken in by their folders. Nights whose published
    folders still are where they were are published anew.
    """
    _rebuild(store, make_settings(flags), without or (), threads, agencies, publishers)


def _rebuild(
    store: Path,
    settings: Settings | None,
    without: Sequence[str],
    threads: int,
    agencies: list[Path] | None,
    publishers: Path | None,
) -> None:
    from jobs.nightly import rebuild as rebuilding

    with progress() as tell:
        done = rebuilding.rebuild(
            store,
            settings=settings,
            without=without,
            threads=threads,
            agencies=agencies or (),
            families=publishers,
            note=holder(),
            progress=tell,
        )
    tell_rebuilt(done)


def tell_rebuilt(done: Rebuilt) -> None:
    """What was made anew, and on standard error what could not be carried over."""
    if done.lost:
        typer.echo(f"wirecopy: warning: {done.lost}", err=True)
        typer.echo(
            "wirecopy: warning: it was set aside as catalogue.damaged.sqlite; which articles were taken down and which "
            "inputs dropped nights had is no longer known: forget them again, and do not give such dumps again",
            err=True,
        )
    for run in done.taken_in if not done.lost else ():
        typer.echo(f"took in {run}, which the catalogue did not know")
    for folder in done.published:
        typer.echo(f"published {folder}")
    typer.echo(f"made {len(done.runs)} nights anew")


def regrade(store: StoreFolder, threads: Threads = 0, agencies: Agencies = None, publishers: Publishers = None) -> None:
    """Grade all nights of a store anew, each with its own settings, by the models and word lists of this wirecopy.

    wirecopy nightly says when it compares with nights that others graded. The same as wirecopy store rebuild, but for
    the settings.
    """
    _rebuild(store, None, (), threads, agencies, publishers)


#: Command -> its examples.
COMMANDS: dict[Callable[..., None], tuple[str, ...]] = {
    rebuild: (
        "wirecopy store rebuild --store store --num-perm 256",
        "wirecopy store rebuild --store store --without 2025-05-09-5b168bdd",
    ),
    regrade: ("wirecopy store regrade --store store",),
}
