"""A run on one machine: the dumps in, a folder of tables out; all articles are one corpus."""

from __future__ import annotations

import dataclasses
import functools
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup import credits, manifest, readers, rules
from dedup.arrays import distinct
from dedup.corpus import Corpus, gather
from dedup.errors import BadDataError, SettingsError
from dedup.grading.verification import Verified, not_articles, verify
from dedup.output import publishing, write_table
from dedup.progress import Clock, Progress
from dedup.readers.bounds import most_articles
from dedup.readers.tally import Reading, limited
from dedup.scratch import IN_MEMORY, MEMORY, MIN_MEMORY, ScratchSpace
from dedup.search.bands import near_duplicates
from dedup.search.named_origins import Pairs, of_corpus, union_pairs
from dedup.search.values import candidates
from dedup.settings import Settings
from dedup.stories.clusters import Clusters, cluster_ids, clusters, edges
from dedup.stories.copies import Copies, reconstruct, with_shares
from dedup.stories.lineage import MATCHED, Traced, load_families, trace
from dedup.tables import (
    ARTICLES_OUT,
    ATTRIBUTIONS,
    BOILERPLATE,
    CLUSTERS,
    COPIES,
    LINEAGE,
    MATCHES,
    PASSAGES,
    REJECTS,
    STORIES,
    Table,
)
from dedup.text.boilerplate import LearnedBoilerplate, LearnedFrom, Provider, sampled_runs
from jobs import stages, steps
from jobs.stages import Job, Run, RunContext
from jobs.steps import Boilerplate

__all__ = ["InMemory", "Job", "Run", "detect"]

_WRITTEN = 1 << 13  # articles that are written at a time
_SCRATCH = "scratch"  # folder for what is not published


def detect(
    job: Job,
    out: str | Path,
    *,
    replace: bool = False,
    memory: int = MEMORY,
    candidates_to: Path | None = None,
    boilerplate: LearnedBoilerplate | None = None,
    progress: Progress | None = None,
) -> Run:
    """Find the clusters in the inputs of a job and publish their tables as ``out``, a folder or an address.

    Args:
        job: Inputs, settings and the users' own data.
        out: Must be new or empty; with ``replace`` it may be an earlier run.
        replace: Whether an earlier run is replaced.
        memory: Bytes that the run may take, beside the pages of its files; no result depends on it.
        candidates_to: A Parquet file that gets the candidate pairs (a_id, b_id).
        boilerplate: Used instead of what would be learned.
        progress: Called with a stage, what is done and how much there is (0: unknown).

    Raises:
        WirecopyError: One of the errors of :mod:`dedup.errors`; nothing is published then.
    """
    if memory < MIN_MEMORY:
        raise SettingsError(f"memory={memory} is too small; a run needs {MIN_MEMORY >> 30}G at least")
    settings, workers = job.settings, job.threads or os.cpu_count() or 1
    known, owners, clock = credits.load_agencies(job.agencies), load_families(job.families), Clock(progress)
    inputs, names = readers.find(job.inputs), readers.Names(job.fields)
    with publishing(out, replace=replace) as folder, ThreadPoolExecutor(workers) as pool:
        (folder / _SCRATCH).mkdir()
        context = RunContext(settings, known, owners, pool, workers, clock)
        listed = [pool.submit(source_summary, source) for source in inputs.sources]
        driver = InMemory(context, inputs.sources, names, folder, memory, boilerplate, candidates_to)
        written = stages.run(driver, clock)
        summary = steps.summary(
            settings,
            clock,
            inputs=[one.result() for one in listed],
            passed_over=readers.summed(inputs.passed_over),
            fields=job.fields,
            columns=names.columns(),
            reading=written.reading,
            counts=written.counts,
        )
        manifest.write(folder, summary)
    return Run(Path(out), summary)


def source_summary(source: readers.Source) -> dict[str, Any]:
    """An input as run.json has it."""
    return {"path": source.name, "bytes": source.size, "digest": readers.digest(source)}


class Articles(NamedTuple):
    """All articles of a run, and what else came of reading."""

    corpus: Corpus
    reading: Reading


class Searched(NamedTuple):
    """The pairs to compare; ``compared`` bool[n]: which articles were compared with all; how the search went."""

    pairs: Pairs
    compared: npt.NDArray[np.bool_]
    counts: dict[str, int]


class Clustered(NamedTuple):
    """The clusters, and the matches with ``joined`` filled in."""

    clusters: Clusters
    matches: pa.Table


class Stories(NamedTuple):
    """Sources and origins of the clusters, and the copy of each."""

    traced: Traced
    copies: Copies


class Written(NamedTuple):
    """What run.json says of what was read and written."""

    counts: dict[str, Any]
    reading: dict[str, Any]


