"""The first look at a pair: how many different shingles two texts share."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels.prefilter import prefilter

texts = st.lists(st.lists(st.integers(0, 3), max_size=25), min_size=1, max_size=6)


@given(texts, st.integers(1, 4), st.data())
def test_it_counts_what_the_sets_have_in_common(words: list[list[int]], size: int, data: st.DataObject) -> None:
    rows = st.integers(0, len(words) - 1)
    pairs = sorted(data.draw(st.lists(st.tuples(rows, rows), max_size=12)))
    ends = np.cumsum([len(each) for each in words])
    hashes = np.array([word for each in words for word in each], np.uint32)
    left, right = np.array(pairs, np.int32).reshape(-1, 2).T.copy()
    work = np.empty(64, np.uint32), np.zeros(64, np.int32), np.zeros(64, np.int32)
    enough = data.draw(st.lists(st.integers(0, 9), min_size=len(pairs), max_size=len(pairs)))
    out = np.empty(len(pairs), np.int32)
    begins = ends - [len(each) for each in words]
    prefilter(hashes, begins, ends, left, right, size, np.array(enough, np.int32), *work, out)
    sets = [{tuple(each[k : k + size]) for k in range(len(each) - size + 1)} for each in words]
    common = [len(sets[one] & sets[other]) for one, other in pairs]
    assert out.tolist() == list(map(min, common, enough))
