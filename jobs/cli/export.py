"""``wirecopy export``: the tables that people open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.errors import UsageError
from jobs.cli.files import atomic_output, make_folder
from jobs.cli.options import RunFolder, path_option
from jobs.folder import Row, RunPath, check, rows

if TYPE_CHECKING:
    import pyarrow as pa

    from dedup.tables import Table

EXAMPLES = ("wirecopy export run --csv -o sheets", "wirecopy export run --parquet -o tables")

_BOM = b"\xef\xbb\xbf"  # by which spreadsheets know UTF-8
#: What ends a cell where a spreadsheet does not take the comma for it, and so does not see our quotes either.
_ENDS = r";|\t\r\n\v\f\x{85}\x{2028}\x{2029}"
#: What stands before a formula and is not seen: blanks, separators, marks, fillers of Hangul and Braille, quotes.
_UNSEEN = rf"(?:[^\pL\pN\pP\pS{_ENDS}]|[\x{{115F}}\x{{1160}}\x{{3164}}\x{{FFA0}}\x{{2800}}\"])*"
#: What a spreadsheet runs as a formula, also in full width.
_FORMULA = rf"(^|[{_ENDS}])({_UNSEEN}[=+\-@＝＋－＠﹢﹣﹦﹫−])"


def export(
    run: RunFolder,
    csv: Annotated[bool, typer.Option("--csv", help="Write CSV files.")] = False,
    parquet: Annotated[bool, typer.Option("--parquet", help="Write Parquet files.")] = False,
    out: Annotated[Path, path_option("--out", "-o", metavar="FOLDER", help="The folder to write to.")] = Path(),
) -> None:
    """Write stories, witnesses, publishers and syndication for a spreadsheet, one file each.

    publishers counts the articles of each publisher: copy of an agency, copy of another publisher, its own, first
    here, or in no story. syndication lists who carried whose copy, how much, when, and whether with credit.

    CSV files are UTF-8 with a byte order mark; texts and dates are quoted, dates are in UTC. A cell that a
    spreadsheet would run as a formula gets an apostrophe in front, also after a semicolon inside a cell, which many
    spreadsheets read as a separator.
    """
    if not csv and not parquet:
        raise UsageError("no format given; add --csv or --parquet")
    check(run)
    from dedup.tables import CLUSTERS, PUBLISHERS, STORIES, SYNDICATION

    kinds = {"stories": STORIES, "witnesses": CLUSTERS, "publishers": PUBLISHERS, "syndication": SYNDICATION}
    tables = {name: _rounded(run, kind) for name, kind in kinds.items()}
    make_folder(out)
    for name, result in tables.items():
        if csv:
            _write(result, out / f"{name}.csv")
        if parquet:
            _write_parquet(result, out / f"{name}.parquet")


def _rounded(run: RunPath, kind: Table) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_pylist(rows(run, kind), kind.schema)


def _write_parquet(result: pa.Table, out: Path) -> None:
    from pyarrow import parquet

    with atomic_output(out) as file:
        parquet.write_table(result, file, compression="zstd")


def _write(result: pa.Table, out: Path) -> None:
    import pyarrow as pa
    from pyarrow import csv

    cells = pa.table({name: plain(result[name]) for name in result.column_names})
    with atomic_output(out) as file:
        file.write(_BOM)
        csv.write_csv(cells, file)  # with every text in quotes


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column as a spreadsheet shows it: nothing in it is a formula, dates are to the second."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_list(column.type):  # what publishers say of their agencies
        column = pa.chunked_array([[_listed(cell) for cell in column.to_pylist()]], pa.string())
    if pa.types.is_string(column.type):
        return pc.replace_substring_regex(column, _FORMULA, r"\1'\2")
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column.cast(pa.timestamp("s", "UTC"), safe=False), "%Y-%m-%d %H:%M:%S")
    return column


def _listed(cell: Sequence[Row]) -> str:
    """Agencies and how many articles are theirs, in one cell."""
    return "; ".join(f"{each['agency']}: {each['articles']}" for each in cell)
