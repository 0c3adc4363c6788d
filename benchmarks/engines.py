"""Both engines on the same articles: are the tables the same, and what did Spark take and move?

``python benchmarks/engines.py planted/100000/articles.parquet`` runs Spark in two executors of this machine and then
the local engine, compares every table column by column, and prints a JSON line. ``--alone`` leaves the local run out.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq
from bench import run

from dedup import detect
from dedup.tables import TABLES

CONF = ("spark.ui.enabled=false", "spark.driver.host=127.0.0.1", "spark.driver.bindAddress=127.0.0.1")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("inputs", nargs="+", type=Path)
    parser.add_argument("--master", default="local-cluster[2,1,2048]")
    parser.add_argument("--conf", action="append", default=[])
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        out = Path(folder) / "spark"
        conf = [word for setting in (*CONF, *given.conf) for word in ("--conf", setting)]
        command = ["detect", *map(str, given.inputs), "--engine", "spark", "--master", given.master, "--out", str(out)]
        begin = time.perf_counter()
        took = run([sys.executable, "-m", "jobs.cli", *command, *conf])
        values = json.loads((out / "run.json").read_text())
        result = {
            "wall": round(time.perf_counter() - begin, 1),
            "cpu": took.cpu,
            "megabytes": took.memory,
            "timings": values["timings"],
            "shuffled": values["shuffled"],
            "counts": values["counts"],
        }
        if not given.alone:
            detect(given.inputs, Path(folder) / "local")
            result["different"] = [
                table.name
                for table in TABLES
                if not pq.read_table(out / f"{table.name}.parquet").equals(
                    pq.read_table(Path(folder) / "local" / f"{table.name}.parquet"), check_metadata=True
                )
            ]
    print(json.dumps(result))
    return int(bool(result.get("different")))


if __name__ == "__main__":
    sys.exit(main())
