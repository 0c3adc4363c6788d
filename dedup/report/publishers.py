"""Whose copy every publisher printed, and who took from whom."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

import pyarrow as pa

from dedup.credits.agencies import Agencies
from dedup.report import words
from dedup.report.pairs import Row
from dedup.report.run_data import RunData
from dedup.stories.ownership import COPIES, KINDS, WITNESSES, owners
from dedup.tables import LINEAGE

Name = TypeVar("Name")

_MAX = 14  # rows and columns of the matrix


@dataclasses.dataclass(frozen=True, slots=True)
class Print:
    """A witness, its publisher and whose copy it is: ``kind`` of KINDS, ``owner`` an agency or publisher."""

    row: Row
    publisher: str
    kind: str
    owner: str


@dataclasses.dataclass(frozen=True, slots=True)
class Owned:
    """Articles of a publisher with one owner; ``share``: mean containment in their sources, None where unknown."""

    kind: str
    owner: str
    articles: int
    share: float | None


@dataclasses.dataclass(frozen=True, slots=True)
class Publisher:
    """``read``: its articles in the dump, None where the run did not count them; ``witnesses``: those in stories.

    ``kinds``: how many of these are of each kind; an article of several stories is of the first of its kinds.
    """

    name: str
    read: int | None
    witnesses: int
    kinds: Mapping[str, int]
    owned: Sequence[Owned]
    takers: Sequence[tuple[str, int]]
    clusters: frozenset[str]

    @property
    def copies(self) -> int:
        """Articles that are somebody else's copy."""
        return sum(self.kinds[kind] for kind in COPIES)


@dataclasses.dataclass(frozen=True, slots=True)
class Matrix:
    """``cells[i][j]``: articles of publisher ``rows[i]`` that are copy of ``columns[j]``; ``shades`` 0-5 for each."""

    rows: Sequence[str]
    columns: Sequence[str]
    cells: Sequence[Sequence[int]]
    shades: Sequence[Sequence[int]]


def prints(run_data: RunData, agencies: Agencies) -> list[Print]:
    """Every witness with its owner."""
    rows = [row for rows in run_data.witnesses.values() for row in rows]
    edges = [edge for edges in run_data.edges.values() for edge in edges]
    lineage = pa.schema([LINEAGE.schema.field(name) for name in ("cluster_id", "source", "target")])
    made = owners(pa.Table.from_pylist(rows, WITNESSES), pa.Table.from_pylist(edges, lineage), agencies)
    columns = (column.to_pylist() for column in (made.publisher, made.kind, made.owner))
    return [
        Print(row, publisher or words.NOBODY, kind, owner or words.NOBODY)
        for row, publisher, kind, owner in zip(rows, *columns, strict=True)
    ]


def publishers(printed: Sequence[Print], read: Mapping[str, int] | None) -> list[Publisher]:
    """Every publisher of the stories, those with most witnesses first; ``read``: articles of each in the dump."""
    of = collections.defaultdict(list)
    for each in printed:
        of[each.publisher].append(each)
    takers: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for (owner, taker), articles in _copied(printed).items():
        takers[owner][taker] = articles
    made = [_publisher(name, rows, takers[name], read) for name, rows in of.items()]
    return sorted(made, key=lambda each: (-each.witnesses, each.name))


def articles(printed: Iterable[Print], of: Callable[[Print], Name]) -> collections.Counter[Name]:
    """How many articles there are of each of what ``of`` says of them; an article of several stories counts once."""
    once = dict.fromkeys((of(each), each.row["article_id"]) for each in printed)
    return collections.Counter(article for article, _ in once)


def _copied(printed: Sequence[Print]) -> collections.Counter[tuple[str, str]]:
    """Articles by owner and publisher, of those that are somebody else's copy."""
    return articles((each for each in printed if each.kind in COPIES), lambda each: (each.owner, each.publisher))


def _publisher(
    name: str, rows: Sequence[Print], takers: collections.Counter[str], read: Mapping[str, int] | None
) -> Publisher:
    first = {each.row["article_id"]: each.kind for kind in reversed(KINDS) for each in rows if each.kind == kind}
    kinds = collections.Counter(first.values())
    numbers = articles(rows, lambda each: (each.kind, each.owner))
    groups = collections.defaultdict(list)
    for each in rows:
        groups[each.kind, each.owner].append(each.row["share_from_source"])
    owned = [
        Owned(*registries, numbers[registries], _mean(shares))
        for registries, shares in groups.items()
        if registries[0] != "first"
    ]
    return Publisher(
        name,
        None if read is None else sum(read.get(known, 0) for known in {each.row["publisher"] or "" for each in rows}),
        len(first),
        {kind: kinds[kind] for kind in KINDS},
        sorted(owned, key=lambda each: (-each.articles, each.kind, each.owner)),
        sorted(takers.items(), key=lambda each: (-each[1], each[0])),
        frozenset(each.row["cluster_id"] for each in rows),
    )


def _mean(shares: Sequence[float | None]) -> float | None:
    known = [each for each in shares if each is not None]
    return sum(known) / len(known) if known else None


def matrix(printed: Sequence[Print]) -> Matrix:
    """Who printed whose copy: the publishers that printed most of it and the owners of most."""
    counts = _copied(printed)
    columns, rows = (_largest([(pair[side], number) for pair, number in counts.items()]) for side in (0, 1))
    cells = [[counts[column, row] for column in columns] for row in rows]
    top = max((number for line in cells for number in line), default=0)
    shades = [[0 if not number else 1 + int(4 * number / top) for number in line] for line in cells]
    return Matrix(rows, columns, cells, shades)


def _largest(pairs: Sequence[tuple[str, int]]) -> list[str]:
    totals: collections.Counter[str] = collections.Counter()
    for name, number in pairs:
        totals[name] += number
    return sorted(totals, key=lambda name: (-totals[name], name))[:_MAX]
