"""A Spark session to run in, or a word about what is missing for one."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from dedup.errors import SettingsError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: How the job's own queries are run; ``--conf`` has the last word. Case: a dump may have the columns Text and text.
_QUERIES = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "4096",
    "spark.sql.files.maxPartitionBytes": "32m",
}
_QUIET = {"spark.log.level": "ERROR", "spark.ui.showConsoleProgress": "false"}
#: For a driver on this machine, which lives for minutes and plans many small queries: to make all of its code as fast
#: as can be takes more time than it spares. The user's own options (``spark.driver.extraJavaOptions``) come after it.
_HERE = {"spark.driver.defaultJavaOptions": "-XX:TieredStopAtLevel=1"}


def lacking() -> str | None:
    """What is missing for Spark on this machine, and how to fix it; None: nothing is."""
    if find_spec("pyspark") is None:
        return "the package pyspark is not installed; pip install 'wirecopy[spark]'"
    home = os.environ.get("JAVA_HOME")
    if home and not (Path(home) / "bin" / "java").exists():
        return f"JAVA_HOME is {home}, where there is no bin/java; let it name the folder of a Java 17"
    if not home and shutil.which("java") is None:
        return "there is no Java; install one of version 17 or newer (Debian: openjdk-17-jre-headless) or set JAVA_HOME"
    return None


@contextlib.contextmanager
def running(master: str | None, conf: Mapping[str, str]) -> Iterator[SparkSession]:
    """A session with settings of its own, in the Spark application that is there or in a new one, which ends with it.

    Raises :class:`~dedup.errors.SettingsError` where something is missing or Spark does not start.
    """
    if why := lacking():
        raise SettingsError(f"--engine spark: {why}")
    from pyspark.errors import PySparkException  # noqa: PLC0415  # may be missing
    from pyspark.sql import SparkSession  # noqa: PLC0415  # may be missing

    there = SparkSession.getActiveSession()
    if "spark.pyspark.python" not in conf:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else workers take any python3
    endpoint = os.environ.get("AWS_ENDPOINT_URL")  # what the driver asks, workers ask too
    conf = ({"spark.executorEnv.AWS_ENDPOINT_URL": endpoint} if endpoint else {}) | dict(conf)
    builder = SparkSession.builder.appName("wirecopy")
    here = _HERE if (master or "local").startswith("local") else {}
    for name, value in (_QUIET | here | dict(conf)).items():
        builder = builder.config(name, value)
    builder = builder.master(master) if master else builder
    try:
        session = there or builder.getOrCreate()
    except (PySparkException, OSError, RuntimeError) as error:
        raise SettingsError(f"Spark does not start ({error}); look at --master, --conf and the Java version") from error
    try:
        own = session.newSession()
        own.conf.set("spark.sql.shuffle.partitions", own.sparkContext.defaultParallelism)  # more for large piles
        for name, value in (_QUERIES | {name: conf[name] for name in conf if name.startswith("spark.sql.")}).items():
            if own.conf.isModifiable(name):
                own.conf.set(name, value)
        yield own
    finally:
        if there is None:
            session.stop()
