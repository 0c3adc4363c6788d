"""How far a run has got, on the terminal."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

ShowProgress = Callable[[str, int, int], None]


@contextlib.contextmanager
def progress() -> Iterator[ShowProgress | None]:
    """A function that shows how much of a stage is done, of how much (0: unknown); None where nobody looks.

    In the first run on a machine everything is compiled before anything else is done.
    """
    from jobs.warming import warm_first

    with bars() as show:
        warm_first(show)
        yield show


@contextlib.contextmanager
def bars() -> Iterator[ShowProgress | None]:
    """The same without compiling: a bar for every stage, with the time left where it is known how much there is."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    shown = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    with Progress(TextColumn("{task.description}"), *shown, console=console, transient=True) as display:
        stages = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in stages:
                stages[stage] = display.add_task(stage, total=None)
            display.update(stages[stage], completed=done, total=total or None)

        yield show
