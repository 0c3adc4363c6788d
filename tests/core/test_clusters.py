"""Matches to clusters: what joins, what the guard keeps apart, and what must not matter."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.clusters import SUPPORT, Edges, cluster, cluster_ids, edges

Edge = tuple[int, int, str, float]  # left, right, "strong", "weak" or "near", score


def made(listed: list[Edge]) -> Edges:
    left, right, kind, score = zip(*listed, strict=True) if listed else ((), (), (), ())
    return Edges(
        np.array(left, np.int32),
        np.array(right, np.int32),
        np.array([each != "near" for each in kind], bool),
        np.array([each == "strong" for each in kind], bool),
        np.array(score, np.float32),
    )


def clustered(count: int, listed: list[Edge], unsearched: tuple[int, ...] = ()) -> list[int]:
    searched = np.ones(count, bool)
    searched[list(unsearched)] = False
    found = cluster(count, made(listed), searched)
    assert found.dtype == np.int32
    return found.tolist()


def strong(*rows: int) -> list[Edge]:
    """A chain of strong edges."""
    return [(a, b, "strong", 0.9) for a, b in itertools.pairwise(rows)]


def weak(*pairs: tuple[int, int], score: float = 0.6) -> list[Edge]:
    return [(a, b, "weak", score) for a, b in pairs]


def test_strong_edges_join_without_support() -> None:
    assert clustered(7, strong(1, 2, 3, 4, 5)) == [0, 1, 1, 1, 1, 1, 6]


def test_a_weak_edge_joins_two_that_are_alone() -> None:
    assert clustered(3, weak((0, 2))) == [0, 1, 0]


def test_a_weak_edge_does_not_glue_two_clusters() -> None:
    assert clustered(4, strong(0, 1) + strong(2, 3) + weak((1, 2))) == [0, 0, 2, 2]
    assert clustered(4, strong(0, 1) + strong(2, 3) + weak((1, 2), (0, 3))) == [0] * 4


def test_a_member_is_supported_by_the_cluster_and_not_by_one_distant_cousin() -> None:
    five = strong(0, 1, 2, 3, 4)
    assert clustered(6, five + weak((0, 5))) == [0] * 5 + [5]
    assert clustered(6, five + weak((0, 5), (3, 5))) == [0] * 6


def test_a_round_up_joins_no_stories() -> None:
    # Row 9 holds an item of each of three stories of three articles; it goes with one of them.
    stories = strong(0, 1, 2) + strong(3, 4, 5) + strong(6, 7, 8)
    found = clustered(10, stories + weak(*((row, 9) for row in range(9))))
    assert found == [0, 0, 0, 3, 3, 3, 6, 6, 6, 0]


def test_the_best_supported_union_comes_first() -> None:
    # Row 2 could go either way; with the cluster that it has more in common with, the other is out of its reach.
    both = strong(0, 1) + strong(3, 4) + weak((0, 2), (1, 2), score=0.6) + weak((2, 3), score=0.9)
    assert clustered(5, both) == [0, 0, 0, 3, 3]


def test_near_misses_support_a_match_but_join_nothing() -> None:
    missed: list[Edge] = [(0, 2, "near", 0.4), (1, 2, "near", 0.4)]
    three = strong(0, 1, 3, 4)
    assert clustered(5, three + missed) == [0, 0, 2, 0, 0]
    assert clustered(5, three + weak((3, 2))) == [0, 0, 2, 0, 0]
    assert clustered(5, three + missed + weak((3, 2))) == [0] * 5


def test_members_that_were_not_compared_with_all_do_not_count() -> None:
    # Three of four copies were compared with their representative alone: what matches it matches the cluster.
    copies = strong(0, 1) + strong(0, 2) + strong(0, 3)
    assert clustered(5, copies + weak((0, 4))) == [0, 0, 0, 0, 4]
    assert clustered(5, copies + weak((0, 4)), unsearched=(1, 2, 3)) == [0] * 5


kinds = st.sampled_from(["strong", "weak", "weak", "weak", "near"])
graphs = st.integers(1, 12).flatmap(
    lambda count: st.tuples(
        st.just(count),
        st.dictionaries(
            st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda pair: pair[0] < pair[1]),
            st.tuples(kinds, st.sampled_from([0.3, 0.5, 0.6, 0.9])),
            max_size=30,
        ).map(lambda found: [(*pair, *rest) for pair, rest in found.items()]),
    )
)


@given(graphs, st.randoms(use_true_random=False))
def test_the_order_and_direction_of_edges_do_not_matter(graph: tuple[int, list[Edge]], random: st.Random) -> None:
    count, listed = graph
    turned = [(b, a, *rest) if random.random() < 0.5 else (a, b, *rest) for a, b, *rest in listed]
    random.shuffle(turned)
    assert clustered(count, listed) == clustered(count, turned)  # type: ignore[arg-type]


@given(graphs)
def test_clusters_hold_together(graph: tuple[int, list[Edge]]) -> None:
    count, listed = graph
    labels = clustered(count, listed)
    by_strong = clustered(count, [edge for edge in listed if edge[2] == "strong"])
    by_all = clustered(count, [(a, b, "strong", score) for a, b, kind, score in listed if kind != "near"])
    for row, label in enumerate(labels):
        assert labels[label] == label <= row
        assert by_all[row] == by_all[label]  # counted edges lead to it
    assert all(labels[row] == labels[head] for row, head in enumerate(by_strong))


@given(graphs)
def test_what_is_supported_enough_is_joined(graph: tuple[int, list[Edge]]) -> None:
    count, listed = graph
    labels = clustered(count, listed)
    for one in set(labels):
        for other in set(labels) - {one}:
            between = [kind for a, b, kind, _ in listed if {labels[a], labels[b]} == {one, other}]
            weight = sum(1.0 if kind == "weak" else 0.5 for kind in between)
            assert "strong" not in between
            assert "weak" not in between or weight / (labels.count(one) * labels.count(other)) < SUPPORT


@given(graphs, graphs)
def test_stories_that_have_nothing_in_common_do_not_change_one_another(
    graph: tuple[int, list[Edge]], apart: tuple[int, list[Edge]]
) -> None:
    count, listed = graph
    others = [(a + count, b + count, *rest) for a, b, *rest in apart[1]]
    together = clustered(count + apart[0], listed + others)  # type: ignore[operator]
    assert together[:count] == clustered(count, listed)


def test_an_edge_is_strong_where_both_texts_hold_much_of_each_other_or_one_retells_the_other_and_it_counts() -> None:
    matches = pa.table(
        {
            "grade": ["reprint", "abridged", "abridged", "reprint", "derived", "derived"],
            "containment_a_in_b": pa.array([0.9, 0.9, 0.3, 0.9, 0.1, 0.1], pa.float32()),
            "containment_b_in_a": pa.array([0.5, 0.3, 0.9, 0.9, 0.1, 0.1], pa.float32()),
            "cites": [None, "a", None, None, "b", "third"],
            "counted": [True, True, True, False, True, True],
            "score": pa.array([0.9, 0.8, 0.7, 0.6, 0.1, 0.1], pa.float32()),
        }
    )
    rows = np.arange(6, dtype=np.int32)
    found = edges(rows, rows + 1, matches)
    assert found.strong.tolist() == [True, False, False, False, True, False]
    assert found.counted.tolist() == [True, True, True, False, True, True]
    assert found.score.tolist() == pytest.approx([0.9, 0.8, 0.7, 0.6, 0.1, 0.1])


def test_no_rows_are_no_clusters() -> None:
    assert clustered(0, []) == []
    assert clustered(3, []) == [0, 1, 2]


def test_names_of_clusters_are_made_of_their_smallest_ids() -> None:
    names = cluster_ids(pa.array(["a", "b", "a", "é"])).to_pylist()
    assert names[0] == names[2]
    assert len(set(names)) == 3
    assert all(len(name) == 16 and set(name) <= set("0123456789abcdef") for name in names)
