"""What every driver does with rows once they are together: analyse a batch, refuse a dump, learn, list, sum up."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup import credits, rules
from dedup.article import Rejected
from dedup.corpus import Analysed, Corpus, Rows
from dedup.errors import BadDataError, NoInputError
from dedup.minhash import minhash_tokens
from dedup.progress import Clock
from dedup.readers.fields import Spelling
from dedup.readers.tally import rejects, too_many
from dedup.search.named_origins import Crowded
from dedup.settings import Settings
from dedup.stories.clusters import Clusters, together
from dedup.stories.ownership import prints
from dedup.stories.scorecard import counted, recycled, scorecard
from dedup.tables import (
    ATTRIBUTIONS,
    CLUSTERS,
    LINEAGE,
    MATCHES,
    PUBLISHERS,
    SCHEMA_VERSION,
    SYNDICATION,
    Table,
)
from dedup.text.boilerplate import REASONS, LearnedBoilerplate, Provider, Rare, empty, learn_all
from dedup.text.rarity import rarity
from dedup.text.tokens import tokenise

REPEATED, SUPERSEDED = "came again with the same text", "came again with another text; the latest is kept"


class Boilerplate(NamedTuple):
    """What was learned; ``kinds`` uint8[n]: which articles are pages that consist of it (not 0)."""

    learned: LearnedBoilerplate
    kinds: npt.NDArray[np.uint8]


def analyse(articles: pa.RecordBatch, settings: Settings, agencies: credits.Agencies) -> Analysed:
    """Find out about a batch of articles what :func:`dedup.corpus.gather` keeps."""
    tokens = tokenise(articles["text"])
    attributions = credits.find(articles, tokens, agencies)
    return Analysed(tokens.hashes, minhash_tokens(tokens, settings), pa.Table.from_batches([attributions]))


def check(articles: int, rejected: int, first: Rejected | None, settings: Settings) -> None:
    """Raise where too many records were rejected (BadDataError, naming the first) or there is no article at all."""
    if first and too_many(rejected, articles, settings.max_rejects):
        raise BadDataError(
            f"{rejected} of {articles + rejected} records are bad, first {first.path}, {first.position}: "
            f"{first.reason}; fix the input or raise max_rejects (now {settings.max_rejects})"
        )
    check_some(articles, rejected, first)


def check_some(articles: int, rejected: int, first: Rejected | None) -> None:
    """Raise NoInputError where there is no article, with the first reason why not."""
    if not articles and first:
        raise NoInputError(
            f"the inputs hold no article: {rejected} records were rejected, first {first.path}, {first.position}: "
            f"{first.reason}"
        )
    if not articles:
        raise NoInputError("the inputs hold no article; give files that do")


def learn_boilerplate(provide: Callable[[], Provider], settings: Settings, threads: Executor) -> LearnedBoilerplate:
    """What publishers set around articles and what everyone repeats, learned from the articles that are provided.

    Nothing is learned, and nothing asked for, where the settings say so.
    """
    return learn_all(provide(), settings.shingle, Rare(*rarity()), threads) if settings.learn_furniture else empty()


def joined(matches: pa.Table, left: Rows, right: Rows, clusters: Clusters) -> pa.Table:
    """The matches (columns of MATCHES) with ``joined`` filled in: are both articles witnesses of one cluster."""
    field = MATCHES.schema.field("joined")
    column = pa.array(together(clusters, left, right), field.type)
    return matches.set_column(matches.schema.get_field_index("joined"), field, column)


def rejects_table(corpus: Corpus, rejected: pa.Table, kinds: npt.NDArray[np.uint8], settings: Settings) -> pa.Table:
    """Rejected records, articles that came again, of which one version was kept, those too short to judge, and pages.

    ``kinds`` are those that :func:`dedup.grading.verification.not_articles` gives.
    """
    remarks = [(name, REPEATED) for name in corpus.repeated] + [(name, SUPERSEDED) for name in corpus.superseded]
    short = corpus.ids.filter(pa.array(corpus.signatures.sizes < rules.min_tokens(settings))).to_pylist()
    remarks += [(name, too_short(settings)) for name in short]
    pages = np.flatnonzero(kinds)
    names = corpus.ids.take(pa.array(pages)).to_pylist()
    remarks += zip(names, (REASONS[kind] for kind in kinds[pages].tolist()), strict=True)
    rows = [Rejected("", f"id {name}", reason) for name, reason in remarks]
    return pa.concat_tables([rejected, pa.Table.from_batches([rejects(rows)])])


def scorecard_tables(
    corpus: Corpus,
    kinds: npt.NDArray[np.uint8],
    tables: Mapping[Table, pa.Table],
    settings: Settings,
    agencies: credits.Agencies,
    night: datetime.date | None = None,
) -> dict[Table, pa.Table]:
    """PUBLISHERS and SYNDICATION of the articles of a corpus.

    ``kinds`` as :func:`rejects_table` takes them; ``tables``: CLUSTERS, LINEAGE, MATCHES and ATTRIBUTIONS, which may
    hold other articles, too; ``night`` its day.
    """
    clusters = tables[CLUSTERS]
    printed = prints(clusters, tables[LINEAGE], tables[ATTRIBUTIONS], agencies)
    printed = printed.filter(pc.is_in(printed["article_id"], corpus.ids))
    again = pc.is_in(corpus.ids, recycled(tables[MATCHES], clusters)) if settings.related else None
    made = scorecard(printed, counted(corpus.publishers, kinds != 0, again), night)
    return {PUBLISHERS: made.publishers, SYNDICATION: made.syndication}


def too_short(settings: Settings) -> str:
    """The reason beside an article that is too short to judge."""
    return f"too short to judge (fewer than {rules.min_tokens(settings)} tokens): linked only when identical"


def grades(matches: pa.Table) -> dict[str, int]:
    """How many of the matches that count have which grade."""
    counted = matches.filter(matches["counted"])["grade"].value_counts().to_pylist()
    return {each["values"]: each["counts"] for each in counted}


def search_counts(
    candidates: int, limit: int, skipped: tuple[int, int], represented_only: int, crowded: Crowded
) -> dict[str, int]:
    """How the search went: ``limit`` of a bucket, buckets and members ``skipped``, articles not compared with all."""
    return {
        "candidates": candidates,
        "bucket_cap": limit,
        "skipped_buckets": skipped[0],
        "skipped_bucket_members": skipped[1],
        "implied": represented_only,
        "skipped_origin_articles": crowded.articles,
        "skipped_origin_names": crowded.names,
    }


def summary(
    settings: Settings,
    clock: Clock,
    *,
    inputs: Sequence[Mapping[str, Any]],
    passed_over: Sequence[Mapping[str, Any]],
    fields: Mapping[str, Spelling],
    columns: Mapping[str, Sequence[str]],
    reading: Mapping[str, Any],
    counts: Mapping[str, Any],
    **own: Any,
) -> dict[str, Any]:
    """What run.json says, whoever ran; ``reading`` as :meth:`dedup.readers.tally.Reading.summary` has it.

    ``own``: what only one driver has to say.
    """
    return {
        **own,
        "inputs": list(inputs),
        "passed_over": list(passed_over),
        **reading,
        "fields": dict(fields),
        "columns": dict(columns),
        "settings": dataclasses.asdict(settings) | {"fingerprint": settings.fingerprint()},
        "counts": dict(counts),
        "schema_version": SCHEMA_VERSION,
        **clock.report(),
    }
