"""The clusters that changed tonight, whole: their names, and their rows in the tables that are published."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.arrays import distinct
from dedup.article import ARTICLES
from dedup.corpus import combined
from dedup.grading.passages import Passages
from dedup.store import Catalogue, Member
from dedup.stories.clusters import Clusters, together
from dedup.stories.copies import Copies, reconstruct, with_shares
from dedup.stories.lineage import WITNESSES, trace
from dedup.tables import ARTICLES_OUT, ATTRIBUTIONS, CLUSTERS, COPIES, LINEAGE, MATCHES, PASSAGES, STORIES, Table
from jobs.ledger import Named, name_clusters
from jobs.nightly.affected import Affected
from jobs.nightly.sources import Sources
from jobs.stages import RunContext
from jobs.steps import joined

_FACTS = ["id", "publisher", "published", "headline", "url", "date_only"]
_TEXT = ["id", "text"]
_TOKENS = pa.field("tokens", pa.int32(), nullable=False)


class Clustered(NamedTuple):
    """The touched articles, their clusters, and the names of these."""

    affected: Affected
    clusters: Clusters
    named: Named


class Stories(NamedTuple):
    """``members``: the touched articles as the catalogue has them; ``tables``: those of the changed clusters."""

    members: list[Member]
    tables: dict[Table, pa.Table]


def name_all(catalogue: Catalogue, affected: Affected, versions: set[str], min_score: float) -> Clustered:
    """Cluster the touched articles and give their clusters names; ``versions``: those that have a new text."""
    clusters_found, ids = affected.clusters(min_score), affected.ids.to_pylist()
    named = name_clusters(ids, clusters_found, affected.before, _made(catalogue, affected), _used(catalogue), versions)
    return Clustered(affected, clusters_found, named)


def stories(clustered: Clustered, passages: pa.Table, sources: Sources, context: RunContext) -> Stories:
    """Make the tables of the clusters that changed; ``passages``: PASSAGES of tonight's matches."""
    affected, clusters_found, named = clustered
    changed = _changed(clusters_found, named)
    tonight = affected.row < 0
    inside = together(changed, affected.left, affected.right)
    shown = np.flatnonzero(tonight | inside)
    matches = joined(affected.matches, affected.left, affected.right, clusters_found).select(MATCHES.schema.names)
    involved = distinct(np.r_[affected.left[shown], affected.right[shown]])
    number = affected.number[involved]
    facts = _facts(affected.ids.take(pa.array(involved)), number, sources)
    attributions = _attributions(facts["article_id"].combine_chunks(), number, sources)
    names = pa.array(named.names, pa.string()).take(pa.array(changed.cluster))
    witnesses = facts.take(pa.array(np.searchsorted(involved, changed.row)))
    witnesses = witnesses.add_column(0, CLUSTERS.schema.field("cluster_id"), names)
    matched = matches.take(pa.array(np.flatnonzero(inside)))
    traced = trace(witnesses.cast(WITNESSES), matched, attributions, context.families, context.agencies)
    aligned = _passages(affected, shown, passages, sources)
    copies = _copies(traced.clusters, aligned, facts["article_id"].combine_chunks(), number, sources, context)
    return Stories(
        _members(affected, affected.ids.to_pylist(), named),
        {
            CLUSTERS: with_shares(traced.clusters, copies),
            COPIES: copies.rows,
            STORIES: traced.stories,
            LINEAGE: traced.lineage,
            MATCHES: matches.take(pa.array(shown)),
            PASSAGES: aligned,
            ATTRIBUTIONS: attributions,
            ARTICLES_OUT: _without_texts(facts, ~np.isin(number, list(sources.nights))),
        },
    )


def _made(catalogue: Catalogue, affected: Affected) -> dict[str, int]:
    """The nights in which the clusters of the touched articles were made."""
    asked = sorted({name for names in affected.before for name in names})
    query = "SELECT cluster_id, number FROM clusters JOIN asked ON name = cluster_id"
    return dict(catalogue.ask_among(asked, query))


def _used(catalogue: Catalogue) -> Callable[[str], bool]:
    """Tells whether a name was ever given to a cluster."""
    return lambda name: bool(catalogue.ask("SELECT 1 FROM clusters WHERE cluster_id = ?", (name,)))


def _changed(made: Clusters, named: Named) -> Clusters:
    """The clusters that are not what they were."""
    changed = named.changed()
    keep = np.array([name in changed for name in named.names], np.bool_)[made.cluster]
    return Clusters(made.row[keep], made.cluster[keep])


def _members(affected: Affected, ids: list[str], named: Named) -> list[Member]:
    components = affected.components().tolist()
    return [
        Member(name, number, component, fully_compared, clusters)
        for name, number, component, fully_compared, clusters in zip(
            ids, affected.number.tolist(), components, affected.fully_compared.tolist(), named.clusters, strict=True
        )
    ]


