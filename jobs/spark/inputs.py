"""Which inputs Spark reads itself, in pieces, and which a worker reads whole."""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dedup import readers
from dedup.errors import NoInputError
from dedup.readers import Source, extras
from dedup.readers.inputs import FORMATS
from jobs.spark.files import Files, absolute, is_remote

_LINES = (".jsonl", ".ndjson")
_PACKED = tuple(f"{ending}{packing}" for ending in _LINES for packing in (".gz", ".bz2"))
_ODD = re.compile(r"[\[\]{}*?\\%:\n]|/[._][^/]*$")  # Spark takes these for a pattern, or passes the file over


@dataclasses.dataclass(slots=True)
class Inputs:
    """The files of a run.

    ``lines`` and ``parquet`` are addresses that Spark reads, Parquet in lots of one schema (``merge``: of schemas that
    are still to be merged). ``unsplit`` are files that one worker reads each, so that every worker must see them under
    their path. ``listed``: what run.json says of all, ``passed_over`` of what
    is not read. ``shown``: address -> the name that people gave.
    """

    lines: list[str] = dataclasses.field(default_factory=list)
    parquet: list[list[str]] = dataclasses.field(default_factory=list)
    merge: list[list[str]] = dataclasses.field(default_factory=list)
    unsplit: list[Source] = dataclasses.field(default_factory=list)
    listed: list[dict[str, str | int]] = dataclasses.field(default_factory=list)
    passed_over: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    shown: dict[str, str] = dataclasses.field(default_factory=dict)


def find(inputs: Sequence[str], files: Files) -> Inputs:
    """Sort out the inputs. Raises :class:`~dedup.errors.NoInputError` and SettingsError as :func:`dedup.read` does.

    Files of this machine may be of every format; elsewhere they are Parquet and JSON lines.
    """
    spark_inputs = Inputs()
    here = [path for path in inputs if not is_remote(path)]
    if here or not inputs:
        local = readers.find(here)
        spark_inputs.passed_over += readers.summed(local.passed_over)
        _local(local.sources, spark_inputs)
    for path in inputs:
        if is_remote(path):
            _remote(path, files, spark_inputs)
    spark_inputs.listed.sort(key=lambda each: str(each["path"]))
    return spark_inputs


def _local(sources: Sequence[Source], spark_inputs: Inputs) -> None:
    lots: dict[pa.Schema, list[str]] = defaultdict(list)
    for source in sources:
        spark_inputs.listed.append({"path": source.name, "bytes": source.size, "digest": readers.digest(source)})
        address = absolute(str(source.path))
        spark_inputs.shown[address] = source.name
        odd = _ODD.search(address.removeprefix("file:"))
        schema = _schema(source) if source.format == "parquet" and not odd else None
        if schema is not None:
            lots[schema].append(address)
        elif source.name.lower().endswith(_LINES) and not odd:
            spark_inputs.lines.append(address)
        else:
            extras.check(FORMATS[source.format].needs, FORMATS[source.format].extra)
            spark_inputs.unsplit.append(source)
    spark_inputs.parquet += lots.values()


def _schema(source: Source) -> pa.Schema | None:
    """The schema of a Parquet file, without notes; None where Spark could not read it."""
    try:
        schema = pq.read_schema(source.path).remove_metadata()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise NoInputError(f"{source.name} cannot be opened as Parquet: {error}") from error
    unread = (pa.types.is_time, pa.types.is_float16, _nanoseconds, pa.types.is_duration)
    odd = any(unfit(kind) for kind in schema.types for unfit in unread)
    return None if odd or len(set(schema.names)) < len(schema) else schema


def _nanoseconds(kind: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(kind) and kind.unit == "ns")


def _remote(path: str, files: Files, spark_inputs: Inputs) -> None:
    listed = files.find(path)
    parquet = [file.path for file in listed if file.path.lower().endswith(".parquet")]
    lines = [file.path for file in listed if file.path.lower().endswith((*_LINES, *_PACKED))]
    if not parquet and not lines:
        raise NoInputError(f"{path} holds no file that Spark reads in pieces; known endings: .parquet, .jsonl, .ndjson")
    known = {*parquet, *lines}
    spark_inputs.lines += lines
    spark_inputs.merge += [parquet] if parquet else []
    spark_inputs.shown |= {name: name for name in known}
    known_files = (file for file in listed if file.path in known)
    spark_inputs.listed += [{"path": file.path, "bytes": file.size, "changed": file.changed} for file in known_files]
