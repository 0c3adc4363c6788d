"""An article as the job sees it, and a record that could not become one.

Articles travel in Arrow record batches of :data:`ARTICLES`, never as one Python object each; :class:`Article` is the
single article that users hand to :func:`dedup.grade` and that tests write down.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: What a column of article ids says of its row (field metadata): it is about the article, or names it beside another.
ABOUT, BESIDE = "about", "beside"
_NAMES = b"article"


def names_article(field: pa.Field, how: str = ABOUT) -> pa.Field:
    """The field, flagged as one that holds ids of articles: :data:`ABOUT` or :data:`BESIDE`."""
    return field.with_metadata({**(field.metadata or {}), _NAMES: how.encode()})


def naming(schema: pa.Schema, how: str) -> list[str]:
    """The columns of a schema that are flagged so."""
    return [field.name for field in schema if (field.metadata or {}).get(_NAMES) == how.encode()]


#: One row an article. Strings are never empty: what is missing is null. ``published`` is UTC; ``date_only`` says that
#: the source gave a day without a time (``published`` is then midnight). ``published_text`` keeps a date that could
#: not be read. ``agency`` is what the record's own metadata says of the wire (a field of that meaning), as written.
ARTICLES = pa.schema(
    [
        names_article(pa.field("id", pa.string(), nullable=False)),
        pa.field("publisher", pa.string()),
        pa.field("published", pa.timestamp("us", tz="UTC")),
        pa.field("date_only", pa.bool_(), nullable=False),
        pa.field("published_text", pa.string()),
        pa.field("headline", pa.string()),
        pa.field("url", pa.string()),
        pa.field("byline", pa.string()),
        pa.field("lang", pa.string()),
        pa.field("agency", pa.string()),
        pa.field("text", pa.large_string(), nullable=False),
    ]
)


@dataclasses.dataclass(frozen=True, slots=True)
class Article:
    """One article. Only ``id`` and ``text`` are needed; ``published`` without a zone counts as UTC."""

    id: str
    text: str
    publisher: str | None = None
    published: datetime | None = None
    date_only: bool = False
    published_text: str | None = None
    headline: str | None = None
    url: str | None = None
    byline: str | None = None
    lang: str | None = None
    agency: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not become an article: which file, where in it (``line 7``, ``byte 812``), and why.

    ``damage`` says that the file is cut short or damaged there: what it held after that place is lost.
    """

    path: str
    position: str
    reason: str
    damage: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Note:
    """How a file was read that is not as files of its format are; ``words`` are the same for all such files."""

    path: str
    words: str


class DayOrder(NamedTuple):
    """What numeric dates (12/11/2025) tell: which orders were ``seen`` ("day" or "month" first); ``open`` rows."""

    seen: frozenset[str] = frozenset()
    open: tuple[int, ...] = ()


def qualified(ids: pa.Array, publishers: pa.Array) -> pa.Array:
    """``id@publisher`` of each article, which no other id and publisher give.

    In a publisher ``%`` is written ``%25`` and ``@`` is written ``%40``; an unknown one is empty.
    """
    outlets = pc.fill_null(publishers, "")
    for character, escaped in (("%", "%25"), ("@", "%40")):
        outlets = pc.replace_substring(outlets, character, escaped)
    return pc.binary_join_element_wise(ids, outlets, "@")


def distinct(ids: pa.Array, publishers: pa.Array) -> pa.Array:
    """Names for articles of which no two have both id and publisher in common: the ids, qualified where several share.

    What an article is called depends on the articles alone, not on their order.
    """
    names, longer = ids, qualified(ids, publishers)
    is_long = np.zeros(len(ids), bool)
    while True:
        codes = names.dictionary_encode().indices.to_numpy()
        shared = (np.bincount(codes, minlength=1) > 1)[codes] & ~is_long
        if not shared.any():
            return names
        is_long |= shared
        names = pc.if_else(pa.array(is_long), longer, ids)


@dataclasses.dataclass(frozen=True, slots=True)
class Batch:
    """What a reader yields: articles (schema :data:`ARTICLES`, possibly none) and the records that it rejected.

    ``notes`` are on files that end in it; ``day_orders``: by the path of a file, what its dates tell of the order of
    day and month.
    """

    articles: pa.RecordBatch
    rejects: tuple[Rejected, ...] = ()
    notes: tuple[Note, ...] = ()
    day_orders: Mapping[str, DayOrder] = dataclasses.field(default_factory=dict)


def record_batch(articles: Iterable[Article]) -> pa.RecordBatch:
    """The articles as one record batch of :data:`ARTICLES`."""
    rows = [dataclasses.astuple(article) for article in articles]
    names = [field.name for field in dataclasses.fields(Article)]
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(names, ())
    return pa.RecordBatch.from_arrays(
        [pa.array(columns[field.name], type=field.type) for field in ARTICLES], schema=ARTICLES
    )
