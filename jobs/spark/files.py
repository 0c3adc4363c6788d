"""Files where Spark finds them: on this machine, HDFS or an object store, through Hadoop's own clients."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from dedup.errors import CannotWriteError, InputOutputError, NoInputError
from dedup.manifest import SUMMARY

#: Stores that have no folders to rename: there a run is written where it belongs, run.json last.
_NO_RENAME = ("s3", "s3a", "s3n", "gs", "oss", "cosn", "wasb", "wasbs")


_RAISED = re.compile(r"[a-z][\w.]*\.\w*Error: |[A-Z]\w*Error: ")


class File(NamedTuple):
    """A file: its address, its size in bytes, when it was last changed (milliseconds since 1970)."""

    path: str
    size: int
    changed: int


def is_remote(path: str) -> bool:
    """Does the path name a file system (``s3a://``, ``hdfs://``, ``file://``)?"""
    return "://" in path


def absolute(path: str) -> str:
    """The path as workers elsewhere can read it."""
    return path if is_remote(path) else f"file://{Path(path).absolute()}"  # Hadoop takes %20 by the letter


class Files:
    """The file systems that a session can reach."""

    def __init__(self, spark: SparkSession) -> None:
        context: Any = spark.sparkContext
        self._jvm, self._conf = context._jvm, context._jsc.hadoopConfiguration()

    def _at(self, path: str) -> tuple[Any, Any]:
        location = self._jvm.org.apache.hadoop.fs.Path(path)
        return location.getFileSystem(self._conf), location

    def find(self, pattern: str) -> list[File]:
        """The files of a file, folder or glob, sorted, hidden ones left out; NoInputError where there are none."""
        system, location = self._at(pattern)
        try:
            hits = list(system.globStatus(location) or [])
            result = [file for hit in hits for file in self._below(system, hit)]
        except Py4JError as error:
            raise NoInputError(f"{pattern} cannot be listed: {first_line(error)}") from error
        if not result:
            raise NoInputError(f"{pattern} does not exist, or holds no file")
        return sorted(result)

    def _below(self, system: Any, status: Any) -> Iterator[File]:
        if status.isFile():
            yield File(status.getPath().toString(), status.getLen(), status.getModificationTime())
            return
        for one in system.listStatus(status.getPath()):
            if not one.getPath().getName().startswith((".", "_")):
                yield from self._below(system, one)

    def exists(self, path: str) -> bool:
        """Is there a file or a folder?"""
        system, location = self._at(path)
        return bool(system.exists(location))

    def names(self, folder: str) -> list[str]:
        """Names of what is in a folder, sorted."""
        system, location = self._at(folder)
        return sorted(one.getPath().getName() for one in system.listStatus(location))

    def remove(self, path: str) -> None:
        """Remove a file or a folder, where it is."""
        system, location = self._at(path)
        system.delete(location, True)

    def move(self, path: str, to: str) -> None:
        """Rename; raises InputOutputError where the file system does not."""
        system, location = self._at(path)
        if not system.rename(location, self._at(to)[1]):
            raise InputOutputError(f"{path} could not be renamed to {to}")

    def write(self, path: str, content: bytes) -> None:
        """Write a small file."""
        system, location = self._at(path)
        stream = system.create(location, True)
        stream.write(content)
        stream.close()

    @contextlib.contextmanager
    def publishing(self, out: str, mark: str, *, replace: bool) -> Iterator[tuple[str, str]]:
        """A folder to write a run into, and one for what is needed on the way, both distinguished by ``mark``.

        The first becomes ``out`` by a rename when the block ends without an error; on object stores, which know no
        rename of folders, it is ``out`` itself, and the run is there once its run.json is, which is written last. The
        rules for an ``out`` that exists are those of :func:`dedup.output.publishing`.
        """
        out = out.rstrip("/")
        self._check(out, replace)
        base, _, name = out.rpartition("/")
        in_place = out.partition("://")[0] in _NO_RENAME
        work, scratch = out if in_place else f"{base}/.{name}.{mark}.partial", f"{base}/.{name}.{mark}.scratch"
        self._make(scratch)
        try:
            if in_place:
                self.remove(out)
            yield work, scratch
            if not in_place:
                self._swap(work, out, f"{base}/.{name}.{mark}.old")
        except (PySparkException, Py4JError) as error:
            raise InputOutputError(f"while writing {out}: {first_line(error)}; nothing was published") from error
        finally:
            for left in (scratch, *(() if in_place else (work,))):
                with contextlib.suppress(Py4JError):
                    self.remove(left)

    def _check(self, out: str, replace: bool) -> None:
        try:
            there = self.names(out) if self.exists(out) else []
        except Py4JError as error:
            raise CannotWriteError(f"cannot write to {out}: {first_line(error)}; choose another --out") from error
        if there and SUMMARY not in there:
            raise CannotWriteError(f"{out} is not empty and not the folder of a run; choose another --out")
        if there and not replace:
            raise CannotWriteError(f"{out} holds a finished run; choose another --out, or replace it with --force")

    def _make(self, folder: str) -> None:
        try:
            system, location = self._at(folder)
            made = system.mkdirs(location)
        except Py4JError as error:
            raise CannotWriteError(f"{folder} cannot be made: {first_line(error)}; choose another --out") from error
        if not made:
            raise CannotWriteError(f"{folder} cannot be made; choose another --out")

    def _swap(self, work: str, out: str, old: str) -> None:
        if self.exists(out):
            self.move(out, old)
        for sums in Path(work.removeprefix("file://")).rglob(".*.crc") if work.startswith("file://") else ():
            sums.unlink()  # Hadoop's own check sums
        self.move(work, out)
        self.remove(old)


class Scratch:
    """What is needed again on the way: written once, so that a lost executor costs one stage and not all before it."""

    def __init__(self, spark: SparkSession, folder: str) -> None:
        self.spark = spark
        self._folder = folder

    def save(self, name: str, frame: DataFrame) -> DataFrame:
        """The same rows, out of files."""
        path = f"{self._folder}/{name}"
        frame.write.parquet(path)
        return self.spark.read.schema(frame.schema).parquet(path)


def first_line(error: Exception) -> str:
    """What went wrong, in a line: of a worker's traceback the error that it ends with."""
    java = getattr(error, "java_exception", None)
    lines = (str(java.toString()) if java is not None else str(error)).strip().splitlines() or [type(error).__name__]
    raised = (line.removeprefix("dedup.errors.") for line in reversed(lines) if _RAISED.match(line))
    return next(raised, lines[0])
