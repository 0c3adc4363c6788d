"""``wirecopy store publish``: a night's folder once more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobs.cli.logs import holder
from jobs.cli.options import path_option, word_argument
from jobs.cli.store.folder import Store

EXAMPLES = ("wirecopy store publish 2025-05-09-5b168bdd --store store --out nights",)


def publish(
    run: Annotated[str, word_argument(metavar="RUN", help="The night's run id.", show_default=False)],
    store: Store,
    out: Annotated[Path, path_option(metavar="DIR", help="Where DIR/RUN is published.", show_default=False)],
) -> None:
    """Publish a night again whose folder was lost."""
    from jobs.nightly.maintenance import publish_again

    typer.echo(f"published {publish_again(store, run, out, holder())}")
