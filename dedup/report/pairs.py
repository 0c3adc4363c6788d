"""Two articles side by side: what they share, the grade and its reasons."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from dedup.report.highlights import Part, Span, paragraphs
from dedup.tables import COUNTED_GRADES

Row = dict[str, Any]
Key = tuple[str, str]

#: What a grade says of two articles.
SAYS = {
    "identical": "the same text",
    "reprint": "the same copy, a few words changed",
    "abridged": "one is nearly all contained in the other, and shorter",
    "rewrite": "a real part is common copy, beside text of its own",
    "derived": "the same source and the same facts, in other words",
    "related": "the same event, written independently",
    "background": "the same background, used again beside other news",
    "template": "the same formula, another event or other figures",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Texts:
    """What the articles of a view are: rows of ARTICLES_OUT, spans and attributions by id, passages by pair."""

    articles: Mapping[str, Row]
    spans: Mapping[str, Sequence[Span]]
    attributions: Mapping[str, Sequence[Row]]
    passages: Mapping[Key, Sequence[Row]]


@dataclasses.dataclass(frozen=True, slots=True)
class Side:
    """An article (row of ARTICLES_OUT), its text in paragraphs (None: not kept), its credits and citations.

    ``shared`` is how much of it is in the other, ``copied`` the same without quotations and boilerplate (0-1; None
    where it stands alone).
    """

    article: Row
    paragraphs: Sequence[Sequence[Part]] | None
    attributions: Sequence[Row]
    shared: float | None = None
    copied: float | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """``left`` beside ``right`` (the source, where one is known) and their row of MATCHES."""

    left: Side
    right: Side
    match: Row


def key(one: str, other: str) -> Key:
    """The pair as the tables name it."""
    return (one, other) if one.encode() < other.encode() else (other, one)


def pair(left: str, right: str, match: Row, texts: Texts) -> Pair:
    """The articles ``left`` and ``right`` side by side; ``match`` is their row of MATCHES."""
    return Pair(_side(left, right, match, texts), _side(right, left, match, texts), match)


def alone(name: str, texts: Texts) -> Side:
    """An article that has nothing to stand beside."""
    return Side(texts.articles[name], _paragraphs(name, (), texts), texts.attributions.get(name, ()))


def unjudged(left: str, right: str, texts: Texts) -> tuple[Side, Side]:
    """Two articles side by side with what they share marked, and nothing of what was made of it."""
    one, other = (
        Side(texts.articles[name], _paragraphs(name, _places(name, beside, texts), texts), ())
        for name, beside in ((left, right), (right, left))
    )
    return one, other


def why_not(match: Row) -> str:
    """Why the two articles of a match are not joined, in words."""
    if match["counted"]:
        return "common copy, but not that of a story that both are in"
    if match["grade"] not in COUNTED_GRADES:
        return SAYS[match["grade"]]
    return f"too little common copy to be sure (score {match['score']:.2f})"


def standing(match: Row) -> str:
    """Whether a match counts, and what came of it, in a sentence."""
    if match["counted"]:
        where = ": the two are in one cluster" if match["joined"] else ", but the two are in no cluster together"
        return f"It counts{where}."
    if match["joined"]:
        return "It does not count, but the two are in one cluster."
    return "It does not count: it makes no cluster."


def _side(name: str, other: str, match: Row, texts: Texts) -> Side:
    here, there = ("a", "b") if name == match["a_id"] else ("b", "a")
    shares = (match[f"containment_{here}_in_{there}"], match[f"copy_{here}_in_{there}"])
    paragraphs = _paragraphs(name, _places(name, other, texts), texts)
    return Side(texts.articles[name], paragraphs, texts.attributions.get(name, ()), *shares)


def _places(name: str, other: str, texts: Texts) -> list[tuple[int, int, str]]:
    """Start, end and kind of the passages of ``name`` that it shares with ``other``."""
    pair = key(name, other)
    here = "a" if name == pair[0] else "b"
    return [(row[f"{here}_start"], row[f"{here}_end"], row["kind"]) for row in texts.passages.get(pair, ())]


def _paragraphs(name: str, passages: Sequence[tuple[int, int, str]], texts: Texts) -> list[list[Part]] | None:
    text = texts.articles[name]["text"]
    if text is None:
        return None
    named = texts.attributions.get(name, ())
    credits = [(row["start"], row["end"]) for row in named if row["kind"] == "credit" and row["start"] is not None]
    return paragraphs(text, texts.spans.get(name, ()), passages, credits)
