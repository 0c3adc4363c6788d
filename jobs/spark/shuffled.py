"""How much is moved between workers in each stage of the job: what a large run costs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from py4j.protocol import Py4JError
from pyspark.sql import SparkSession

from dedup.progress import Clock


class Shuffled:
    """Times stages by a clock, and counts the bytes written to shuffles.

    ``bytes``: stage -> bytes, as far as Spark tells.
    """

    def __init__(self, spark: SparkSession, clock: Clock) -> None:
        self._context: Any = spark.sparkContext
        self._clock = clock
        self.bytes: dict[str, int] = {}

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside, and count what is shuffled."""
        before = self._written()
        with self._clock.stage(name):
            yield
        self.bytes[name] = self._written() - before

    def _written(self) -> int:
        try:
            context = self._context._jsc.sc()
            jvm = self._context._jvm
            context.listenerBus().waitUntilEmpty()
            executors = context.statusStore().executorList(False)
            return sum(executors.apply(index).totalShuffleWrite() for index in range(executors.size())) if jvm else 0
        except Py4JError:
            return 0
