"""The command line, one module a command. Importing it loads no kernels: a command imports what it runs when it runs.

Standard output is for what was asked, standard error for messages and progress. Errors of :mod:`dedup.errors` are one
line and their exit code; anything else is a fault of the program, exit code 70.
"""

from __future__ import annotations

import inspect
import re
import signal
import sys
import traceback
from collections.abc import Sequence
from types import FrameType, ModuleType
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from dedup import __version__
from dedup.errors import InputOutputError, WirecopyError
from jobs.cli import config, detect, diff, evaluate, explain, export, keep, lineage, match, nightly, report, show, store

_FAULT = WirecopyError.exit_code


class _Commands(TyperGroup):
    """The commands, with every error that leaves one made into a line and an exit code."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **options: Any) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        try:
            return super().main(given, *more, **options)
        except WirecopyError as error:
            _stop(error, str(error), error.exit_code, "--traceback" in given)
        except OSError as error:
            _stop(error, str(error), InputOutputError.exit_code, "--traceback" in given)
        except Exception as error:
            said = f"{type(error).__name__}: {error}\nThis is a fault of wirecopy; wirecopy --traceback ... shows where"
            _stop(error, said, _FAULT, "--traceback" in given)


def _stop(error: Exception, said: str, code: int, trace: bool) -> NoReturn:
    if trace:
        traceback.print_exception(error)
    print(f"wirecopy: {said}", file=sys.stderr)
    sys.exit(code)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"wirecopy {__version__}")
        raise typer.Exit


def _wirecopy(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
    traceback: Annotated[bool, typer.Option("--traceback", help="Show where in the program an error arose.")] = False,
) -> None:
    """Which articles are copies or rewrites of the same wire copy, whose copy it was, and how much of each it is."""


app = typer.Typer(
    cls=_Commands, callback=_wirecopy, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False
)


def _add(module: ModuleType, to: typer.Typer) -> None:
    """Add the command of a module, which is called like it."""
    name = module.__name__.rpartition(".")[2]
    command = getattr(module, name)
    says = inspect.getdoc(command) or ""
    flowing = re.sub(r"(?<!\n)\n(?!\n)", " ", says)  # typer keeps the line ends within a paragraph
    to.command(name, help=flowing, epilog="\n\n".join(("Examples:", *module.EXAMPLES)))(command)


for _module in (detect, show, explain, lineage, report, nightly, match, diff, keep, export, evaluate, config):
    _add(_module, app)
_store = typer.Typer(no_args_is_help=True, help="Look after the store of the nights.")
for _module in store.COMMANDS:
    _add(_module, _store)
app.add_typer(_store, name="store")


def _end(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)  # an exception, so that what is half-written is removed on the way


def main() -> None:
    """The command ``wirecopy``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that is not UTF-8 shows escapes instead of failing
            stream.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, _end)
    app(prog_name="wirecopy")
