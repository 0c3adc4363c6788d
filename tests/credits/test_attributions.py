"""The table of attributions: its order, its offsets, and any text at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.article import Article, record_batch
from dedup.credits import Agencies, find
from dedup.tables import ATTRIBUTIONS
from dedup.text.tokens import tokenise

PIECES = (
    "(AP) - ",
    "(Reuters)",
    "told AFP ",
    "The Express Tribune reported. ",
    "\n",
    "\n\n",
    "(PTI)",
    "é ",
    "خبر (اے پی پی) ",
    "وكالة رويترز ",
    "Copyright Reuters ",
    "— IANS",
    "(",
    ")",
    "By AFP",
    "x ",
    "The ",
    "LONDON, ",
    ".",
    "📰",
)


def rows(articles: list[Article], agencies: Agencies) -> list[dict[str, object]]:
    batch = record_batch(articles)
    result = find(batch, tokenise(batch["text"]), agencies)
    assert result.schema.equals(ATTRIBUTIONS.schema)
    result.validate(full=True)
    listed: list[dict[str, object]] = result.to_pylist()
    return listed


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=80))
def test_the_evidence_stands_at_its_offsets(agencies: Agencies, text: str) -> None:
    for row in rows([Article("x", text)], agencies):
        start, end = row["start"], row["end"]
        assert isinstance(start, int) and isinstance(end, int)
        assert text[start:end] == row["evidence"]
        assert 0 < float(str(row["strength"])) <= 1


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), max_size=5))
def test_an_articles_attributions_do_not_depend_on_its_neighbours(agencies: Agencies, texts: list[str]) -> None:
    articles = [Article(str(number), text) for number, text in enumerate(texts)]
    together = rows(articles, agencies)
    assert together == [row for article in articles for row in rows([article], agencies)]


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        ")",
        "told ",
        "told AP ",
        "(AP) ",
        "(AP)\n",
        "(AP",
        "AP+",
        "The ",
        "Tribune ",
        "The Big Tribune reported ",
        "\n",
        "Copyright AP ",
        "(اے پی پی) ",
        "وكالة رويترز ",
        "AP contributed ",
        "“",
        "- ",
    ],
)
def test_a_megabyte_of_anything_comes_to_an_end(piece: str, agencies: Agencies) -> None:
    text = piece * (1_000_000 // len(piece.encode()))
    for row in rows([Article("x", text)], agencies):
        assert len(str(row["evidence"])) < 600


def test_no_articles_have_no_attributions(agencies: Agencies) -> None:
    assert rows([], agencies) == []
    assert rows([Article("x", "")], agencies) == []
    assert rows([Article("x", "Nothing here.")], agencies) == []


def test_rows_are_in_the_order_of_articles_then_metadata_then_text(agencies: Agencies) -> None:
    text = "LONDON (Reuters) - He told AFP so."
    result = rows([Article("b", text, agency="AP"), Article("a", text)], agencies)
    assert [(row["article_id"], row["name"]) for row in result] == [
        ("b", "ap"),
        ("b", "reuters"),
        ("b", "afp"),
        ("a", "reuters"),
        ("a", "afp"),
    ]


def test_a_slice_of_a_batch_keeps_its_offsets(agencies: Agencies) -> None:
    batch = record_batch([Article("a", "é " * 50), Article("b", "é é told AFP so")]).slice(1)
    assert find(batch, tokenise(batch["text"]), agencies)["start"].to_pylist() == [4]


def test_every_mention_of_a_text_full_of_them_is_found(agencies: Agencies) -> None:
    result = rows([Article("x", "A minister told AFP the talks failed. " * 500)], agencies)
    assert [row["name"] for row in result] == ["afp"] * 500
