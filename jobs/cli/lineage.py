"""``wirecopy lineage``: who took a story from whom, as a tree."""

from __future__ import annotations

import collections
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

import typer

from jobs.cli.options import Json, RunFolder, word_argument
from jobs.cli.printing import cell, document
from jobs.cli.show import in_time
from jobs.folder import Row, check, rows, story

EXAMPLES = ("wirecopy lineage run 93dac66047ef18b2",)
_OUTSIDE = "external:"
_DEEP = 40  # levels that are drawn
_Branch = tuple[str, str, int, str, Row | None]  # its fork, what stands before what is below, level, name, edge to it


def lineage(
    run: RunFolder,
    cluster: Annotated[str, word_argument(metavar="CLUSTER", help="The id of a cluster, as listed by wirecopy show.")],
    json: Json = False,
) -> None:
    """Show who took a story from whom, as a tree: a source, and below it what was taken from it.

    Sources outside the dump are in angle brackets. An article with several sources is listed under each of them,
    and what was taken from it under the first.
    """
    from dedup.tables import LINEAGE

    check(run)
    one, witnesses = story(run, cluster), in_time(run, cluster)
    edges = rows(run, LINEAGE, cluster_id=cluster)
    if json:
        document({"story": one, "lineage": edges})
    else:
        _print_tree(one, witnesses, edges)


def roots(witnesses: Sequence[str], edges: Sequence[Row]) -> list[str]:
    """The names that a walk along the edges must begin with to come by all: those without a source come first."""
    taken = collections.defaultdict(list)
    for edge in edges:
        taken[edge["source"]].append(edge["target"])
    targets = {edge["target"] for edge in edges}
    outside = sorted({edge["source"] for edge in edges} - set(witnesses))
    names = [*outside, *witnesses]
    result, reached = [], set[str]()
    for name in sorted(names, key=lambda name: name in targets):  # stable: a circle is entered at its first witness
        if name not in reached:
            result.append(name)
            _reach(name, taken, reached)
    return result


def _reach(name: str, taken: Mapping[str, Sequence[str]], reached: set[str]) -> None:
    """Add what can be reached from ``name``; what was reached before is not walked again."""
    ahead = [name]
    while ahead:
        here = ahead.pop()
        if here not in reached:
            reached.add(here)
            ahead += taken.get(here, ())


def _print_tree(one: Row, witnesses: Sequence[Row], edges: Sequence[Row]) -> None:
    typer.echo("\n".join(tree(f"{one['cluster_id']}  {cell(one['headline'])}", witnesses, edges)))


def tree(title: str, witnesses: Sequence[Row], edges: Sequence[Row]) -> Iterator[str]:
    """The lines of the tree; below :data:`_DEEP` levels the level is written in place of the branches above."""
    of = {row["article_id"]: row for row in witnesses}
    rank = {name: position for position, name in enumerate(of)}
    below = collections.defaultdict(list)
    for edge in sorted(edges, key=lambda edge: rank[edge["target"]]):
        below[edge["source"]].append(edge)
    shown = set[str]()
    ahead = _branches("", 0, [(name, None) for name in roots(list(of), edges)])
    yield title
    while ahead:
        fork, under, level, name, taken = ahead.pop()
        again = name in shown and name in below
        yield fork + _label(name, of.get(name), taken) + ("  (copies listed above)" if again else "")
        if name not in shown:
            ahead += _branches(under, level + 1, [(edge["target"], edge) for edge in below[name]])
        shown.add(name)


def _branches(above: str, level: int, children: Sequence[tuple[str, Row | None]]) -> list[_Branch]:
    """The branches to ``children``, the last one first, since they are taken from the end."""
    above = above if level < _DEEP else f"level {level}  "
    lines = [(f"{above}├── ", f"{above}│   ", level, *child) for child in children]
    lines[-1:] = [(f"{above}└── ", f"{above}    ", level, *child) for child in children[-1:]]
    return lines[::-1]


def _label(name: str, witness: Row | None, edge: Row | None) -> str:
    if witness is None:
        return f"<{cell(name.removeprefix(_OUTSIDE))}>"
    parts = [cell(name), cell(witness["publisher"]), cell(witness["published"])]
    if edge:
        share = "" if edge["share"] is None else f" {edge['share']:.0%}"
        parts += [
            f"{edge['relation']}{share}",
            f"confidence {edge['confidence']:.2f}",
            cell("; ".join(edge["reasons"])),
        ]
    return "  ".join(parts)
