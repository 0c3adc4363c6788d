"""One Spark application for all tests here: two executors, each a process of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from jobs.spark import lacking, running

CONF = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.executor.memory": "1g",
    "spark.log.level": "OFF",  # an executor that is killed on purpose is no news
    # Most of the time of so small a job goes into making code fast that hardly runs.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A session in the application that :class:`jobs.spark.Spark` finds and uses."""
    if why := lacking():
        pytest.skip(f"needs Spark: {why}")
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    with running("local-cluster[2,1,2048]", CONF) as started:
        yield started
