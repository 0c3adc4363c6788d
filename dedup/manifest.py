"""What run.json says of the files beside it and of itself, and whether that still holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mmh3
import orjson

from dedup.errors import BadDataError

SUMMARY = "run.json"
_FILES, _DIGEST = "files", "digest"
_CHUNK = 1 << 20


def digest_of(path: Path) -> str:
    """32 hex digits of a file's bytes (mmh3, x64, 128 bits). Raises OSError."""
    with path.open("rb") as file:
        return digest_read(file)


def digest_read(file: Any) -> str:
    """The digest of what is left to read in an open file. Raises what its ``read`` raises."""
    hasher = mmh3.mmh3_x64_128()
    while chunk := file.read(_CHUNK):
        hasher.update(chunk)
    return hasher.digest().hex()


def files(folder: Path) -> dict[str, dict[str, Any]]:
    """Bytes and digest of every table in a folder, by the names of their files."""
    return {
        path.name: {"bytes": path.stat().st_size, _DIGEST: digest_of(path)} for path in sorted(folder.glob("*.parquet"))
    }


def dumped(summary: Mapping[str, Any]) -> bytes:
    """What stands in run.json: a summary, and a digest of all the rest of it."""
    plain = {name: value for name, value in summary.items() if name != _DIGEST}
    return _json(plain | {_DIGEST: _self_digest(plain)})


def write(folder: Path, summary: Mapping[str, Any]) -> None:
    """Write run.json, the tables being there: with their digests."""
    (folder / SUMMARY).write_bytes(dumped(dict(summary) | {_FILES: files(folder)}))


def read(folder: Path) -> dict[str, Any]:
    """What run.json says; raises :class:`~dedup.errors.BadDataError` where it is missing or not what was written."""
    file = folder / SUMMARY
    try:
        summary = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise BadDataError(f"{file} is damaged ({error})") from None
    if not isinstance(summary, dict):
        raise BadDataError(f"{file} is damaged (it is not an object)")
    if _DIGEST in summary and summary[_DIGEST] != _self_digest(summary):
        raise BadDataError(f"{file} is damaged: its content has changed")
    return summary


def published_summary(summary: Mapping[str, Any]) -> dict[str, Any]:
    """What run.json says of the run itself, without the files beside it."""
    return {name: value for name, value in summary.items() if name not in (_FILES, _DIGEST)}


def wrong(folder: Path, summary: Mapping[str, Any], name: str) -> str | None:
    """What is wrong with a table's file, in words; None: nothing, or an older run that does not say."""
    known = summary.get(_FILES, {}).get(name)
    path = folder / name
    if path.is_dir():  # of a large table that Spark wrote
        return None
    if not path.is_file():
        return "is missing"
    if known is None:
        return f"is not in {SUMMARY}" if _FILES in summary else None
    if path.stat().st_size != known["bytes"]:
        return f"is damaged: it has {path.stat().st_size} bytes instead of {known['bytes']}"
    return None if digest_of(path) == known[_DIGEST] else "is damaged: its content has changed"


def faults(folder: Path) -> list[str]:
    """All that is wrong with the folder of a run, a line each."""
    try:
        summary = read(folder)
    except BadDataError as error:
        return [str(error)]
    names = sorted({path.name for path in folder.glob("*.parquet")} | set(summary.get(_FILES, ())))
    checked = [(name, wrong(folder, summary, name)) for name in names]
    return [f"{folder / name} {fault}" for name, fault in checked if fault]


def _self_digest(summary: Mapping[str, Any]) -> str:
    plain = {name: value for name, value in summary.items() if name != _DIGEST}
    return mmh3.mmh3_x64_128_digest(_json(plain)).hex()


def _json(summary: Mapping[str, Any]) -> bytes:
    return orjson.dumps(summary, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
