"""Compiles everything that runs, nights and questions need, so that the first real one need not."""

from __future__ import annotations

import contextlib
import datetime
import functools
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from dedup import kernels
from dedup.grading.sketches import most_shared, sketched
from dedup.progress import Progress
from dedup.search.buckets import FIRST, collisions
from dedup.settings import Settings
from dedup.text.tokens import tokenise
from jobs import local, samples
from jobs.nightly import Job, nightly
from jobs.nightly.query import ask

_CROWDED = Settings(max_bucket_size=2)  # buckets of more are looked into, which takes a kernel of its own


class Warmed(NamedTuple):
    """Where compiled code is kept, how many functions are there, and how many of them were compiled just now."""

    folder: Path
    functions: int
    new: int


def warm(progress: Progress | None = None) -> Warmed:
    """Run the samples as one run, as two nights and as a question: that takes every kernel with every type.

    ``progress`` is called with the stage ``compile``, how many functions are compiled and how many there are; without
    it a line is logged where there is anything to compile.
    """
    before = kernels.kept()
    watched = kernels.watched(functools.partial(progress, "compile") if progress else None)
    with watched, _comparison_beside(), tempfile.TemporaryDirectory(prefix="wirecopy-") as name:
        folder = Path(name)
        dumps = samples.copy_to(folder)
        local.detect(Job(dumps, Settings(related=True)), folder / "run")
        for day, dump in enumerate(dumps, 1):
            night = datetime.date(2025, 5, day)
            nightly(Job([dump], _CROWDED), folder / "store", folder / "nights", as_of=night)
        ask(dumps[:1], folder / "store", settings=_CROWDED)
        _only_on_spark()
    return Warmed(kernels.folder(), len(kernels.kept()), len(kernels.kept() - before))


def _only_on_spark() -> None:
    """Call what only workers of Spark call."""
    collisions(np.array([FIRST, 1, 2], np.int32), 0, 3, _CROWDED)
    texts, rows = pa.array(["a text of some words"] * 2, pa.large_string()), np.array([0, 1], np.int32)
    content = b"".join(sketched(tokenise(texts), _CROWDED).to_pylist())
    bounds = np.array([0, len(content) // 2, len(content)])
    sizes = np.full(2, 5, np.int32)
    most_shared(np.array([*content], np.uint8), bounds, sizes, rows, rows, _CROWDED)


@contextlib.contextmanager
def _comparison_beside() -> Iterator[None]:
    """What compares two texts is half of all there is to compile: another process does it meanwhile.

    numba compiles one function at a time in a process. Where the other process fails, all is compiled in this one.
    """
    if not sys.executable or os.cpu_count() == 1:
        yield
        return
    command = [sys.executable, "-c", "import dedup; dedup.grade('a text', 'another text')"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    except BaseException:
        process.kill()
        raise
    finally:
        process.wait()


def warm_first(progress: Progress | None = None) -> None:
    """The same where something is not compiled yet, so that no later run on this machine has to."""
    if kernels.is_incomplete():
        warm(progress)
