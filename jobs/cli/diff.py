"""``wirecopy diff``: what changed from one run to another."""

from __future__ import annotations

import collections
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from jobs.cli.options import Json, run_argument
from jobs.cli.printing import columns, document
from jobs.folder import RunPath, check, rows

EXAMPLES = ("wirecopy diff nights/2025-05-09-5b168bdd nights/latest", "wirecopy diff run other --json")

_Clusters = Mapping[str, frozenset[str]]


def diff(
    run_a: Annotated[Path, run_argument(metavar="RUN_A", help="The folder of a run, or its address.")],
    run_b: Annotated[Path, run_argument(metavar="RUN_B", help="The folder of a later run, or its address.")],
    json: Json = False,
) -> None:
    """Compare the clusters of two runs: which are new, changed, merged or missing.

    The folder of a night holds only the clusters that changed in that night. A cluster that is only in RUN_A did
    not change later.
    """
    check(run_a)
    check(run_b)
    result = changes(_clusters(run_a), _clusters(run_b))
    if json:
        document({"clusters": result})
    elif result:
        names = ("change", "cluster_id", "articles", "joined", "left", "was")
        typer.echo(columns(names, [[_shown(one[name]) for name in names] for one in result]))
    else:
        typer.echo("no differences")


def changes(before: _Clusters, after: _Clusters) -> list[dict[str, Any]]:
    """The clusters that differ.

    ``change``: made, changed, merged or only_a; ``joined``, ``left``: articles; ``was``: the clusters these came from.
    An article that was in the cluster came from there; any other from those that it was in and is in no longer.
    """
    homes = collections.defaultdict(set)
    for name, articles in before.items():
        for article in articles:
            homes[article].add(name)
    result, origins = [], set[str]()
    for name, articles in sorted(after.items()):
        was = sorted(set().union(*(_came_from(article, homes[article], name, after) for article in articles)))
        origins.update(was)
        old = before.get(name, frozenset())
        if articles != old:
            change = ("made", "changed", "merged")[min(len(was), 2)]
            row = {"change": change, "cluster_id": name, "articles": len(articles), "was": was}
            result.append({**row, "joined": sorted(articles - old), "left": sorted(old - articles)})
    for name, articles in sorted(before.items()):
        if name not in origins:
            row = {"change": "only_a", "cluster_id": name, "articles": len(articles), "was": [name]}
            result.append({**row, "joined": [], "left": []})
    return result


def _came_from(article: str, homes: Collection[str], name: str, after: _Clusters) -> set[str]:
    """The clusters that an article of the cluster ``name`` came from, of its ``homes`` before."""
    return {name} if name in homes else {home for home in homes if article not in after.get(home, ())}


def _shown(value: Any) -> Any:
    """Articles as their number, clusters by their names."""
    if not isinstance(value, list):
        return value
    return len(value)


def _clusters(run: RunPath) -> _Clusters:
    from dedup.tables import CLUSTERS

    members = collections.defaultdict(set)
    for row in rows(run, CLUSTERS, columns=["cluster_id", "article_id"]):
        members[row["cluster_id"]].add(row["article_id"])
    return {name: frozenset(articles) for name, articles in members.items()}
