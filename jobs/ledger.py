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

from dedup.clusters import cluster_ids
from dedup.corpus import Rows
from dedup.tables import Table

EVENTS = ("made", "joined", "merged", "moved", "left", "version", "closed")

LEDGER = Table(
    "clusters_ledger",
    "an event in the life of a cluster",
    pa.schema(
        [
            pa.field("run_id", pa.string(), nullable=False, metadata={"description": "the night"}),
            pa.field("position", pa.int64(), nullable=False, metadata={"description": "the order within the night"}),
            pa.field(
                "event", pa.string(), nullable=False,
                metadata={"description": f"one of {', '.join(EVENTS)}"},
            ),
            pa.field("cluster_id", pa.string(), nullable=False, metadata={"description": "the cluster"}),
            pa.field("article_id", pa.string(), metadata={"description": "who joined, moved, left or has a new text"}),
            pa.field("other_id", pa.string(), metadata={"description": "the cluster that was merged into it or left"}),
        ]
    ),
    ("run_id", "position"),
)  # fmt: skip


class Event(NamedTuple):
    """A row of the ledger without its night and place."""

    event: str
    cluster_id: str
    article_id: str | None = None
    other_id: str | None = None


class Named(NamedTuple):
    """The cluster of every article (None: in none), and the events that led there."""

    clusters: list[str | None]
    events: list[Event]

    def changed(self) -> set[str]:
        """The clusters that are not what they were."""
        touched = {name for event in self.events for name in (event.cluster_id, event.other_id)}
        return {name for name in touched & set(self.clusters) if name is not None}

    def merged(self) -> dict[str, str]:
        """The clusters that were merged, and into which."""
        return {event.other_id: event.cluster_id for event in self.events if event.event == "merged" and event.other_id}


def name_clusters(
    ids: Sequence[str], labels: Rows, before: Sequence[str | None], made: Mapping[str, int],
    used: Callable[[str], bool], versions: Collection[str],
) -> Named:  # fmt: skip
    """Give tonight's clusters their names.

    ``ids`` ascending; ``labels`` int32[n] as :func:`dedup.clusters.cluster` gives them; ``before``: the cluster that
    each article was in; ``made``: the night in which each of these was made; ``used``: was a name ever given;
    ``versions``: articles with a new text. A cluster that falls apart keeps its name where most of its articles are;
    what comes together keeps the name made first.
    """
    parts: dict[int, list[int]] = collections.defaultdict(list)
    for row, label in enumerate(labels.tolist()):
        parts[label].append(row)
    claims = _claims(labels.tolist(), before, made)
    names: dict[int, str | None] = {}
    events: list[Event] = []
    for label, rows in sorted(parts.items()):
        names[label] = claims[label][0] if claims[label] else None
        if names[label] is None and len(rows) > 1:
            names[label] = made_now = _new_name(ids[rows[0]], used)
            events.append(Event("made", made_now))
        events += [Event("merged", claims[label][0], None, other) for other in claims[label][1:]]
    found = [names[label] for label in labels.tolist()]
    into = {event.other_id: event.cluster_id for event in events if event.event == "merged"}
    for name, was, now in zip(ids, before, found, strict=True):
        events += _way(name, into.get(was, was), now)
        if name in versions and now is not None:
            events.append(Event("version", now, name))
    return Named(found, events)


def _claims(labels: Sequence[int], before: Sequence[str | None], made: Mapping[str, int]) -> dict[int, list[str]]:
    """The old clusters that have most of their articles in each new one, the one made first before the others."""
    members = collections.Counter((was, label) for was, label in zip(before, labels, strict=True) if was is not None)
    home: dict[str, int] = {}
    for (was, label), _ in sorted(members.items(), key=lambda item: (-item[1], item[0][1])):
        home.setdefault(was, label)
    claims: dict[int, list[str]] = collections.defaultdict(list)
    for was in sorted(home, key=lambda name: (made[name], name)):
        claims[home[was]].append(was)
    return claims


def _way(article: str, was: str | None, now: str | None) -> Iterable[Event]:
    if was == now:
        return []
    if now is None:
        return [Event("left", was or "", article)]
    return [Event("joined", now, article) if was is None else Event("moved", now, article, was)]


def _new_name(first: str, used: Callable[[str], bool]) -> str:
    """A name made of the smallest id in a cluster; of that and a number where another cluster once was called so."""
    number, name = 1, str(cluster_ids(pa.array([first]))[0])
    while used(name):
        number += 1
        name = str(cluster_ids(pa.array([f"{first}\n{number}"]))[0])
    return name


def count_events(events: Iterable[Event]) -> dict[str, int]:
    """How many of each event there are, none left out."""
    found = collections.Counter(event.event for event in events)
    return {name: found[name] for name in EVENTS}


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