_Results = stages.Results[Articles, Boilerplate, Searched, Verified, Clustered, Stories]


@dataclasses.dataclass(frozen=True, slots=True)
class InMemory:
    """The driver of one machine (:class:`jobs.stages.Driver`): writes to ``folder``, takes ``memory`` bytes."""

    context: RunContext
    sources: Sequence[readers.Source]
    names: readers.Names
    folder: Path
    memory: int
    learned: LearnedBoilerplate | None = None
    candidates_to: Path | None = None

    @property
    def scratch(self) -> ScratchSpace:
        """Where large arrays go."""
        return ScratchSpace(self.memory, self.folder / _SCRATCH)

    def read(self) -> Articles:
        """Read all inputs into one corpus."""
        context, settings = self.context, self.context.settings
        find = functools.partial(steps.analyse, settings=settings, agencies=context.agencies)
        batches = readers.read_sources(self.sources, self.names, max_record=settings.max_record)
        batches = limited(batches, most_articles(self.sources), settings.max_rejects, BadDataError)
        batches = context.clock.counting(batches)
        corpus, reading = gather(batches, self.folder / _SCRATCH, find, context.threads, context.workers + 2)
        steps.check(len(corpus), reading.rejected, reading.first, settings)
        return Articles(corpus, reading)

    def boilerplate(self, articles: Articles) -> Boilerplate:
        """Learn it from the corpus, unless it is given."""
        settings, threads, corpus = self.context.settings, self.context.threads, articles.corpus
        learned = self.learned or steps.learn_boilerplate(lambda: provider(corpus), settings, threads)
        return Boilerplate(learned, not_articles(corpus, learned, settings, threads))

    def candidates(self, articles: Articles, boilerplate: Boilerplate) -> Searched:
        """Search the corpus."""
        context = self.context
        return search(
            articles.corpus, boilerplate.learned, context.settings, context.threads, context.workers, self.scratch
        )

    def grade(self, articles: Articles, boilerplate: Boilerplate, pairs: Searched) -> Verified:
        """Grade all pairs."""
        context = self.context
        return verify(
            articles.corpus,
            pairs.pairs,
            boilerplate.learned,
            context.settings,
            context.threads,
            context.workers,
            self.scratch,
            boilerplate.kinds,
        )

    def cluster(self, articles: Articles, pairs: Searched, graded: Verified) -> Clustered:
        """Cluster all matches at once."""
        graph = edges(graded.left, graded.right, graded.matches)
        made = clusters(len(articles.corpus), graph, pairs.compared, self.context.settings.min_score)
        return Clustered(made, steps.joined(graded.matches, graded.left, graded.right, made))

    def trace(self, articles: Articles, graded: Verified, clustered: Clustered) -> Stories:
        """Trace all clusters at once."""
        context, corpus = self.context, articles.corpus
        witnesses, attributions = _witnesses(corpus, clustered.clusters)
        matched = clustered.matches.select(MATCHED)
        traced = trace(witnesses, matched, attributions, context.families, context.agencies)
        return Stories(traced, _copies(corpus, traced.clusters, graded, context))

    def write(self, results: _Results) -> Written:
        """Write all tables side by side, and the candidate pairs if they are asked for."""
        settings, (corpus, reading) = self.context.settings, results.articles
        tables = _tables(results, settings, self.context.agencies)
        rows = self.context.threads.map(lambda table: write_table(self.folder, table, tables[table], settings), tables)
        counts = results.pairs.counts | dict(zip((table.name for table in tables), rows, strict=True))
        if self.candidates_to is not None:
            pairs = results.pairs.pairs
            ids = [corpus.ids.take(pa.array(side)) for side in (pairs.left, pairs.right)]
            pq.write_table(pa.table(ids, ["a_id", "b_id"]), self.candidates_to)
        shutil.rmtree(self.folder / _SCRATCH)
        return Written(counts | _counts(results, settings), reading.summary())


def provider(corpus: Corpus) -> Provider:
    """The articles of a corpus, to learn from; their sampled runs are made each time that they are asked for."""
    encoded = corpus.publishers.dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    articles = LearnedFrom(
        corpus.known(codes),
        encoded.dictionary.to_pylist(),
        corpus.texts.take,
        lambda rows: corpus.take(rows, ["headline"])["headline"],
    )
    return Provider(articles, lambda rows: sampled_runs(corpus.texts.take(rows)))


