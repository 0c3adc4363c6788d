"""``wirecopy store forget``: taking an article down."""

from __future__ import annotations

from typing import Annotated

import typer

from jobs.cli.logs import holder
from jobs.cli.options import word_argument
from jobs.cli.store.folder import Store

EXAMPLES = ("wirecopy store forget herald-2025-1187 --store store",)


def forget(
    article: Annotated[str, word_argument(metavar="ID", help="The article's id.", show_default=False)],
    store: Store,
) -> None:
    """Take an article out of every file of the store, and keep it out should it come again.

    The published folders of its nights are written anew without it, where they still are; other copies of these,
    reports made of them, and the dumps are not the store's to change.
    """
    from jobs.nightly.forget import forget

    done = forget(store, article, holder())
    for run in done.runs:
        typer.echo(f"{article} is no longer in {run}")
    for path in done.left:
        typer.echo(f"wirecopy: {path} still names {article}; it is not the store's to change: make it anew", err=True)
