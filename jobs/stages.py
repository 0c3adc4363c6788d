"""The job as seven steps, and the one order in which they run.

A *driver* brings the rows of every step together: from files into one corpus (:mod:`jobs.local`), from a store and
the night's dump (``jobs.nightly.compute``), or over the machines of a Spark cluster (``jobs.spark.job``). What is
decided about the rows is decided elsewhere, once, in functions that all drivers call.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from dedup import readers
from dedup.credits import Agencies
from dedup.progress import Clock
from dedup.readers.fields import Spelling
from dedup.settings import Settings
from dedup.stories.lineage import Families

A = TypeVar("A")  # articles, as a driver has them
B = TypeVar("B")  # boilerplate that was learned, and the pages that consist of it
P = TypeVar("P")  # pairs to compare
G = TypeVar("G")  # graded pairs
C = TypeVar("C")  # clusters, and the pairs inside them
T = TypeVar("T")  # sources, origins and copies of the clusters
W_co = TypeVar("W_co", covariant=True)  # what was written


class Results(NamedTuple, Generic[A, B, P, G, C, T]):
    """What the steps before the last one came to."""

    articles: A
    boilerplate: B
    pairs: P
    graded: G
    clustered: C
    traced: T


class Driver(Protocol[A, B, P, G, C, T, W_co]):
    """One way to bring rows together. Every step gets what the steps before it gave, and changes none of it."""

    def read(self) -> A:
        """Read the inputs; raises the errors of :mod:`dedup.errors` for inputs that cannot be used."""
        ...

    def boilerplate(self, articles: A) -> B:
        """Learn what publishers set around their articles, and which pages consist of it."""
        ...

    def candidates(self, articles: A, boilerplate: B) -> P:
        """Find the pairs to compare (:mod:`dedup.rules`)."""
        ...

    def grade(self, articles: A, boilerplate: B, pairs: P) -> G:
        """Compare the texts of the pairs (:func:`dedup.grading.verification.verify`)."""
        ...

    def cluster(self, articles: A, pairs: P, graded: G) -> C:
        """Make clusters of the matches (:func:`dedup.stories.clusters.clusters`)."""
        ...

    def trace(self, articles: A, graded: G, clustered: C) -> T:
        """Find sources and origins (:func:`dedup.stories.lineage.trace`), and the copy of each cluster."""
        ...

    def write(self, results: Results[A, B, P, G, C, T]) -> W_co:
        """Write the tables."""
        ...


class Timer(Protocol):
    """Times stages."""

    def stage(self, name: str) -> AbstractContextManager[None]:
        """Time what happens inside."""
        ...


def run(driver: Driver[A, B, P, G, C, T, W_co], timer: Timer) -> W_co:
    """Run all steps of a driver; returns what its last one gave."""
    with timer.stage("read"):
        articles = driver.read()
    with timer.stage("furniture"):
        boilerplate = driver.boilerplate(articles)
    with timer.stage("candidates"):
        pairs = driver.candidates(articles, boilerplate)
    with timer.stage("matches"):
        graded = driver.grade(articles, boilerplate, pairs)
    with timer.stage("clusters"):
        clustered = driver.cluster(articles, pairs, graded)
    with timer.stage("lineage"):
        traced = driver.trace(articles, graded, clustered)
    with timer.stage("write"):
        return driver.write(Results(articles, boilerplate, pairs, graded, clustered, traced))


@dataclasses.dataclass(frozen=True, slots=True)
class Job:
    """What is run: inputs, and how they are read and judged.

    ``inputs``: files, folders, globs and addresses. ``fields`` names columns where the usual names do not fit.
    ``agencies`` and ``families``: users' own data beside the shipped. ``threads``: 0 means one for every processor.
    """

    inputs: Sequence[readers.Input]
    settings: Settings = dataclasses.field(default_factory=Settings)
    fields: Mapping[str, Spelling] = dataclasses.field(default_factory=dict)
    agencies: Sequence[Path] = ()
    families: Path | None = None
    threads: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class RunContext:
    """What every step may need: ``threads`` are those of this machine, of which ``workers`` run side by side."""

    settings: Settings
    agencies: Agencies
    families: Families
    threads: Executor
    workers: int
    clock: Clock


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """A finished run: its folder and what run.json says of it."""

    folder: Path
    summary: dict[str, Any]
