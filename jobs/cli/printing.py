"""What goes to standard output: plain columns, or one JSON document."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

#: What would act on a terminal instead of being shown: controls, and marks that turn the direction of a line.
_ACTING = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_WIDE = 100_000  # of a pipe or file: nothing is folded there


def console(width: int = _WIDE) -> Console:
    """Standard output, as wide as the terminal is; ``width`` where it is no terminal and COLUMNS says nothing."""
    from rich.console import Console

    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(width=None if known else width, markup=False, emoji=False, highlight=False)


def columns(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """A table without lines; numbers stand to the right, None is shown as a dash."""
    from rich.table import Table

    body = [list(row) for row in rows]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for number, name in enumerate(head):
        numbers = any(isinstance(row[number], int | float) for row in body)
        table.add_column(name, justify="right" if numbers else "left", overflow="fold")
    for row in body:
        table.add_row(*map(cell, row))
    return table


def cell(value: Any) -> str:
    """A value as one line of printable text."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.2f}"
    if hasattr(value, "strftime"):
        return str(value.strftime("%Y-%m-%d %H:%M"))
    return printable(str(value))


def printable(text: str) -> str:
    """The text in one line, with nothing in it that a terminal would act on."""
    return _ACTING.sub("\ufffd", " ".join(text.split()))


def document(content: Any) -> None:
    """Print ``content`` as one JSON document."""
    import orjson

    sys.stdout.write(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode() + "\n")
    sys.stdout.flush()
