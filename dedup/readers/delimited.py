"""CSV and TSV with a header line; quoted fields may hold line breaks."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Sequence

from dedup.article import Batch, Note, Rejected
from dedup.errors import NoInputError
from dedup.readers.columns import larger
from dedup.readers.decoding import WESTERN, western
from dedup.readers.fields import Names, listed, pick
from dedup.readers.inputs import Source
from dedup.readers.lines import DamagedError, lines
from dedup.readers.packed import rejected
from dedup.readers.rows import Row, batches

#: Columns of GDELT's tables, and how many those have that come without names: events, mentions, graph.
_GDELT = {"GLOBALEVENTID", "GlobalEventID", "GKGRECORDID", "V2DOCUMENTIDENTIFIER", "DocumentIdentifier", "SQLDATE"}
_GDELT_WIDTHS = {16, 27, 57, 58, 61}
_FIRST_RECORDS = 2  # records

#: Format -> what may part its fields, the usual one first: spreadsheets write what the settings of their country say.
DELIMITERS = {"csv": ",;\t|", "tsv": "\t,;|"}


def read(sources: Sequence[Source], names: Names, max_record: int) -> Iterator[Batch]:
    """Batches of the articles in ``sources``, in their order; a bad record is rejected with its first line's number.

    Raises :class:`~dedup.errors.NoInputError` for a file whose header names no text column.
    """
    return batches((row for source in sources for row in _rows(source, names, max_record)), max_record)


def _rows(source: Source, names: Names, max_record: int) -> Iterator[Row | Rejected | Note]:
    records = _Records(source, names, max_record)
    header: list[str] | None = None
    try:
        for number, (position, record) in enumerate(records):
            if number < _FIRST_RECORDS:
                _check_texts(source, record, is_header=not number)
            if header is None:
                header = _header(source, names, record)
            elif isinstance(record, str):
                yield Rejected(source.name, position, record)
            elif len(record) < len(header) or any(record[len(header) :]):  # a delimiter at the end of lines is none
                reason = f"{len(record)} fields where the header names {len(header)}; is a delimiter not quoted?"
                yield Rejected(source.name, position, reason, damage=records.cut)
            else:
                columns = tuple(header)
                yield Row(source.name, position, pick(record, names.plan(columns), names.marked_up(columns)))
    except DamagedError as damage:
        yield rejected(source.name, records.position or f"line {damage.line}", damage)
    if records.note:
        yield Note(source.name, records.note)


def _check_texts(source: Source, record: list[str] | str, *, is_header: bool) -> None:
    nameless = is_header and len(record) in _GDELT_WIDTHS and record[0][:8].isdigit()
    if nameless or _GDELT.intersection(record):
        raise NoInputError(
            f"{source.name} is a GDELT table, which has events and addresses but no texts: fetch the pages that "
            "it lists, and use those"
        )


def _header(source: Source, names: Names, record: list[str] | str) -> list[str]:
    if isinstance(record, str):
        raise NoInputError(f"{source.name}: the header cannot be read: {record}")
    if "text" not in names.plan(tuple(record)):
        raise NoInputError(f"{source.name} has no column of texts: {listed(record)}; name it with --field text=COLUMN")
    return record


class _FlawError(Exception):
    """The record under way cannot be read; the message is the reason."""


def _parted(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(next(csv.reader([line], delimiter=delimiter), ()))
    except csv.Error:
        return ()


class _Records:
    """(position, fields, or the reason why it cannot be read) of each record of a file.

    A stray quotation mark swallows everything up to the next one. So the lines of the record under way are kept, and
    when it turns out broken, only its first line is given up and reading starts again after that.
    """

    def __init__(self, source: Source, names: Names, max_record: int) -> None:
        # The limit of 128 kB a field that the csv module starts with belongs to the whole process: it is only raised.
        csv.field_size_limit(max(csv.field_size_limit(), max_record))
        self._lines = lines(source, max_record)
        self._limit = max_record
        self._again: deque[tuple[int, bytes | None]] = deque()
        self._taken: list[tuple[int, bytes | None]] = []
        self._size = 0
        self._western = False
        self._names = names
        self._delimiters = DELIMITERS[source.format]

    @property
    def position(self) -> str:
        """The first line of the record under way; empty between records."""
        return f"line {self._taken[0][0]}" if self._taken else ""

    @property
    def cut(self) -> bool:
        """Does the file end inside of the record under way?"""
        last = self._taken[-1][1] if self._taken else None
        return last is not None and not last.endswith(b"\n")

    @property
    def note(self) -> str:
        """What is to be told of the file when it is read; empty for nothing."""
        return WESTERN if self._western else ""

    def __iter__(self) -> Iterator[tuple[str, list[str] | str]]:
        delimiter = self._delimiter()
        while True:
            reader = csv.reader(self._decoded(), delimiter=delimiter, strict=True)
            try:
                for record in reader:
                    if record:
                        yield self.position, record
                    self._forget()
                return
            except (csv.Error, _FlawError) as error:
                yield self.position, str(error)
                self._again.extendleft(reversed(self._taken[1:]))
                self._forget()

    def _delimiter(self) -> str:
        """What parts the fields: as Excel's ``sep=;`` says, or with what the first line names a column of texts."""
        first = next(self._lines, None)
        header = (first[1] or b"").decode("utf-8", "replace").rstrip("\r\n") if first else ""
        if len(header) == 5 and header.startswith("sep="):
            return header[-1]
        self._again.extend([first] if first else [])
        columns = {delimiter: _parted(header, delimiter) for delimiter in self._delimiters}
        fitting = (delimiter for delimiter, names in columns.items() if "text" in self._names.plan(names))
        return next(fitting, max(columns, key=lambda delimiter: len(columns[delimiter])))

    def _forget(self) -> None:
        self._taken.clear()
        self._size = 0

    def _decoded(self) -> Iterator[str]:
        while line := self._again.popleft() if self._again else next(self._lines, None):
            number, data = line
            self._taken.append(line)
            self._size += len(data or b"")
            if data is None or self._size > self._limit:
                raise _FlawError(f"{larger(self._limit)}; is a quotation mark not closed?")
            try:
                yield data.decode()
            except UnicodeDecodeError as error:
                text = western(data)
                if text is None:
                    raise _FlawError(f"not UTF-8: {error.reason} at byte {error.start} of line {number}") from error
                self._western = True
                yield text
