"""Shingles to MinHash values and digests, compiled, against Python's whole numbers."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels.minhash import digest, permute

words = st.integers(0, 2**32 - 1)
lists = st.lists(st.lists(words, max_size=20), max_size=5)  # a value is compared with eight at a time


def flat(parts: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    offsets = np.cumsum([0, *(len(part) for part in parts)]).astype(np.int64)
    return np.array([value for part in parts for value in part], np.uint32), offsets


def fmix(value: int) -> int:
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        value = (value ^ value >> shift) * factor % 2**32
    return value ^ value >> 16


@given(lists, st.lists(st.tuples(words, words), min_size=1, max_size=4))
def test_a_value_is_the_smallest_of_a_permutation_modulo_two_to_the_32(
    parts: list[list[int]], permutations: list[tuple[int, int]]
) -> None:
    factors, summands = (np.array(column, np.uint32) for column in zip(*permutations, strict=True))
    out = np.zeros((len(parts), len(permutations)), np.uint32)
    permute(*flat(parts), factors, summands, out)
    assert out.tolist() == [
        [min(((a * fmix(value) + b) % 2**32 for value in part), default=2**32 - 1) for a, b in permutations]
        for part in parts
    ]


def digests(parts: list[list[int]]) -> list[int]:
    out = np.zeros(len(parts), np.uint64)
    digest(*flat(parts), out)
    return out.tolist()


@given(lists)
def test_equal_sequences_have_equal_digests_wherever_they_stand(parts: list[list[int]]) -> None:
    assert digests([[1, 2], *parts]) == digests([[1, 2]]) + digests(parts)


def test_other_sequences_have_other_digests() -> None:
    rng = np.random.default_rng(1)
    base = rng.integers(0, 2**32, 40).tolist()
    changed = [[*base[:index], base[index] ^ 1 << bit, *base[index + 1 :]] for index in range(40) for bit in range(32)]
    shorter = [base[:count] for count in range(40)]
    swapped = [[*base[:index], base[index + 1], base[index], *base[index + 2 :]] for index in range(39)]
    zeros = [[0] * count for count in range(1, 40)]
    every = [base, *changed, *shorter, *swapped, *zeros]
    assert len(set(digests(every))) == len(every)