def search(
    corpus: Corpus,
    learned: LearnedBoilerplate,
    settings: Settings,
    threads: Executor,
    workers: int,
    scratch: ScratchSpace = IN_MEMORY,
) -> Searched:
    """The pairs to compare in a corpus."""
    groups = near_duplicates(corpus.signatures, settings, threads)
    publishers = learned.codes(corpus.publishers)
    result = candidates(
        corpus.signatures, groups, publishers, corpus.days, learned, settings, threads, workers, scratch
    )
    named, crowded = of_corpus(corpus, settings, threads)
    pairs = union_pairs(result.left, result.right, named)
    skipped = result.skipped_buckets, result.skipped_members
    counts = steps.search_counts(len(pairs.left), result.cap, skipped, result.represented_only, crowded)
    return Searched(pairs, result.fully_compared, counts)


def _witnesses(corpus: Corpus, made: Clusters) -> tuple[pa.Table, pa.Table]:
    """The witnesses with their clusters' names, and their attributions."""
    _, first = np.unique(made.cluster, return_index=True)
    names = cluster_ids(corpus.ids.take(pa.array(made.row[first]))).take(pa.array(made.cluster))
    columns = ["id", "publisher", "published", "date_only", "headline", "url"]
    rows, index = np.unique(made.row, return_inverse=True)
    witnesses = pa.Table.from_batches([corpus.take(rows, columns)]).take(pa.array(index))
    witnesses = witnesses.rename_columns(["article_id", *columns[1:]])
    witnesses = witnesses.append_column("tokens", pa.array(corpus.signatures.sizes[made.row]))
    witnesses = witnesses.add_column(0, CLUSTERS.schema.field("cluster_id"), names)
    order = [("cluster_id", "ascending"), ("article_id", "ascending")]
    return witnesses.sort_by(order), _attributions(corpus, rows)


def _copies(corpus: Corpus, witnesses: pa.Table, verified: Verified, context: RunContext) -> Copies:
    """The copy of every story."""
    rows = pc.index_in(witnesses["article_id"], corpus.ids).to_numpy()
    return reconstruct(
        witnesses,
        rows,
        lambda wanted: corpus.take(wanted, ("text",))["text"],
        verified.left,
        verified.right,
        verified.passages,
        context.threads,
        words=context.settings.texts,
    )


def _attributions(corpus: Corpus, rows: npt.NDArray[Any]) -> pa.Table:
    named = pc.is_in(corpus.attributions["article_id"], corpus.ids.take(pa.array(rows)))
    return corpus.attributions.filter(named)


def _tables(
    results: _Results, settings: Settings, agencies: credits.Agencies
) -> dict[Table, pa.Table | Iterable[pa.Table]]:
    """What is written; the longest first, since they are written side by side, and some of them part by part."""
    (corpus, reading), graded, (traced, copies) = results.articles, results.graded, results.traced
    rows, kinds = distinct(np.r_[graded.left, graded.right]), results.boilerplate.kinds
    evidence = {
        MATCHES: results.clustered.matches.select(MATCHES.schema.names),
        CLUSTERS: with_shares(traced.clusters, copies),
        LINEAGE: traced.lineage,
        ATTRIBUTIONS: _attributions(corpus, rows),
    }
    return {
        ARTICLES_OUT: _articles(corpus, rows, settings.texts),
        PASSAGES: graded.passages.tables(corpus.ids, graded.left, graded.right),
        **evidence,
        COPIES: copies.rows,
        STORIES: traced.stories,
        **steps.scorecard_tables(corpus, kinds, evidence, settings, agencies),
        BOILERPLATE: results.boilerplate.learned.table(),
        REJECTS: steps.rejects_table(corpus, reading.rejects(), kinds, settings),
    }


def _articles(corpus: Corpus, rows: npt.NDArray[Any], texts: bool) -> Iterator[pa.Table]:
    names = [name for name in ARTICLES_OUT.schema.names if name != "new"]
    for first in range(0, len(rows), _WRITTEN):
        table = pa.Table.from_batches([corpus.take(rows[first : first + _WRITTEN], names)])
        table = table.append_column("new", pa.repeat(True, len(table))).select(ARTICLES_OUT.schema.names)
        field = ARTICLES_OUT.schema.field("text")
        yield table if texts else table.set_column(len(names), field, pa.nulls(len(table), field.type))


def _counts(results: _Results, settings: Settings) -> dict[str, Any]:
    corpus, reading = results.articles
    return {
        "read": len(corpus),
        "rejected": reading.rejected,
        "repeated": len(corpus.repeated),
        "superseded": len(corpus.superseded),
        "shared_ids": corpus.shared_ids,
        "too_short": int(np.count_nonzero(corpus.signatures.sizes < rules.min_tokens(settings))),
        "no_articles": int(np.count_nonzero(results.boilerplate.kinds)),
        "articles_in_stories": len(distinct(results.clustered.clusters.row)),
        "grades": steps.grades(results.clustered.matches),
    }