def _facts(ids: pa.Array, number: npt.NDArray[np.int64], sources: Sources) -> pa.Table:
    """What lineage and report need of articles (ascending ids): WITNESSES without the clusters."""
    here, corpus = sources.rows(ids), sources.corpus
    known = pa.Table.from_batches([corpus.take(here, _FACTS)])
    known = known.append_column(_TOKENS, pa.array(corpus.signatures.sizes[here]))
    parts = [known]
    elsewhere = sources.elsewhere(ids, number)
    stored = list(sources.night_files.of_ids(elsewhere, "articles", _FACTS))
    if stored:
        tokens = pa.Table.from_batches(sources.night_files.of_ids(elsewhere, "signatures", ["tokens"]))
        parts.append(pa.Table.from_batches(stored).append_column(_TOKENS, tokens["tokens"]))
    return pa.concat_tables(parts).sort_by("id").rename_columns(["article_id", *known.column_names[1:]])


def _copies(
    witnesses: pa.Table,
    passages: pa.Table,
    ids: pa.Array,
    number: npt.NDArray[np.int64],
    sources: Sources,
    context: RunContext,
) -> Copies:
    """The copies of the changed clusters; ``ids``, ascending, and the nights of all articles of the ``passages``."""
    rows = pc.index_in(witnesses["article_id"], ids).to_numpy()
    left, right, aligned = Passages.of_table(passages, ids)
    copy_rows = distinct(rows)
    fetch = _texts(ids, ids.take(pa.array(copy_rows)), number[copy_rows], sources)
    return reconstruct(witnesses, rows, fetch, left, right, aligned, context.threads, words=context.settings.texts)


def _texts(
    ids: pa.Array, wanted: pa.Array, number: npt.NDArray[np.int64], sources: Sources
) -> Callable[[npt.NDArray[np.int64]], pa.Array]:
    """A function for the texts of rows of ``ids``; those of ``wanted`` that lie in the store are fetched at once."""
    empty = pa.schema([ARTICLES.field(name) for name in _TEXT]).empty_table()
    fetched = sources.night_files.of_ids(sources.elsewhere(wanted, number), "articles", _TEXT)
    stored = pa.concat_tables([empty, *(pa.Table.from_batches([batch]) for batch in fetched)])
    rows_at_hand = pc.fill_null(pc.index_in(ids, sources.corpus.ids), -1).to_numpy()
    rows_stored = pc.index_in(ids, combined(stored["id"]))

    def fetch(rows: npt.NDArray[np.int64]) -> pa.Array:
        at_hand = rows_at_hand[rows] >= 0
        here, there = np.flatnonzero(at_hand), np.flatnonzero(~at_hand)
        texts = [
            sources.corpus.take(rows_at_hand[rows[here]], ["text"])["text"],
            combined(stored["text"].take(rows_stored.take(pa.array(rows[there])))),
        ]
        return pa.concat_arrays(texts).take(pa.array(np.argsort(np.r_[here, there])))

    return fetch


def _attributions(ids: pa.Array, number: npt.NDArray[np.int64], sources: Sources) -> pa.Table:
    known = sources.corpus.attributions
    parts = [known.filter(pc.is_in(known["article_id"], ids))]
    elsewhere = sources.elsewhere(ids, number)
    nights, names = [night for night, _ in elsewhere], [one for _, one in elsewhere]
    parts += [rows for _, rows in sources.night_files.among(nights, "attributions", ["article_id"], names)]
    return pa.concat_tables([part.cast(ATTRIBUTIONS.schema) for part in parts])


def _passages(affected: Affected, shown: npt.NDArray[np.int64], passages: pa.Table, sources: Sources) -> pa.Table:
    """Those of tonight's matches, and of the stored ones that are shown again."""
    parts = [passages.cast(PASSAGES.schema)]
    old = shown[affected.row[shown] >= 0]
    numbers = distinct(affected.night[old]).tolist()
    wanted = [old[affected.night[old] == number] for number in numbers]
    nights, matches = [sources.nights[number] for number in numbers], [pa.array(affected.row[one]) for one in wanted]
    stored = sources.night_files.among(nights, "passages", ["match"], matches)
    for one, asked, (_, found) in zip(wanted, matches, stored, strict=True):
        pairs = one[pc.index_in(found["match"], asked).to_numpy()]
        sides = [affected.ids.take(pa.array(side[pairs])) for side in (affected.left, affected.right)]
        parts.append(pa.Table.from_arrays([*sides, *found.columns[1:]], schema=PASSAGES.schema))
    return pa.concat_tables(parts)


def _without_texts(facts: pa.Table, new: npt.NDArray[np.bool_]) -> pa.Table:
    """The articles of the matches, of which some are ``new``; the texts are put in when they are published."""
    facts = facts.rename_columns(["id", *facts.column_names[1:]]).append_column("new", pa.array(new))
    facts = facts.append_column("text", pa.nulls(len(facts), pa.large_string()))
    return facts.select(ARTICLES_OUT.schema.names).cast(ARTICLES_OUT.schema)
