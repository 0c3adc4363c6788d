"""``wirecopy config``: which settings hold here, and where each comes from."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from jobs.cli.options import Json, warn_of_names
from jobs.cli.printing import columns, document
from jobs.config import layered, settings

EXAMPLES = ("wirecopy config", "WIRECOPY_WINDOW=7 wirecopy config --json")


def config(json: Json = False) -> None:
    """Print the current settings and where each value comes from.

    Later sources override earlier ones: defaults; wirecopy.toml, or the table tool.wirecopy of pyproject.toml, in
    the working folder; environment variables such as WIRECOPY_WINDOW; command line flags.
    """
    current = layered(Path.cwd(), os.environ, {})
    settings(current)
    warn_of_names(current)
    if json:
        document({name: {"value": one.value, "from": one.origin} for name, one in current.items()})
    else:
        lines = [(name, str(one.value), one.origin) for name, one in current.items()]
        typer.echo(columns(("setting", "value", "from"), lines))
