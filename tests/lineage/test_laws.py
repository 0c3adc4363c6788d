"""What holds for any cluster, however its signs contradict each other."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.tables import CLUSTERS, COUNTED_GRADES, LINEAGE, STORIES

if TYPE_CHECKING:
    from tests.lineage.conftest import Story

NAMES = "abcdefgh"
PUBLISHERS = (None, "APP", "Dawn", "The Times", "New York Post", "The Express Tribune")
DATES = (
    None,
    "2025-03-01",
    "2025-03-02",
    "2025-03-01T08:00",
    "2025-03-01T09:30",
    "2025-03-01T12:00",
    "2025-03-03T00:00",
)
CITED = ("The Express Tribune", "Dawn", "afp", "White House", "statement")
CREDITED = ("app", "ap", "agencies")
SHARES = st.sampled_from((0.05, 0.3, 0.5, 0.9, 1.0))

witnesses = st.lists(
    st.tuples(st.sampled_from(PUBLISHERS), st.sampled_from(DATES), st.sampled_from((100, 400)), st.sampled_from("cd")),
    min_size=2,
    max_size=len(NAMES),
)
matches = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] < pair[1]),
    st.tuples(st.sampled_from(COUNTED_GRADES), SHARES, SHARES),
    max_size=16,
)
credits = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(CREDITED), st.sampled_from((0.5, 0.9))), max_size=4
)
citations = st.lists(
    st.tuples(
        st.sampled_from(NAMES), st.sampled_from(CITED), st.sampled_from((0.25, 0.5, 0.8)), st.sampled_from((100, 2000))
    ),
    max_size=8,
)  # of strength 0.25: statements
law = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def told(story: Story, people: list, pairs: dict, credited: list, cited: list) -> Story:
    for rows in (story.witnesses, story.matches, story.attributions):
        rows.clear()
    for name, (publisher, published, tokens, cluster) in zip(NAMES, people, strict=False):
        story.witness(name, publisher, published, tokens=tokens, cluster_id=cluster)
    for (one, other), (grade, *shares) in pairs.items():
        story.match(one, other, grade, tuple(shares))
    for mark in credited:
        story.credit(*mark)
    for mark in cited:
        story.cite(*mark)
    return story


@law
@given(witnesses, matches, credits, citations)
def test_every_witness_has_at_most_one_source_and_never_itself(
    story: Story, people: list, pairs: dict, credited: list, cited: list
) -> None:
    links = told(story, people, pairs, credited, cited).trace().lineage.to_pylist()
    source = {link["target"]: link["source"] for link in links}
    assert len(source) == len(links)
    for start in source:
        path = [start]
        while path[-1] in source:
            path.append(source[path[-1]])
            assert path[-1] not in path[:-1], f"a circle: {path}"


@law
@given(witnesses, matches, credits, citations)
def test_the_tables_agree(story: Story, people: list, pairs: dict, credited: list, cited: list) -> None:
    traced = told(story, people, pairs, credited, cited).trace()
    for table, rows in zip((CLUSTERS, STORIES, LINEAGE), traced, strict=True):
        assert rows.schema.equals(table.schema)
        rows.validate(full=True)
        keys = [tuple(row[name] for name in table.sorted_by) for row in rows.to_pylist()]
        assert keys == sorted(keys)
    clusters, stories, lineage = (rows.to_pylist() for rows in traced)
    links = {link["target"]: link for link in lineage}
    assert len(clusters) == len(story.witnesses)
    for row in clusters:
        link = links.get(row["article_id"])
        inside = link is not None and not link["source"].startswith("external:")
        assert row["source_article_id"] == (link["source"] if inside else None)
        assert (row["share_from_source"] is None) == (row["grade"] is None) == (not inside)
        assert (row["wire_agency"] is None) == (row["wire_known_by"] is None) == (row["wire_confidence"] is None)
        assert (row["originator"] is None) == (row["originator_known_by"] is None)
        assert (row["originator"] is None) == (row["originator_confidence"] is None)
    for summary in stories:
        members = [row for row in clusters if row["cluster_id"] == summary["cluster_id"]]
        (origin,) = (row for row in members if row["role"] == "origin")
        assert origin["article_id"] == summary["origin_article_id"]
        assert origin["source_article_id"] is None
        for name in ("independent_origins", "originator", "originator_known_by", "originator_confidence"):
            assert {row[name] for row in members} == {summary[name]}
        theirs = [row for row in members if row["wire_agency"] == summary["wire_agency"]]
        if summary["wire_agency"] is not None:
            assert summary["wire_confidence"] == max(row["wire_confidence"] for row in theirs)
            assert summary["wire_known_by"] in {row["wire_known_by"] for row in theirs}
        inside = sum(row["source_article_id"] is not None for row in members)
        assert 1 <= summary["independent_origins"] <= len(members) - inside


@law
@given(witnesses, matches, credits, citations, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    story: Story, people: list, pairs: dict, credited: list, cited: list, chance: random.Random
) -> None:
    before = told(story, people, pairs, credited, cited).trace()
    for rows in (story.witnesses, story.matches, story.attributions):
        chance.shuffle(rows)
    after = story.trace()
    for one, other in zip(before, after, strict=True):
        assert one.equals(other)


@law
@given(witnesses, matches, credits, citations)
def test_a_cluster_does_not_depend_on_the_others(
    story: Story, people: list, pairs: dict, credited: list, cited: list
) -> None:
    together = told(story, people, pairs, credited, cited).trace()
    story.witnesses = [row for row in story.witnesses if row["cluster_id"] == "c"]
    alone = story.trace()
    for one, other in zip(together, alone, strict=True):
        assert [row for row in one.to_pylist() if row["cluster_id"] == "c"] == other.to_pylist()
