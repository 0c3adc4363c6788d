"""What every part of a text is: shared copy, quotation, boilerplate, credit line, or the writer's own words."""

from __future__ import annotations

import itertools
import re
from bisect import bisect, bisect_left
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.article import ARTICLES
from dedup.kernels.characters import characters
from dedup.text import boilerplate, quotes
from dedup.text.boilerplate import LearnedBoilerplate
from dedup.text.tokens import text_buffers, tokenise

Row = Mapping[str, Any]

#: What a part can be, the later ones over the earlier ones. The first is the writer's own text.
KINDS = ("own", "quote", "furniture", "shared copy", "shared quote", "shared furniture", "credit")
_SHARED = {"copy": 3, "quote": 4, "furniture": 5}


class Span(NamedTuple):
    """Characters ``start`` to ``end`` of a text, and the place of their kind in :data:`KINDS`."""

    start: int
    end: int
    kind: int


class Part(NamedTuple):
    """A run of one kind; ``passage`` is the number of the passage that it belongs to, None outside any."""

    words: str
    kind: str
    passage: int | None


def unshared(articles: Sequence[Row], learned: LearnedBoilerplate, shingle: int) -> dict[str, list[Span]]:
    """Quotations and boilerplate of articles (rows of ARTICLES_OUT) by id; one without a text has none.

    ``learned`` is the boilerplate of the run, ``shingle`` its setting.
    """
    rows = [row for row in articles if row["text"]]
    texts = pa.array([row["text"] for row in rows], ARTICLES.field("text").type)
    tokens = tokenise(texts)
    masks = quotes.annotate(tokens)
    publishers = pa.array([row["publisher"] for row in rows], pa.string())
    boilerplate.mark(masks, tokens, learned.codes(publishers), learned, shingle)
    kinds = np.where(masks & quotes.BOILERPLATE, 2, np.where(masks & (quotes.QUOTED | quotes.PERSONAL), 1, 0))
    data, offsets = text_buffers(texts)
    starts, ends = np.empty_like(tokens.starts), np.empty_like(tokens.ends)
    characters(data, offsets, tokens.offsets, tokens.starts, tokens.ends, np.arange(len(texts)), starts, ends)
    spans = zip(tokens.offsets[:-1], tokens.offsets[1:], strict=True)
    return {
        row["id"]: _spans(*(column[first:last] for column in (kinds, starts, ends)))
        for row, (first, last) in zip(rows, spans, strict=True)
    }


def _spans(kinds: npt.NDArray[Any], starts: npt.NDArray[Any], ends: npt.NDArray[Any]) -> list[Span]:
    """The runs of tokens of one kind other than the writer's own."""
    edges = np.flatnonzero(np.diff(kinds)) + 1
    runs = zip(np.r_[0, edges], np.r_[edges, len(kinds)], strict=True) if len(kinds) else ()
    return [Span(int(starts[first]), int(ends[last - 1]), int(kinds[first])) for first, last in runs if kinds[first]]


def paragraphs(
    text: str, own: Sequence[Span], passages: Sequence[tuple[int, int, str]], credits: Sequence[tuple[int, int]]
) -> list[list[Part]]:
    """The lines of the text that are not blank, each cut where its kind changes.

    ``own`` are its spans of :func:`unshared`, ``passages`` start, end and kind of what it shares, numbered as they
    come, ``credits`` the places of credit lines; all in characters.
    """
    kinds = np.zeros(len(text), np.uint8)
    numbers = np.full(len(text), -1, np.int32)
    for start, end, kind in own:
        kinds[start:end] = kind
    for number, (start, end, name) in enumerate(passages):
        kinds[start:end], numbers[start:end] = _SHARED[name], number
    for start, end in credits:
        kinds[start:end] = KINDS.index("credit")
    edges: list[int] = (np.flatnonzero((np.diff(kinds) != 0) | (np.diff(numbers) != 0)) + 1).tolist()
    return [
        [
            Part(text[start:end], KINDS[kinds[start]], None if numbers[start] < 0 else int(numbers[start]))
            for start, end in itertools.pairwise([begins, *_between(edges, begins, ends), ends])
        ]
        for begins, ends in _lines(text)
    ]


def _between(edges: Sequence[int], begins: int, ends: int) -> Sequence[int]:
    """Those of the ascending ``edges`` that lie inside."""
    return edges[bisect(edges, begins) : bisect_left(edges, ends)]


def _lines(text: str) -> list[tuple[int, int]]:
    """Where the lines of a text begin and end that are not blank."""
    return [match.span() for match in re.finditer(r"[^\S\n]*\S[^\n]*", text)]
