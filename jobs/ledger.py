"""What happens to clusters from night to night: who joins, what merges, which name stays.

A cluster keeps its id for life. Who is in which cluster follows from the events alone, read in order: ``joined`` and
``moved`` put an article into a cluster, ``left`` takes it out, ``merged`` moves all of one cluster into another, and
``closed`` ends one that nobody is left in.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa

from dedup.article import names_article
from dedup.stories.clusters import Clusters, cluster_id
from dedup.tables import Table

EVENTS = ("made", "joined", "merged", "moved", "left", "version", "closed")

_WHO = "who joined, moved, left or has a new text"

LEDGER = Table(
    "clusters_ledger",
    "an event in the life of a cluster",
    pa.schema(
        [
            pa.field("run_id", pa.string(), nullable=False, metadata={"description": "the night"}),
            pa.field("position", pa.int64(), nullable=False, metadata={"description": "the order within the night"}),
            pa.field(
                "event",
                pa.string(),
                nullable=False,
                metadata={"description": f"one of {', '.join(EVENTS)}"},
            ),
            pa.field("cluster_id", pa.string(), nullable=False, metadata={"description": "the cluster"}),
            names_article(pa.field("article_id", pa.string(), metadata={"description": _WHO})),
            pa.field("other_id", pa.string(), metadata={"description": "the cluster that was merged into it or left"}),
        ]
    ),
    ("run_id", "position"),
)


class Event(NamedTuple):
    """A row of the ledger without its night and place."""

    event: str
    cluster_id: str
    article_id: str | None = None
    other_id: str | None = None


class Named(NamedTuple):
    """The clusters of every article, the name of every cluster, and the events that led there."""

    clusters: list[tuple[str, ...]]
    names: list[str]
    events: list[Event]

    def changed(self) -> set[str]:
        """The clusters that are not what they were."""
        return {event.cluster_id for event in self.events} | {event.other_id for event in self.events if event.other_id}

    def merged(self) -> dict[str, str]:
        """The clusters that were merged, and into which."""
        return {event.other_id: event.cluster_id for event in self.events if event.event == "merged" and event.other_id}


def name_clusters(
    ids: Sequence[str],
    clusters: Clusters,
    before: Sequence[tuple[str, ...]],
    made: Mapping[str, int],
    used: Callable[[str], bool],
    versions: Collection[str],
) -> Named:
    """Give tonight's clusters their names.

    ``ids`` ascending; ``clusters``: clusters of their rows; ``before``: the clusters that each article was in;
    ``made``: the night in which each of these was made; ``used``: was a name ever given; ``versions``: articles with a
    new text. A cluster that falls apart keeps its name where most of its articles are; what comes together keeps the
    name made first; a name that nothing is left of is closed.
    """
    rows, numbers = clusters.row.tolist(), clusters.cluster.tolist()
    claims = _claims(rows, numbers, before, made)
    names: list[str] = []
    events: list[Event] = []
    new = set[str]()
    now: list[list[str]] = [[] for _ in ids]
    for row, number in zip(rows, numbers, strict=True):
        if number == len(names):
            names.append(claims[number][0] if claims[number] else _new_name(ids[row], used, new))
            events += [Event("merged", names[number], None, other) for other in claims[number][1:]]
            if not claims[number]:
                new.add(names[number])
                events.append(Event("made", names[number]))
        now[row].append(names[number])
    into = {event.other_id: event.cluster_id for event in events if event.event == "merged"}
    for name, was, after in zip(ids, before, now, strict=True):
        events += _moves(name, {into.get(one, one) for one in was}, set(after))
        events += [Event("version", one, name) for one in sorted(after) if name in versions]
    claimed = {one for all_of in claims.values() for one in all_of}
    events += [Event("closed", one) for one in sorted({one for was in before for one in was} - claimed)]
    return Named([tuple(sorted(after)) for after in now], names, events)


def _claims(
    rows: Sequence[int], numbers: Sequence[int], before: Sequence[tuple[str, ...]], made: Mapping[str, int]
) -> dict[int, list[str]]:
    """The old clusters that have most of their articles in each new one, the one made first before the others."""
    homes = ((was, number) for row, number in zip(rows, numbers, strict=True) for was in before[row])
    members = collections.Counter(homes)
    home: dict[str, int] = {}
    for (was, number), _ in sorted(members.items(), key=lambda item: (-item[1], item[0][1])):
        home.setdefault(was, number)
    claims: dict[int, list[str]] = collections.defaultdict(list)
    for was in sorted(home, key=lambda name: (made[name], name)):
        claims[home[was]].append(was)
    return claims


def _moves(article: str, was: set[str], now: set[str]) -> Iterable[Event]:
    gone, come = sorted(was - now), sorted(now - was)
    if len(gone) == len(come) == 1:
        return [Event("moved", come[0], article, gone[0])]
    return [*(Event("left", one, article) for one in gone), *(Event("joined", one, article) for one in come)]


def _new_name(first: str, used: Callable[[str], bool], new: Collection[str]) -> str:
    """A name made of the smallest id in a cluster; of that and a number where another cluster is or was called so."""
    number = 1
    while (name := cluster_id(first, number)) in new or used(name):
        number += 1
    return name


def count_events(events: Iterable[Event]) -> dict[str, int]:
    """How many of each event there are, none left out."""
    counts = collections.Counter(event.event for event in events)
    return {name: counts[name] for name in EVENTS}


def members(events: Iterable[Event]) -> dict[str, set[str]]:
    """Who is in which cluster, by the events of all nights in their order."""
    clusters: dict[str, set[str]] = {}
    for event, cluster, article, other in events:
        if event == "made":
            clusters[cluster] = set()
        elif event == "merged":
            clusters[cluster] |= clusters.pop(str(other))
        elif event == "closed":
            del clusters[cluster]
        elif event == "left":
            clusters[cluster].remove(str(article))
        elif event in ("joined", "moved"):
            if event == "moved":
                clusters[str(other)].remove(str(article))
            clusters[cluster].add(str(article))
    return clusters
