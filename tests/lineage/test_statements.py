"""A press statement that two witnesses tell of is the likelier source of what they have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dedup.credits.issuers import STATEMENT, UNNAMED_ISSUER

if TYPE_CHECKING:
    from tests.lineage.conftest import Story

ISPR = "Inter-Services Public Relations"
EARLY, LATE = 100, 2000  # characters of texts of about 2,400


def tells(story: Story, article: str, issuer: str = ISPR, start: int = EARLY) -> None:
    story.cite(article, issuer, STATEMENT, start)


@pytest.fixture
def pair(story: Story) -> Story:
    """A paper's article of the day after the wire's."""
    story.witness("wire", "APP", "2025-03-01T08:00")
    story.witness("paper", "Dawn", "2025-03-02T08:00")
    return story


@pytest.mark.parametrize("grade", ["reprint", "abridged", "rewrite"])
def test_a_credit_is_silent_where_both_name_the_issuer(pair: Story, grade: str) -> None:
    pair.match("paper", "wire", grade, (0.8, 0.6))
    assert pair.row("paper")["wire_agency"] == "app"
    assert pair.link("paper")["source"] == "wire"
    tells(pair, "wire")
    tells(pair, "paper", start=LATE)
    row, link = pair.row("paper"), pair.link("paper")
    assert (row["wire_agency"], row["wire_known_by"], row["wire_confidence"]) == (None, None, None)
    assert (link["source"], link["relation"]) == (f"external:{ISPR}", "cites")
    assert link["reasons"] == [
        f"tells of a statement of {ISPR}, as a match of it does",
        "no copy of app for sure: it may have the statement itself",
    ]
    assert pair.row("wire")["wire_known_by"] == "metadata"
    assert pair.summary()["independent_origins"] == 1


@pytest.mark.parametrize("teller", ["wire", "paper"])
def test_one_that_tells_of_it_at_its_beginning_is_enough(pair: Story, teller: str) -> None:
    pair.match("paper", "wire", "rewrite", (0.8, 0.6))
    tells(pair, teller, UNNAMED_ISSUER)
    assert pair.row("paper")["wire_agency"] is None
    link = pair.link("paper")
    assert link["source"] == "wire"
    assert "a press statement may be the source of both" in link["reasons"]
    assert "no copy of app for sure: it may have the statement itself" in link["reasons"]
    assert pair.summary()["independent_origins"] == 1


def test_a_direction_is_less_sure_beside_a_statement(pair: Story) -> None:
    pair.match("paper", "wire", "rewrite", (0.8, 0.6))
    sure = pair.link("paper")["confidence"]
    tells(pair, "wire")
    assert 0.5 < pair.link("paper")["confidence"] < sure


def test_a_statement_that_one_comes_to_late_changes_nothing(pair: Story) -> None:
    pair.match("paper", "wire", "rewrite", (0.8, 0.6))
    before = pair.trace()
    tells(pair, "paper", start=LATE)
    after = pair.trace()
    assert after.clusters.equals(before.clusters)
    assert after.lineage.equals(before.lineage)


def test_the_same_text_is_the_wires_all_the_same(pair: Story) -> None:
    pair.match("paper", "wire", "identical")
    tells(pair, "wire")
    tells(pair, "paper")
    assert pair.row("paper")["wire_agency"] == "app"
    assert pair.link("paper")["source"] == "wire"


def test_a_reprint_has_its_source_though_one_tells_of_a_statement(pair: Story) -> None:
    pair.match("paper", "wire", "reprint")
    sure = pair.link("paper")["confidence"]
    tells(pair, "wire")
    assert pair.row("paper")["wire_agency"] is None
    assert (pair.link("paper")["source"], pair.link("paper")["confidence"]) == ("wire", sure)


def test_what_credits_the_wire_has_it_from_there(pair: Story) -> None:
    pair.match("paper", "wire", "rewrite", (0.8, 0.6))
    pair.credit("paper", "app")
    tells(pair, "wire")
    tells(pair, "paper")
    assert pair.row("paper")["wire_known_by"] == "credit"
    assert pair.link("paper")["source"] == "wire"


def test_other_issuers_are_no_common_source(pair: Story) -> None:
    pair.match("paper", "wire", "rewrite", (0.8, 0.6))
    tells(pair, "wire", "White House", LATE)
    tells(pair, "paper", ISPR, LATE)
    assert pair.row("paper")["wire_agency"] == "app"


def test_an_issuer_is_no_originator(story: Story) -> None:
    for name in "abc":
        story.witness(name, f"Paper {name}")
        tells(story, name)
        tells(story, name, start=EARLY + 50)
    story.match("a", "b", "rewrite", (0.8, 0.6))
    story.match("b", "c", "rewrite", (0.8, 0.6))
    summary = story.summary()
    assert summary["originator"] is None
    assert summary["independent_origins"] == 1
    assert {row["source"] for row in story.trace().lineage.to_pylist()} == {f"external:{ISPR}"}


@pytest.mark.parametrize(
    ("publisher", "cited", "known_by"),
    [("APP", False, "publisher"), ("Dawn", False, "credit"), ("APP", True, "citation")],
)
def test_it_is_told_how_the_originator_is_known(story: Story, publisher: str, cited: bool, known_by: str) -> None:
    story.witness("a", publisher)
    story.witness("b", "The Times")
    story.match("a", "b")
    if publisher == "Dawn":
        story.credit("a", "app")
    if cited:
        story.cite("a", "The Express Tribune", 0.85)
        story.cite("b", "The Express Tribune", 0.85)
    summary = story.summary()
    assert summary["originator_known_by"] == known_by
    assert summary["wire_agency"] == "app"
    assert 0.5 < summary["originator_confidence"] <= 1
    assert summary["wire_confidence"] == story.row("a")["wire_confidence"]
