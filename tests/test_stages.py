"""All drivers take the same steps in the same order, and decide nothing by themselves."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from jobs import stages

from .test_layering import modules

DRIVERS = {
    "jobs.local": "InMemory",
    "jobs.nightly.compute": "AgainstStore",
    "jobs.spark.job": "OnSpark",
}
STEPS = ("read", "boilerplate", "candidates", "grade", "cluster", "trace", "write")


class Recording:
    """A driver, and a timer, that write down what is called with what."""

    def __init__(self) -> None:
        self.called: list[Any] = []

    def __getattr__(self, step: str) -> Any:
        def take(*given: Any) -> str:
            self.called.append((step, *given))
            return step.upper()

        return take

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self.called.append(name)
        yield


def test_every_step_gets_what_the_steps_before_it_gave() -> None:
    job = Recording()
    assert stages.run(job, job) == "WRITE"
    results = stages.Results("READ", "BOILERPLATE", "CANDIDATES", "GRADE", "CLUSTER", "TRACE")
    assert job.called == [
        "read",
        ("read",),
        "furniture",
        ("boilerplate", "READ"),
        "candidates",
        ("candidates", "READ", "BOILERPLATE"),
        "matches",
        ("grade", "READ", "BOILERPLATE", "CANDIDATES"),
        "clusters",
        ("cluster", "READ", "CANDIDATES", "GRADE"),
        "lineage",
        ("trace", "READ", "GRADE", "CLUSTER"),
        "write",
        ("write", results),
    ]


def methods(module: str, name: str) -> list[str]:
    """The public methods of a class, in their order."""
    tree = ast.parse(modules()[module].read_text("utf-8"))
    (result,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    defined = (node for node in result.body if isinstance(node, ast.FunctionDef) and not node.decorator_list)
    return [node.name for node in defined if not node.name.startswith("_")]


@pytest.mark.parametrize("module", DRIVERS)
def test_a_driver_has_the_steps_and_no_others(module: str) -> None:
    assert methods(module, DRIVERS[module]) == list(STEPS) == methods("jobs.stages", "Driver")


def test_one_function_runs_the_steps_of_every_driver() -> None:
    callers = {name for name, file in modules().items() if "stages.run(" in file.read_text("utf-8")}
    assert callers == {*DRIVERS, "jobs.nightly", "jobs.nightly.rebuild"} - {"jobs.nightly.compute"}


@pytest.mark.parametrize("module", DRIVERS)
def test_a_driver_reads_no_threshold(module: str) -> None:
    tree = ast.parse(modules()[module].read_text("utf-8"))
    numbers = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) is float}
    assert numbers == set()
