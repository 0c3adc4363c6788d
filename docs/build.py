"""Writes tables.md, settings.md, cli.md, the man page, the notebook and the outputs in README.md.

``make docs`` runs it, tests check for drift.
"""

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
from jobs.cli.failures import EXIT_CODES

DOCS = Path(__file__).parent

_TABLES = f"""# Tables

A run writes {len(TABLES)} Parquet files (schema version {SCHEMA_VERSION}) and `run.json`. This page is generated from
`dedup/tables.py` by `make docs`. The metadata of every file has the schema version, the version of wirecopy and the
fingerprint of the settings. Rows are sorted by the columns named below; strings are compared bytewise.

Ids are unique within a publisher. If several publishers use the same id, all these articles are kept and named
`id@publisher` in every table (with `%` in the publisher's name written as `%25`, and `@` as `%40`). `shared_ids` in
run.json counts such ids.
"""

_SETTINGS = """# Settings

This page is generated from `dedup/settings.py` by `make docs`. Settings that are *fixed in a store* change the
signatures: an existing store cannot be used with another value. The former names `agreement` (`min_shared_hashes`)
and `cap` (`max_bucket_size`) still work, with a warning.
"""

_CLI = """# The command line

This page is generated from the help texts in `jobs/cli/` by `make docs`. Results go to standard output (with `--json`
as one JSON document), messages and progress to standard error. `wirecopy --traceback COMMAND ...` prints a Python
traceback if the command fails; `wirecopy --endpoint URL COMMAND ...` names the server of `s3://` addresses.

Settings come from the defaults, then `wirecopy.toml` or `[tool.wirecopy]` of `pyproject.toml` in the working folder,
then environment variables such as `WIRECOPY_WINDOW=7`, then flags; later ones override earlier ones. `wirecopy config`
prints the current values. [Settings](settings.md) describes each of them.

Compiled code is cached in `NUMBA_CACHE_DIR` if it is set, else in the package's folder, else in `~/.cache/wirecopy`. A
folder that another user owns or can write to is not used. If files in the cache are damaged or cannot be written, the
code is compiled again and a warning is printed.

`wirecopy nightly` also writes its exit code to `--metrics FILE` and, with `--log-format json`, to the last line of
standard error, unless the call itself was wrong (2). If the metrics file cannot be written, a warning is printed.
"""


def tables_page() -> str:
    """The text of docs/tables.md."""
    return "\n".join([_TABLES, *(_table(table) for table in TABLES)])


def settings_page() -> str:
    """The text of docs/settings.md."""
    rows = [_setting(field) for field in dataclasses.fields(Settings)]
    return "\n".join([_SETTINGS, _grid(("setting", "default", "range", "fixed in a store", "description"), rows)])


def cli_page() -> str:
    """The text of docs/cli.md."""
    codes = _grid(("exit code", "meaning"), list(EXIT_CODES.items()))
    return "\n".join(
        [_CLI, codes, *(_command(name, command) for name, command in _commands(typer.main.get_group(app)))]
    )


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
    table = _grid(("argument or option", "description"), parameters)
    if len(parameters) < len(command.params):
        table += "\nEvery [setting](settings.md) is an option too, such as `--window 7` or `--no-texts`.\n"
    return f"## wirecopy {name}\n\n`{call}`\n\n{command.help}\n\n{table}\n{head}\n\n{shown}\n"


_SETTING_NAMES = frozenset((*RENAMED, *(field.name for field in dataclasses.fields(Settings))))


def _parameter(parameter: Any) -> tuple[str, str]:
    value = f" {parameter.metavar}" if parameter.metavar and parameter.opts[0].startswith("-") else ""
    name = parameter.metavar if parameter.param_type_name == "argument" else parameter.opts[0]
    return f"`{name}{value}`", parameter.help


def _setting(field: dataclasses.Field[object]) -> tuple[str, ...]:
    low, high, signing, says = (field.metadata[key] for key in ("low", "high", "signing", "says"))
    limits = "" if low is None else f"{low} to {high}"
    return (f"`{field.name}`", f"`{field.default}`", limits, _yes(signing), says)


def _table(table: Table) -> str:
    rows = [(f"`{field.name}`", str(field.type), _yes(field.nullable), _says(field)) for field in table.schema]
    ordered = ", ".join(f"`{name}`" for name in table.sorted_by)
    head = f"## {table.name}.parquet\n\nA row is {table.row}. Sorted by {ordered}.\n"
    return "\n".join([head, _grid(("column", "type", "null", "description"), rows)])


def _says(field: pa.Field) -> str:
    values: bytes = (field.metadata or {}).get(b"description", b"as in the dump")
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
    for script in ("man", "notebook", "examples"):
        runpy.run_path(str(DOCS / f"{script}.py"), run_name="__main__")


if __name__ == "__main__":
    main()
