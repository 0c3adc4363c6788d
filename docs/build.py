"""Writes tables.md, settings.md, cli.md and the outputs in README.md; ``make docs`` runs it, tests check for drift."""

from __future__ import annotations

import dataclasses
import runpy
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import typer.main

from dedup.settings import RENAMED, Settings
from dedup.tables import SCHEMA_VERSION, TABLES, Table
from jobs.cli import app

DOCS = Path(__file__).parent

_TABLES = f"""# Tables

A run writes these as Parquet (schema version {SCHEMA_VERSION}), beside `run.json`. Written by `make docs` from
`dedup/tables.py`, which is their only definition. Every file's metadata carries the schema version, wirecopy's version
and the fingerprint of the settings. Rows are sorted as said, strings compared bytewise.

An id is one within a publisher. Articles of several publishers under one id are all kept, and called `id@publisher` in
every table (in the publisher's name `%` is written `%25` and `@` is written `%40`); `shared_ids` in run.json counts
such ids.
"""

_SETTINGS = """# Settings

Written by `make docs` from `dedup/settings.py`. What marks *signs* changes the signatures, so a store of earlier nights
cannot be used with another value. The former names `agreement` (`min_shared_hashes`) and `cap` (`max_bucket_size`) are
still taken, with a warning.
"""

_CLI = """# The command line

Written by `make docs` from the help texts of `jobs/cli/`. Standard output is for what was asked (`--json`: one JSON
document), standard error for messages and, on a terminal, progress. `wirecopy --traceback COMMAND ...` shows where in
the program an error arose.

Settings come from the defaults, then `wirecopy.toml` or `[tool.wirecopy]` of `pyproject.toml` in the working folder,
then variables like `WIRECOPY_WINDOW=7`, then flags; the later one wins. `wirecopy config` prints what holds.
[Settings](settings.md) says what each is.

Compiled code is kept where `NUMBA_CACHE_DIR` says, else in the package's own folder, else in `~/.cache/wirecopy`. A
folder that another user owns or may write in is not used. Files of it that are damaged, or that cannot be written, cost
time and nothing else; a warning says so.

`wirecopy nightly` writes its exit code also into `--metrics FILE` and, with `--log-format json`, into the last line of
standard error, whatever ended it but a wrong call (2). A metrics file that cannot be written is a warning.

| exit code | meaning |
| --- | --- |
| 0 | done; also when the reader of standard output, as in `wirecopy show run \\| head`, has had enough |
| 2 | wrong call |
| 65 | too many bad records, or a damaged input, folder or store |
| 66 | no input: it does not exist, cannot be opened or holds no article |
| 70 | a fault of the program |
| 73 | cannot write there |
| 74 | the disk or file system failed, or memory was not enough |
| 75 | busy: another run holds the store |
| 76 | a night passed an alarm threshold; nothing was committed |
| 78 | bad settings |
| 130, 143 | interrupted or ended from outside; nothing half-written is left |
"""


def tables_page() -> str:
    """The text of docs/tables.md."""
    return "\n".join([_TABLES, *(_table(table) for table in TABLES)])


def settings_page() -> str:
    """The text of docs/settings.md."""
    rows = [_setting(field) for field in dataclasses.fields(Settings)]
    return "\n".join([_SETTINGS, _grid(("setting", "default", "range", "signs", "what it is"), rows)])


def cli_page() -> str:
    """The text of docs/cli.md."""
    return "\n".join([_CLI, *(_command(name, command) for name, command in _commands(typer.main.get_group(app)))])


def _commands(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """The commands of a group, those of the groups in it by their whole names."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield before + name, command


def _command(name: str, command: Any) -> str:
    call = " ".join([f"wirecopy {name}", *command.collect_usage_pieces(typer.Context(command))])
    head, *examples = command.epilog.split("\n\n")
    shown = "\n".join(["```sh", *examples, "```"])
    parameters = [_parameter(parameter) for parameter in command.params if parameter.name not in _SETTING_NAMES]
    table = _grid(("argument or option", "what it is"), parameters)
    if len(parameters) < len(command.params):
        table += "\nAnd an option for every [setting](settings.md): `--window 7`, `--no-texts`.\n"
    return f"## wirecopy {name}\n\n`{call}`\n\n{command.help}\n\n{table}\n{head}\n\n{shown}\n"


_SETTING_NAMES = frozenset((*RENAMED, *(field.name for field in dataclasses.fields(Settings))))


def _parameter(parameter: Any) -> tuple[str, str]:
    value = f" {parameter.metavar}" if parameter.metavar and parameter.opts[0].startswith("-") else ""
    name = parameter.metavar if parameter.param_type_name == "argument" else parameter.opts[0]
    return f"`{name}{value}`", parameter.help


def _setting(field: dataclasses.Field[object]) -> tuple[str, ...]:
    low, high, signs, says = (field.metadata[key] for key in ("low", "high", "signs", "says"))
    limits = "" if low is None else f"{low} to {high}"
    return (f"`{field.name}`", f"`{field.default}`", limits, _yes(signs), says)


def _table(table: Table) -> str:
    rows = [(f"`{field.name}`", str(field.type), _yes(field.nullable), _says(field)) for field in table.schema]
    ordered = ", ".join(f"`{name}`" for name in table.sorted_by)
    head = f"## {table.name}.parquet\n\nA row is {table.row}. Sorted by {ordered}.\n"
    return "\n".join([head, _grid(("column", "type", "null", "what it is"), rows)])


def _says(field: pa.Field) -> str:
    values: bytes = (field.metadata or {}).get(b"description", b"as read")
    return values.decode()


def _yes(holds: bool) -> str:
    return "yes" if holds else ""


def _grid(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def main() -> None:
    """Write the pages beside this file, and bring README.md up to date."""
    for name, text in (("tables", tables_page()), ("settings", settings_page()), ("cli", cli_page())):
        (DOCS / f"{name}.md").write_text(text, "utf-8")
        print(f"wrote {DOCS / name}.md", file=sys.stderr)
    runpy.run_path(str(DOCS / "examples.py"), run_name="__main__")


if __name__ == "__main__":
    main()
