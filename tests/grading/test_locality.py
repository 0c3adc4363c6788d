"""The order in which pairs are graded."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.grading.locality import near_together


@given(st.lists(st.integers(2, 5), min_size=1, max_size=5), st.data())
def test_the_pairs_of_a_story_follow_each_other_whatever_weak_pairs_join_them(
    sizes: list[int], data: st.DataObject
) -> None:
    names = data.draw(st.permutations(range(sum(sizes))))
    ends = list(itertools.accumulate(sizes))
    stories = [sorted(names[end - size : end]) for size, end in zip(sizes, ends, strict=True)]
    story = {row: number for number, rows in enumerate(stories) for row in rows}
    strong = [pair for rows in stories for pair in itertools.combinations(rows, 2)]
    across = [pair for pair in itertools.combinations(range(len(names)), 2) if story[pair[0]] != story[pair[1]]]
    weak = data.draw(st.lists(st.sampled_from(across), unique=True)) if across else []
    pairs = sorted(strong + weak)
    left, right = np.array(pairs).T
    common = np.array([9 if pair in strong else 1 for pair in pairs], np.int32)
    order = near_together(len(names), left, right, common).tolist()
    assert sorted(order) == list(range(len(pairs)))
    inside = [story[pairs[row][0]] if pairs[row] in strong else -1 for row in order]
    for number, rows in enumerate(stories):
        first = inside.index(number)
        assert inside[first : first + len(rows) * (len(rows) - 1) // 2].count(number) == inside.count(number)
