"""All that nights leave, but for clock times, so that two of them can be compared byte for byte."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

_CLOCKS = ("timings", "peak_memory", "versions", "digest")  # the digest of run.json is over its clock times too
_CATALOGUE = ("catalogue.sqlite", "catalogue.sqlite-journal", "catalogue.digest")  # compared row by row, once recovered


def picture(folder: Path) -> dict[str, Any]:
    """What is in a folder with a ``store`` in it: file by file, and the catalogue row by row."""
    result: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            result[name] = path.readlink().as_posix()
        elif path.name == "run.json":
            values = json.loads(path.read_bytes())
            result[name] = {key: value for key, value in values.items() if key not in _CLOCKS}
        elif path.is_file() and path.name not in (*_CATALOGUE, "lock"):
            result[name] = path.read_bytes()
    base = sqlite3.connect(folder / "store" / "catalogue.sqlite")
    for (table,) in base.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall():
        rows = [row for row in base.execute(f"SELECT * FROM {table}") if "tables/run.json" not in row]
        result[f"catalogue: {table}"] = sorted(repr(row).replace(str(folder), "") for row in rows)
    base.close()
    return result
