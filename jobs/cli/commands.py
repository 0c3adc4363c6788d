"""All commands as one, and how it ends. Importing it loads no kernels: a command imports what it runs when it runs."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from inspect import getdoc
from typing import Annotated, Any, NoReturn, TextIO

import typer
from typer.core import TyperGroup

from dedup import __version__
from dedup.errors import InputOutputError
from jobs.cli import (
    compile,
    config,
    demo,
    detect,
    diff,
    evaluate,
    explain,
    export,
    inspect,
    keep,
    lineage,
    match,
    nightly,
    rebuild,
    report,
    sample,
    show,
    store,
)
from jobs.cli.failures import failure
from jobs.cli.printing import print_message


class _Commands(TyperGroup):
    """The commands, with every error that leaves one made into a line and an exit code."""

    def make_context(self, *given: Any, **options: Any) -> Any:
        with _with_exit_codes():
            return super().make_context(*given, **options)

    def invoke(self, context: Any) -> Any:
        with _with_exit_codes():
            return super().invoke(context)


@contextlib.contextmanager
def _with_exit_codes() -> Iterator[None]:
    """Turn errors into messages and exit codes; typer's own, of wrong calls, it words itself."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, typer.Exit | typer.Abort) or hasattr(error, "format_message"):
            raise
        failed = failure(error)
        if "--traceback" in sys.argv:
            traceback.print_exception(error)
        if failed.message:
            print_message(failed.message)
        raise SystemExit(failed.code) from error


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"wirecopy {__version__}")
        raise typer.Exit


def _endpoint(url: str | None) -> str | None:
    """Tell the client of S3 its server, by the variable that it reads."""
    if url is not None:
        os.environ["AWS_ENDPOINT_URL"] = url
    return url


def _wirecopy(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    traceback: Annotated[
        bool, typer.Option("--traceback", help="Print a Python traceback if the command fails.")
    ] = False,
    endpoint: Annotated[
        str | None,
        typer.Option(callback=_endpoint, metavar="URL", help="The server of s3:// addresses, if it is not Amazon's."),
    ] = None,
) -> None:
    """Find news articles that are copies or rewrites of the same wire copy, and whose copy it was."""


app = typer.Typer(cls=_Commands, callback=_wirecopy, no_args_is_help=True, pretty_exceptions_enable=False)


def _add(command: Callable[..., None], examples: Sequence[str], to: typer.Typer, panel: str | None = None) -> None:
    docstring = getdoc(command) or ""
    flowing = re.sub(r"(?<!\n)\n(?!\n)", " ", docstring)  # typer keeps the line ends within a paragraph
    epilog = "\n\n".join(("Examples:", *examples))
    to.command(command.__name__, help=flowing, epilog=epilog, rich_help_panel=panel)(command)


#: What people want to do -> the commands for it, in the order of the help.
_PANELS = {
    "Get started": (demo, inspect, config, compile),
    "Find copies": (detect, nightly, match),
    "Look at results": (show, lineage, explain, report, diff),
    "Use results": (keep, export),
    "Check quality": (sample, evaluate),
}
for _panel, _modules in _PANELS.items():
    for _module in _modules:
        _add(getattr(_module, _module.__name__.rpartition(".")[2]), _module.EXAMPLES, app, _panel)
_store = typer.Typer(no_args_is_help=True, help="Manage the store of earlier nights.")
for _command, _examples in (store.COMMANDS | rebuild.COMMANDS).items():
    _add(_command, _examples, _store)
app.add_typer(_store, name="store", rich_help_panel="Find copies")


def run() -> NoReturn:
    """Run the command that the arguments name, and end the process."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that is not UTF-8 shows escapes instead of failing
            stream.reconfigure(errors="backslashreplace")
    code: Any = 0
    try:
        app(prog_name="wirecopy")
    except SystemExit as ended:
        code = failure(ended).code
    sys.exit(_flushed(code))


def _flushed(code: Any) -> Any:
    """The exit code, when all that was printed is written; that messages cannot be written changes nothing."""
    error = _unwritten(sys.stdout)
    if error and not isinstance(error, BrokenPipeError):
        print_message(f"standard output cannot be written: {error.strerror}")
        code = code or InputOutputError.exit_code
    _unwritten(sys.stderr)
    return code


def _unwritten(stream: TextIO | None) -> OSError | None:
    """Write what a stream still holds; returns why that is not possible. Python then does not try again at its end."""
    if stream is None:
        return None
    try:
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return error
    return None
