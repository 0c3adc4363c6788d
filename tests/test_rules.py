"""What makes two articles a pair to compare is written in :mod:`dedup.rules` alone, and is what it says."""

from __future__ import annotations

import ast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup import rules
from dedup.arrays import NO_DAY
from dedup.settings import Settings

from .test_layering import graph, modules

#: The settings that say which articles are compared; each is read in one module.
SEARCH = {"band_rows", "group_members", "max_bucket_size", "min_shared_hashes", "min_tokens", "window"}

#: The loops of the search, and the modules that may call them: how pairs are found is theirs, which ones is the rules'.
KERNELS = {
    "dedup.kernels.buckets": {
        "dedup.search.bands",
        "dedup.search.buckets",
        "dedup.search.values",
        "dedup.kernels.collisions",
    },
    "dedup.kernels.collisions": {"dedup.search.buckets"},
    "dedup.kernels.rare_names": {"dedup.search.named_origins"},
    "dedup.kernels.postings": {"dedup.store.index", "dedup.store.candidates"},
}


def settings_read(source: str) -> set[str]:
    """The search settings that a source reads from something called settings, or by their names out of a run."""
    result = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in SEARCH:
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            result |= {node.attr} if name in ("settings", "_settings", "run", "some") else set()
    return result


@pytest.mark.parametrize("module", sorted(modules()))
def test_a_search_setting_is_read_in_the_rules_alone(module: str) -> None:
    read = settings_read(modules()[module].read_text("utf-8"))
    assert read == (SEARCH if module == "dedup.rules" else set())


@pytest.mark.parametrize(
    "source", ["x = settings.window", "f(means.settings.max_bucket_size)", "def f(settings): settings.window"]
)
def test_a_setting_counts_wherever_it_is_read(source: str) -> None:
    assert settings_read(source)


@pytest.mark.parametrize("kernel", sorted(KERNELS))
def test_the_loops_of_the_search_are_called_in_few_modules(kernel: str) -> None:
    users = {name for name, used in graph().items() if kernel in used and name != "dedup.kernels"}
    assert users == KERNELS[kernel]


def test_no_job_calls_a_loop_itself() -> None:
    users = {name: used for name, used in graph().items() if name.startswith("jobs.")}
    assert not {name for name, used in users.items() if any(each.startswith("dedup.kernels.") for each in used)}


days = st.one_of(st.just(NO_DAY), st.integers(-100_000, 100_000))


@given(days, days, st.integers(0, 400))
def test_the_window_is_the_same_either_way_and_open_to_what_has_no_date(one: int, other: int, window: int) -> None:
    run = Settings(window=window)
    near = rules.within_window(np.array([one], np.int32), np.array([other], np.int32), run).item()
    assert near == rules.within_window(np.array([other], np.int32), np.array([one], np.int32), run).item()
    assert near == (NO_DAY in (one, other) or abs(one - other) <= window)


@pytest.mark.parametrize(("articles", "limit"), [(0, 50), (10, 50), (40_000, 50), (160_000, 100), (4_000_000, 500)])
def test_a_bucket_may_be_larger_in_a_larger_pile_unless_the_setting_says(articles: int, limit: int) -> None:
    assert rules.max_bucket_size(Settings(), articles) == limit
    assert rules.max_bucket_size(Settings(max_bucket_size=7), articles) == 7


@pytest.mark.parametrize(
    ("same", "sizes", "apart", "sharing", "expected"),
    [
        (False, (30, 30), 30, True, True),
        (False, (30, 30), 31, True, False),
        (False, (30, 30), 0, False, False),
        (False, (30, 19), 0, True, False),
        (True, (5, 5), 0, False, True),
        (True, (5, 5), 31, True, False),
    ],
)
def test_what_is_compared(same: bool, sizes: tuple[int, int], apart: int, sharing: bool, expected: bool) -> None:
    digests = np.array([1], np.uint64), np.array([1 if same else 2], np.uint64)
    lengths = np.array([sizes[0]], np.int32), np.array([sizes[1]], np.int32)
    dates = np.array([0], np.int32), np.array([apart], np.int32)
    run = Settings(window=30, min_tokens=20)
    assert rules.comparable(digests, lengths, dates, np.array([sharing]), run).tolist() == [expected]


def test_an_article_is_searched_from_its_first_token_on() -> None:
    assert rules.eligible(np.array([0, 1, 2]), Settings(min_tokens=0)).tolist() == [False, True, True]


def test_retellings_are_looked_for_within_two_days_or_a_smaller_window() -> None:
    assert [rules.retold_days(Settings(window=window)) for window in (0, 1, 30)] == [0, 1, 2]
