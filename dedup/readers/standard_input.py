"""Standard input as a file like any other: kept in a temporary file, its format told by its first bytes."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import re
import shutil
import sys
from typing import BinaryIO

import orjson

from dedup.errors import InputOutputError
from dedup.readers.fields import SPELLINGS
from dedup.readers.inputs import FORMATS, Source, stamp
from dedup.readers.packed import BROKEN, unpacked
from dedup.scratch import TemporaryFolder

_HEAD = 65_536
_PACKED = {b"\x1f\x8b": ".gz", b"\x28\xb5\x2f\xfd": ".zst", b"BZh": ".bz2", b"\xfd7zXZ\0": ".xz"}
_OFFICE = {b"word/document.xml": "docx", b"xl/workbook.xml": "xlsx", b"xl/worksheets/": "xlsx"}
_TAR = 257  # where its mark stands
_PAGE = re.compile(rb"<!doctype\s+html|<html", re.IGNORECASE)


def buffered(stream: BinaryIO | None = None) -> Source:
    """Standard input, or another stream, read to its end.

    Raises :class:`~dedup.errors.InputOutputError` where there is no room for it.
    """
    folder = TemporaryFolder()
    file = folder.path / "input"
    try:
        with file.open("wb") as buffer:
            shutil.copyfileobj(stream or sys.stdin.buffer, buffer, 1 << 20)
        with file.open("rb") as buffer:
            format, packing = _recognised(buffer.read(_HEAD))
        target = file.rename(file.with_name(f"input{FORMATS[format].suffixes[0]}{packing}"))
        now = stamp(target)
    except OSError as error:
        raise InputOutputError(f"standard input cannot be kept in {folder.path}: {error.strerror}") from error
    return Source(target, "-", format, now.size, "", now, folder)


def _recognised(head: bytes) -> tuple[str, str]:
    """The format of what begins like this, and the ending of its packing, empty for none."""
    for mark, ending in _PACKED.items():
        if head.startswith(mark):
            return recognised(_unpacked(head, ending)), ending
    return recognised(head), ""


def _unpacked(head: bytes, ending: str) -> bytes:
    data = b""
    with contextlib.suppress(*BROKEN), contextlib.closing(unpacked(io.BytesIO(head), ending)) as stream:
        while len(data) < _HEAD and (more := stream.read(1024)):  # the head ends inside of a block
            data += more
    return data


def recognised(head: bytes) -> str:
    """The name of the format of what begins with these bytes, unpacked; text where nothing else fits."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.decode("utf-16", "replace").encode()
    if head.startswith(b"PK\x03\x04"):
        return next((name for mark, name in _OFFICE.items() if mark in head), "zip")
    if head[_TAR:].startswith(b"ustar"):
        return "tar"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"WARC/"):
        return "warc"
    if start.startswith(b"<"):
        return "html" if _PAGE.search(start) else "xml"
    if start.startswith((b"{", b"[")):
        return "jsonl" if start.startswith(b"{") and _is_object(start.split(b"\n", 1)[0]) else "json"
    return _delimited(start)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def _delimited(start: bytes) -> str:
    """CSV and TSV have a first line that names columns, among them one of texts."""
    line = start.split(b"\n", 1)[0].decode("utf-8", "replace")
    for name, delimiter in (("csv", ","), ("tsv", "\t"), ("csv", ";"), ("csv", "|")):
        names = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
        if len(names) > 1 and {each.strip().lower() for each in names} & set(SPELLINGS["text"]):
            return name
    return "text"
