"""The stories of a report: a line in the list each, and the witnesses of a story beside their sources."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from dedup.report import words
from dedup.report.pairs import Key, Pair, Row, Side, Texts, alone, key, pair
from dedup.report.pictures import MAX, Picture, picture
from dedup.report.run_data import RunData
from dedup.stories.copies.edits import Edits, edits

_NAMES = 12  # publishers that a story is searched by


@dataclasses.dataclass(frozen=True, slots=True)
class Witness:
    """A witness (row of CLUSTERS) as it is shown.

    ``edge`` is its row of LINEAGE, ``pair`` it beside its source or the article closest to it; ``side`` its text alone,
    where nothing stands beside it. ``also``: other stories that it is a witness of.
    """

    row: Row
    title: str
    edge: Row | None
    pair: Pair | None
    side: Side | None
    beside_source: bool
    also: Sequence[str]


@dataclasses.dataclass(frozen=True, slots=True)
class Story:
    """A story (row of STORIES) with its picture and those witnesses that are shown; ``left_out`` counts the others.

    ``copy``: its rows of COPIES in order; ``edits``: what the witnesses did to it, by article.
    """

    row: Row
    title: str
    picture: Picture
    witnesses: Sequence[Witness]
    left_out: int
    copy: Sequence[Row]
    edits: Mapping[str, Edits]

    @property
    def opened(self) -> int:
        """The place of the witness that is open from the beginning: the first beside another."""
        return next((index for index, each in enumerate(self.witnesses) if each.pair), 0)


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """A story in the list: ``search`` is what it is found by besides what is shown, ``minutes`` its spread."""

    row: Row
    title: str
    search: str
    minutes: int
    detailed: bool


def beside(run_data: RunData, cluster: str) -> dict[str, str]:
    """What every witness of a cluster but the origin stands beside: its source, else what is most like it there."""
    rows = run_data.witnesses[cluster][:MAX]
    chosen = {}
    for row in rows:
        name, source = row["article_id"], row["source_article_id"]
        if row["role"] != "origin":
            others = [source] if source else [other["article_id"] for other in run_data.witnesses[cluster]]
            known = [run_data.matches[key(name, other)] for other in others if key(name, other) in run_data.matches]
            if known:
                best = max(known, key=lambda match: (match["counted"], match["score"]))
                chosen[name] = best["b_id"] if best["a_id"] == name else best["a_id"]
    return chosen


def compared(run_data: RunData, limit: int) -> Iterator[tuple[str, list[Key], list[str]]]:
    """The stories that are shown whole, in the order of the list, until ``limit`` texts are compared.

    Yields the cluster, its pairs of articles and those that stand alone.
    """
    for story in run_data.stories:
        chosen = beside(run_data, story["cluster_id"])
        rows = run_data.witnesses[story["cluster_id"]][:MAX]
        others = [row["article_id"] for row in rows]
        limit -= len(others)
        if limit < 0:
            return
        yield story["cluster_id"], [key(*pair) for pair in chosen.items()], others


def story(run_data: RunData, row: Row, texts: Texts, copy: Sequence[Row]) -> Story:
    """The story ``row`` (of STORIES) with the texts of its pairs and its ``copy`` (rows of COPIES, in order)."""
    cluster = row["cluster_id"]
    witnesses, edges = run_data.witnesses[cluster], run_data.edges.get(cluster, ())
    shown = witnesses[:MAX]
    chosen = beside(run_data, cluster)
    edge_to = {edge["target"]: edge for edge in edges}
    return Story(
        row,
        _title(row, texts.articles),
        picture(shown, edges),
        [_witness(each, chosen, edge_to, run_data, texts) for each in shown],
        len(witnesses) - len(shown),
        copy,
        edits(copy, [each["article_id"] for each in shown]),
    )


def _witness(
    row: Row, chosen: Mapping[str, str], edge_to: Mapping[str, Row], run_data: RunData, texts: Texts
) -> Witness:
    name, other = row["article_id"], chosen.get(row["article_id"])
    edge, title = edge_to.get(name), words.headline({**texts.articles[name], **row})
    also = [home for home in run_data.homes[name] if home != row["cluster_id"]]
    if other is not None:
        both = pair(name, other, run_data.matches[key(name, other)], texts)
        return Witness(row, title, edge, both, None, other == row["source_article_id"], also)
    side = None if name in chosen.values() else alone(name, texts)
    return Witness(row, title, edge, None, side, False, also)


def lines(run_data: RunData, articles: Mapping[str, Row], detailed: frozenset[str]) -> list[Line]:
    """Every story as a line of the list; ``detailed`` are the clusters that are shown whole."""
    return [_line(run_data, row, articles, row["cluster_id"] in detailed) for row in run_data.stories]


def _line(run_data: RunData, row: Row, articles: Mapping[str, Row], detailed: bool) -> Line:
    names = dict.fromkeys(words.publisher(each) for each in run_data.witnesses[row["cluster_id"]])
    first, last = row["first_published"], row["last_published"]
    minutes = int((last - first).total_seconds() // 60) if first and last else -1
    return Line(row, _title(row, articles), " ".join(list(names)[:_NAMES]), minutes, detailed)


def _title(row: Row, articles: Mapping[str, Row]) -> str:
    origin = articles.get(row["origin_article_id"], {})
    return words.headline({"id": row["origin_article_id"], **origin, "headline": row["headline"]})
