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
        list[str] | None,
        typer.Option(
            parser=word, metavar="RUN", help="Run id of a night to leave out; can be repeated.", show_default=False
        ),
    ] = None,
    threads: Threads = 0,
    agencies: Agencies = None,
    publishers: Publishers = None,
    **flags: Any,
) -> None:
    """Run the nights of a store again from the stored texts: with other settings, or without a damaged night.

    The store is replaced when all is done. The inputs of a night that is left out can be given again. If the
    catalogue is missing, damaged or an older copy, the nights are restored from their folders. Published folders
    that still exist are rewritten.
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

    with progress() as show_progress:
        rebuilt = rebuilding.rebuild(
            store,
            settings=settings,
            without=without,
            threads=threads,
            agencies=agencies or (),
            families=publishers,
            note=holder(),
            progress=show_progress,
        )
    print_rebuilt(rebuilt)


def print_rebuilt(rebuilt: Rebuilt) -> None:
    """What was made anew, and on standard error what could not be carried over."""
    if rebuilt.lost:
        typer.echo(f"wirecopy: warning: {rebuilt.lost}", err=True)
        typer.echo(
            "wirecopy: warning: it was renamed to catalogue.damaged.sqlite; forgotten articles and the inputs of "
            "deleted nights are no longer known: forget these articles again, and do not read these inputs again",
            err=True,
        )
    for run in rebuilt.taken_in if not rebuilt.lost else ():
        typer.echo(f"restored {run}, which was not in the catalogue")
    for folder in rebuilt.published:
        typer.echo(f"published {folder}")
    typer.echo(f"rebuilt {len(rebuilt.runs)} nights")


def regrade(store: StoreFolder, threads: Threads = 0, agencies: Agencies = None, publishers: Publishers = None) -> None:
    """Grade all nights of a store again with the models and word lists of this version of wirecopy.

    Each night keeps its settings. wirecopy nightly prints a message if earlier nights were graded by another
    version.
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
