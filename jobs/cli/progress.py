"""How far a run has got, on the terminal."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

Tell = Callable[[str, int, int], None]


@contextlib.contextmanager
def progress() -> Iterator[Tell | None]:
    """A function that shows how much of a stage is done, of how much (0: unknown); None where nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        stages = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in stages:
                stages[stage] = bars.add_task(stage, total=None)
            bars.update(stages[stage], completed=done, total=total or None)

        yield tell
