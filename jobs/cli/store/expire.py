"""``wirecopy store expire``: dropping old nights."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from jobs.cli.logs import holder
from jobs.cli.store.folder import Store

EXAMPLES = ("wirecopy store expire --store store --before 2025-01-01",)


def expire(
    store: Store,
    before: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="Drop the nights before it.", show_default=False),
    ],
) -> None:
    """Drop the nights before a day, texts and all; clusters that nobody is left in are closed."""
    from jobs.nightly.maintenance import expire

    dropped = expire(store, before.date(), holder())
    typer.echo("\n".join(f"dropped {run}" for run in dropped) or "nothing is that old")
