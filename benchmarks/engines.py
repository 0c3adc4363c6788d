"""Both engines on the same articles: are the tables the same, and what did Spark take and move?

``python benchmarks/engines.py planted/100000/articles.parquet`` runs Spark in two executors of this machine and then
the local engine, compares every table column by column, and prints the processor seconds of every stage: of the
driver, of the JVMs and of Spark's Python workers, beside those of the local engine. The last line is JSON.
``--alone`` leaves the local run out.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dedup import detect
from dedup.tables import TABLES
from jobs.spark import Job, Spark

CONF = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}
_DRIVER, _DRIVER_JVM, _EXECUTORS, _WORKERS = "driver", "driver's JVM", "executors", "Python workers"
_KINDS = (_DRIVER, _DRIVER_JVM, _EXECUTORS, _WORKERS)
_JIT = "of JVMs: compiling"
_TICKS = os.sysconf("SC_CLK_TCK")
_SAMPLED = 1.0  # seconds between two looks at processes, of which some end without telling what they took


class Processes:
    """Processor seconds of this process and of all that it started, by what they are for; peak memory in MB."""

    def __init__(self) -> None:
        self._seconds: dict[int, float] = {}
        self._kinds: dict[int, str] = {}
        self._compiling: dict[tuple[int, str], float] = {}  # by process and thread
        self._lock = threading.Lock()
        self.megabytes = 0.0

    def seconds(self) -> dict[str, float]:
        """What was taken until now; :data:`_JIT` is a part of the JVMs' seconds."""
        with self._lock:
            self._look()
            taken = dict.fromkeys(_KINDS, 0.0) | {_JIT: sum(self._compiling.values())}
            for process, seconds in self._seconds.items():
                taken[self._kinds[process]] += seconds
            return taken

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Look again and again."""
        done = threading.Event()

        def watch() -> None:
            while not done.wait(_SAMPLED):
                self.seconds()

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _look(self) -> None:
        memory = 0
        for process in _tree():
            with contextlib.suppress(OSError):  # it is gone
                folder = Path("/proc") / str(process)
                self._kinds.setdefault(process, _kind(process, (folder / "cmdline").read_bytes()))
                self._seconds[process] = _ticks(folder) / _TICKS
                memory += _anonymous(folder)
                if "java" in (folder / "comm").read_text():
                    for thread in (folder / "task").iterdir():
                        if "CompilerThre" in (thread / "comm").read_text():
                            self._compiling[process, thread.name] = _ticks(thread) / _TICKS
        self.megabytes = max(self.megabytes, memory / 1024)


def _tree() -> list[int]:
    children = defaultdict(list)
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            children[int(_fields(folder)[1])].append(int(folder.name))
    found = [os.getpid()]
    for process in found:
        found += children[process]
    return found


def _fields(folder: Path) -> list[str]:
    return (folder / "stat").read_text().rpartition(")")[2].split()


def _ticks(folder: Path) -> int:
    return sum(map(int, _fields(folder)[11:13]))


def _anonymous(folder: Path) -> int:
    lines = (folder / "status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon:"))


def _kind(process: int, command: bytes) -> str:
    if process == os.getpid():
        return _DRIVER
    if b"pyspark.daemon" in command:
        return _WORKERS
    return _EXECUTORS if b"CoarseGrainedExecutorBackend" in command else _DRIVER_JVM


class Stages:
    """Processor seconds by stage: a stage ends where the next one is reported."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._marks = [("start", processes.seconds())]

    def report(self, stage: str, done: int, total: int) -> None:
        """A :data:`dedup.progress.Progress`."""
        if stage != self._marks[-1][0]:
            self._marks.append((stage, self._processes.seconds()))

    def end(self) -> dict[str, dict[str, float]]:
        """Stage -> kind of process -> seconds."""
        self._marks.append(("end", self._processes.seconds()))
        pairs = zip(self._marks, self._marks[1:], strict=False)
        return {stage: {kind: after[kind] - before[kind] for kind in after} for (stage, before), (_, after) in pairs}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("inputs", nargs="+", type=Path)
    parser.add_argument("--master", default="local-cluster[2,1,2048]")
    parser.add_argument("--conf", action="append", default=[], help="NAME=VALUE, for Spark")
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    conf = CONF | dict(setting.split("=", 1) for setting in given.conf)
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        job, out = Job(given.inputs), Path(folder) / "spark"
        processes, begin = Processes(), time.perf_counter()
        stages = Stages(processes)
        with processes.watched():
            summary = Spark(given.master, conf).detect(job, str(out), progress=stages.report).summary
        result: dict[str, Any] = {
            "wall": round(time.perf_counter() - begin, 1),
            "seconds": stages.end(),
            "megabytes": round(processes.megabytes),
            "timings": summary["timings"],
            "shuffled": summary["shuffled"],
            "counts": summary["counts"],
        }
        if not given.alone:
            local = Stages(processes)
            detect(given.inputs, Path(folder) / "local", progress=local.report)
            result["local"] = {stage: taken[_DRIVER] for stage, taken in local.end().items()}
            result["different"] = [
                table.name
                for table in TABLES
                if not pq.read_table(out / f"{table.name}.parquet").equals(
                    pq.read_table(Path(folder) / "local" / f"{table.name}.parquet"), check_metadata=True
                )
            ]
    _print(result)
    print(json.dumps(result))
    return int(bool(result.get("different")))


def _print(result: dict[str, Any]) -> None:
    """Processor seconds by stage, and bytes shuffled for each article."""
    kinds, number, local = (*_KINDS, _JIT), result["counts"]["read"], result.get("local", {})
    print(f"{'':12}" + "".join(f"{name:>20}" for name in (*kinds, "all", "local engine", "bytes an article")))
    rows = []
    for stage, taken in result["seconds"].items():
        row = {kind: taken[kind] for kind in kinds}
        row |= {"all": sum(taken[kind] for kind in _KINDS), "local": local.get(stage, 0.0)}
        row["bytes"] = result["shuffled"].get(stage, 0) / number
        rows.append((stage, list(row.values())))
    sums = [sum(column) for column in zip(*(values for _, values in rows), strict=True)]
    for name, values in [*rows, ("all", sums)]:
        print(f"{name:12}" + "".join(f"{value:20,.1f}" for value in values))


if __name__ == "__main__":
    sys.exit(main())
