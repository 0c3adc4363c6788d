from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.lineage.conftest import Story

TIE = "a tie: nothing tells which of the two came first"


@pytest.mark.parametrize(
    ("earlier", "later", "reason"),
    [
        ("2025-03-01T08:00", "2025-03-01T10:00", "published 2 hours later"),
        ("2025-03-01T23:00", "2025-03-02T22:00", "published 23 hours later"),
        ("2025-03-01T08:00", "2025-03-04T08:00", "published 3 days later"),
        ("2025-03-01", "2025-03-02T01:00", "published 1 day later"),
        ("2025-03-01", "2025-03-03", "published 2 days later"),
    ],
)
def test_the_earlier_one_is_the_source(story: Story, earlier: str, later: str, reason: str) -> None:
    story.witness("a", "One", later)
    story.witness("b", "Two", earlier)
    story.match("a", "b")
    link = story.link("a")
    assert (link["source"], link["relation"], link["reasons"]) == ("b", "reprint", [reason])
    assert 0.5 < link["confidence"] < 1
    assert story.summary()["origin_article_id"] == "b"
    assert story.summary()["origin_reason"] == reason.replace("later", "before the next").replace(
        "published", "published first,"
    )


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("2025-03-01T10:00", "2025-03-01T08:01", "published too close to each other to tell by date"),
        ("2025-03-01T23:00", "2025-03-01", "published too close to each other to tell by date"),
        ("2025-03-01T23:00", None, "a date is missing"),
        (None, None, "a date is missing"),
    ],
)
def test_a_clock_skew_a_day_and_a_missing_date_leave_a_tie(
    story: Story, one: str | None, other: str | None, reason: str
) -> None:
    story.witness("a", "One", one)
    story.witness("b", "Two", other)
    story.match("a", "b")
    link = story.link("b")
    assert (link["source"], link["confidence"], link["reasons"]) == ("a", 0.5, [reason, TIE])
    assert story.summary()["origin_reason"] == "a tie, decided by the smallest id"


def test_more_time_apart_makes_surer(story: Story) -> None:
    sure = []
    for later in ("2025-03-01T11:00", "2025-03-01T20:00", "2025-03-04T00:00"):
        story.witnesses.clear()
        story.matches.clear()
        story.witness("a", "One", "2025-03-01T06:00")
        story.witness("b", "Two", later)
        story.match("a", "b")
        sure.append(story.link("b")["confidence"])
    assert sure == sorted(set(sure))


def test_an_abridged_text_comes_from_the_longer_one(story: Story) -> None:
    story.witness("a", "One", tokens=100)
    story.witness("b", "Two", tokens=400)
    story.match("a", "b", "abridged", (0.95, 0.24))
    link = story.link("a")
    assert link["source"] == "b"
    assert link["share"] == pytest.approx(0.95)
    assert "shorter, and contained in the source" in link["reasons"]
    assert story.summary()["origin_reason"] == "the longest; dates do not tell"


def test_days_outweigh_lengths(story: Story) -> None:
    story.witness("a", "One", "2025-03-01T08:00", tokens=100)
    story.witness("b", "Two", "2025-03-04T08:00", tokens=400)
    story.match("a", "b", "abridged", (0.95, 0.24))
    link = story.link("b")
    assert link["source"] == "a"
    assert link["reasons"] == ["published 3 days later", "although it contains the source and is longer"]


def test_an_agencys_own_article_outranks_the_clock(story: Story) -> None:
    story.witness("paper", "Dawn", "2025-01-02T02:00")
    story.witness("wire", "APP", "2025-08-16T02:00")
    story.match("paper", "wire")
    link = story.link("paper")
    assert link["source"] == "wire"
    assert link["reasons"] == ["the source is the own article of app", "although published 226 days earlier"]
    assert story.summary()["origin_reason"] == "the own article of app"


