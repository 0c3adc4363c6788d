"""``wirecopy store``: looking after the store of the nights."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer

from dedup.errors import BadDataError
from jobs.cli.logs import holder
from jobs.cli.options import Json, StoreFolder, StoreLocation, path_or_address, word_argument
from jobs.cli.printing import cell, document


def status(store: StoreLocation, json: Json = False) -> None:
    """Show how many nights, articles and clusters a store has, unpublished nights, and who holds its lock."""
    from jobs.nightly import maintenance

    state = maintenance.status(store)
    if json:
        document(state)
        return
    for name, value in state.items():
        typer.echo(f"{name.replace('_', ' '):16}  {_state(value)}")


def _state(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return ", ".join(value) or "-" if isinstance(value, list) else cell(value)


def verify(
    store: StoreLocation,
    out: Annotated[
        str | None,
        typer.Option(
            parser=path_or_address, metavar="DIR", help="Also check the nights published there.", show_default=False
        ),
    ] = None,
) -> None:
    """Compare every file of a store with its digest; exit code 65 if anything is wrong.

    With --out, also check every published night: its tables and run.json against their digests and the store.
    """
    from jobs.nightly import maintenance

    wrong = maintenance.verify(store, out)
    for line in wrong:
        typer.echo(line)
    if wrong:
        raise BadDataError(
            f"{len(wrong)} faults; restore these files from a backup, or leave their nights out: "
            f"wirecopy store rebuild --store {store} --without RUN; to publish a night again: "
            f"wirecopy store publish RUN --store {store} --out DIR"
        )
    typer.echo("no faults found")


def expire(
    store: StoreLocation,
    before: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="DAY", help="Delete the nights before this date.", show_default=False
        ),
    ],
) -> None:
    """Delete the nights before a date with their texts; clusters that are empty then are closed."""
    from jobs.nightly import maintenance

    dropped = maintenance.expire(store, before.date(), holder())
    typer.echo("\n".join(f"deleted {run}" for run in dropped) or "no night is that old")


def forget(
    article: Annotated[str, word_argument(metavar="ID", help="The article's id.", show_default=False)],
    store: StoreFolder,
) -> None:
    """Remove an article from every file of the store, and leave it out if it comes again.

    Published folders of its nights are rewritten without it, if they still exist. Other copies of them, reports and
    the dumps are not changed.
    """
    from jobs.nightly import forget as forgetting

    done = forgetting.forget(store, article, holder())
    for run in done.runs:
        typer.echo(f"{article} is no longer in {run}")
    for path in done.left:
        typer.echo(
            f"wirecopy: {path} still contains {article}; wirecopy does not change this file: create it again", err=True
        )


def publish(
    run: Annotated[str, word_argument(metavar="RUN", help="The run id of the night.", show_default=False)],
    store: StoreLocation,
    out: Annotated[
        str,
        typer.Option(
            parser=path_or_address, metavar="DIR", help="The night is published as DIR/RUN.", show_default=False
        ),
    ],
) -> None:
    """Publish a night again, if its folder was lost or damaged."""
    from jobs.nightly import maintenance

    typer.echo(f"published {maintenance.publish_again(store, run, out, holder())}")


#: Command -> its examples.
COMMANDS: dict[Callable[..., None], tuple[str, ...]] = {
    status: ("wirecopy store status --store store",),
    verify: ("wirecopy store verify --store store", "wirecopy store verify --store store --out nights"),
    expire: ("wirecopy store expire --store store --before 2025-01-01",),
    forget: ("wirecopy store forget herald-2025-1187 --store store",),
    publish: ("wirecopy store publish 2025-05-09-5b168bdd --store store --out nights",),
}
