"""Workers of this machine: what they make of pieces is the same in memory and on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

from dedup.store.pieces import IN_TURN, InTurn, Threads


class Numbers(NamedTuple):
    """What a worker makes: a number, and arrays of several kinds and shapes."""

    number: int
    squares: npt.NDArray[np.int64]
    none: npt.NDArray[np.uint32]
    table: npt.NDArray[np.int32]
    odd: npt.NDArray[np.bool_]


def made(first: int, number: int) -> Numbers:
    numbers = np.arange(first, first + number)
    table = np.arange(2 * number, dtype=np.int32).reshape(2, number).T  # not in one piece
    return Numbers(number, numbers**2, np.empty(0, np.uint32), table, numbers % 2 == 1)


def added(more: int, item: Numbers) -> npt.NDArray[np.int32]:
    return np.array([item.number, item.squares.sum(), item.table.sum(), item.odd.sum() + more], np.int32)


@pytest.fixture(params=["in turn", "threads"])
def workers(request: Any, tmp_path: Path) -> Iterator[InTurn]:
    with ThreadPoolExecutor(3) as pool:
        yield Threads(pool, 4, tmp_path) if request.param == "threads" else IN_TURN


def test_what_is_made_is_what_each_gives(workers: InTurn) -> None:
    with workers.making(made, 5, [3, 0, 2]) as items:
        for item, expected in zip(workers.each(_same, None, items), [made(5, 3), made(5, 0), made(5, 2)], strict=True):
            assert item.number == expected.number
            for one, other in zip(item[1:], expected[1:], strict=True):
                np.testing.assert_array_equal(one, other, strict=True)


def test_several_calls_work_on_what_is_made(workers: InTurn) -> None:
    with workers.making(made, 5, [3, 2]) as items:
        total = workers.total(added, 1, items)
        np.testing.assert_array_equal(total, [5, 25 + 36 + 49 + 25 + 36, 15 + 6, 2 + 1 + 2])


def test_nothing_is_made_of_nothing(workers: InTurn) -> None:
    with workers.making(made, 5, []) as items:
        assert list(workers.each(added, 1, items)) == []


def test_nothing_is_left_on_the_disk(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool, Threads(pool, 2, tmp_path).making(made, 5, [1000]):
        assert list(tmp_path.iterdir()) == []


def _same(_: None, item: Numbers) -> Numbers:
    return item
