"""Nights on Spark, with the store and the published nights in a bucket."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest
from pyarrow import fs

from jobs.spark import lacking
from tests.processes import wirecopy

from .conftest import CONF


def test_nights_in_a_bucket_on_engines_that_take_turns(s3_endpoint: str, samples: Path, tmp_path: Path) -> None:
    """The driver is killed in the first night on Spark; the same command again ends like the local engine's."""
    if why := lacking():
        pytest.skip(f"needs Spark: {why}")
    bucket = fs.S3FileSystem(endpoint_override=s3_endpoint, scheme="http", allow_bucket_creation=True)
    spark = ["--engine", "spark", "--master", "local-cluster[2,1,2048]"]
    spark += [word for name, value in CONF.items() for word in ("--conf", f"{name}={value}")]
    nights = [(samples / "morning.jsonl", "2025-05-09"), (samples / "evening.csv", "2025-05-10")]

    def night(name: str, number: int, *more: str, **variables: str) -> int:
        dump, day = nights[number]
        where = ("--store", f"s3a://{name}/store", "--out", f"s3://{name}/out")
        return wirecopy(tmp_path, "nightly", dump, *where, "--as-of", day, *more, **variables).returncode

    for name in ("here", "there"):
        bucket.create_dir(name)
    assert [night("here", number) for number in range(2)] == [0, 0]
    assert night("there", 0) == 0
    assert night("there", 1, *spark, WIRECOPY_KILL_AT="searched") == -signal.SIGKILL
    assert night("there", 1, *spark) == 0
    assert tables(bucket, "there") == tables(bucket, "here")


def tables(bucket: Any, name: str) -> dict[str, bytes]:
    """All tables in a bucket."""
    result = {}
    for info in bucket.get_file_info(fs.FileSelector(name, recursive=True)):
        if info.path.endswith(".parquet"):
            with bucket.open_input_stream(info.path) as file:
                result[info.path.removeprefix(name)] = file.read()
    return result
