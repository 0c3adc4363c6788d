"""Matches to clusters: what joins, what average linkage keeps apart, and what must not matter."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.stories.clusters import ALIKE, SUPPORT, Clusters, Edges, cluster_ids, clusters, edges, linkage, together

Edge = tuple[int, int, str, float]  # left, right, "alike", "copy", "near" or "derived", score
Parts = dict[tuple[int, int], tuple[int, int]]  # of the left and the right text of a pair
EVERYWHERE = 0xFFFFFFFFFFFFFFFF
FIRST, LAST = 0xFFFFFFFF, 0xFFFFFFFF << 32  # halves of a text


def made(listed: list[Edge], parts: Parts | None = None) -> Edges:
    left, right, kind, score = zip(*listed, strict=True) if listed else ((), (), (), ())
    both = [(parts or {}).get(pair, (EVERYWHERE, EVERYWHERE)) for pair in zip(left, right, strict=True)]
    return Edges(
        np.array(left, np.int32),
        np.array(right, np.int32),
        np.array([0.0 if each == "derived" else value for each, value in zip(kind, score, strict=True)], np.float64),
        np.array([each in ("alike", "copy") for each in kind], bool),
        np.array([each == "alike" for each in kind], bool),
        np.array([each == "derived" for each in kind], bool),
        np.array(both, np.uint64).reshape(-1, 2),
    )


def searching(count: int, unsearched: tuple[int, ...]) -> np.ndarray:
    fully_compared = np.ones(count, bool)
    fully_compared[list(unsearched)] = False
    return fully_compared


def clustered(count: int, listed: list[Edge], unsearched: tuple[int, ...] = ()) -> list[int]:
    """Average linkage alone: one cluster a row."""
    labels = linkage(count, made([edge for edge in listed if edge[2] != "derived"]), searching(count, unsearched))
    assert labels.dtype == np.int32
    return labels.tolist()


def witnesses(count: int, listed: list[Edge], parts: Parts | None = None) -> list[list[int]]:
    """The rows of every cluster."""
    result = clusters(count, made(listed, parts), searching(count, ()))
    assert result.row.dtype == result.cluster.dtype == np.int32
    return [result.row[result.cluster == number].tolist() for number in range(len(set(result.cluster.tolist())))]


def alike(*rows: int) -> list[Edge]:
    """A chain of texts that are all but the same."""
    return [(a, b, "alike", 1.0) for a, b in itertools.pairwise(rows)]


def copy(*pairs: tuple[int, int], score: float = 0.9) -> list[Edge]:
    return [(a, b, "copy", score) for a, b in pairs]


def retold(*pairs: tuple[int, int]) -> list[Edge]:
    return [(a, b, "derived", 0.1) for a, b in pairs]


def all_of(*rows: int) -> list[Edge]:
    return copy(*itertools.combinations(rows, 2))


def test_texts_that_are_all_but_the_same_are_one_witness() -> None:
    assert clustered(7, alike(1, 2, 3, 4, 5)) == [0, 1, 1, 1, 1, 1, 6]


def test_a_match_joins_two_that_are_alone() -> None:
    assert clustered(3, copy((0, 2), score=0.5)) == [0, 1, 0]


def test_one_match_does_not_glue_two_clusters() -> None:
    assert clustered(4, all_of(0, 1) + all_of(2, 3) + copy((1, 2))) == [0, 0, 2, 2]
    assert clustered(4, all_of(0, 1) + all_of(2, 3) + copy((1, 2), (0, 3), (0, 2))) == [0] * 4


def test_a_round_up_joins_no_stories() -> None:
    # Row 9 holds an item of each of three stories of three articles; it goes with one of them.
    stories = all_of(0, 1, 2) + all_of(3, 4, 5) + all_of(6, 7, 8)
    labels = clustered(10, stories + copy(*((row, 9) for row in range(9)), score=0.6))
    assert labels == [0, 0, 0, 3, 3, 3, 6, 6, 6, 0]


def test_the_nearest_are_joined_first() -> None:
    # Row 2 could go either way; it goes where it is more surely copy, and the others are then out of its reach.
    both = all_of(0, 1) + all_of(3, 4) + copy((0, 2), (1, 2), score=0.6) + copy((2, 3), score=0.95)
    assert clustered(5, both) == [0, 0, 2, 2, 4]


def test_near_misses_raise_a_mean_but_join_nothing() -> None:
    missed: list[Edge] = [(0, 2, "near", 0.45), (1, 2, "near", 0.45)]
    assert clustered(3, alike(0, 1) + missed) == [0, 0, 2]
    three = alike(0, 1, 3)
    assert clustered(4, three + copy((3, 2), score=0.7)) == [0, 0, 2, 0]
    assert clustered(4, three + missed + copy((3, 2), score=0.7)) == [0] * 4


def test_members_that_were_not_compared_with_all_do_not_count() -> None:
    # Three of four copies were compared with their representative alone: what matches it matches the cluster.
    copies = alike(0, 1) + alike(0, 2) + alike(0, 3)
    assert clustered(5, copies + copy((0, 4))) == [0, 0, 0, 0, 4]
    assert clustered(5, copies + copy((0, 4)), unsearched=(1, 2, 3)) == [0] * 5


def test_a_round_up_is_a_witness_of_each_of_its_stories() -> None:
    # Row 6 carries the story of rows 0-2 in its first half, and that of rows 3-5 in its second.
    listed = all_of(0, 1, 2, 6) + all_of(3, 4, 5) + copy((3, 6), (4, 6), (5, 6))
    halves = {(row, 6): (EVERYWHERE, FIRST if row < 3 else LAST) for row in range(6)}
    assert witnesses(7, listed, halves) == [[0, 1, 2, 6], [3, 4, 5, 6]]
    assert witnesses(7, listed) == [[0, 1, 2, 6], [3, 4, 5]]  # the same part: of one story or the other


def test_what_is_between_two_that_share_nothing_is_in_two_stories() -> None:
    # Three reports of a merger, of which row 1 carries another passage of each.
    chain = copy((0, 1), (1, 2))
    assert witnesses(3, chain, {(0, 1): (EVERYWHERE, FIRST), (1, 2): (LAST, EVERYWHERE)}) == [[0, 1], [1, 2]]
    # The same passage in all three, of which one pair was missed, is one story.
    assert witnesses(3, [*chain, (0, 2, "near", 0.45)]) == [[0, 1, 2]]


def test_an_article_joins_a_further_story_only_by_the_part_that_is_its_copy() -> None:
    # Row 3 shares a box with row 0 that rows 1 and 2 do not carry.
    listed = all_of(0, 1, 2) + copy((0, 3))
    parts = {(0, 1): (FIRST, FIRST), (0, 2): (FIRST, FIRST), (1, 2): (FIRST, FIRST), (0, 3): (LAST, FIRST)}
    assert witnesses(4, listed, parts) == [[0, 1, 2], [0, 3]]
    assert witnesses(4, listed, parts | {(0, 3): (FIRST, FIRST)}) == [[0, 1, 2, 3]]


def test_a_retelling_hangs_under_one_story_and_joins_none() -> None:
    two = all_of(0, 1) + all_of(2, 3)
    assert witnesses(5, two + retold((0, 4), (2, 4), (3, 4))) == [[0, 1], [2, 3, 4]]
    assert witnesses(5, two + retold((0, 2), (0, 3), (1, 2), (1, 3))) == [[0, 1], [2, 3]]
    assert witnesses(4, all_of(0, 1) + retold((1, 2), (2, 3))) == [[0, 1, 2, 3]]  # 2 may be whose report it was


def test_retellings_alone_are_no_story() -> None:
    assert witnesses(3, retold((0, 1), (0, 2), (1, 2))) == []


def test_pairs_that_share_a_cluster() -> None:
    held = Clusters(np.array([0, 1, 1, 2], np.int32), np.array([0, 0, 1, 1], np.int32))
    left, right = np.array([0, 1, 0, 3], np.int32), np.array([1, 2, 2, 1], np.int32)
    assert together(held, left, right).tolist() == [True, True, False, False]


kinds = st.sampled_from(["alike", "copy", "copy", "copy", "near", "derived"])
graphs = st.integers(1, 12).flatmap(
    lambda count: st.tuples(
        st.just(count),
        st.dictionaries(
            st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda pair: pair[0] < pair[1]),
            st.tuples(kinds, st.sampled_from([0.4, 0.5, 0.6, 0.9])),
            max_size=30,
        ).map(lambda made: [(*pair, *rest) for pair, rest in made.items()]),
    )
)


sides = st.sampled_from([0, FIRST, LAST, EVERYWHERE])


@given(graphs, st.randoms(use_true_random=False), st.data())
def test_the_order_and_direction_of_edges_do_not_matter(
    graph: tuple[int, list[Edge]], random: st.Random, data: st.DataObject
) -> None:
    count, listed = graph
    parts = {(a, b): data.draw(st.tuples(sides, sides)) for a, b, *_ in listed}
    turned = [(b, a, *rest) if random.random() < 0.5 else (a, b, *rest) for a, b, *rest in listed]
    random.shuffle(turned)
    both = parts | {(b, a): (other, one) for (a, b), (one, other) in parts.items()}
    assert witnesses(count, listed, parts) == witnesses(count, turned, both)  # type: ignore[arg-type]


@given(graphs)
def test_clusters_hold_together(graph: tuple[int, list[Edge]]) -> None:
    count, listed = graph
    listed = [edge for edge in listed if edge[2] != "derived"]
    labels = clustered(count, listed)
    same = clustered(count, [edge for edge in listed if edge[2] == "alike"])
    closure = clustered(count, [(a, b, "alike", score) for a, b, kind, score in listed if kind != "near"])
    for row, label in enumerate(labels):
        assert labels[label] == label <= row
        assert closure[row] == closure[label]  # matches lead to it
    assert all(labels[row] == labels[head] for row, head in enumerate(same))


@given(graphs, st.data())
def test_every_cluster_has_two_witnesses_that_match(graph: tuple[int, list[Edge]], data: st.DataObject) -> None:
    count, listed = graph
    parts = {(a, b): data.draw(st.tuples(sides, sides)) for a, b, *_ in listed}
    result = witnesses(count, listed, parts)
    matched = [{a, b} for a, b, kind, _ in listed if kind != "near"]
    assert [rows[0] for rows in result] == sorted(rows[0] for rows in result)
    for rows in result:
        assert len(rows) == len(set(rows)) > 1
        assert all(any({row} < pair <= set(rows) for pair in matched) for row in rows)


@given(graphs)
def test_what_is_near_enough_is_joined(graph: tuple[int, list[Edge]]) -> None:
    count, listed = graph
    listed = [edge for edge in listed if edge[2] != "derived"]
    labels = clustered(count, listed)
    for one in set(labels):
        for other in set(labels) - {one}:
            between = [edge for edge in listed if {labels[edge[0]], labels[edge[1]]} == {one, other}]
            kinds = {kind for _, _, kind, _ in between}
            mean = sum(score for *_, score in between) / (labels.count(one) * labels.count(other))
            assert "alike" not in kinds
            assert "copy" not in kinds or mean < SUPPORT


@given(graphs, graphs)
def test_stories_that_have_nothing_in_common_do_not_change_one_another(
    graph: tuple[int, list[Edge]], apart: tuple[int, list[Edge]]
) -> None:
    count, listed = graph
    others = [(a + count, b + count, *rest) for a, b, *rest in apart[1]]
    together = clustered(count + apart[0], listed + others)  # type: ignore[operator]
    assert together[:count] == clustered(count, listed)


def test_edges_are_read_from_matches() -> None:
    matches = pa.table(
        {
            "grade": ["reprint", "reprint", "abridged", "reprint", "derived", "template"],
            "containment_a_in_b": pa.array([0.9, 0.9, 0.3, 0.9, 0.1, 0.9], pa.float32()),
            "containment_b_in_a": pa.array([ALIKE + 0.01, 0.7, 0.9, 0.9, 0.1, 0.9], pa.float32()),
            "counted": [True, True, True, False, True, False],
            "score": pa.array([0.9, 0.8, 0.7, 0.4, 0.1, 0.1], pa.float32()),
            "part_of_a": pa.array([-1, 1, 1, 1, 1, 1], pa.int64()),
            "part_of_b": pa.array([3, 1, 1, 1, 1, 1], pa.int64()),
        }
    )
    rows = np.arange(6, dtype=np.int32)
    graph = edges(rows, rows + 1, matches)
    assert graph.counted.tolist() == [True, True, True, False, False, False]
    assert graph.alike.tolist() == [True, False, False, False, False, False]
    assert graph.derived.tolist() == [False, False, False, False, True, False]
    assert graph.parts[0].tolist() == [EVERYWHERE, 3]
    assert graph.score.tolist() == pytest.approx([0.9, 0.8, 0.7, 0.4, 0.0, 0.0])


def test_no_rows_are_no_clusters() -> None:
    assert clustered(0, []) == [] == witnesses(0, []) == witnesses(3, [])
    assert clustered(3, []) == [0, 1, 2]


def test_names_of_clusters_are_made_of_their_smallest_ids() -> None:
    names = cluster_ids(pa.array(["a", "b", "a", "é"])).to_pylist()
    assert names[0] == cluster_ids(pa.array(["a"]))[0].as_py()
    assert len(set(names)) == 4
    assert all(len(name) == 16 and set(name) <= set("0123456789abcdef") for name in names)
