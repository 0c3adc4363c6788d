"""How fast each format is read: ``python benchmarks/reading.py`` makes a dump in each and prints MB per CPU second.

The articles are the samples', again and again. Bytes are those of the unpacked file; the clock is that of this process
alone, so that other work on the machine does not count. Pages are few enough to be read in it.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from dedup.readers import read

SAMPLES = Path(__file__).parent.parent / "samples"
COUNT = 4_000
PAGES = 60
Rows = list[dict[str, Any]]


def articles(count: int) -> Rows:
    """So many articles, in the samples' words."""
    first, *_ = read([SAMPLES / "morning.jsonl"])
    rows = first.articles.select(["publisher", "headline", "text"]).to_pylist()
    return [{"id": str(index), **rows[index % len(rows)], "published": "2025-05-01"} for index in range(count)]


def lines(rows: Rows) -> bytes:
    """JSON lines."""
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


def table(rows: Rows) -> bytes:
    """CSV."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def parquet(rows: Rows) -> bytes:
    """Parquet, as pyarrow writes it."""
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), buffer)
    return buffer.getvalue()


def workbook(rows: Rows) -> bytes:
    """A spreadsheet."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def archive(name: str, data: bytes) -> bytes:
    """A zip archive of one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, data)
    return buffer.getvalue()


def dumps() -> Iterator[tuple[str, bytes, int]]:
    """(name, content, bytes that count) of a dump in each format."""
    rows = articles(COUNT)
    plain, columns = lines(rows), table(rows)
    yield "dump.jsonl", plain, len(plain)
    packers: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
    for ending, pack in packers.items():
        yield f"dump.jsonl.{ending}", pack(plain), len(plain)
    yield "dump.zip", archive("dump.jsonl", plain), len(plain)
    yield "dump.json", orjson.dumps(rows), len(plain)
    yield "dump.csv", columns, len(columns)
    yield "semicolon.csv", columns.decode().encode("utf-16"), len(columns)
    yield "dump.parquet", parquet(rows), len(plain)
    yield "dump.xlsx", workbook(rows), len(columns)
    for path in sorted((SAMPLES / "formats").iterdir()):
        if path.suffix in (".html", ".xml", ".nitf", ".rss", ".atom", ".docx"):
            yield path.name, path.read_bytes(), path.stat().st_size


def measured(name: str, data: bytes, size: int) -> str:
    """A line of the table; a sample is read so many times that it can be measured."""
    with tempfile.TemporaryDirectory() as folder:
        times = 1 if size > 1_000_000 else PAGES
        for number in range(times):
            Path(folder, f"{number}-{name}").write_bytes(data)
        for _ in read([folder]):  # once for what is loaded and compiled
            pass
        begin = time.process_time()
        result = sum(batch.articles.num_rows for batch in read([folder]))
        seconds = time.process_time() - begin
    return f"| {name} | {size * times / 1e6 / seconds:.1f} | {result / seconds:,.0f} |"


if __name__ == "__main__":
    print("| file | MB/s | articles/s |\n| --- | --- | --- |")
    for one in dumps():
        print(measured(*one))
