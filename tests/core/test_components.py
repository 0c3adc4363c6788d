"""Connected components, against following the edges one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.components import components

graphs = st.integers(1, 12).flatmap(
    lambda count: st.tuples(
        st.just(count), st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=15)
    )
)


@given(graphs)
def test_a_component_is_named_by_its_smallest_row(graph: tuple[int, list[tuple[int, int]]]) -> None:
    count, edges = graph
    names = list(range(count))
    for _ in range(count):
        for one, other in edges:
            names[one] = names[other] = min(names[one], names[other])
    ends = np.array(edges, np.int32).reshape(-1, 2)
    result = components(count, ends[:, 0], ends[:, 1])
    assert result.tolist() == names
    assert result.dtype == np.int32


def test_no_rows_have_no_components() -> None:
    assert components(0, np.empty(0, np.int32), np.empty(0, np.int32)).tolist() == []
