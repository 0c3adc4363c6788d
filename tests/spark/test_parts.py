"""A large table is a folder of files; who reads a run does not notice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup import detect
from dedup.settings import Settings
from dedup.tables import BOILERPLATE, CLUSTERS, TABLES
from jobs.folder import rows


def test_a_run_is_read_from_parts_as_from_files(samples: Path, tmp_path: Path) -> None:
    run = detect([samples / "evening.csv", samples / "morning.jsonl"], tmp_path / "run", threads=1).folder
    known = {table: rows(run, table) for table in TABLES}
    for table in TABLES:
        file = run / f"{table.name}.parquet"
        full = pq.read_table(file)
        file.unlink()
        file.mkdir()
        for number, part in enumerate((full.slice(0, 3), full.slice(3))):
            pq.write_table(part, file / f"part-{number:05}.parquet")
    assert {table: rows(run, table) for table in TABLES} == known
    story = known[CLUSTERS][0]["cluster_id"]
    assert rows(run, CLUSTERS, cluster_id=story) == [row for row in known[CLUSTERS] if row["cluster_id"] == story]


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_large_table_is_written_in_parts(spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jobs.spark import tables  # noqa: PLC0415  # needs pyspark
    from jobs.spark.files import Files  # noqa: PLC0415  # needs pyspark

    monkeypatch.setattr(tables, "_FILE", 10)
    learned = [(f"publisher {row * 7 % 25:02}", "phrase", row, 5, 64, 0, "phrase") for row in range(25)]
    kinds = "publisher string, kind string, shingle long, articles int, sampled int, elsewhere int, phrase string"
    frame = spark.createDataFrame(learned, kinds)
    assert tables.write(frame, BOILERPLATE, Settings(), Files(spark), f"file://{tmp_path}") == 25
    folder = tmp_path / "furniture.parquet"
    assert [path.name for path in sorted(folder.glob("[!.]*"))] == [f"part-{number:05}.parquet" for number in range(3)]
    written = pq.read_table(folder)
    assert written["publisher"].to_pylist() == sorted(row[0] for row in learned)
    assert written.schema.equals(BOILERPLATE.schema)
    parts = [pq.read_table(path).num_rows for path in folder.glob("part-*")]
    assert max(parts) < 25
    assert pa.types.is_uint64(written.schema.field("shingle").type)
