from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.lineage.conftest import Story


def sources(story: Story) -> dict[str, str]:
    return {row["target"]: row["source"] for row in story.trace().lineage.to_pylist()}


def test_reprints_go_back_to_the_first_and_not_to_each_other(story: Story) -> None:
    for day, name in enumerate("dcba", 1):
        story.witness(name, name, f"2025-03-0{day}")
    for one, other in ("ab", "ac", "ad", "bc", "bd", "cd"):
        story.match(one, other)
    assert sources(story) == {"a": "d", "b": "d", "c": "d"}
    clusters = {row["article_id"]: row for row in story.trace().clusters.to_pylist()}
    assert clusters["d"]["role"] == "origin"
    assert (clusters["d"]["grade"], clusters["d"]["source_article_id"], clusters["d"]["share_from_source"]) == (
        None,
    ) * 3
    assert clusters["a"]["source_article_id"] == "d"
    assert clusters["a"]["grade"] == "reprint"
    assert clusters["a"]["share_from_source"] == pytest.approx(0.9)


def test_a_witness_is_taken_from_the_one_that_holds_most_of_it(story: Story) -> None:
    for day, name in enumerate("abc", 1):
        story.witness(name, name, f"2025-03-0{day}")
    story.match("a", "b", "rewrite", (0.4, 0.4))
    story.match("b", "c", "reprint", (0.9, 0.9))
    story.match("a", "c", "rewrite", (0.4, 0.4))
    assert sources(story) == {"b": "a", "c": "b"}


def test_a_witness_that_credits_an_agency_outside_the_dump_carries_it(story: Story) -> None:
    for day, name in enumerate("abc", 1):
        story.witness(name, name, f"2025-03-0{day}")
    for name in "ab":
        story.credit(name, "reuters")
    story.match("a", "b")
    story.match("b", "c")
    assert sources(story) == {"a": "external:reuters", "b": "external:reuters", "c": "b"}
    link = story.link("a")
    assert (link["relation"], link["share"], link["reasons"]) == ("carries", None, ["credits reuters"])
    assert link["confidence"] == pytest.approx(0.9)
    row = story.row("b")
    assert (row["grade"], row["source_article_id"], row["share_from_source"]) == (None, None, None)
    assert row["independent_origins"] == 1


def test_a_copy_older_than_the_credited_one_carries_the_wire_too(story: Story) -> None:
    story.witness("a", "One", "2025-03-01")
    story.witness("b", "Two", "2025-03-09")
    story.match("a", "b")
    story.credit("b", "agencies")
    assert sources(story) == {"b": "a"}
    story.credit("b", "ppi", 0.5)
    assert sources(story) == {"b": "a"}


def test_copies_of_two_agencies_are_not_taken_from_each_other(story: Story) -> None:
    for name, agency in (("a", "ap"), ("b", "reuters")):
        story.witness(name, name, "2025-03-01")
        story.credit(name, agency)
    story.match("a", "b", "rewrite", (0.5, 0.5))
    assert sources(story) == {"a": "external:ap", "b": "external:reuters"}
    assert story.summary()["independent_origins"] == 2


def test_a_rewrite_with_little_in_common_comes_from_what_it_cites(story: Story) -> None:
    for name in "ab":
        story.witness(name)
        story.cite(name, "The Beacon")
    story.match("a", "b", "rewrite", (0.3, 0.3))
    assert sources(story) == dict.fromkeys("ab", "external:The Beacon")
    assert story.link("a")["relation"] == "cites"
    assert story.summary()["independent_origins"] == 1
    story.matches.clear()
    story.match("a", "b", "rewrite", (0.8, 0.8))
    assert sources(story) == {"a": "external:The Beacon", "b": "a"}


def test_a_later_version_by_the_same_publisher_is_an_update(story: Story) -> None:
    story.witness("a", "The Ledger", "2025-03-01T08:00")
    story.witness("b", "The Ledger", "2025-03-02T08:00")
    story.witness("c", "The Beacon", "2025-03-01T07:00")
    story.credit("a", "reuters")
    story.credit("b", "reuters")
    story.match("a", "b", "rewrite", (0.5, 0.5))
    story.match("b", "c", "rewrite", (0.5, 0.5))
    link = story.link("b")
    assert (link["source"], link["relation"]) == ("a", "update")
    assert link["reasons"] == ["a later version by the same publisher", "published 1 day later"]
    assert story.row("b")["grade"] == "rewrite"


