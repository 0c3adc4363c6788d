"""The whole way: dumps -> articles -> signatures -> candidates -> matches -> clusters -> lineage -> tables."""

from __future__ import annotations

import dataclasses
import functools
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup import credits, manifest, readers, rules
from dedup.article import Rejected
from dedup.bands import near_duplicates
from dedup.candidates import candidates
from dedup.clusters import Clusters, cluster_ids, clusters, edges, together
from dedup.copies import Copies, reconstruct, with_shares
from dedup.corpus import Analysed, Corpus, Rows, gather
from dedup.errors import BadDataError, NoInputError, SettingsError
from dedup.furniture import REASONS, Furniture, Provider, Rare, empty, learn_all
from dedup.lineage import MATCHED, Traced, load_families, trace
from dedup.matches.rarity import rarity
from dedup.origins import Pairs, of_corpus, united
from dedup.output import publishing, write_table
from dedup.progress import Clock, Progress
from dedup.readers.bounds import most_articles
from dedup.reading import Reading, limited, too_many
from dedup.reading import rejects as listed
from dedup.settings import Settings
from dedup.signatures import sign_tokens
from dedup.spool import IN_MEMORY, LEAST, MEMORY, Spool
from dedup.tables import (
    ARTICLES_OUT,
    ATTRIBUTIONS,
    CLUSTERS,
    COPIES,
    FURNITURE,
    LINEAGE,
    MATCHES,
    PASSAGES,
    REJECTS,
    SCHEMA_VERSION,
    STORIES,
    Table,
)
from dedup.tokens import tokenise
from dedup.verification import Verified, not_articles, verify

_WRITTEN = 1 << 15  # articles that are written at a time
REPEATED, SUPERSEDED = "came again with the same text", "came again with another text; the latest is kept"


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """A finished run: its folder and what run.json says of it."""

    folder: Path
    summary: dict[str, Any]


def detect(
    inputs: Sequence[readers.Input], out: str | Path, *, settings: Settings | None = None,
    fields: Mapping[str, str] = {}, threads: int = 0, agencies: Sequence[Path] = (), families: Path | None = None,
    candidates_to: Path | None = None, furniture: Furniture | None = None, replace: bool = False,
    progress: Progress | None = None, memory: int = MEMORY,
) -> Run:  # fmt: skip
    """Find the clusters in ``inputs`` (files, folders, globs) and publish their tables as the folder ``out``.

    ``threads`` 0 means one for every processor. ``agencies`` and ``families`` are users' own data beside the shipped.
    ``candidates_to`` names a Parquet file that gets the candidate pairs (a_id, b_id). ``furniture`` is used instead of
    what would be learned. ``progress`` is called with a stage, what is done and how much there is (0: unknown).
    ``memory``: bytes that the run may take, beside the pages of its files; no result depends on it. Raises the errors
    of :mod:`dedup.errors`; nothing is published then.
    """
    if memory < LEAST:
        raise SettingsError(f"memory={memory} is too small; a run needs {LEAST >> 30}G at least")
    settings = settings or Settings()
    workers = threads or os.cpu_count() or 1
    known, owners = credits.load_agencies(agencies), load_families(families)
    clock = Clock(progress)
    found, names = readers.find(inputs), readers.Names(fields)
    look = functools.partial(analyse, settings=settings, agencies=known)
    with publishing(Path(out), replace=replace) as folder, ThreadPoolExecutor(workers) as pool:
        spool = folder / "spool"
        spool.mkdir()
        room = Spool(memory, spool)
        with clock.stage("read"):
            batches = readers.read_sources(found.sources, names, max_record=settings.max_record)
            batches = limited(batches, most_articles(found.sources), settings.max_rejects, BadDataError)
            corpus, reading = gather(clock.counting(batches), spool, look, pool, workers + 2)
            check(len(corpus), reading.rejected, reading.first, settings)
        with clock.stage("furniture"):
            furniture = furniture or learn_furniture(lambda: provider(corpus), settings, pool)
            kinds = not_articles(corpus, furniture, settings, pool)
        with clock.stage("candidates"):
            pairs, counts, searched = search(corpus, furniture, settings, pool, workers, room)
        with clock.stage("matches"):
            verified = verify(corpus, pairs, furniture, settings, pool, workers, room)
        with clock.stage("clusters"):
            graph = edges(verified.left, verified.right, verified.matches)
            made = clusters(len(corpus), graph, searched, settings.min_score)
            matches = joined(verified.matches, verified.left, verified.right, made)
            witnesses, said = _clustered(corpus, made)
            traced = trace(witnesses, matches.select(MATCHED), said, owners, known)
        with clock.stage("copies"):
            copies = _copies(corpus, traced.clusters, verified, settings, pool)
        with clock.stage("write"):
            listed_rejects = rejects_table(corpus, reading.rejects(), kinds, settings)
            tables = _tables(corpus, verified, matches, traced, copies, furniture, listed_rejects, settings)
            written = pool.map(lambda table: write_table(folder, table, tables[table], settings), tables)
            counts |= zip((table.name for table in tables), written, strict=True)
            if candidates_to is not None:
                ids = [corpus.ids.take(pa.array(side)) for side in (pairs.left, pairs.right)]
                pq.write_table(pa.table(ids, ["a_id", "b_id"]), candidates_to)
            shutil.rmtree(spool)
        counts |= _counts(corpus, reading, kinds, settings)
        counts |= {"articles_in_stories": len(np.unique(made.row))}
        summary = {
            "inputs": [{"path": s.name, "bytes": s.size, "digest": readers.digest(s)} for s in found.sources],
            "passed_over": readers.summed(found.passed_over),
            **reading.summary(),
            "fields": dict(fields),
            "columns": names.columns(),
            "settings": dataclasses.asdict(settings) | {"fingerprint": settings.fingerprint()},
            "counts": counts | {"grades": grades(matches)},
            "publishers": {row["values"] or "": row["counts"] for row in corpus.publishers.value_counts().to_pylist()},
            "schema_version": SCHEMA_VERSION,
            **clock.report(),
        }
        manifest.write(folder, summary)
    return Run(Path(out), summary)


