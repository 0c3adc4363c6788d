"""Word documents (``.docx``): an article a file, or an export of a press database with many."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from dedup.article import Batch, Rejected
from dedup.errors import InputOutputError
from dedup.readers import databases, extras
from dedup.readers.columns import larger
from dedup.readers.fields import Names
from dedup.readers.inputs import Source
from dedup.readers.packed import BROKEN, FlawError, rejected
from dedup.readers.rows import Row, batches

_DOCUMENT = "word/document.xml"
_MARKUP = 10  # times the text: what is around it in the file
_WORDS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BETWEEN = {f"{_WORDS}tab": "\t", f"{_WORDS}br": "\n", f"{_WORDS}cr": "\n"}


def read(sources: Sequence[Source], names: Names, max_record: int) -> Iterator[Batch]:
    """Batches of the articles in ``sources``, in their order; ``names`` has no part in it."""
    return batches((row for source in sources for row in _rows(source, max_record)), max_record)


def _rows(source: Source, max_record: int) -> Iterator[Row | Rejected]:
    try:
        text = "\n\n".join(filter(str.strip, _paragraphs(_document(source, max_record))))
        result = databases.documents(text)
    except FlawError as flaw:
        yield rejected(source.name, "byte 0", flaw)
        return
    if result is None:
        yield Row(source.name, "byte 0", {"id": source.id, "text": text})
    else:
        yield from databases.rows(result, source.name, source.id)


def _document(source: Source, max_record: int) -> bytes:
    """The XML of the text; raises :class:`~dedup.readers.packed.FlawError`."""
    try:
        with zipfile.ZipFile(source.path) as file, file.open(_DOCUMENT) as document:
            data = document.read(_MARKUP * max_record + 1)
    except KeyError:
        raise FlawError("no Word document: it has no word/document.xml; save it as .docx") from None
    except (*BROKEN, zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError) as error:
        if isinstance(error, OSError) and error.errno:
            raise InputOutputError(f"{source.name} cannot be read: {error.strerror}") from error
        raise FlawError(f"no Word document, or damaged: {error}; save it as .docx") from error
    if len(data) > _MARKUP * max_record:
        raise FlawError(larger(max_record))
    return data


def _paragraphs(document: bytes) -> Iterator[str]:
    tree = extras.load("defusedxml.ElementTree", "office")
    try:
        root = tree.fromstring(document)
    except (tree.ParseError, ValueError, LookupError) as error:  # defusedxml's refusals are ValueErrors
        raise FlawError(f"not well-formed XML in it: {error}") from error
    return ("".join(_words(paragraph)) for paragraph in root.iter(f"{_WORDS}p"))


def _words(paragraph: Any) -> Iterator[str]:
    for element in paragraph.iter():
        yield (element.text or "") if element.tag == f"{_WORDS}t" else _BETWEEN.get(element.tag, "")
