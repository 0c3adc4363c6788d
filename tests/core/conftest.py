"""What the tests of the core share: threads to work with."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor

import pytest


@pytest.fixture(scope="session")
def threads() -> Iterator[Executor]:
    """Two threads, for all tests."""
    with ThreadPoolExecutor(2) as pool:
        yield pool
