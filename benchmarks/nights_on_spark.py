"""A night on Spark beside the same night on one machine: time, memory, bytes read and moved for each new article.

``python benchmarks/nights_on_spark.py NIGHT... --new NIGHT``: the articles of the first files make the store, one night
each; the last one is run on copies of it, by the command, on both engines. The tables of both are compared. Prints a
line of JSON. What is read is counted in a third run, on the local engine, from the footers of the files: Spark reads
the same pieces.
"""

from __future__ import annotations

import argparse
import collections
import datetime
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from bench import run

from dedup.store import pieces
from jobs.nightly import Job, nightly

CONF = ("spark.ui.enabled=false", "spark.driver.host=127.0.0.1", "spark.driver.bindAddress=127.0.0.1")
FIRST = datetime.date(2025, 1, 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nights", nargs="+", type=Path)
    parser.add_argument("--new", type=Path, required=True)
    parser.add_argument("--master", default="local-cluster[2,1,2048]")
    parser.add_argument("--conf", action="append", default=[])
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    day = FIRST + datetime.timedelta(len(given.nights))
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        for number, dump in enumerate(given.nights):
            nightly(Job([dump]), folder / "store", folder / "out", as_of=FIRST + datetime.timedelta(number))
        stored, new = (sum(pq.read_metadata(file).num_rows for file in files) for files in (given.nights, [given.new]))
        result: dict[str, Any] = {"stored": stored, "new": new, "store": _size(folder / "store")}
        result["catalogue"] = (folder / "store" / "catalogue.sqlite").stat().st_size
        events = folder / "events"
        events.mkdir()
        log = ("spark.eventLog.enabled=true", "spark.eventLog.compress=false", f"spark.eventLog.dir={events.as_uri()}")
        conf = [word for setting in (*CONF, *log, *given.conf) for word in ("--conf", setting)]
        engines = {"local": [], "spark": ["--engine", "spark", "--master", given.master, *conf]}
        for engine, options in engines.items():
            _copied(folder, engine)
            result[engine] = _night(given.new.absolute(), folder / engine, day, options)
            print(json.dumps(result), file=sys.stderr, flush=True)
        result["moved"] = _moved(events)
        _copied(folder, "counted")
        result["read"] = _counted(given.new, folder / "counted", day)
        result["different"] = [
            str(file.relative_to(folder / "local"))
            for file in sorted((folder / "local").rglob(f"{day}*/**/*.parquet"))
            if file.read_bytes() != (folder / "spark" / file.relative_to(folder / "local")).read_bytes()
        ]
    print(json.dumps(result))
    return int(bool(result["different"]))


def _copied(folder: Path, name: str) -> None:
    """Copy the store, and what was published of it: a night would publish the one before again where that is lost."""
    for part in ("store", "out"):
        shutil.copytree(folder / part, folder / name / part, symlinks=True)


def _night(dump: Path, folder: Path, day: datetime.date, options: Sequence[str]) -> dict[str, Any]:
    """The night by the command."""
    where = ["--store", str(folder / "store"), "--out", str(folder / "out"), "--as-of", day.isoformat()]
    begin = time.perf_counter()
    took = run([sys.executable, "-m", "jobs.cli", "nightly", str(dump), *where, *options])
    wall = time.perf_counter() - begin
    (summary,) = (folder / "out").glob(f"{day}*/run.json")
    timings = json.loads(summary.read_bytes())["timings"]
    return {"wall": round(wall, 1), "cpu": took.cpu, "megabytes": took.memory, "timings": timings}


def _moved(events: Path) -> dict[str, int]:
    """Bytes that workers wrote to shuffles and sent to the driver, and the milliseconds of their tasks."""
    moved: collections.Counter[str] = collections.Counter()
    for file in events.rglob("[!.]*"):
        for line in file.open() if file.is_file() else ():
            metrics = json.loads(line).get("Task Metrics") if '"SparkListenerTaskEnd"' in line else None
            if metrics:
                moved["shuffled"] += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
                moved["results"] += metrics["Result Size"]
                moved["milliseconds"] += metrics["Executor Run Time"]
                moved["tasks"] += 1
    return dict(moved)


def _counted(dump: Path, folder: Path, day: datetime.date) -> dict[str, int]:
    """The compressed bytes of what is read of every stored table."""
    read: collections.Counter[str] = collections.Counter()
    taken = pieces.Piece.read

    def counting(piece: pieces.Piece, columns: Sequence[str] | None = None) -> Any:
        footer = pq.read_metadata(piece.file)
        for group in piece.groups:
            chunks = (footer.row_group(group).column(index) for index in range(footer.num_columns))
            wanted = (chunk for chunk in chunks if columns is None or chunk.path_in_schema.split(".")[0] in columns)
            name = f"{Path(piece.file).stem}: {', '.join(columns or ['all'])}"
            read[name] += sum(chunk.total_compressed_size for chunk in wanted)
        return taken(piece, columns)

    pieces.Piece.read = counting  # type: ignore[method-assign]
    nightly(Job([dump]), folder / "store", folder / "out", as_of=day)
    return dict(read.most_common())


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    sys.exit(main())
