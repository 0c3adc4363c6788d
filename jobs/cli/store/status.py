"""``wirecopy store status``: how a store stands."""

from __future__ import annotations

import typer

from jobs.cli.options import Json
from jobs.cli.printing import cell, document
from jobs.cli.store.folder import Store

EXAMPLES = ("wirecopy store status --store store",)


def status(store: Store, json: Json = False) -> None:
    """Tell how many nights, articles and clusters a store holds, what was not published, and who holds it."""
    from jobs.nightly.maintenance import status

    state = status(store)
    if json:
        document(state)
        return
    for name, value in state.items():
        text = ", ".join(value) if isinstance(value, list) else f"{value:,}" if isinstance(value, int) else cell(value)
        typer.echo(f"{name.replace('_', ' '):16}  {text or '-'}")
