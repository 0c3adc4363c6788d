"""Columns of strings as a dump gives them -> a batch of articles, and the rows that cannot be articles."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import mmh3
import pyarrow as pa
import pyarrow.compute as pc

from dedup.article import ARTICLES, Batch, Rejected
from dedup.readers import dates, day_order
from dedup.readers.agency import host
from dedup.readers.marks import paragraphs

#: A row's place within the batch -> (path, position in the file).
Locate = Callable[[int], tuple[str, str]]


def batch(columns: Mapping[str, pa.Array], locate: Locate, max_record: int, flaws: Mapping[int, str]) -> Batch:
    """Articles from columns of one length, one a field, as large strings; a field without a column is null.

    Empty strings and strings of white space count as missing; all others stay as they are, but for marks between the
    paragraphs of texts that are one line. ``flaws`` has, by row,
    why a row is already known to be no article; rows without text, or with one of more than ``max_record`` bytes, are
    rejected too. Missing ids are made from the url, else from the text (mmh3, 128 bits).
    """
    size = len(columns["text"])
    columns_read = {name: blank_to_null(column) for name, column in columns.items()}
    reasons = {**_reasons(columns_read["text"], max_record), **flaws}
    if reasons:
        keep = pa.array([row not in reasons for row in range(size)])
        columns_read = {name: column.filter(keep) for name, column in columns_read.items()}
    articles = _articles(columns_read, size - len(reasons))
    rows = [row for row in range(size) if row not in reasons] if reasons else range(size)
    orders = (
        day_order.of(columns_read["published"], lambda row: locate(rows[row])[0]) if "published" in columns_read else {}
    )
    return Batch(articles, tuple(Rejected(*locate(row), reason) for row, reason in sorted(reasons.items())), (), orders)


def blank_to_null(column: pa.Array) -> pa.Array:
    """The column with null for empty strings and for white space alone."""
    blank = pc.or_(pc.utf8_is_space(column), pc.equal(pc.binary_length(column), 0))
    return pc.if_else(blank, pa.scalar(None, column.type), column) if pc.any(blank).as_py() else column


def _reasons(texts: pa.Array, max_record: int) -> dict[int, str]:
    missing = dict.fromkeys(pc.indices_nonzero(pc.is_null(texts)).to_pylist(), "no text")
    too_long = pc.fill_null(pc.greater(pc.binary_length(texts), max_record), False)
    return {**missing, **dict.fromkeys(pc.indices_nonzero(too_long).to_pylist(), larger(max_record))}


def larger(max_record: int) -> str:
    """The reason for a record beyond the limit."""
    return f"larger than max_record ({max_record} bytes)"


def _articles(columns: Mapping[str, pa.Array], size: int) -> pa.RecordBatch:
    def column(name: str) -> pa.Array:
        return columns[name] if name in columns else pa.nulls(size, pa.large_string())

    made = {**columns, **dates.parse(column("published"))._asdict()}
    made["text"] = paragraphs(column("text"))
    made["publisher"] = _publishers(column("publisher"), column("url"))
    made["id"] = _ids(column("id"), column("url"), column("text"))
    return pa.RecordBatch.from_arrays(
        [made.get(field.name, column(field.name)).cast(field.type) for field in ARTICLES], schema=ARTICLES
    )


def _publishers(publishers: pa.Array, urls: pa.Array) -> pa.Array:
    """Who published: an address is no name but stands for its host, as the article's own does where nobody is named."""
    distinct = publishers.dictionary_encode()
    names = [name if "//" not in name else host(name) or name for name in distinct.dictionary.to_pylist()]
    named = pa.array(names, publishers.type).take(distinct.indices)
    missing = pc.and_(pc.is_null(named), pc.is_valid(urls))
    if not pc.any(missing).as_py():
        return named
    hosts = pa.array([host(url) or None for url in urls.filter(missing).to_pylist()], named.type)
    return pc.replace_with_mask(named, missing, hosts)


def _ids(ids: pa.Array, urls: pa.Array, texts: pa.Array) -> pa.Array:
    if not ids.null_count:
        return ids
    missing = pc.is_null(ids)
    named_by = pc.coalesce(urls.filter(missing), texts.filter(missing))
    made = [mmh3.mmh3_x64_128_digest(words.as_buffer()).hex() for words in named_by]
    return pc.replace_with_mask(ids, missing, pa.array(made, ids.type))
