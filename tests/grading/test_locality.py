"""The order in which pairs are graded."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from dedup.grading.locality import near_together, nearest, nearest_of_pairs

_Rows = npt.NDArray[np.int32]
COUNT = 12


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


pairs = st.dictionaries(
    st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1)).filter(lambda pair: pair[0] < pair[1]),
    st.integers(0, 5),
    max_size=40,
)


def columns(counted: dict[tuple[int, int], int]) -> tuple[_Rows, _Rows, _Rows]:
    rows = np.array([(left, right, common) for (left, right), common in counted.items()], np.int32).reshape(-1, 3)
    return rows[:, 0], rows[:, 1], rows[:, 2]


@given(pairs, st.integers(0, 40))
def test_the_nearest_of_some_pairs_and_of_others_give_that_of_all(
    counted: dict[tuple[int, int], int], cut: int
) -> None:
    left, right, common = columns(counted)
    each = {
        row: max(
            ((shared, -other) for pair, shared in counted.items() if row in pair for other in pair if other != row),
            default=None,
        )
        for row in range(COUNT)
    }
    wanted = [(row, -best[1], best[0]) for row, best in each.items() if best is not None]
    parts = [nearest_of_pairs(left[some], right[some], common[some]) for some in (slice(cut), slice(cut, None))]
    made = nearest(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    assert list(zip(*(column.tolist() for column in made), strict=True)) == wanted
