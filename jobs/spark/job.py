"""The driver of a Spark session: frames of rows, brought together by the cluster."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it

from dedup import credits, rules
from dedup.article import ARTICLES, Rejected
from dedup.errors import SettingsError
from dedup.manifest import SUMMARY, dumped
from dedup.progress import Clock
from dedup.readers.fields import SPELLINGS, Names, Spelling
from dedup.settings import Settings
from dedup.stories.lineage import load_families
from dedup.tables import (
    ARTICLES_OUT,
    ATTRIBUTIONS,
    BOILERPLATE,
    MATCHES,
    PASSAGES,
    PUBLISHERS,
    REJECTS,
    SYNDICATION,
    Table,
)
from dedup.text.boilerplate import LearnedBoilerplate
from jobs import stages, steps
from jobs.spark import tables
from jobs.spark.candidates import agreeing
from jobs.spark.clusters import clustered, joined
from jobs.spark.files import Files, Scratch, absolute
from jobs.spark.groups import grouped
from jobs.spark.inputs import Inputs, find
from jobs.spark.learning import learned, not_articles
from jobs.spark.lineage import TRACED, Registries, traced
from jobs.spark.named_origins import of_one_origin
from jobs.spark.passages import BYTES
from jobs.spark.reading import Reader, columns_read, read, reading_summary
from jobs.spark.rows import Numbered, broadcast_if_small, number, told_apart
from jobs.spark.scorecard import counted, scorecard
from jobs.spark.shuffled import Shuffled
from jobs.spark.verification import verified
from jobs.stages import Job, Run


def detect(spark: SparkSession, job: Job, out: str, *, replace: bool, clock: Clock) -> Run:
    """See :meth:`jobs.spark.Spark.detect`."""
    files, shuffled = Files(spark), Shuffled(spark, clock)
    registries = Registries(load_families(job.families), credits.load_agencies(job.agencies))
    Names(job.fields)  # says which field is unknown
    sources = find([str(name) for name in job.inputs], files)
    mark = spark.sparkContext.applicationId
    with files.publishing(absolute(out), mark, replace=replace) as (folder, index):
        scratch = Scratch(spark, index)
        driver = OnSpark(job.settings, job.fields, registries, sources, scratch, files, folder)
        written = stages.run(driver, shuffled)
        summary = steps.summary(
            job.settings,
            clock,
            inputs=sources.listed,
            passed_over=sources.passed_over,
            fields=job.fields,
            columns=written.columns,
            reading=written.reading,
            counts=written.counts,
            engine={"name": "spark", "version": spark.version, "master": spark.sparkContext.master},
            shuffled=shuffled.bytes,
        )
        files.write(f"{folder}/{SUMMARY}", dumped(summary))
    return Run(Path(out), summary)


class Articles(NamedTuple):
    """``seen``: all that was read (rows of SEEN); ``numbered``: its articles; ``shared``: ids of several publishers."""

    seen: DataFrame
    rejects: DataFrame
    numbered: Numbered
    shared: int


class Boilerplate(NamedTuple):
    """What was learned, and the ``pages`` that consist of it (columns ``id`` and ``reason``)."""

    learned: LearnedBoilerplate
    pages: DataFrame


class Pairs(NamedTuple):
    """The ``pairs`` to compare, packed, the ``groups`` of near-duplicates, and how the search went."""

    pairs: DataFrame
    groups: DataFrame
    counts: dict[str, int]


class Clustered(NamedTuple):
    """``members``: articles and the keys of their clusters; ``matches``; ``result``: the articles in a match."""

    members: DataFrame
    matches: DataFrame
    found: DataFrame


class Written(NamedTuple):
    """What run.json says of what was read and written."""

    counts: dict[str, Any]
    reading: dict[str, Any]
    columns: dict[str, list[str]]


_Results = stages.Results[Articles, Boilerplate, Pairs, DataFrame, Clustered, DataFrame]


@dataclasses.dataclass(frozen=True, slots=True)
class OnSpark:
    """The driver of a Spark session (:class:`jobs.stages.Driver`); what is needed again goes to ``scratch``."""

    settings: Settings
    fields: Mapping[str, Spelling]
    registries: Registries
    sources: Inputs
    scratch: Scratch
    files: Files
    folder: str

    def read(self) -> Articles:
        """Read the inputs, give articles their rows, and keep the latest of each."""
        shown = self.sources.shown
        reader = Reader(self.settings, self.registries.agencies, dict(self.fields), shown)
        seen = self.scratch.save("seen", read(self.scratch.spark, self.sources, reader))
        articles, rejects = seen.where("id IS NOT NULL"), _rejects(seen, self.fields)
        articles, shared = told_apart(articles, self.scratch)
        numbered = number(articles, self.scratch)
        first = [Rejected(*row) for row in rejects.orderBy("path", "position").limit(1).collect()]
        steps.check(numbered.number, rejects.count(), next(iter(first), None), self.settings)
        return Articles(seen, rejects, numbered, shared)

    def boilerplate(self, articles: Articles) -> Boilerplate:
        """Learn it from a sample, and blocks from all articles of a publisher."""
        kept = articles.numbered.articles
        learned_boilerplate = learned(kept, self.settings, self.scratch)
        return Boilerplate(learned_boilerplate, not_articles(kept, learned_boilerplate, self.settings, self.scratch))

    def candidates(self, articles: Articles, boilerplate: Boilerplate) -> Pairs:
        """Search slice by slice of the signature values, and origin by origin."""
        numbered, settings, scratch = articles.numbered, self.settings, self.scratch
        groups = grouped(numbered, settings, scratch)
        named, crowded = of_one_origin(numbered, settings, scratch)
        pairs, counts = agreeing(numbered, groups, named, boilerplate.learned, settings, scratch)
        return Pairs(pairs, groups, counts | crowded)

    def grade(self, articles: Articles, boilerplate: Boilerplate, pairs: Pairs) -> DataFrame:
        """Grade what hangs together on one worker."""
        return verified(pairs.pairs, articles.numbered, boilerplate.learned, self.settings, self.scratch)

    def cluster(self, articles: Articles, pairs: Pairs, graded: DataFrame) -> Clustered:
        """Cluster what hangs together on one worker."""
        members = clustered(graded, pairs.groups, articles.numbered.parts, self.settings, self.scratch)
        matches = self.scratch.save("matches", joined(graded, members, members.count()))
        return Clustered(members, matches, self.scratch.save("found", _matched_articles(matches, articles.numbered)))

    def trace(self, articles: Articles, graded: DataFrame, clustered: Clustered) -> DataFrame:
        """Trace some clusters on each worker."""
        members, matches, result = clustered
        return traced(result, members, matches, self.registries, self.scratch, words=self.settings.texts)

    def write(self, results: _Results) -> Written:
        """Write one table after the other."""
        frames = {table: tables.of_streams(results.traced, table) for table in TRACED} | _frames(results, self)
        counts = dict[str, Any](results.pairs.counts)
        for table, frame in frames.items():
            make = tables.unpacked if table is PASSAGES else None
            counts[table.name] = tables.write(frame, table, self.settings, self.files, self.folder, make)
        seen = results.articles.seen
        return Written(counts | _counts(results, self.settings), reading_summary(seen), columns_read(seen))


def _rejects(seen: DataFrame, fields: Mapping[str, Spelling]) -> DataFrame:
    """The rejected records with their positions; raises SettingsError where a column that was named is in no input."""
    files = seen.where("id IS NULL AND reason IS NULL")
    unmet = [set(row.unmet) for row in files.where("unmet IS NOT NULL").select("unmet").distinct().collect()]
    missing = set.intersection(*unmet) if unmet else set()
    for field, column in sorted(fields.items()):
        if field in SPELLINGS and isinstance(column, str) and column in missing:
            raise SettingsError(f"no input has the column {column!r} named for {field!r}")
    blocks = files.where("path IS NOT NULL").select("path", "block", F.col("at").alias("lines"))
    before = blocks.alias("one").join(
        blocks.alias("other"), F.expr("one.path = other.path AND other.block < one.block"), "left"
    )
    before = before.groupBy("one.path", "one.block").agg(F.coalesce(F.sum("other.lines"), F.lit(0)).alias("before"))
    line = F.concat(F.lit("line "), F.col("before") + F.col("at") + 1)
    rejects = seen.where("reason IS NOT NULL").join(before, ["path", "block"], "left")
    return rejects.select("path", F.coalesce("position", line).alias("position"), "reason")


def _matched_articles(matches: DataFrame, numbered: Numbered) -> DataFrame:
    """The articles that are in a match, with their rows and sizes."""
    rows = matches.select(F.col("left").alias("row")).unionAll(matches.select(F.col("right").alias("row"))).distinct()
    indices = broadcast_if_small(rows, rows.count()).join(numbered.signed.select("row", "place", "size"), "row")
    wanted = numbered.articles.select("place", "attributions", *ARTICLES.names)
    return wanted.join(broadcast_if_small(indices, numbered.number), "place")


def _frames(results: _Results, driver: OnSpark) -> dict[Table, DataFrame]:
    """The rows of the tables that are not traced."""
    settings, numbered, rejects = driver.settings, results.articles.numbered, results.articles.rejects
    matches, result = results.clustered.matches, results.clustered.found
    learned_boilerplate, pages = results.boilerplate
    attributions = result.select(F.col("id").alias("article_id"), F.inline("attributions"))
    texts = result.withColumn("new", F.lit(True)).select(*ARTICLES_OUT.schema.names)
    if not settings.texts:
        texts = texts.withColumn("text", F.lit(None).cast("string"))
    learned = learned_boilerplate.table()
    index = learned.schema.get_field_index("shingle")
    learned = learned.set_column(index, "shingle", learned["shingle"].cast("int64"))
    short = numbered.signed.where(F.col("size") < rules.min_tokens(settings))
    remarks = pages.unionAll(numbered.again).unionAll(short.select("id", F.lit(steps.too_short(settings))))
    counts = counted(numbered.signed, pages, matches, results.clustered.members, settings)
    made = scorecard(results.traced, counts, driver.scratch)
    return {
        MATCHES: matches.select(*MATCHES.schema.names),
        PASSAGES: matches.select("a_id", "b_id", "aligned"),
        ATTRIBUTIONS: attributions,
        PUBLISHERS: driver.scratch.spark.createDataFrame(made.publishers.replace_schema_metadata()),
        SYNDICATION: driver.scratch.spark.createDataFrame(made.syndication.replace_schema_metadata()),
        BOILERPLATE: driver.scratch.spark.createDataFrame(learned.replace_schema_metadata()),
        ARTICLES_OUT: texts,
        REJECTS: rejects.unionAll(_as_rejects(remarks)),
    }


def _as_rejects(remarks: DataFrame) -> DataFrame:
    """What there is to say of articles (id, reason) as rows of rejects."""
    return remarks.select(F.lit("").alias("path"), F.concat(F.lit("id "), "id").alias("position"), "reason")


def _counts(results: _Results, settings: Settings) -> dict[str, Any]:
    numbered, matches = results.articles.numbered, results.clustered.matches
    passages = matches.agg(F.sum(F.octet_length("aligned"))).first() or (0,)
    again = {row[0]: row[1] for row in numbered.again.groupBy("reason").count().collect()}
    grades = matches.where("counted").groupBy("grade").count().collect()
    return {
        PASSAGES.name: int(passages[0] or 0) // BYTES,
        "read": numbered.number,
        "rejected": results.articles.rejects.count(),
        "repeated": again.get(steps.REPEATED, 0),
        "superseded": again.get(steps.SUPERSEDED, 0),
        "too_short": numbered.signed.where(F.col("size") < rules.min_tokens(settings)).count(),
        "shared_ids": results.articles.shared,
        "no_articles": results.boilerplate.pages.count(),
        "articles_in_stories": results.clustered.members.select("row").distinct().count(),
        "grades": {row["grade"]: row["count"] for row in grades},
    }
