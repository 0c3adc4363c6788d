"""Tables as Parquet files wherever Spark writes: the very files of the local engine, a large table in several parts."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it
from pyspark.sql.pandas.types import from_arrow_schema

from dedup.grading.passages import KINDS
from dedup.output import write_parquet
from dedup.settings import Settings
from dedup.tables import ARTICLES_OUT, COPIES, MATCHES, PASSAGES, Table
from jobs.spark.files import Files
from jobs.spark.lineage import streamed
from jobs.spark.passages import of_bytes

#: Most rows of a file, about. A file is held in memory while it is made.
_ROWS = {ARTICLES_OUT.name: 20_000, MATCHES.name: 250_000, PASSAGES.name: 100_000, COPIES.name: 100_000}
_FILE = 1_000_000
_MAGIC = b"PAR1"  # what a Parquet file ends with

_Make = Callable[[pa.Table], pa.Table]


def write(
    frame: DataFrame, table: Table, settings: Settings, files: Files, folder: str, make: _Make | None = None
) -> int:
    """Write the rows of a frame to ``folder``: as one file, or where they are many as a folder of files in their order.

    ``make`` turns rows of the frame, which has the columns that the table is sorted by, into those of the table.
    Returns how many rows the frame has.
    """
    count = frame.count()
    parts = 1 + count // _ROWS.get(table.name, _FILE)
    order = [F.col(name).asc_nulls_first() for name in table.sorted_by if name in frame.columns]
    spread = frame.repartitionByRange(parts, *order) if parts > 1 else frame.repartition(1)
    spread = spread.sortWithinPartitions(*order) if count else frame.sparkSession.range(1)  # so that there is a file

    def pack(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        held = list(batches) if count else []
        rows = pa.Table.from_batches(held) if held else table.schema.empty_table()
        rows = make(rows) if make and held else rows
        sink = io.BytesIO()
        write_parquet(sink, table, [rows.select(table.schema.names).cast(table.schema)], settings)  # in order already
        yield pa.RecordBatch.from_arrays([pa.array([sink.getvalue().removesuffix(_MAGIC)])], ["value"])

    # Spark writes no bytes as they are, but lines of text it does; the end of a line is then the end of the file.
    lines = spread.mapInArrow(pack, "value binary").select(F.col("value").cast("string"))
    target = f"{folder}/{table.name}.parquet"
    lines.write.option("lineSep", _MAGIC.decode()).text(target)
    written = [name for name in files.names(target) if name.startswith("part-")]
    if len(written) == 1:
        files.move(f"{target}/{written[0]}", f"{target}.one")
        files.remove(target)
        files.move(f"{target}.one", target)
        return count
    for number, name in enumerate(written):
        files.move(f"{target}/{name}", f"{target}/part-{number:05}.parquet")
    files.remove(f"{target}/_SUCCESS")
    return count


def unpacked(rows: pa.Table) -> pa.Table:
    """Pairs with their passages in bytes -> rows of PASSAGES."""
    passages = of_bytes(rows["aligned"])
    owner = pa.array(np.repeat(np.arange(len(rows)), passages.number))
    ids = [rows[name].combine_chunks().take(owner) for name in ("a_id", "b_id")]
    kinds = pa.array(KINDS).take(pa.array(passages.kinds))
    return pa.table([*ids, *passages.bounds.T, kinds], PASSAGES.schema.names)


def of_streams(frame: DataFrame, table: Table) -> DataFrame:
    """The rows of a table that stand in streams (see :func:`jobs.spark.lineage.traced`)."""

    def rows(parts: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for part in parts:
            for data in part["rows"].to_pylist():
                yield from streamed(data).to_batches()

    packed_rows = frame.where(F.col("table") == table.name).select("rows")
    return packed_rows.mapInArrow(rows, from_arrow_schema(table.schema.remove_metadata()))