def analyse(articles: pa.RecordBatch, settings: Settings, agencies: credits.Agencies) -> Analysed:
    """Find out about a batch of articles what :func:`dedup.corpus.gather` keeps."""
    tokens = tokenise(articles["text"])
    found = credits.find(articles, tokens, agencies)
    return Analysed(tokens.hashes, sign_tokens(tokens, settings), pa.Table.from_batches([found]))


def check(articles: int, rejected: int, first: Rejected | None, settings: Settings) -> None:
    """Raise where too many records were rejected (BadDataError, naming the first) or there is no article at all."""
    if first and too_many(rejected, articles, settings.max_rejects):
        raise BadDataError(
            f"{rejected} of {articles + rejected} records are bad, first {first.path}, {first.position}: "
            f"{first.reason}; mend the input or raise max_rejects (now {settings.max_rejects})"
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
        raise NoInputError("the inputs hold no article; name files that do")


def learn_furniture(provide: Callable[[], Provider], settings: Settings, threads: Executor) -> Furniture:
    """What publishers set around articles and what everyone repeats, learned from the articles that are provided.

    Nothing is learned, and nothing asked for, where the settings say so.
    """
    return learn_all(provide(), settings.shingle, Rare(*rarity()), threads) if settings.learn_furniture else empty()


def provider(corpus: Corpus) -> Provider:
    """The articles of a corpus, to learn from."""
    encoded = corpus.publishers.dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    return Provider(
        corpus.token_texts(codes), encoded.dictionary.to_pylist(), lambda rows, name: corpus.take(rows, (name,))[name]
    )


def search(
    corpus: Corpus, furniture: Furniture, settings: Settings, threads: Executor, workers: int, spool: Spool = IN_MEMORY
) -> tuple[Pairs, dict[str, int], npt.NDArray[np.bool_]]:
    """The pairs to compare, how the search went, and which articles were compared with all (see Candidates)."""
    groups = near_duplicates(corpus.signatures, settings, threads)
    publishers = furniture.codes(corpus.publishers)
    found = candidates(corpus.signatures, groups, publishers, corpus.days, furniture, settings, threads, workers, spool)
    named, crowded = of_corpus(corpus, settings, threads)
    pairs = united(found.left, found.right, named)
    counts = {
        "candidates": len(pairs.left),
        "bucket_cap": found.cap,
        "skipped_buckets": found.skipped_buckets,
        "skipped_bucket_members": found.skipped_members,
        "implied": found.implied,
        "skipped_origin_articles": crowded.articles,
        "skipped_origin_names": crowded.names,
    }
    return pairs, counts, found.searched


def joined(matches: pa.Table, left: Rows, right: Rows, made: Clusters) -> pa.Table:
    """The matches (columns of MATCHES) with ``joined`` filled in: are both articles witnesses of one cluster."""
    field = MATCHES.schema.field("joined")
    column = pa.array(together(made, left, right), field.type)
    return matches.set_column(matches.schema.get_field_index("joined"), field, column)


def _clustered(corpus: Corpus, made: Clusters) -> tuple[pa.Table, pa.Table]:
    """The witnesses with their clusters' names, and their attributions."""
    _, first = np.unique(made.cluster, return_index=True)
    names = cluster_ids(corpus.ids.take(pa.array(made.row[first]))).take(pa.array(made.cluster))
    columns = ["id", "publisher", "published", "date_only", "headline", "url"]
    rows, place = np.unique(made.row, return_inverse=True)
    witnesses = pa.Table.from_batches([corpus.take(rows, columns)]).take(pa.array(place))
    witnesses = witnesses.rename_columns(["article_id", *columns[1:]])
    witnesses = witnesses.append_column("tokens", pa.array(corpus.signatures.sizes[made.row]))
    witnesses = witnesses.add_column(0, CLUSTERS.schema.field("cluster_id"), names)
    order = [("cluster_id", "ascending"), ("article_id", "ascending")]
    return witnesses.sort_by(order), _attributions(corpus, rows)


def _copies(corpus: Corpus, witnesses: pa.Table, verified: Verified, settings: Settings, threads: Executor) -> Copies:
    """The copy of every story."""
    rows = pc.index_in(witnesses["article_id"], corpus.ids).to_numpy()
    return reconstruct(
        witnesses, rows, lambda wanted: corpus.take(wanted, ("text",))["text"], verified.left, verified.right,
        verified.passages, threads, words=settings.texts,
    )  # fmt: skip


def _attributions(corpus: Corpus, rows: npt.NDArray[Any]) -> pa.Table:
    named = pc.is_in(corpus.attributions["article_id"], corpus.ids.take(pa.array(rows)))
    return corpus.attributions.filter(named)


def _tables(
    corpus: Corpus, verified: Verified, matches: pa.Table, traced: Traced, copies: Copies, furniture: Furniture,
    rejects: pa.Table, settings: Settings,
) -> dict[Table, pa.Table | Iterable[pa.Table]]:  # fmt: skip
    """What is written; the longest first, since they are written side by side, and some of them part by part."""
    rows = np.unique(np.r_[verified.left, verified.right])
    return {
        ARTICLES_OUT: _articles(corpus, rows, settings.texts),
        PASSAGES: verified.passages.tables(corpus.ids, verified.left, verified.right),
        MATCHES: matches.select(MATCHES.schema.names),
        CLUSTERS: with_shares(traced.clusters, copies),
        COPIES: copies.rows,
        STORIES: traced.stories,
        LINEAGE: traced.lineage,
        ATTRIBUTIONS: _attributions(corpus, rows),
        FURNITURE: furniture.table(),
        REJECTS: rejects,
    }


def _articles(corpus: Corpus, rows: npt.NDArray[Any], texts: bool) -> Iterator[pa.Table]:
    place, field = ARTICLES_OUT.schema.get_field_index("text"), ARTICLES_OUT.schema.field("text")
    for first in range(0, len(rows), _WRITTEN):
        table = pa.Table.from_batches([corpus.take(rows[first : first + _WRITTEN], ARTICLES_OUT.schema.names)])
        yield table if texts else table.set_column(place, field, pa.nulls(len(table), field.type))


def rejects_table(corpus: Corpus, rejects: pa.Table, kinds: npt.NDArray[np.uint8], settings: Settings) -> pa.Table:
    """Rejected records, articles that came again, of which one version was kept, those too short to judge, and pages.

    ``kinds`` are those that :func:`dedup.verification.not_articles` gives.
    """
    again = [Rejected("", f"id {name}", REPEATED) for name in corpus.repeated]
    again += [Rejected("", f"id {name}", SUPERSEDED) for name in corpus.superseded]
    short = corpus.ids.filter(pa.array(corpus.signatures.sizes < rules.min_tokens(settings))).to_pylist()
    again += [Rejected("", f"id {name}", too_short(settings)) for name in short]
    pages = np.flatnonzero(kinds)
    told = zip(corpus.ids.take(pa.array(pages)).to_pylist(), kinds[pages].tolist(), strict=True)
    again += [Rejected("", f"id {name}", REASONS[kind]) for name, kind in told]
    return pa.concat_tables([rejects, pa.Table.from_batches([listed(again)])])


def too_short(settings: Settings) -> str:
    """What is said of an article that is too short to judge."""
    return f"too short to judge (fewer than {rules.min_tokens(settings)} tokens): linked only when identical"


def _counts(corpus: Corpus, reading: Reading, kinds: npt.NDArray[np.uint8], settings: Settings) -> dict[str, int]:
    return {
        "read": len(corpus),
        "rejected": reading.rejected,
        "repeated": len(corpus.repeated),
        "superseded": len(corpus.superseded),
        "shared_ids": corpus.shared_ids,
        "too_short": int(np.count_nonzero(corpus.signatures.sizes < rules.min_tokens(settings))),
        "no_articles": int(np.count_nonzero(kinds)),
    }


def grades(matches: pa.Table) -> dict[str, int]:
    """How many of the matches that count have which grade."""
    counted = matches.filter(matches["counted"])["grade"].value_counts().to_pylist()
    return {each["values"]: each["counts"] for each in counted}
