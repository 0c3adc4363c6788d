"""Blocks as they are learned, from sampled runs and then a few texts, and as they are defined, from all texts."""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels.minhash import digest
from dedup.text.boilerplate.counting import UNDATED
from dedup.text.rarity import weights
from dedup.text.tokens import tokenise
from tests.learning import appended_to

WORDS, BASE = 12, 0x01000193
Run = tuple[int, ...]


class Text(NamedTuple):
    """``words``: token hashes; ``day``: :data:`UNDATED` where it is unknown."""

    words: Run
    publisher: str
    day: int


def runs(words: Run) -> list[Run]:
    return [words[begin : begin + WORDS] for begin in range(len(words) - WORDS + 1)]


@functools.cache
def hashed(run: Run) -> int:
    """The hash of a run: a polynomial in its tokens."""
    value = 0
    for word in run:
        value = (value * BASE + word) % 2**32
    return value


def outside(words: Run, shared: set[Run]) -> list[bool]:
    """Which words of a text stand in no shared run."""
    inside = [False] * len(words)
    for begin, run in enumerate(runs(words)):
        if run in shared:
            inside[begin : begin + WORDS] = [True] * WORDS
    return [not one for one in inside]


@functools.cache
def compared(one: Text, other: Text) -> tuple[str, bool]:
    """What two texts that share a run tell, and whether the rest of the first is too small to tell anything."""
    both = set(runs(one.words)) & set(runs(other.words))
    free = [outside(text.words, both) for text in (one, other)]
    shared = [len(mask) - sum(mask) for mask in free]
    inside = {word for text, mask in zip((one, other), free, strict=True) for word in masked(text.words, mask, False)}
    rests = [
        {word for word in set(masked(text.words, mask, True)) - inside if weight(word) >= 100}
        for text, mask in zip((one, other), free, strict=True)
    ]
    left, right, common = (sum(map(weight, words)) for words in (*rests, rests[0] & rests[1]))
    opened = max(mask[:30].count(False) for mask in free) > 15
    small = left < 20 * 255
    shorter = min(len(text.words) for text in (one, other))
    if min(shared) < 20 or min(left, right) < 20 * 255 or (opened and 2 * min(shared) > shorter):
        return "nothing", small
    apart = 0 if UNDATED in (one.day, other.day) else abs(one.day - other.day)
    alone = not opened and apart >= 2
    if common > (0.25 if alone else 0.1) * min(left, right):
        return "nothing", small
    proven = (apart >= 14 and common <= 0.1 * min(left, right)) or (alone and min(shared) >= 300)
    return "proven" if proven else "unrelated", small


def masked(words: Run, mask: Sequence[bool], chosen: bool) -> list[int]:
    return [word for word, free in zip(words, mask, strict=True) if free is chosen]


@functools.cache
def weight(word: int) -> int:
    return int(weights(np.array([word], np.uint32))[0][0])


def is_block(texts: Sequence[Text]) -> bool:
    """Have three of some texts that share a run, or two that prove it, nothing else in common?"""
    chosen: list[Text] = []
    for text in texts:
        unrelated = True
        for other in list(chosen):
            verdict, small = compared(other, text)
            if verdict == "proven":
                return True
            if verdict == "nothing":
                unrelated = False
                if small and len(chosen) == 1:
                    chosen[0] = text
                break
        if unrelated:
            chosen.append(text)
        if len(chosen) == 3:
            return True
    return False


