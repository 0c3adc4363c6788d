"""Grade one pair of texts, without a run."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from dedup.article import Article, record_batch
from dedup.credits import Agencies, find, load_agencies
from dedup.grading.grades import match
from dedup.text import boilerplate, quotes
from dedup.text.tokens import tokenise

_SHINGLE = 3


@functools.cache
def _agencies() -> Agencies:
    return load_agencies()


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """The grade of two texts ``a`` and ``b``.

    ``grade``: one of :data:`dedup.tables.GRADES`, or None if they have too little in common. ``counted``: whether the
    pair is a match. ``score``: probability, 0-1, that they share copy. ``whole``: probability, 0-1, that the shorter
    text is (nearly) all in the other. The other fields are columns of :data:`dedup.tables.MATCHES`.
    """

    grade: str | None
    counted: bool
    score: float
    whole: float
    resemblance: float
    containment_a_in_b: float
    containment_b_in_a: float
    copy_a_in_b: float
    copy_b_in_a: float
    longest_passage: int
    shared_quotes: int
    cites: str | None
    days_apart: float | None
    reasons: tuple[str, ...]


def grade(
    a: str | Article,
    b: str | Article,
    *,
    publisher: tuple[str | None, str | None] = (None, None),
    published: tuple[datetime | None, datetime | None] = (None, None),
    headline: tuple[str | None, str | None] = (None, None),
    url: tuple[str | None, str | None] = (None, None),
    byline: tuple[str | None, str | None] = (None, None),
) -> Match:
    """Grade two articles or texts as a run would.

    Args:
        a: A text, or an :class:`~dedup.Article`.
        b: The other one.
        publisher: Publishers of a and b; default: those of the articles. The other pairs likewise.
        published: Dates; one without a time zone counts as UTC.
        headline: Headlines.
        url: Addresses.
        byline: Bylines.

    Only the shipped phrases of boilerplate are known, since learning more takes many articles of a publisher.

    >>> text = "The ferry to Pellan is closed for good, the council of Ormskerry said on Tuesday."
    >>> match = grade(text, text + " (Reuters)")
    >>> match.grade, match.counted
    ('reprint', True)
    """
    named = {"publisher": publisher, "published": published, "headline": headline, "url": url, "byline": byline}
    batch = record_batch(
        _article(name, given, {field: pair[side] for field, pair in named.items() if pair[side] is not None})
        for side, (name, given) in enumerate((("a", a), ("b", b)))
    )
    tokens = tokenise(batch["text"])
    masks = quotes.annotate(tokens)
    boilerplate.mark(masks, tokens, np.full(2, -1, np.int32), boilerplate.empty(), _SHINGLE)
    attributions = pa.Table.from_batches([find(batch, tokens, _agencies())])
    row = match(
        batch, tokens, masks, np.array([0], np.int32), np.array([1], np.int32), attributions=attributions
    ).to_pylist()[0]
    row["reasons"] = tuple(row["reasons"])
    return Match(**{field.name: row[field.name] for field in dataclasses.fields(Match)})


def _article(name: str, given: str | Article, known: Mapping[str, Any]) -> Article:
    return Article(name, given, **known) if isinstance(given, str) else dataclasses.replace(given, id=name, **known)
