"""The options of a command that runs the whole job: its inputs, and one option for every setting."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import os
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dedup.errors import UsageError
from dedup.readers.fields import Spelling
from dedup.readers.inputs import FORMATS
from dedup.settings import RENAMED, Settings
from jobs import config
from jobs.folder import RunPath, opened

if TYPE_CHECKING:
    from jobs.stages import Job

_ENDINGS = ", ".join(ending for format in FORMATS.values() for ending in format.suffixes)
_UNITS = {"": 1, "M": 1 << 20, "G": 1 << 30}


def path(text: str) -> Path:
    """A path of this machine; what an empty one or an address would stand for, nobody means."""
    somewhere(text)
    if "://" in str(text):
        raise typer.BadParameter(f"{text} is an address; only inputs, runs and detect --out can be addresses")
    try:
        str(Path(text).absolute()).encode()
    except UnicodeEncodeError:
        raise typer.BadParameter(f"{text!r} (or the folder it is in) has a name that is not UTF-8; rename it") from None
    return Path(text)


def somewhere(text: str) -> str:
    """A path of this machine, or an address that an engine knows."""
    if not str(text):
        raise typer.BadParameter("the path is empty; give a file or folder")
    return text


def run_path(text: str) -> RunPath:
    """The folder of a run: a path of this machine, or an address."""
    return opened(somewhere(text) if "://" in text else path(text))


def path_or_address(text: str) -> str:
    """A path of this machine, checked as :func:`path` does, or an address."""
    return text if "://" in str(text) else str(path(text))


def word(text: str) -> str:
    """An id, or another name that stands in tables."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise typer.BadParameter(f"{text!r} is not UTF-8 and cannot be an id") from None
    return text


path_option = functools.partial(typer.Option, parser=path)
word_argument = functools.partial(typer.Argument, parser=word)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
StoreFolder = Annotated[
    Path, path_option("--store", metavar="DIR", help="The folder of the store.", show_default=False)
]
run_argument = functools.partial(typer.Argument, parser=run_path, show_default=False)
#: Any :data:`~jobs.folder.RunPath`, which help is to call a path.
StoreLocation = Annotated[
    str,
    typer.Option(
        "--store",
        parser=path_or_address,
        metavar="DIR",
        help="The store of the nights, or its address.",
        show_default=False,
    ),
]
RunFolder = Annotated[Path, run_argument(metavar="DIR", help="The folder of a run, or its address.")]

Inputs = Annotated[
    list[str],
    typer.Argument(metavar="INPUT", help=f"Files ({_ENDINGS}), folders, globs and addresses.", show_default=False),
]
Fields = Annotated[
    list[str] | None,
    typer.Option(metavar="FIELD=COLUMN", help="Column to read a field from; can be repeated.", show_default=False),
]
Threads = Annotated[int, typer.Option(min=0, max=1024, help="Number of threads; 0: one per processor.")]


def size(text: str) -> int:
    """A number of bytes: ``2G``, ``1500M`` or ``2000000000``."""
    number, unit = (text[:-1], text[-1:].upper()) if text[-1:].upper() in ("M", "G") else (text, "")
    try:
        return int(float(number) * _UNITS[unit])
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{text!r} is not a size, as in 2G or 1500M") from None


Memory = Annotated[
    int,
    typer.Option(parser=size, metavar="SIZE", help="Maximum memory of the run, at least 1G."),
]
Agencies = Annotated[
    list[Path] | None,
    path_option(metavar="FILE", help="TOML file with more agencies and outlets; can be repeated.", show_default=False),
]
Publishers = Annotated[
    Path | None,
    path_option(metavar="FILE", help="TOML file that says which publishers belong together.", show_default=False),
]


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """The command with an option for every setting in place of its parameter ``**flags``, for :func:`make_settings`.

    typer makes the options of a command from its signature, and has no way for commands to share some of them.
    """
    signature = inspect.signature(command, eval_str=True)
    own = [parameter for parameter in signature.parameters.values() if parameter.kind is not parameter.VAR_KEYWORD]
    options = [_option(field) for field in dataclasses.fields(Settings)] + [_former_option(name) for name in RENAMED]
    command.__signature__ = signature.replace(parameters=[*own, *options])  # type: ignore[attr-defined]
    return command


def make_settings(flags: Mapping[str, Any]) -> Settings:
    """The settings in effect. ``flags``: the values of the options; None stands for one that was not given."""
    current = config.layered(
        Path.cwd(), os.environ, {name: value for name, value in flags.items() if value is not None}
    )
    made = config.settings(current)
    warn_of_names(current)
    return made


def warn_of_names(current: Mapping[str, config.Value]) -> None:
    """Print a warning for every setting that was given by a former name."""
    for message in config.outdated(current):
        typer.echo(f"warning: {message}", err=True)


def make_job(
    inputs: Sequence[str],
    field: Sequence[str] | None,
    threads: int,
    agencies: Sequence[Path] | None,
    publishers: Path | None,
    flags: Mapping[str, Any],
) -> Job:
    """The job that the options of a command describe; raises the errors of bad settings and fields."""
    from jobs.stages import Job

    return Job(inputs, make_settings(flags), fields(field or ()), agencies or (), publishers, threads)


def days(text: str) -> int:
    """A number of days: ``30`` or ``30d``."""
    try:
        return int(text.removesuffix("d"))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a number of days, as in 30 or 30d") from None


def fields(given: Sequence[str]) -> Mapping[str, Spelling]:
    """The columns of fields with unusual names, of texts like ``text=article_body``, and the spellings set here."""
    pairs = [text.partition("=") for text in given]
    for (name, equals, column), text in zip(pairs, given, strict=True):
        if not (name and equals and column):
            raise UsageError(f"{text!r} is not FIELD=COLUMN, as in --field text=article_body")
    return config.spellings(Path.cwd()) | {name: column for name, _, column in pairs}


def _option(field: dataclasses.Field[Any]) -> inspect.Parameter:
    """The option of a setting. Its range is checked by Settings, so that a flag and a file are told the same."""
    flag = f"--{field.name.replace('_', '-')}"
    kind = typing.get_type_hints(Settings)[field.name]
    low, high, says = (field.metadata[name] for name in ("low", "high", "says"))
    limits = f"{'yes' if field.default else 'no'}" if kind is bool else f"{field.default}; {low} to {high}"
    option = typer.Option(
        f"{flag}/--no-{flag[2:]}" if kind is bool else flag,
        help=f"{says[0].upper()}{says[1:]} ({limits}).",
        show_default=False,
        rich_help_panel="Settings",
        parser=days if field.name == "window" else None,
        metavar="DAYS" if field.name == "window" else None,
    )
    kind = Annotated[kind | None, option]
    return inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)


def _former_option(name: str) -> inspect.Parameter:
    """The option of a setting by its former name, which no help lists."""
    kind = typing.get_type_hints(Settings)[RENAMED[name]]
    option = typer.Option(f"--{name.replace('_', '-')}", hidden=True)
    kind = Annotated[kind | None, option]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
