"""Groups of near-duplicates: who is in one, and what they are for."""

from __future__ import annotations

from concurrent.futures import Executor

import numpy as np
import pyarrow as pa
from hypothesis import HealthCheck, given, settings

from dedup.minhash import minhash_texts
from dedup.rules import NEAR_DUPLICATE
from dedup.search.bands import near_duplicates
from dedup.settings import Settings
from tests import reference
from tests.core.piles import RUN, piles, signatures
from tests.reference import Pile


def text(*words: int) -> str:
    return " ".join(f"w{word}" for word in words)


def groups(texts: list[str], threads: Executor) -> list[int]:
    return near_duplicates(minhash_texts(pa.array(texts, pa.string())), Settings(), threads).tolist()


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pile=piles(boilerplate=False))
def test_a_group_is_named_by_its_first_and_held_together_by_likeness(pile: Pile, threads: Executor) -> None:
    made = signatures(pile)
    result = near_duplicates(made, RUN, threads)
    for row, head in enumerate(result.tolist()):
        assert result[head] == head <= row
        within_group_pairs = [other for other in np.flatnonzero(result == head).tolist() if other != row]
        same = [other for other in within_group_pairs if pile.digests[other] == pile.digests[row]]
        shares = [reference.equal_share(made.values[row], made.values[other]) for other in within_group_pairs]
        near = max(shares, default=0) >= NEAR_DUPLICATE
        assert not within_group_pairs or same or (near and pile.sizes[row] >= RUN.min_tokens)
    for one in range(len(result)):
        assert all(result[one] == result[other] for other in range(one) if pile.digests[one] == pile.digests[other])


def test_copies_are_together_and_others_apart(threads: Executor) -> None:
    story, other = text(*range(300)), text(*range(1000, 1300))
    trimmed, longer = text(*range(290)), text(*range(300), *range(5000, 5300))
    assert groups([other, story, f"{story}.", story.upper(), trimmed, longer], threads) == [0, 1, 1, 1, 1, 5]


def test_short_articles_are_together_only_where_they_are_identical(threads: Executor) -> None:
    short = text(*range(19))
    assert groups([short, short.upper(), text(*range(18)), text(*range(20)), text(*range(19), 18)], threads)[:3] == [
        0,
        0,
        2,
    ]


def test_articles_without_tokens_are_alone(threads: Executor) -> None:
    assert groups(["", "…", "", "word"], threads) == [0, 1, 2, 3]
    assert groups([], threads) == []
