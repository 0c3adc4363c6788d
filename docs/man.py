"""Writes the man page wirecopy.1 from the help of the command line; ``make docs`` runs it, a test checks for drift."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer.main

from dedup import __version__
from dedup.settings import RENAMED, Settings
from jobs.cli import app
from jobs.cli.failures import EXIT_CODES

PAGE = Path(__file__).parent / "wirecopy.1"
_SETTINGS = frozenset((*RENAMED, *(field.name for field in dataclasses.fields(Settings))))
_VARIABLES = {
    "WIRECOPY_...": "a setting, as in WIRECOPY_WINDOW=7",
    "NUMBA_CACHE_DIR": "where compiled code is kept",
    "AWS_ENDPOINT_URL": "the server of s3:// addresses, as --endpoint",
    "TMPDIR": "where files are kept that are needed meanwhile",
}
_FILES = {"wirecopy.toml, pyproject.toml": "settings, and names of columns, of the working folder"}


def man_page() -> str:
    """The text of the page."""
    group: Any = typer.main.get_command(app)
    parts = [
        f'.TH WIRECOPY 1 "" "wirecopy {__version__}" "User Commands"',
        ".SH NAME",
        f"wirecopy \\- {_text(_sentence(group.help))}",
        ".SH SYNOPSIS",
        ".B wirecopy\n[\\fIOPTION\\fR]... \\fICOMMAND\\fR [\\fIARGUMENT\\fR]...",
        ".SH OPTIONS",
        *_parameters(group.params),
    ]
    panel = None
    for heading, name, command in _commands(group):
        if heading != panel:
            parts.append(f".SH {_text(heading.upper())}")
            panel = heading
        parts += _command(name, command)
    parts += [".SH SETTINGS", "Options of the commands that compare articles."]
    parts += [_entry(f"--{field.name.replace('_', '-')}", _setting(field)) for field in dataclasses.fields(Settings)]
    for heading, rows in (("EXIT STATUS", EXIT_CODES), ("ENVIRONMENT", _VARIABLES), ("FILES", _FILES)):
        parts += [f".SH {heading}", *(_entry(name, says) for name, says in rows.items())]
    return "\n".join(parts) + "\n"


def _commands(group: Any) -> Iterator[tuple[str, str, Any]]:
    """Heading, whole name and command, in the order of the help."""
    for name, command in group.commands.items():
        heading = command.rich_help_panel
        if hasattr(command, "commands"):
            yield from ((heading, f"{name} {below}", each) for below, each in command.commands.items())
        else:
            yield heading, name, command


def _command(name: str, command: Any) -> list[str]:
    usage = " ".join(command.collect_usage_pieces(typer.Context(command)))
    own = [parameter for parameter in command.params if parameter.name not in _SETTINGS]
    paragraphs = [f".PP\n{_text(each)}" for each in command.help.split("\n\n")]
    if len(own) < len(command.params):
        paragraphs.append(".PP\nEvery setting is an option, too.")
    _, *examples = command.epilog.split("\n\n")
    shown = [".PP\nExamples:", ".PP\n.nf\n.RS", *map(_text, examples), ".RE\n.fi"]
    return [f".SS wirecopy {_text(name)} {_text(usage)}", *paragraphs, *_parameters(own), *shown]


def _parameters(parameters: Sequence[Any]) -> list[str]:
    return [_entry(_name(each), each.help) for each in parameters if not getattr(each, "hidden", False) and each.help]


def _name(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar)
    names = ", ".join((*parameter.opts, *parameter.secondary_opts))
    return f"{names} {parameter.metavar}" if parameter.metavar else names


def _setting(field: dataclasses.Field[Any]) -> str:
    low, high, says = (field.metadata[key] for key in ("low", "high", "says"))
    return f"{says} ({field.default}{'' if low is None else f'; {low} to {high}'})"


def _entry(name: str, says: str) -> str:
    return f".TP\n.B {_text(name)}\n{_text(says)}"


def _sentence(text: str) -> str:
    return text[0].lower() + text[1:].rstrip(".")


def _text(text: str) -> str:
    """A text as roff shows it as it is."""
    shown = " ".join(text.split()).replace("\\", "\\(rs").replace("-", "\\-").replace("`", "").replace('"', "\\(dq")
    return f"\\&{shown}" if shown.startswith((".", "'")) else shown


def main() -> None:
    """Write the page."""
    PAGE.write_text(man_page(), "utf-8")
    print(f"wrote {PAGE}", file=sys.stderr)


if __name__ == "__main__":
    main()
