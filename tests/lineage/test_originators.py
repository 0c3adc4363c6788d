from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.lineage.conftest import Story


def test_the_outlet_that_two_wordings_cite_is_the_originator(story: Story) -> None:
    for name in "ab":
        story.witness(name)
        story.cite(name, "The Beacon", 0.6)
    story.match("a", "b", "derived", (0.1, 0.1))
    assert story.row("a")["originator"] == story.summary()["originator"] == "The Beacon"


def test_reprints_are_one_wording_and_their_citation_counts_once(story: Story) -> None:
    for name in "abc":
        story.witness(name)
        story.cite(name, "CNN", 0.6)
    story.match("a", "b")
    story.match("b", "c")
    assert story.summary()["originator"] is None


def test_one_wording_is_enough_where_it_leaves_no_doubt(story: Story) -> None:
    for name in "ab":
        story.witness(name)
        story.cite(name, "CNN", 0.6, start=100)
        story.cite(name, "CNN", 0.6, start=300)
    story.match("a", "b")
    assert story.summary()["originator"] == "CNN"


def test_a_citation_far_down_is_background(story: Story) -> None:
    for name in "ab":
        story.witness(name, tokens=400)
        story.cite(name, "CNN", 0.85, start=2000)
    story.match("a", "b")
    assert story.summary()["originator"] is None


def test_an_outlet_that_few_cite_is_not_the_originator(story: Story) -> None:
    for name in "abcde":
        story.witness(name)
        story.match("a", name) if name != "a" else None
    story.cite("a", "CNN", 0.9)
    assert story.summary()["originator"] is None


def test_a_citation_outranks_the_wire_and_the_wire_nobody(story: Story) -> None:
    for name in "ab":
        story.witness(name)
    story.match("a", "b", "rewrite", (0.5, 0.5))
    story.credit("a", "pti")
    assert story.summary()["originator"] == "pti"
    story.cite("a", "The Express Tribune")
    story.cite("b", "The Express Tribune")
    assert story.summary()["originator"] == "The Express Tribune"
    assert story.summary()["wire_agency"] == "pti"


def test_a_publisher_in_the_dump_that_another_cites_is_the_originator(story: Story) -> None:
    story.witness("a", "Elsewhere", "2025-03-02")
    story.witness("z", "The Express Tribune", "2025-03-02")
    story.match("a", "z", "rewrite", (0.3, 0.3))
    story.cite("a", "The Express Tribune", 0.6)
    assert story.row("z")["role"] == "origin"
    assert story.summary()["originator"] == "The Express Tribune"
    assert story.summary()["origin_reason"] == "published by The Express Tribune, which others cite"
    assert story.link("a")["source"] == "z"
    assert "cites The Express Tribune" in story.link("a")["reasons"]
    assert story.summary()["independent_origins"] == 1


@pytest.mark.parametrize(
    ("credits", "evidence", "originator"),
    [
        ("abc", "told CBS News", "ap"),  # a remark in the agency's report
        ("abc", "in an interview with CBS News", "ap"),
        ("abc", "CBS News reported", "CBS News"),  # its report retold by the agency
        ("a", "told CBS News", "CBS News"),  # most witnesses do not say whose copy they are
    ],
)
def test_a_remark_to_an_outlet_makes_no_agencys_report_its_own(
    credits: str, evidence: str, originator: str, story: Story
) -> None:
    for name in "abcd":
        story.witness(name)
        story.cite(name, "CBS News", 0.85, evidence=evidence)
        story.cite(name, "CBS News", 0.85, start=200, evidence=evidence)
    story.match("a", "b", "rewrite", (0.5, 0.5))
    story.match("c", "d", "rewrite", (0.5, 0.5))
    for name in credits:
        story.credit(name, "ap")
    assert story.summary()["originator"] == originator


@pytest.mark.parametrize(
    ("evidence", "originator"),
    [
        ("told Reuters", None),
        ("لوكالة رويترز", None),
        ("رائٹرز کو بتایا", None),
        ("Reuters reported", "reuters"),
        ("نقلت وكالة رويترز", "reuters"),
        ("رائٹرز کے مطابق", "reuters"),
    ],
)
def test_what_somebody_told_an_agency_does_not_make_the_story_the_agencys(
    evidence: str, originator: str | None, story: Story
) -> None:
    for name in "ab":
        story.witness(name)
        story.cite(name, "reuters", 0.85, evidence=evidence)
    story.match("a", "b", "rewrite", (0.5, 0.5))
    assert story.summary()["originator"] == originator
