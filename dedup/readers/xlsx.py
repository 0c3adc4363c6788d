"""Spreadsheets (``.xlsx``): the first sheet that has a column of texts; its first row names the columns."""

from __future__ import annotations

import datetime
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from dedup.article import Batch, Note, Rejected
from dedup.errors import InputOutputError, NoInputError, WirecopyError
from dedup.readers import extras
from dedup.readers.fields import Names, listed, pick
from dedup.readers.inputs import Source
from dedup.readers.packed import BROKEN
from dedup.readers.rows import Row, batches

#: So many bytes may be in a file: openpyxl holds all strings of a workbook in memory.
MAX_BYTES = 300_000_000

_CUT = 32_767  # characters of a cell, at most: what is longer was cut before it was saved


def read(sources: Sequence[Source], names: Names, max_record: int) -> Iterator[Batch]:
    """Batches of the articles in ``sources``, in their order; positions are rows, counted from 1.

    Raises :class:`~dedup.errors.NoInputError` for a file that is no workbook, or has no sheet with a column of texts.
    """
    return batches((row for source in sources for row in _rows(source, names)), max_record)


def _rows(source: Source, names: Names) -> Iterator[Row | Rejected | Note]:
    openpyxl = extras.load("openpyxl", "office")
    _check_size(source)
    number, cut = 0, False
    try:
        with warnings.catch_warnings(action="ignore"):  # of styles and extensions that openpyxl passes over
            book = openpyxl.load_workbook(source.path, read_only=True, data_only=True)
            rows, header = _sheet(source, book, names)
            plan, marked_up = names.plan(header), names.marked_up(header)
            for number, cells in enumerate(rows, 2):
                values = [_plain(cell) for cell in (*cells[: len(header)], *[None] * (len(header) - len(cells)))]
                if any(value is not None for value in values):
                    fields = pick(values, plan, marked_up)
                    cut |= len(fields.get("text", "")) >= _CUT
                    yield Row(source.name, f"row {number}", fields)
    except WirecopyError:
        raise
    except Exception as error:  # whatever openpyxl raises on a damaged file must not end the run
        _check(error, source)
        if not number:
            raise _damaged(source, error) from error
        yield Rejected(source.name, f"row {number + 1}", f"the file is damaged from here on: {error}", damage=True)
    if cut:
        yield Note(source.name, f"texts of {_CUT:,} characters, where spreadsheets cut off what a cell holds")


def _sheet(source: Source, book: Any, names: Names) -> tuple[Iterator[tuple[Any, ...]], tuple[str, ...]]:
    """The rows after the header of the first sheet that has a column of texts, and the header."""
    seen: list[str] = []
    for sheet in book.worksheets:
        rows = sheet.iter_rows(values_only=True)
        header = tuple("" if cell is None else str(cell) for cell in next(rows, ()))
        if "text" in names.plan(header):
            return rows, header
        seen += header
    raise NoInputError(f"{source.name} has no column of texts: {listed(seen)}; name it with --field text=COLUMN")


def _plain(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, datetime.date | datetime.time) else cell


def _check_size(source: Source) -> None:
    try:
        with zipfile.ZipFile(source.path) as file:
            size = sum(info.file_size for info in file.infolist())
    except (*BROKEN, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        _check(error, source)
        raise _damaged(source, error) from error
    if size > MAX_BYTES:
        raise NoInputError(f"{source.name} unpacks to {size:,} bytes, which is too much for a workbook; save it as CSV")


def _damaged(source: Source, error: Exception) -> NoInputError:
    return NoInputError(f"{source.name} cannot be opened as a workbook: {error}; save it again, or as CSV")


def _check(error: Exception, source: Source) -> None:
    if isinstance(error, OSError) and error.errno:
        raise InputOutputError(f"{source.name} cannot be read: {error.strerror}") from error