def test_two_versions_of_one_day_are_a_series_without_an_order(story: Story) -> None:
    story.witness("a", "The Ledger", "2025-03-01")
    story.witness("b", "The Ledger", "2025-03-01")
    story.match("a", "b", "rewrite", (0.5, 0.5))
    link = story.link("b")
    assert (link["source"], link["relation"], link["confidence"]) == ("a", "update", 0.5)
    assert link["reasons"][0] == "another version by the same publisher"


@pytest.mark.parametrize(
    ("shares", "tokens", "source"),
    [((0.5, 0.9), (400, 400), "a"), ((0.9, 0.5), (400, 400), "b"), ((0.5, 0.5), (300, 400), "b")],
)
def test_a_tie_goes_to_the_one_that_holds_more_of_the_other_then_to_the_longer(
    story: Story, shares: tuple[float, float], tokens: tuple[int, int], source: str
) -> None:
    for name, length in zip("ab", tokens, strict=True):
        story.witness(name, name, tokens=length)
    story.match("a", "b", "rewrite", shares)
    (link,) = story.trace().lineage.to_pylist()
    assert (link["source"], link["confidence"]) == (source, 0.5)


def test_an_agencys_versions_are_a_series(story: Story) -> None:
    story.witness("a", "APP", "2025-03-01T08:00")
    story.witness("b", "APP", "2025-03-02T08:00")
    story.match("a", "b", "abridged", (0.9, 0.5))
    assert story.link("b")["relation"] == "update"
    assert story.summary()["independent_origins"] == 1


def test_two_publishers_of_one_owner_are_one_origin(story: Story) -> None:
    story.witness("a", "New York Post", "2025-03-01")
    story.witness("b", "Round-up", "2025-03-02")
    story.witness("c", "The Times", "2025-03-01")
    story.witness("d", "The Beacon", "2025-03-01")
    for name in "acd":
        story.match("b", name, "rewrite", (0.4, 0.4))
    assert sources(story) == {"b": "a"}
    assert story.summary()["independent_origins"] == 2
    assert story.summary()["publisher_count"] == 4


def test_the_same_copy_has_one_origin_whoever_was_first(story: Story) -> None:
    story.witness("a", "One", "2025-03-01")
    story.witness("b", "Two", "2025-03-02")
    story.witness("c", "Three", "2025-03-01")
    story.match("a", "b", "identical", (1, 1))
    story.match("b", "c", "identical", (1, 1))
    assert story.summary()["independent_origins"] == 1


def test_of_several_origins_the_one_is_told_that_most_go_back_to(story: Story) -> None:
    story.witness("a", "One", "2025-03-01")
    for name in "bc":
        story.witness(name, name, "2025-03-04")
        story.match(name, "d", "rewrite", (0.5, 0.5))
    story.witness("d", "Four", "2025-03-02")
    story.match("a", "b", "rewrite", (0.4, 0.4))
    summary = story.summary()
    assert (summary["origin_article_id"], summary["origin_reason"]) == ("d", "3 of 4 go back to it")
    assert summary["independent_origins"] == 2
    assert summary["headline"] == "On d"
    assert (summary["first_published"].day, summary["last_published"].day) == (1, 4)


def test_publishers_are_counted_by_name_else_by_site_and_unknown_ones_not(story: Story) -> None:
    story.witness("a", "The Beacon")
    story.witness("b", None, url="https://www.ledger.example/1")
    story.witness("c", None, url="https://www.ledger.example/2")
    story.witness("d")
    assert story.summary()["publisher_count"] == 2
    assert story.summary()["size"] == 4


def test_matches_that_do_not_count_or_leave_the_cluster_are_passed_over(story: Story) -> None:
    story.witness("a")
    story.witness("b")
    story.witness("z", cluster_id="d")
    story.match("a", "b", "related")
    story.match("a", "z")
    story.match("a", "elsewhere")
    story.match("b", "elsewhere", "reprint")
    story.matches.append(story.matches[0] | {"grade": "rewrite", "counted": False})
    story.credit("elsewhere", "ap")
    assert story.trace().lineage.num_rows == 0


def test_nothing_is_traced_to_nothing(story: Story) -> None:
    traced = story.trace()
    assert [table.num_rows for table in traced] == [0, 0, 0]
