"""An article that is a witness of two stories: in each it has its marks, and its source among the witnesses there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from dedup.stories.lineage import WITNESSES
from dedup.stories.provenance import read_attributions, read_pairs, read_witnesses
from dedup.tables import ATTRIBUTIONS, MATCHES

if TYPE_CHECKING:
    from tests.lineage.conftest import Story


@pytest.fixture
def two(story: Story) -> Story:
    """Stories ``c`` and ``d`` of two articles each, and a round-up that carries both, the last of all."""
    for cluster, names in (("c", "ab"), ("d", "xy")):
        for day, name in enumerate(names, 1):
            story.witness(name, name, f"2025-03-0{day}", cluster_id=cluster)
        story.witness("roundup", "Digest", "2025-03-05", cluster_id=cluster)
    for one, other in (("a", "b"), ("x", "y")):
        story.match(one, other)
    for one in "abxy":
        story.match(one, "roundup", "rewrite", (0.9, 0.3))
    return story


def rows(story: Story) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["cluster_id"], row["article_id"]): row for row in story.trace().clusters.to_pylist()}


def test_its_source_is_chosen_within_each_story(two: Story) -> None:
    result = rows(two)
    assert len(result) == 6
    assert result["c", "roundup"]["source_article_id"] == "a"
    assert result["d", "roundup"]["source_article_id"] == "x"
    edges = {(row["cluster_id"], row["source"], row["target"]) for row in two.trace().lineage.to_pylist()}
    assert edges == {("c", "a", "b"), ("c", "a", "roundup"), ("d", "x", "y"), ("d", "x", "roundup")}
    stories = {row["cluster_id"]: row for row in two.trace().stories.to_pylist()}
    assert {name: (row["size"], row["origin_article_id"]) for name, row in stories.items()} == {
        "c": (3, "a"),
        "d": (3, "x"),
    }


def test_its_marks_are_known_in_both(two: Story) -> None:
    two.credit("roundup", "reuters")
    two.cite("roundup", "The Beacon")
    result = rows(two)
    for cluster in "cd":
        assert (result[cluster, "roundup"]["wire_agency"], result[cluster, "roundup"]["wire_known_by"]) == (
            "reuters",
            "credit",
        )


def test_a_credit_of_one_story_says_nothing_of_the_other(two: Story) -> None:
    two.credit("a", "afp")
    two.credit("b", "afp")
    result = rows(two)
    assert result["c", "b"]["wire_agency"] == "afp"
    assert {result["d", name]["wire_agency"] for name in "xy"} == {None}


def test_each_of_its_credits_is_for_the_story_that_others_credit_so(two: Story) -> None:
    two.credit("roundup", "afp", 0.95)
    two.credit("roundup", "reuters", 0.9)
    for name, agency in (("a", "afp"), ("b", "afp"), ("x", "reuters"), ("y", "reuters")):
        two.credit(name, agency)
    result = rows(two)
    assert [result[cluster, "roundup"]["wire_agency"] for cluster in "cd"] == ["afp", "reuters"]
    assert {row["independent_origins"] for row in result.values()} == {1}


def test_an_agencys_dateline_dates_its_article_in_both(two: Story) -> None:
    for cluster in "cd":
        two.witness("wire", "Reuters", "2025-03-09T12:00", cluster_id=cluster)
    two.match("a", "wire")
    two.match("x", "wire")
    two.credit("wire", "reuters", position="dateline", evidence="LONDON, Feb 28 (Reuters) -")
    stories = {row["cluster_id"]: row["origin_article_id"] for row in two.trace().stories.to_pylist()}
    assert stories == {"c": "wire", "d": "wire"}


def test_a_pair_stands_once_in_each_story_that_both_are_in(two: Story) -> None:
    two.witness("second", "Second", "2025-03-06", cluster_id="c")
    two.witness("second", "Second", "2025-03-06", cluster_id="d")
    two.match("roundup", "second")
    two.match("a", "x", "rewrite", (0.2, 0.2))  # of no story that both are in
    two.credit("second", "reuters")
    tables = (
        pa.Table.from_pylist(two.witnesses, WITNESSES),
        pa.Table.from_pylist(two.attributions, ATTRIBUTIONS.schema),
    )
    read = read_witnesses(*tables, two.families, two.agencies)
    pairs = read_pairs(pa.Table.from_pylist(two.matches, MATCHES.schema), read)
    ids, clusters = (read.table[name].to_pylist() for name in ("article_id", "cluster_id"))
    result = [(clusters[one], ids[one], ids[other]) for one, other in zip(pairs.a, pairs.b, strict=True)]
    assert [clusters[row] for row in pairs.a] == [clusters[row] for row in pairs.b]
    assert result == [
        ("c", "a", "b"),
        ("c", "a", "roundup"),
        ("c", "b", "roundup"),
        ("c", "roundup", "second"),
        ("d", "roundup", "second"),
        ("d", "roundup", "x"),
        ("d", "roundup", "y"),
        ("d", "x", "y"),
    ]
    credits, _, _ = read_attributions(tables[1], read)
    assert [(clusters[row], ids[row]) for row in credits.witness] == [("c", "second"), ("d", "second")]


def test_the_order_of_the_rows_changes_nothing(two: Story) -> None:
    two.credit("roundup", "reuters")
    before = two.trace()
    for listed in (two.witnesses, two.matches, two.attributions):
        listed.reverse()
    assert two.trace() == before


def test_each_story_is_traced_as_if_alone(two: Story) -> None:
    two.credit("roundup", "afp", 0.95)
    two.credit("roundup", "reuters", 0.9)
    for name, agency in (("a", "afp"), ("b", "afp"), ("x", "reuters"), ("y", "reuters")):
        two.credit(name, agency)
    together = [row for row in two.trace().clusters.to_pylist() if row["cluster_id"] == "d"]
    two.witnesses = [row for row in two.witnesses if row["cluster_id"] == "d"]
    assert two.trace().clusters.to_pylist() == together, "a night and a worker see some of the stories only"