def test_the_dateline_tells_the_day_of_an_agencys_article(story: Story) -> None:
    story.witness("paper", "Dawn", "2025-01-02T02:00")
    story.witness("wire", "APP", "2025-08-16T02:00")
    story.credit("wire", "app", position="dateline", evidence="ISLAMABAD, Jan 1 (APP)")
    story.match("paper", "wire")
    assert story.link("paper")["reasons"] == ["the source is the own article of app", "published 1 day later"]


@pytest.mark.parametrize(("hours", "surely"), [(3, True), (7, False)])
def test_a_few_hours_may_be_a_slow_feed_and_more_are_not(story: Story, hours: int, surely: bool) -> None:
    story.witness("paper", "Dawn", "2025-03-02T06:00")
    story.witness("wire", "APP", f"2025-03-02T{6 + hours:02}:00")
    story.credit("wire", "app", position="dateline", evidence="ISLAMABAD, Mar 2 (APP)")
    story.match("paper", "wire", "abridged", (0.9, 0.5))
    assert story.row("paper")["wire_agency"] is None
    assert [row["source"] for row in story.trace().lineage.to_pylist()] == ["wire"] * surely


def test_a_dateline_that_is_younger_than_the_paper_speaks_against_the_agency(story: Story) -> None:
    story.witness("paper", "Dawn", "2025-03-02T02:00")
    story.witness("wire", "APP", "2025-03-06T02:00")
    story.credit("wire", "app", position="dateline", evidence="ISLAMABAD, Mar 6 (APP)")
    story.match("paper", "wire", "rewrite", (0.5, 0.5))
    assert story.trace().lineage.num_rows == 0  # both may have it from a third; agencies do not take from papers
    assert story.summary()["independent_origins"] == 2


def test_little_in_common_makes_less_sure_unless_one_names_the_other(story: Story) -> None:
    story.witness("paper", "Dawn", "2025-01-02")
    story.witness("wire", "APP", "2025-01-01")
    sure = []
    for share in (0.1, 0.3, 0.9):
        story.matches.clear()
        story.match("paper", "wire", "rewrite", (share, share))
        sure.append(story.link("paper")["confidence"])
    assert sure == sorted(set(sure))
    story.matches.clear()
    story.match("paper", "wire", "rewrite", (0.1, 0.1))
    assert "little in common: both may have it from elsewhere" in story.link("paper")["reasons"]
    story.cite("paper", "app")
    assert story.link("paper")["confidence"] >= sure[-1]


def test_a_credit_makes_the_source_surer_and_names_the_agency(story: Story) -> None:
    story.witness("paper", "Dawn", "2025-01-02")
    story.witness("wire", "APP", "2025-01-01")
    story.match("paper", "wire")
    before = story.link("paper")["confidence"]
    story.credit("paper", "app")
    link = story.link("paper")
    assert link["confidence"] > before
    assert link["reasons"][0] == "the source is the own article of app, which the text credits"


def test_a_credited_copy_is_nearer_to_the_wire_than_one_without(story: Story) -> None:
    story.witness("a", "One")
    story.witness("b", "Two")
    story.match("a", "b", "rewrite", (0.5, 0.3))
    story.credit("b", "pti")
    assert story.link("a")["source"] == "b"
    assert story.link("a")["reasons"][0] == "the source credits pti, this text does not"
    assert story.link("b")["source"] == "external:pti"
    assert story.summary()["origin_reason"] == "credits pti, as no other does"


def test_who_cites_the_other_has_it_from_there(story: Story) -> None:
    story.witness("a", "The Ledger", "2025-03-01T09:00")
    story.witness("b", "The Beacon", "2025-03-01T13:00")
    story.match("a", "b", "rewrite", (0.3, 0.3))
    story.cite("a", "The Beacon")
    link = story.link("a")
    assert link["source"] == "b"
    assert link["reasons"] == ["cites The Beacon", "although published 4 hours earlier"]
