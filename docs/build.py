"""Writes docs/tables.md and docs/settings.md from the code; ``make docs`` runs it, a test checks for drift."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from dedup.settings import Settings
from dedup.tables import SCHEMA_VERSION, TABLES, Table

DOCS = Path(__file__).parent

_TABLES = f"""# Tables

A run writes these as Parquet (schema version {SCHEMA_VERSION}), beside `run.json`. Written by `make docs` from
`dedup/tables.py`, which is their only definition. Every file's metadata carries the schema version, wirecopy's version
and the fingerprint of the settings. Rows are sorted as said, strings compared bytewise.
"""

_SETTINGS = """# Settings

Written by `make docs` from `dedup/settings.py`. What marks *signs* changes the signatures, so a store of earlier nights
cannot be used with another value.
"""


def tables_page() -> str:
    """The text of docs/tables.md."""
    return "\n".join([_TABLES, *(_table(table) for table in TABLES)])


def settings_page() -> str:
    """The text of docs/settings.md."""
    rows = [_setting(field) for field in dataclasses.fields(Settings)]
    return "\n".join([_SETTINGS, _grid(("setting", "default", "range", "signs", "what it is"), rows)])


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
    said: bytes = (field.metadata or {}).get(b"description", b"as read")
    return said.decode()


def _yes(holds: bool) -> str:
    return "yes" if holds else ""


def _grid(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def main() -> None:
    """Write both pages beside this file."""
    (DOCS / "tables.md").write_text(tables_page(), "utf-8")
    (DOCS / "settings.md").write_text(settings_page(), "utf-8")
    print(f"wrote {DOCS / 'tables.md'} and {DOCS / 'settings.md'}", file=sys.stderr)


if __name__ == "__main__":
    main()
