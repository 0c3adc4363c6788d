"""What the readers' tests share: reading everything at once, writing the same records in each format, and web pages."""

from __future__ import annotations

import csv
import gzip
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup.article import ARTICLES, Rejected
from dedup.readers import read

Record = dict[str, Any]


@pytest.fixture
def everything() -> Callable[..., tuple[list[Record], list[Rejected]]]:
    """Read all of some inputs: the articles as dicts without their nulls, and the rejects."""
    return read_everything


def read_everything(*inputs: str | Path, **options: Any) -> tuple[list[Record], list[Rejected]]:
    articles, rejects = [], []
    for batch in read(inputs, **options):
        assert batch.articles.schema.equals(ARTICLES)
        batch.articles.validate(full=True)
        articles += [{k: v for k, v in row.items() if v is not None} for row in batch.articles.to_pylist()]
        rejects += batch.rejects
    return articles, rejects


@pytest.fixture
def write() -> Callable[[Path, Sequence[Mapping[str, Any]]], Path]:
    """Write records to a file in the format of its ending."""
    return write_records


def write_records(path: Path, records: Sequence[Mapping[str, Any]]) -> Path:
    columns = list(dict.fromkeys(name for record in records for name in record))
    match path.name.partition(".")[2]:
        case "parquet":
            pq.write_table(pa.table({name: [record.get(name) for record in records] for name in columns}), path)
        case "jsonl" | "ndjson":
            path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
        case "csv" | "tsv" as kind:
            with path.open("w", encoding="utf-8", newline="") as file:
                rows = csv.DictWriter(file, columns, delimiter="," if kind == "csv" else "\t")
                rows.writeheader()
                rows.writerows(records)
        case packed:
            plain = write_records(path.with_suffix(""), records)
            pack(plain, path)
            plain.unlink()
            assert packed.endswith((".gz", ".zst"))
    return path


def pack(plain: Path, packed: Path) -> None:
    if packed.suffix == ".gz":
        packed.write_bytes(gzip.compress(plain.read_bytes(), mtime=0))
        return
    with pa.CompressedOutputStream(str(packed), "zstd") as file:
        file.write(plain.read_bytes())


@pytest.fixture(name="pack")
def pack_fixture() -> Callable[[Path, Path], None]:
    """Pack a file as the ending of the other says."""
    return pack


HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
def page() -> Callable[..., str]:
    """Make a web page with an article."""
    return make_page


@pytest.fixture
def warc() -> Callable[..., bytes]:
    """Make a web archive."""
    return make_warc


@pytest.fixture
def packed_warc() -> Callable[[Path, Sequence[bytes]], None]:
    """Write a web archive that is packed record by record."""
    return write_packed_warc


def make_page(head: str = "", *, text: str = "", story: int = 0, record: Any = None) -> str:
    """A page with an article of four paragraphs, or one with ``text`` in it; ``record`` is its JSON-LD."""
    paragraphs = text or "</p><p>".join(
        f"Sentence {number} of story {story} says at some length what happened that day, and to whom it happened."
        for number in range(4)
    )
    script = "" if record is None else f'<script type="application/ld+json">{json.dumps(record)}</script>'
    return (
        f"<!DOCTYPE html><html><head><title>Title</title>{head}{script}</head><body><nav><a href='/'>Home</a></nav>"
        f"<article><p>{paragraphs}</p></article><footer>All rights reserved</footer></body></html>"
    )


def make_warc(answers: Sequence[bytes | tuple[bytes, Mapping[str, str]]], status: str = "200 OK") -> bytes:
    """A web archive of a warcinfo record and an answer (body, or body and headers) for each address ``/0``, ``/1`` …"""
    records = [_record(0, "warcinfo", "application/warc-fields", b"software: test\r\n")]
    for number, answer in enumerate(answers):
        body, headers = answer if isinstance(answer, tuple) else (answer, HTML)
        http = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        records.append(_record(number, "response", "application/http", "\r\n".join(http).encode() + body))
    return b"".join(records)


def _record(number: int, kind: str, content_type: str, block: bytes) -> bytes:
    lines = [
        *("WARC/1.0", f"WARC-Type: {kind}", f"WARC-Record-ID: <{uuid.UUID(int=number).urn}>"),
        *("WARC-Date: 2025-06-03T09:00:00Z", f"WARC-Target-URI: https://post.example/{number}"),
        *(f"Content-Type: {content_type}", f"Content-Length: {len(block)}", "", ""),
    ]
    return "\r\n".join(lines).encode() + block + b"\r\n\r\n"


def write_packed_warc(path: Path, answers: Sequence[bytes]) -> None:
    """The same, packed record by record, as crawlers do."""
    records = make_warc(answers).split(b"WARC/1.0\r\n")[1:]
    path.write_bytes(b"".join(gzip.compress(b"WARC/1.0\r\n" + record, mtime=0) for record in records))
