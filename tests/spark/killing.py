"""Ends an executor of a session in the middle of its work."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any


def executors() -> list[int]:
    """The processes that work for the session of this process, and not for another on this machine."""
    parents, found = {}, []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            parents[int(process.name)] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if b"org.apache.spark.executor.CoarseGrainedExecutorBackend" in words:
            found.append(int(process.name))
    return sorted(each for each in found if _is_below(each, os.getpid(), parents))


def _is_below(process: int, ancestor: int, parents: dict[int, int]) -> bool:
    while process and process != ancestor:
        process = parents.get(process, 0)
    return process == ancestor


class Killer(threading.Thread):
    """Ends one executor with SIGKILL once tasks are under way in a stage of the job."""

    def __init__(self, spark: Any) -> None:
        super().__init__(daemon=True)
        self._tracker = spark.sparkContext.statusTracker()
        self.begun = threading.Event()
        self.killed: int | None = None

    def run(self) -> None:
        self.begun.wait(300)
        for _ in range(30_000):
            stages = [self._tracker.getStageInfo(stage) for stage in self._tracker.getActiveStageIds()]
            if any(stage and stage.numActiveTasks for stage in stages):
                self.killed = executors()[0]
                os.kill(self.killed, signal.SIGKILL)
                return
            time.sleep(0.01)
