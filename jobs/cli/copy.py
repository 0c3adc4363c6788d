"""The copy of a story as ``wirecopy show --copy`` prints it: its sentences, and what each witness did to them."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from jobs.cli.printing import cell, columns, printable, show
from jobs.folder import Row, RunPath, rows

_WIDTH = 120  # of a pipe or file
_HEAD = ("article", "publisher", "carries", "of its text", "cut", "reworded")


def copy_of(run: RunPath, cluster: str) -> list[Row]:
    """The rows of a cluster in copies.parquet, in their order."""
    from dedup.tables import COPIES

    return rows(run, COPIES, cluster_id=cluster)


def print_copy(one: Row, copy: Sequence[Row], witnesses: Sequence[Row]) -> None:
    """Print the story ``one``, its copy and its witnesses."""
    from dedup.stories.copies.edits import edits, listed

    typer.echo(f"story: {cell(one['headline'])}")
    if not copy:
        typer.echo("no sentence is in two of its articles")
        return
    typer.echo(f"how many of the {one['size']} articles carry each sentence, and how many of these reword it\n")
    _print_sentences(copy)
    done = edits(copy, [row["article_id"] for row in witnesses])
    lines = [
        [row["article_id"], row["publisher"], row["copy_share"], row["text_share"]]
        + [listed(numbers) or None for numbers in done[row["article_id"]]]
        for row in witnesses
    ]
    typer.echo("\n" + columns(_HEAD, lines))


def _print_sentences(copy: Sequence[Row]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="")
    for name in ("", "carry", "reword"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("sentence", ratio=1, overflow="fold")
    for number, row in enumerate(copy, 1):
        reworded = len(row["reworded_ids"])
        words = "(not kept)" if row["sentence"] is None else printable(row["sentence"])
        table.add_row(str(number), str(row["witnesses"]), str(reworded or ""), words)
    show(table, _WIDTH)
