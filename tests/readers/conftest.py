"""What the readers' tests share: reading everything at once, and writing the same records in each format."""

from __future__ import annotations

import csv
import gzip
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
