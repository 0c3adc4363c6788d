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
    """How two texts ``a`` and ``b`` go together.

    ``grade``: one of :data:`dedup.tables.GRADES`, None where they have nothing to do with each other; ``counted``: does
    it make them copies of one story; ``score``: how sure that is; ``whole``: how sure that the shorter text is (nearly)
    all in the other one; the rest as in the matches table (:data:`dedup.tables.MATCHES`).
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
    """Grade two articles as a run would, or two texts with what else is known of them as pairs (of a, of b).

    Of an :class:`~dedup.Article` its own fields count, where the pair has none for it. Publishers' boilerplate is known
    from the shipped phrases only: learning it takes many articles of a publisher.
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
