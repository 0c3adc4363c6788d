"""``wirecopy store``: looking after the store of the nights."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from dedup.errors import BadDataError
from jobs.cli.logs import holder
from jobs.cli.options import Json, StoreFolder, path_option, word_argument
from jobs.cli.printing import cell, document


def status(store: StoreFolder, json: Json = False) -> None:
    """Tell how many nights, articles and clusters a store holds, what was not published, and who holds it."""
    from jobs.nightly import maintenance

    state = maintenance.status(store)
    if json:
        document(state)
        return
    for name, value in state.items():
        text = ", ".join(value) if isinstance(value, list) else f"{value:,}" if isinstance(value, int) else cell(value)
        typer.echo(f"{name.replace('_', ' '):16}  {text or '-'}")


def verify(
    store: StoreFolder,
    out: Annotated[
        Path | None, path_option(metavar="DIR", help="Also the nights published there.", show_default=False)
    ] = None,
) -> None:
    """Read every file of a store and compare it with what was written; exit code 65 where something is wrong.

    With --out also every published night of the store: its tables and run.json against their digests and the store.
    """
    from jobs.nightly import maintenance

    wrong = maintenance.verify(store, out)
    for line in wrong:
        typer.echo(line)
    if wrong:
        raise BadDataError(
            f"{len(wrong)} faults; put back copies of these files, or leave their nights out: "
            f"wirecopy store rebuild --store {store} --without RUN; published nights: wirecopy store publish RUN "
            f"--store {store} --out DIR"
        )
    typer.echo("the store is whole")


def expire(
    store: StoreFolder,
    before: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="Drop the nights before it.", show_default=False),
    ],
) -> None:
    """Drop the nights before a day, texts and all; clusters that nobody is left in are closed."""
    from jobs.nightly import maintenance

    dropped = maintenance.expire(store, before.date(), holder())
    typer.echo("\n".join(f"dropped {run}" for run in dropped) or "nothing is that old")


def forget(
    article: Annotated[str, word_argument(metavar="ID", help="The article's id.", show_default=False)],
    store: StoreFolder,
) -> None:
    """Take an article out of every file of the store, and keep it out should it come again.

    The published folders of its nights are written anew without it, where they still are; other copies of these,
    reports made of them, and the dumps are not the store's to change.
    """
    from jobs.nightly import forget as forgetting

    done = forgetting.forget(store, article, holder())
    for run in done.runs:
        typer.echo(f"{article} is no longer in {run}")
    for path in done.left:
        typer.echo(f"wirecopy: {path} still names {article}; it is not the store's to change: make it anew", err=True)


def publish(
    run: Annotated[str, word_argument(metavar="RUN", help="The night's run id.", show_default=False)],
    store: StoreFolder,
    out: Annotated[Path, path_option(metavar="DIR", help="Where DIR/RUN is published.", show_default=False)],
) -> None:
    """Publish a night again whose folder was lost."""
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
