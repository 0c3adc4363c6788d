"""Whether the day or the month comes first in dates like 12/11/2025: what one value of a file settles holds for all.

A value like 25/11/2025 settles it. Where none does, or two contradict each other, such dates stay unread.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from dedup.article import ARTICLES, Batch, DayOrder
from dedup.readers import dates

_NUMERIC = r"^\s*\d{1,2}[./-]\d{1,2}[./-]\d{4}(?:\D|$)"


def of(texts: pa.Array, path: Callable[[int], str]) -> dict[str, DayOrder]:
    """What the dates of a batch tell of the order in each file; ``path`` tells which file a row stands in."""
    numeric = pc.match_substring_regex(texts, _NUMERIC)
    orders: dict[str, DayOrder] = {}
    for row in pc.indices_nonzero(numeric.fill_null(False)).to_pylist():
        name, order = path(row), dates.order(texts[row].as_py())
        was = orders.get(name, DayOrder())
        open_rows = was.open if order else (*was.open, row)
        orders[name] = DayOrder(was.seen | {order} if order else was.seen, open_rows)
    return orders


def settled(batches: Iterator[Batch], again: Callable[[str], Iterator[Batch]]) -> Iterator[Batch]:
    """The batches, with the dates read whose order another date of their file settles.

    ``again`` reads a file a second time; that is done only for files in which such a date is met.
    """
    orders: dict[str, str | None] = {}
    for batch in batches:
        for path, order in batch.day_orders.items():
            if order.open and path not in orders:
                orders[path] = _order(path, again(path))
        yield _read(batch, orders) if batch.day_orders else batch


def _order(path: str, batches: Iterator[Batch]) -> str | None:
    seen: frozenset[str] = frozenset()
    for batch in batches:
        seen |= batch.day_orders.get(path, DayOrder()).seen
    return next(iter(seen)) if len(seen) == 1 else None


def _read(batch: Batch, orders: Mapping[str, str | None]) -> Batch:
    articles = batch.articles
    columns = {name: articles[name].to_pylist() for name in dates.Dates._fields}
    for path, order_read in batch.day_orders.items():
        rows, order = list(order_read.open), orders.get(path)
        if not rows or order is None:
            continue
        texts = articles["published_text"].take(pa.array(rows)).cast(pa.large_string())
        for name, values in dates.parse(texts, order)._asdict().items():
            for row, value in zip(rows, values.to_pylist(), strict=True):
                columns[name][row] = value
    for name, values in columns.items():
        index = ARTICLES.get_field_index(name)
        articles = articles.set_column(index, ARTICLES.field(name), pa.array(values, ARTICLES.field(name).type))
    return dataclasses.replace(batch, articles=articles)