def defined(texts: Sequence[Text], digests: Sequence[int]) -> dict[tuple[str, int], int]:
    """(publisher, hash) of every run that is a block, and in how many different texts of its publisher it stands."""
    result = {}
    for publisher in {text.publisher for text in texts}:
        order = sorted((text.day, mark, text) for text, mark in zip(texts, digests, strict=True))
        different: dict[Run, Text] = {}
        for _, _, text in order:
            if text.publisher == publisher:
                different.setdefault(text.words, text)
        own = list(different.values())
        holders: dict[int, list[int]] = {}
        for number, text in enumerate(own):
            for value in {hashed(run) for run in runs(text.words)}:
                if value % 4 == 0:
                    holders.setdefault(value, []).append(number)
        several = {value: looked_at(numbers) for value, numbers in holders.items() if len(numbers) > 1}
        for value, some in several.items():
            days = [own[number].day for number in some]
            far = UNDATED not in days and days[-1] - days[0] >= 14
            enough = len(holders[value]) > 2 or far or list(several.values()).count(some) >= 40
            if enough and is_block([own[number] for number in some]):
                result[publisher, value] = len(holders[value])
    return result


def looked_at(numbers: Sequence[int]) -> tuple[int, ...]:
    """Eight of the texts that share a run, from the first to the last."""
    count = min(len(numbers), 8)
    return tuple(numbers[step * (len(numbers) - 1) // (count - 1)] for step in range(count))


def learned(texts: Sequence[str], publishers: Sequence[str], days: Sequence[int]) -> dict[tuple[str, int], int]:
    rows = appended_to(texts, publishers, days, texts).table().to_pylist()
    return {(row["publisher"], row["shingle"]): row["articles"] for row in rows if row["kind"] == "block"}


def expected(texts: Sequence[str], publishers: Sequence[str], days: Sequence[int]) -> dict[tuple[str, int], int]:
    tokens = tokenise(pa.array(texts, pa.large_string()))
    digests = np.empty(len(texts), np.uint64)
    digest(tokens.hashes, tokens.offsets, digests)
    bounds = itertools.pairwise(tokens.offsets.tolist())
    held = [tuple(tokens.hashes[begin:end].tolist()) for begin, end in bounds]
    return defined(list(map(Text, held, publishers, days)), digests.tolist())


@functools.cache
def words(count: int, seed: object) -> str:
    rng = random.Random(str(seed))
    return " ".join("".join(rng.choices("abcdefghijklm", k=6)) for _ in range(count))


COMMON = "the minister said on monday that the government would not say when the new law was to be made"
OWN = st.integers(0, 99).map(lambda seed: words(26, f"own {seed}"))
SHARED = st.sampled_from([words(30, "box"), words(320, "gallery"), words(22, "small box"), COMMON])
TEXTS = st.one_of(
    st.tuples(OWN, SHARED),
    st.tuples(OWN, SHARED, st.integers(0, 3).map(lambda seed: words(5, seed))),
    st.tuples(st.integers(0, 2).map(lambda seed: words(40, f"story {seed}")), SHARED),
    st.tuples(SHARED, OWN),
).map(" ".join)
DAYS = st.sampled_from([UNDATED, 0, 1, 2, 14, 15])


@given(st.lists(st.tuples(TEXTS, st.sampled_from(["Herald", "Mirror"]), DAYS), min_size=2, max_size=12))
def test_blocks_are_what_their_definition_says(articles: list[tuple[str, str, int]]) -> None:
    columns: Any = tuple(zip(*articles, strict=True))
    assert learned(*columns) == expected(*columns)


@pytest.mark.parametrize("seed", range(4))
def test_of_what_recurs_some_is_a_block_and_some_is_none(seed: int) -> None:
    """Twelve articles each over a box, a story or a gallery: the law is not about nothing."""
    rng = random.Random(seed)
    shared = [words(30, "box"), words(320, "gallery"), words(60, "story")]
    articles = [
        (f"{words(40, f'{seed} {n}' if n % 3 < 2 else seed)} {shared[n % 3]}", "Herald", rng.choice([0, 3, 20]))
        for n in range(36)
    ]
    columns: Any = tuple(zip(*articles, strict=True))
    blocks = expected(*columns)
    assert learned(*columns) == blocks
    held = {hashed(run) for text in shared[:2] for run in runs(tuple(tokenise(pa.array([text])).hashes.tolist()))}
    assert blocks
    assert {value for _, value in blocks} <= held
