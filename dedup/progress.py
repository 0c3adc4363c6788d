"""Stages of a run: how far it is, and how long each took."""

from __future__ import annotations

import contextlib
import platform
import resource
import time
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from typing import Any

from dedup import __version__
from dedup.article import Batch

#: Called with a stage, what is done and how much there is (0: unknown).
Progress = Callable[[str, int, int], None]

_VERSIONS = ("datasketch", "mmh3", "numba", "numpy", "pyarrow")


class Clock:
    """Times the stages of one run and reports them."""

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress or (lambda stage, done, total: None)
        self._seconds: dict[str, float] = {}
        self._begin = time.perf_counter()

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside."""
        self._progress(name, 0, 0)
        begin = time.perf_counter()
        yield
        self._seconds[name] = round(time.perf_counter() - begin, 3)

    def counting(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """The batches, counted as they pass."""
        done = 0
        for batch in batches:
            done += batch.articles.num_rows
            self._progress("read", done, 0)
            yield batch

    def report(self) -> dict[str, Any]:
        """Seconds of each stage, peak memory in bytes, and the versions that were at work."""
        seconds = self._seconds | {"total": round(time.perf_counter() - self._begin, 3)}
        versions = {name: version(name) for name in _VERSIONS}
        return {
            "timings": seconds,
            "peak_memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            "versions": {"wirecopy": __version__, "python": platform.python_version(), **versions},
        }
