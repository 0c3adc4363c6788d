"""Reads the folder of a run, on this machine or at an address."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dedup.errors import BadDataError, NoInputError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from dedup.readers.inputs import Input
    from dedup.tables import Table

Row = dict[str, Any]
#: The folder of a run: a path, or a :class:`dedup.addresses.RemoteFolder`, which fetches what is read.
RunPath = os.PathLike[str]

_AGAIN = "make the run again with wirecopy detect"


def opened(where: str | Path) -> RunPath:
    """The folder of a run at a path or an address, whether there is one or not."""
    if "://" not in str(where):
        return Path(where)
    from dedup.addresses import RemoteFolder

    return RemoteFolder(_newest(str(where)))


def _newest(address: str) -> str:
    """The address of a run; of ``OUT/latest`` that of the night that ``OUT/latest.json`` names.

    Raises :class:`~dedup.errors.BadDataError` where that is damaged.
    """
    import orjson

    from dedup.addresses import RemoteFolder

    path, mark, query = address.partition("?")
    out, _, name = path.rstrip("/").rpartition("/")
    if name != "latest":
        return address
    nights = RemoteFolder(f"{out}{mark}{query}")
    pointer = nights.fetch_one(f"{name}.json")
    if not pointer.exists():
        return address
    try:
        return f"{out}/{orjson.loads(pointer.read_bytes())['run_id']}{mark}{query}"
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise BadDataError(f"{out}/{name}.json is damaged ({error}); name the folder of a night") from None


def is_run(folder: RunPath) -> bool:
    """Is this the folder of a finished run?"""
    from dedup.manifest import SUMMARY

    return _file(folder, SUMMARY).is_file()


def check(folder: RunPath) -> None:
    """Raise :class:`~dedup.errors.NoInputError` unless ``folder`` is that of a finished run."""
    if not is_run(folder):
        raise NoInputError(f"{folder} is not the folder of a run; make one: wirecopy detect INPUT... --out {folder}")


def _file(folder: RunPath, name: str) -> Path:
    """A file of the folder on this machine; nothing is at that path where the folder has none."""
    from dedup.addresses import RemoteFolder

    return folder.file(name) if isinstance(folder, RemoteFolder) else Path(folder, name)


def summary(folder: RunPath) -> Row:
    """What run.json says; raises :class:`~dedup.errors.BadDataError` where it is damaged."""
    from dedup import manifest

    file = _file(folder, manifest.SUMMARY)
    try:
        values = manifest.read(file.parent)
    except BadDataError as error:
        raise BadDataError(f"{str(error).replace(str(file.parent), str(folder), 1)}; {_AGAIN}") from None
    if not isinstance(values.get("settings", {}), dict):
        raise BadDataError(f"{folder}/{manifest.SUMMARY} is damaged (it is not a summary of a run); {_AGAIN}")
    return values


def setting(folder: RunPath, name: str) -> Any:
    """The value of a setting of the run; raises :class:`~dedup.errors.BadDataError` where run.json does not say it."""
    held = summary(folder).get("settings", {})
    if name not in held:
        raise BadDataError(f"{folder}/run.json is damaged (it has no setting {name}); {_AGAIN}")
    return held[name]


def rows(
    folder: RunPath, kind: Table, *, columns: Sequence[str] | None = None, **equal: str | Sequence[str]
) -> list[Row]:
    """The rows of a table of the run as Python values; see :func:`table`."""
    return plain(table(folder, kind, columns=columns, **equal))


def table(
    folder: RunPath, kind: Table, *, columns: Sequence[str] | None = None, **equal: str | Sequence[str]
) -> pa.Table:
    """A table of the run, in its order; only the rows whose columns are ``equal`` to (one of) some values.

    Raises :class:`~dedup.errors.BadDataError` for a table that is missing, damaged or of another schema version.
    """
    import pyarrow as pa
    from pyarrow import parquet

    from dedup import manifest

    file, shown = _file(folder, f"{kind.name}.parquet"), f"{folder}/{kind.name}.parquet"
    among = {name: [value] if isinstance(value, str) else list(value) for name, value in equal.items()}
    wanted = [(name, "in", pa.array(values, kind.schema.field(name).type)) for name, values in among.items()]
    try:
        _check_version(parquet.read_schema(_one_file(file)), shown)
        damage = manifest.wrong(file.parent, summary(folder), file.name)
        if damage:
            raise BadDataError(f"{shown} {damage}; {_AGAIN}")
        return parquet.read_table(
            file, columns=list(columns) if columns else None, filters=wanted or None, page_checksum_verification=True
        )
    except FileNotFoundError:
        raise BadDataError(f"{shown} is missing; {_AGAIN}") from None
    except (pa.ArrowException, OSError) as error:
        raise BadDataError(f"{shown} is damaged ({error}); {_AGAIN}") from None


def _one_file(table: Path) -> Path:
    """The file of a table; of a large one that Spark wrote, which is a folder of files, the first."""
    return min(table.glob("part-*.parquet"), default=table)


def plain(table: pa.Table) -> list[Row]:
    """The rows of a table as Python values, shares with four decimals."""
    import pyarrow as pa

    shares = {field.name for field in table.schema if field.type == pa.float32()}
    return [{name: _value(value, name in shares) for name, value in row.items()} for row in table.to_pylist()]


def read_again(folder: RunPath, ids: Sequence[str], inputs: Sequence[Input] | None = None) -> dict[str, Row]:
    """Articles by id, out of ``inputs`` (None: those that the run names); of several versions the latest.

    Raises :class:`~dedup.errors.UsageError` where one of them is not to be found, or several publishers have it.
    """
    from dedup.readers import read

    inputs = inputs or [source["path"] for source in summary(folder)["inputs"]]
    result: dict[str, Row] = {}
    try:
        for batch in read(inputs):
            for name, row in _named(batch.articles, ids):
                if result.get(name, row)["publisher"] != row["publisher"]:
                    raise UsageError(f"several publishers have an article {name}; name it as {name}@PUBLISHER")
                result[name] = max(result.get(name, row), row, key=_when)
    except NoInputError as error:
        raise UsageError(f"{ids[0]} has no text in {folder}, and {error}; explain two text files") from None
    for name in ids:
        if name not in result:
            raise UsageError(f"{name} is neither in {folder} nor in its inputs ({', '.join(map(str, inputs))})")
    return result


def _named(articles: pa.RecordBatch, ids: Sequence[str]) -> Iterator[tuple[str, Row]]:
    """The articles that have one of these ids, or one of them as ``id@publisher``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from dedup.article import qualified

    for names in (articles["id"], qualified(articles["id"], articles["publisher"])):
        rows = pc.indices_nonzero(pc.is_in(names, pa.array(ids, pa.string())))
        for name, row in zip(names.take(rows).to_pylist(), articles.take(rows).to_pylist(), strict=True):
            yield name, {**row, "id": name}


def _check_version(schema: Any, file: str) -> None:
    from dedup.tables import SCHEMA_VERSION

    values = (schema.metadata or {}).get(b"wirecopy.schema_version", b"unknown").decode()
    if values != str(SCHEMA_VERSION):
        raise BadDataError(
            f"{file} has the schema version {values}, and this wirecopy reads {SCHEMA_VERSION}; {_AGAIN}"
        )


def _when(row: Row) -> datetime:
    return row["published"] or datetime.min.replace(tzinfo=UTC)


def _value(value: Any, share: bool) -> Any:
    return round(value, 4) if share and value is not None else value


def story(folder: RunPath, cluster: str) -> Row:
    """The row of a cluster in stories.parquet; raises :class:`~dedup.errors.UsageError` where there is none."""
    from dedup.tables import STORIES

    result = rows(folder, STORIES, cluster_id=cluster)
    if not result:
        raise UsageError(f"{folder} has no cluster {cluster}; wirecopy show {folder} lists them")
    return result[0]
