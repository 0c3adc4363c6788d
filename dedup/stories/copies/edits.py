"""What each witness did to the copy: which of its sentences it cut and which it reworded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple


class Edits(NamedTuple):
    """Sentences of the copy, by their numbers from 1: those that a witness has not, and has in other words."""

    cut: list[int]
    reworded: list[int]


def edits(copy: Sequence[Mapping[str, Any]], witnesses: Iterable[str]) -> dict[str, Edits]:
    """The edits of ``witnesses`` (article ids); ``copy`` are the rows of COPIES of their story, in order."""
    edits_of = {name: Edits([], []) for name in witnesses}
    for number, row in enumerate(copy, 1):
        carried, reworded = set(row["article_ids"]), set(row["reworded_ids"])
        for name, edit in edits_of.items():
            if name not in carried:
                edit.cut.append(number)
            elif name in reworded:
                edit.reworded.append(number)
    return edits_of


def listed(numbers: Sequence[int]) -> str:
    """Ascending numbers in words, runs of them taken together: ``1, 4-6``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("-".join(map(str, run)) for run in runs)
