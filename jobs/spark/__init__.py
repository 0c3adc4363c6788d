"""The whole job on Spark: inputs and outputs are paths that Spark reads and writes, and the tables are the same.

The way is that of :mod:`jobs.local`, and the work is done by the same functions on batches of rows; what differs is
how the rows that have to meet are brought together. What is needed again is written to a folder beside the output on
the way. To the driver come counts, numbers of rows, and names of publishers and origins; never articles.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from dedup.progress import Clock, Progress
from jobs.spark.session import lacking, running
from jobs.stages import Job, Run

__all__ = ["Job", "Spark", "lacking", "running"]


@dataclasses.dataclass(frozen=True, slots=True)
class Spark:
    """Runs the job on Spark: in the application that is there, else in a new one on ``master`` with ``conf``."""

    master: str | None = None
    conf: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def detect(self, job: Job, out: str, *, replace: bool = False, progress: Progress | None = None) -> Run:
        """See :func:`jobs.local.detect`. Spark reads the inputs and writes ``out``, and needs no ``job.threads``.

        Inputs and ``out`` may have any scheme that Spark knows (``s3a://``, ``hdfs://``, ``gs://``). Raises also
        :class:`~dedup.errors.SettingsError` where Spark or Java is missing or does not start.
        """
        with running(self.master, self.conf) as spark:
            from jobs.spark.job import detect  # noqa: PLC0415  # needs pyspark, which may be missing

            return detect(spark, job, out, replace=replace, clock=Clock(progress))
