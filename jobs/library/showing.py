"""What a run or a story looks like in a console and in a notebook."""

from __future__ import annotations

import html as escaping
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

SHOWN = 10  # stories
_COLUMNS = {
    "cluster": "cluster_id",
    "articles": "size",
    "publishers": "publisher_count",
    "first": "first_published",
    "agency": "wire_agency",
    "originator": "originator",
    "headline": "headline",
}


def text(folder: str, summary: Row, stories: Sequence[Row]) -> str:
    """A run in a few lines: how much it found, and the biggest stories."""
    lines = [_head(folder, summary)]
    lines += [f"  {row['cluster_id']}  {row['size']:4} articles  {_cell(row['headline'])}" for row in stories]
    return "\n".join(lines)


def html(folder: str, summary: Row, stories: Sequence[Row]) -> str:
    """The same as a table; everything in it is escaped."""
    head = "".join(f"<th>{name}</th>" for name in _COLUMNS)
    cells = ("".join(f"<td>{_escaped(row[name])}</td>" for name in _COLUMNS.values()) for row in stories)
    body = "".join(f"<tr>{row}</tr>" for row in cells)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<p>{_escaped(_head(folder, summary))}</p>{table}"


def story(row: Row, witnesses: Sequence[Row]) -> str:
    """A story in a line for itself and one for each witness."""
    lines = [f"Story({row['cluster_id']}: {_cell(row['headline'])}, {row['size']} articles)"]
    lines += [
        f"  {_cell(one['published'])}  {_cell(one['publisher'])}  {one['article_id']}  {_cell(one['grade'])}"
        for one in witnesses
    ]
    return "\n".join(lines)


def _head(folder: str, summary: Row) -> str:
    counts = summary["counts"]
    read = f"{counts['read']:,} articles, " if "read" in counts else ""
    return f"Run({read}{counts['stories']:,} stories, {counts['matches']:,} matches, in {folder})"


def _escaped(value: Any) -> str:
    return escaping.escape(_cell(value))


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return str(value.strftime("%Y-%m-%d %H:%M")) if hasattr(value, "strftime") else " ".join(str(value).split())
