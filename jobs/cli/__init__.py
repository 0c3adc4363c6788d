"""The command line, one module a command. Importing it loads nothing: a signal may come at any moment.

Standard output is for what was asked, standard error for messages and progress. Errors of :mod:`dedup.errors` are one
line and their exit code; :mod:`jobs.cli.failures` says which code every other one has.
"""

from __future__ import annotations

from typing import Any, NoReturn

from jobs.cli import signals


def main() -> NoReturn:
    """The command ``wirecopy``."""
    signals.install()
    from jobs.cli.commands import run  # loads typer and all commands, which takes long enough to be interrupted

    run()


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from jobs.cli.commands import app

    return app
