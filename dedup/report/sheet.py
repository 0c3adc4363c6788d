"""A sheet to judge pairs on: two articles side by side, one pair after the other, labels by keys, saved as CSV."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dedup.report.pairs import Side, key, unjudged
from dedup.report.rendering import check, render
from dedup.report.run_data import Fetch, texts


class Card(NamedTuple):
    """A pair of the sheet: its row of the CSV file without the label, and its two articles."""

    row: Mapping[str, str]
    left: Side
    right: Side


def sheet(
    fetch: Fetch,
    summary: Mapping[str, Any],
    pairs: Sequence[tuple[str, str]],
    rows: Sequence[Mapping[str, str]],
    labels: Mapping[str, str],
) -> str:
    """The page: ``rows`` are the lines of the CSV file that it saves, one for each of ``pairs`` (a_id, b_id).

    The tables of the run come through ``fetch``, ``summary`` is its run.json. ``labels``: what each label means, in
    the order of the keys 1, 2, ... Nothing of what the run made of a pair can be seen. Raises
    :class:`~dedup.errors.SettingsError` where the extra ``report`` is not installed.
    """
    check()
    seen = texts(fetch, summary, pairs)
    cards = [Card(row, *unjudged(*key(*pair), seen)) for pair, row in zip(pairs, rows, strict=True)]
    columns = [*rows[0], "label", "note"]
    return render("sheet.html", script="sheet.js", cards=cards, labels=labels, columns=columns, name=_name(rows))


def _name(rows: Sequence[Mapping[str, str]]) -> str:
    """Under which the browser keeps the labels until they are saved: a digest of what was drawn."""
    return hashlib.sha256("\n".join(",".join(row.values()) for row in rows).encode()).hexdigest()[:16]
