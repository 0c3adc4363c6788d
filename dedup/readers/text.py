"""Plain text and what agencies sent over the wire (IPTC 7901): an article a file, called by its path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dedup.article import Batch, Note, Rejected
from dedup.errors import NoInputError
from dedup.readers import databases, iptc7901
from dedup.readers.columns import larger
from dedup.readers.decoding import WESTERN, western
from dedup.readers.fields import Names
from dedup.readers.inputs import Source
from dedup.readers.lines import BOM, UTF16
from dedup.readers.rows import Row, batches

_HEAD = 20_000
_MAIL_LINES = 3
_MAIL = re.compile(
    rb"^(?:Received|Return-Path|Delivered-To|MIME-Version|Message-ID|DKIM-Signature|X-[\w-]+|Content-Type): ",
    re.MULTILINE | re.IGNORECASE,
)


def read(sources: Sequence[Source], names: Names, max_record: int) -> Iterator[Batch]:
    """Batches of the articles in ``sources``, in their order; ``names`` has no part in it."""
    return batches((row for source in sources for row in _rows(source, max_record)), max_record)


def _rows(source: Source, max_record: int) -> Iterator[Row | Rejected | Note]:
    row, note = _row(source, max_record)
    if note:
        yield Note(source.name, note)
    export = None if isinstance(row, Rejected) else databases.documents(row.fields.get("text", ""))
    if export is None:
        yield row
    else:
        yield from databases.rows(export, source.name, source.id)


def _row(source: Source, max_record: int) -> tuple[Row | Rejected, str]:
    """The article, and what is to be told of the file."""
    if source.size > max_record:
        return Rejected(source.name, "byte 0", larger(max_record)), ""
    try:
        data = source.path.read_bytes()
    except OSError as error:
        raise NoInputError(f"{source.name} cannot be opened: {error.strerror}") from error
    if iptc7901.recognised(data):
        return Row(source.name, "byte 0", {"id": source.id, **iptc7901.fields(data)}), ""
    if len(_MAIL.findall(data[:_HEAD])) >= _MAIL_LINES:
        return Rejected(source.name, "byte 0", "e-mail, with its headers: save the article in it as .txt or .html"), ""
    note = ""
    try:
        text = data.decode("utf-16") if data.startswith(UTF16) else data.removeprefix(BOM).decode()
    except UnicodeDecodeError as error:
        guess = None if data.startswith((BOM, *UTF16)) else western(data)
        if guess is None:
            byte = error.start + len(data) - len(data.removeprefix(BOM))
            return Rejected(source.name, f"byte {byte}", f"not {error.encoding.upper()}: {error.reason}"), ""
        text, note = guess, WESTERN
    return Row(source.name, "byte 0", {"id": source.id, "text": text}), note
