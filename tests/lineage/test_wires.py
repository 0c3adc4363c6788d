from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.lineage.conftest import Story


def wire(story: Story, article: str) -> tuple[str | None, str | None]:
    row = story.row(article)
    return row["wire_agency"], row["wire_known_by"]


@pytest.fixture
def pair(story: Story) -> Story:
    """``plain`` and ``credited``, which credits the PTI."""
    story.witness("plain", "One")
    story.witness("credited", "Two")
    story.credit("credited", "pti")
    return story


@pytest.mark.parametrize(
    ("grade", "shares"),
    [("identical", (1, 1)), ("reprint", (0.9, 0.9)), ("abridged", (0.9, 0.5)), ("rewrite", (0.5, 0.3))],
)
def test_a_credit_speaks_for_another_witness_of_the_same_copy(
    pair: Story, grade: str, shares: tuple[float, float]
) -> None:
    pair.match("plain", "credited", grade, shares)
    assert wire(pair, "credited") == ("pti", "credit")
    assert wire(pair, "plain") == ("pti", "inferred")
    assert pair.summary()["wire_agency"] == "pti"


@pytest.mark.parametrize(
    ("grade", "shares"), [("derived", (0.5, 0.5)), ("rewrite", (0.3, 0.9)), ("abridged", (0.3, 0.9))]
)
def test_a_credit_is_silent_where_little_of_the_text_is_the_copy(
    pair: Story, grade: str, shares: tuple[float, float]
) -> None:
    pair.match("plain", "credited", grade, shares)
    assert wire(pair, "plain") == (None, None)


def test_a_contribution_is_no_credit_for_others(story: Story) -> None:
    story.witness("plain")
    story.witness("helped")
    story.match("plain", "helped")
    story.credit("helped", "ap", strength=0.5)
    assert wire(story, "helped") == ("ap", "credit")
    assert wire(story, "plain") == (None, None)


def test_a_field_of_the_dump_is_metadata(story: Story) -> None:
    story.witness("a")
    story.witness("b")
    story.match("a", "b")
    story.credit("a", "reuters", strength=1.0, position="metadata")
    assert wire(story, "a") == ("reuters", "metadata")
    assert wire(story, "b") == ("reuters", "inferred")


def test_an_agency_is_the_wire_of_its_own_article_whatever_it_relays(story: Story) -> None:
    story.witness("a", "APP")
    story.witness("b", "Dawn")
    story.match("a", "b")
    story.credit("a", "xinhua", strength=0.95, position="dateline")
    assert wire(story, "a") == ("app", "metadata")
    assert wire(story, "b") == ("app", "inferred")


def test_of_two_credits_alike_the_agency_counts_whose_article_is_there(story: Story) -> None:
    story.witness("a", "APP")
    story.witness("b", "Dawn")
    story.match("a", "b", "rewrite", (0.2, 0.2))
    story.credit("b", "afp", 0.5)
    assert wire(story, "b") == ("afp", "credit")
    story.credit("b", "app", 0.5)
    assert wire(story, "b") == ("app", "credit")


def test_a_named_agency_is_inferred_over_unnamed_ones(pair: Story) -> None:
    pair.credit("plain", "agencies")
    assert wire(pair, "plain") == ("agencies", "credit")
    pair.match("plain", "credited")
    assert wire(pair, "plain") == ("pti", "inferred")


def test_two_agencies_are_told_apart(story: Story) -> None:
    for name, agency in (("a", "ap"), ("b", "reuters"), ("c", None)):
        story.witness(name)
        if agency:
            story.credit(name, agency)
    story.match("a", "b", "rewrite", (0.5, 0.5))
    story.match("b", "c")
    assert wire(story, "a") == ("ap", "credit")
    assert wire(story, "b") == ("reuters", "credit")
    assert wire(story, "c") == ("reuters", "inferred")


def test_a_credit_reaches_through_copies_of_copies_but_through_one_rewrite(story: Story) -> None:
    for name in "abcd":
        story.witness(name)
    story.credit("a", "afp")
    story.match("a", "b")
    story.match("b", "c")
    story.match("c", "d", "rewrite", (0.6, 0.6))
    assert wire(story, "c") == ("afp", "inferred")
    assert wire(story, "d") == (None, None)


def test_the_wire_cannot_be_younger_than_its_copy(story: Story) -> None:
    story.witness("wire", "APP", "2025-03-05T10:00")
    story.witness("paper", "Dawn", "2025-03-02T10:00")
    story.match("wire", "paper")
    assert wire(story, "paper") == ("app", "inferred")  # a feed's own time may be that of a later fetch
    story.credit("wire", "app", position="dateline", evidence="ISLAMABAD, Mar 5 (APP)")
    assert wire(story, "paper") == (None, None)


def test_a_story_without_a_credit_has_no_agency(story: Story) -> None:
    story.witness("a")
    story.witness("b")
    story.match("a", "b")
    assert wire(story, "a") == (None, None)
    assert story.summary()["wire_agency"] is None
    assert story.summary()["originator"] is None


def test_the_storys_agency_is_the_one_that_most_witnesses_credit_themselves(story: Story) -> None:
    for name in "abcdefg":
        story.witness(name)
    for name in "abc":
        story.credit(name, "ap")
    story.credit("d", "reuters")
    for name in "efg":
        story.match("d", name)  # which makes them Reuters' as well, but says nothing new
    story.match("a", "d", "rewrite", (0.1, 0.1))
    assert [story.row(name)["wire_agency"] for name in "aeg"] == ["ap", "reuters", "reuters"]
    assert story.summary()["wire_agency"] == "ap"


def test_where_no_agency_has_half_of_the_credits_the_storys_is_unknown(story: Story) -> None:
    for name, agency in zip("abcdef", ("ap", "ap", "reuters", "reuters", "afp", "afp"), strict=True):
        story.witness(name)
        story.credit(name, agency)
        story.match("a", name, "rewrite", (0.1, 0.1)) if name != "a" else None
    assert story.summary()["wire_agency"] is None
    story.witness("g")
    story.witness("h")
    story.credit("g", "ap")
    story.credit("h", "ap")
    assert story.summary()["wire_agency"] == "ap"
