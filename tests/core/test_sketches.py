"""Sketches never tell too few shared shingles, and few more of texts that share next to nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from dedup.grading.grades import enough_common
from dedup.grading.sketches import most_shared, sketched
from dedup.settings import Settings
from dedup.text.tokens import Tokens

RUN = Settings()
_Rows = npt.NDArray[np.int32]


def tokens(texts: list[_Rows]) -> Tokens:
    """Texts of which only the words' hashes are known."""
    hashes = np.concatenate([np.empty(0, np.int32), *texts]).astype(np.uint32)
    flags, places = np.zeros(len(hashes), np.uint8), np.zeros(len(hashes), np.int32)
    gaps, tails = np.zeros(len(hashes), np.uint16), np.zeros(len(texts), np.uint16)
    offsets = np.r_[0, np.cumsum([len(text) for text in texts])].astype(np.int64)
    return Tokens(offsets, hashes, places, places, flags, gaps, tails)


def at_most(texts: list[_Rows], left: _Rows, right: _Rows) -> _Rows:
    made = sketched(tokens(texts), RUN)
    content, bounds = (
        np.frombuffer(part or b"", kind) for part, kind in zip(made.buffers()[:0:-1], (np.uint8, np.int32), strict=True)
    )
    sizes = np.array([len(text) for text in texts], np.int32)
    return most_shared(content, bounds.astype(np.int64), sizes, left, right, RUN)


def shared(one: _Rows, other: _Rows) -> int:
    """Different shingles that two texts have in common."""
    sides = [{tuple(text[k : k + RUN.shingle]) for k in range(len(text) - RUN.shingle + 1)} for text in (one, other)]
    return len(sides[0] & sides[1])


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.sampled_from([2, 5, 1_000_000]))
@example(seed=0, number=1, words=2)
def test_no_pair_shares_more_than_its_sketches_say(seed: int, number: int, words: int) -> None:
    random = np.random.default_rng(seed)
    texts = [random.integers(0, words, random.integers(0, 120)).astype(np.int32) for _ in range(number)]
    copied = texts[0][: random.integers(0, len(texts[0]) + 1)]
    texts.append(np.r_[random.integers(0, words, 30), copied].astype(np.int32))
    left, right = (side.ravel().astype(np.int32) for side in np.meshgrid(np.arange(number + 1), np.arange(number + 1)))
    most = at_most(texts, left, right)
    for pair, (one, other) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        assert shared(texts[one], texts[other]) <= most[pair]


def test_texts_of_five_hundred_words_that_share_nothing_are_dropped() -> None:
    random = np.random.default_rng(0)
    texts = [random.integers(0, 2**31, 500).astype(np.int32) for _ in range(40)]
    left, right = (side.astype(np.int32) for side in np.triu_indices(len(texts), 1))
    sizes = np.full(len(texts), 500, np.int32)
    assert (at_most(texts, left, right) >= enough_common(sizes[left], sizes[right], RUN)).mean() < 0.001


def test_a_sketch_is_a_third_of_the_hashes() -> None:
    texts = [np.random.default_rng(0).integers(0, 2**31, 500).astype(np.int32)]
    made: pa.Array = sketched(tokens(texts), RUN)
    assert len(made[0].as_py()) < 700
