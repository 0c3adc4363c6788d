"""``wirecopy show``: the stories of a run, or the witnesses of one."""

from __future__ import annotations

import collections
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from dedup.errors import UsageError
from jobs.cli.copy import copy_of, print_copy
from jobs.cli.options import Json, RunFolder, word_argument
from jobs.cli.printing import cell, columns, document
from jobs.folder import Row, RunPath, check, rows, story

EXAMPLES = (
    "wirecopy show run",
    "wirecopy show run 93dac66047ef18b2",
    "wirecopy show run 93dac66047ef18b2 --copy",
    "wirecopy show run --json",
)

#: What is shown of a story in a list, of one story, and of a witness: heading -> column.
_STORY = {
    "cluster": "cluster_id",
    "articles": "size",
    "publishers": "publisher_count",
    "origins": "independent_origins",
    "first": "first_published",
    "agency": "wire_agency",
    "originator": "originator",
    "headline": "headline",
}
_FACTS = {
    "story": "headline",
    "agency": "wire_agency",
    "originator": "originator",
    "independent origins": "independent_origins",
    "goes back to": "origin_article_id",
    "because": "origin_reason",
}
_WITNESS = {
    "article": "article_id",
    "publisher": "publisher",
    "published": "published",
    "grade": "grade",
    "taken": "share_from_source",
    "from": "source_article_id",
    "agency": "wire_agency",
    "known by": "wire_known_by",
}


def show(
    run: RunFolder,
    cluster: Annotated[
        str | None, word_argument(metavar="CLUSTER", help="The id of one cluster.", show_default=False)
    ] = None,
    copy: Annotated[
        bool, typer.Option("--copy", help="Show the copy of the cluster, and who cut or reworded what.")
    ] = False,
    json: Json = False,
) -> None:
    """List the stories of a run, largest first; or show one with its articles, their grades and sources."""
    check(run)
    if copy and cluster is None:
        raise UsageError("--copy needs the id of a cluster: wirecopy show DIR CLUSTER --copy")
    if cluster is None:
        stories = biggest(run)
        document({"stories": stories}) if json else typer.echo(listing(stories))
        return
    one, witnesses = story(run, cluster), in_time(run, cluster)
    if copy:
        sentences = copy_of(run, cluster)
        if json:
            document({"story": one, "copy": sentences, "witnesses": witnesses})
        else:
            print_copy(one, sentences, witnesses)
        return
    also = _elsewhere(run, cluster, [row["article_id"] for row in witnesses])
    if json:
        document({"story": one, "witnesses": [row | {"also_in": also.get(row["article_id"], [])} for row in witnesses]})
    else:
        _print_story(one, witnesses, also)


def biggest(run: RunPath) -> list[Row]:
    """The rows of stories.parquet, those of most articles first."""
    from dedup.tables import STORIES

    return sorted(rows(run, STORIES), key=lambda row: (-row["size"], row["cluster_id"].encode()))


def in_time(run: RunPath, cluster: str) -> list[Row]:
    """The rows of a cluster in clusters.parquet, in the order in which a story's articles are shown."""
    from dedup.tables import CLUSTERS, witness_order

    return sorted(rows(run, CLUSTERS, cluster_id=cluster), key=witness_order)


def _elsewhere(run: RunPath, cluster: str, articles: Sequence[str]) -> Mapping[str, list[str]]:
    """The other clusters of those of its articles that are in several."""
    from dedup.tables import CLUSTERS

    clusters_of = collections.defaultdict(list)
    for row in rows(run, CLUSTERS, columns=["cluster_id", "article_id"], article_id=articles):
        if row["cluster_id"] != cluster:
            clusters_of[row["article_id"]].append(row["cluster_id"])
    return clusters_of


def listing(stories: Sequence[Row]) -> str:
    """A line a story."""
    return columns(tuple(_STORY), [[row[name] for name in _STORY.values()] for row in stories])


def _print_story(one: Row, witnesses: Sequence[Row], also: Mapping[str, Sequence[str]]) -> None:
    for name, column in _FACTS.items():
        typer.echo(f"{name}: {cell(one[column])}")
    typer.echo("\n" + columns(tuple(_WITNESS), [[row[name] for name in _WITNESS.values()] for row in witnesses]))
    if also:
        typer.echo("\n" + columns(("article", "also in"), [[name, " ".join(also[name])] for name in sorted(also)]))
