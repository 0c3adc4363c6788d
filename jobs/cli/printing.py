"""What goes to standard output: plain columns, or one JSON document."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType

#: What would act on a terminal instead of being shown: controls, and marks that turn the direction of a line.
_ACTING = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_WIDE = 100_000  # of a pipe or file: nothing is folded there


def columns(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Lines in columns, numbers to the right, None as a dash; never folded, since ids are there to be copied."""
    from rich.cells import cell_len

    body = [list(row) for row in rows]
    lines = [list(head), *([cell(value) for value in row] for row in body)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    numbers = [any(isinstance(value, int | float) for value in column) for column in zip(*body, strict=True)]

    def line(cells: Sequence[str]) -> str:
        filled = [
            " " * (width - cell_len(text)) + text if number else text + " " * (width - cell_len(text))
            for text, width, number in zip(cells, widths, numbers or [False] * len(cells), strict=True)
        ]
        return "  ".join(filled).rstrip()

    return "\n".join(map(line, lines))


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

    typer.echo(orjson.dumps(decoded(content), option=orjson.OPT_INDENT_2).decode())


def decoded(content: Any) -> Any:
    """The content with U+FFFD for the bytes of file names that are not UTF-8, which JSON cannot hold."""
    if isinstance(content, str):
        return content.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if isinstance(content, dict):
        return {decoded(name): decoded(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [decoded(value) for value in content]
    return content


def print_message(message: str) -> None:
    """Write a message to standard error; where nobody reads that, the work goes on."""
    with contextlib.suppress(OSError):
        print(f"wirecopy: {message}", file=sys.stderr, flush=True)


def show(drawing: RenderableType, width: int = _WIDE) -> None:
    """Print a table or tree, folded to the terminal; to ``width`` where there is none and COLUMNS says nothing."""
    from rich.console import Console

    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    Console(width=None if known else width, markup=False, emoji=False, highlight=False).print(drawing)
