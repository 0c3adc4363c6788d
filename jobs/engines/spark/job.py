"""The job in a Spark session, readable as a paragraph."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it

from dedup import credits, rules
from dedup.article import Rejected
from dedup.errors import SettingsError
from dedup.furniture import Furniture
from dedup.lineage import load_families
from dedup.manifest import SUMMARY, dumped
from dedup.pipeline import REPEATED, SUPERSEDED, Run, check, too_short
from dedup.progress import Clock
from dedup.readers.fields import SPELLINGS, Names
from dedup.settings import Settings
from dedup.tables import (
    ARTICLES_OUT,
    ATTRIBUTIONS,
    FURNITURE,
    MATCHES,
    PASSAGES,
    REJECTS,
    SCHEMA_VERSION,
    Table,
)
from jobs.engines.spark import tables
from jobs.engines.spark.candidates import agreeing
from jobs.engines.spark.clusters import clustered, joined
from jobs.engines.spark.files import Files, Scratch, absolute
from jobs.engines.spark.groups import grouped
from jobs.engines.spark.inputs import find
from jobs.engines.spark.learning import learned, not_articles
from jobs.engines.spark.lineage import TRACED, Whose, traced
from jobs.engines.spark.origins import of_one_origin
from jobs.engines.spark.reading import Reader, read
from jobs.engines.spark.rows import Numbered, few, number, told_apart
from jobs.engines.spark.shuffled import Shuffled
from jobs.engines.spark.verification import verified


def detect(
    spark: SparkSession, inputs: Sequence[str], out: str, *, settings: Settings, fields: Mapping[str, str],
    agencies: Sequence[Path], families: Path | None, replace: bool, clock: Clock,
) -> Run:  # fmt: skip
    """See :class:`jobs.engines.spark.Spark`."""
    files, shuffled = Files(spark), Shuffled(spark)
    known, owners = credits.load_agencies(agencies), load_families(families)
    Names(fields)  # says which field is unknown
    sources = find(inputs, files)
    mark = spark.sparkContext.applicationId
    with files.publishing(absolute(out), mark, replace=replace) as (folder, place):
        scratch = Scratch(spark, place)
        with clock.stage("read"), shuffled.stage("read"):
            seen = scratch.save("seen", read(spark, sources, Reader(settings, known, dict(fields), sources.shown)))
            articles, rejects = seen.where("id IS NOT NULL"), _rejects(seen, fields)
            articles, shared = told_apart(articles, scratch)
            numbered = number(articles, scratch)
            first = [Rejected(*row) for row in rejects.orderBy("path", "position").limit(1).collect()]
            check(numbered.number, rejects.count(), next(iter(first), None), settings)
        with clock.stage("furniture"), shuffled.stage("furniture"):
            furniture = learned(numbered.signed, articles, settings, scratch)
            pages = not_articles(numbered.signed, articles, furniture, settings, scratch)
        with clock.stage("candidates"), shuffled.stage("candidates"):
            groups = grouped(numbered, settings, scratch)
            pairs, counts = agreeing(numbered, groups, furniture, settings, scratch)
            named, crowded = of_one_origin(numbered, articles, settings, scratch)
            pairs = scratch.save("pairs", _together(pairs, named))
            counts |= {"candidates": pairs.count()} | crowded
        with clock.stage("matches"), shuffled.stage("matches"):
            graded = verified(pairs, numbered, articles, furniture, settings, scratch)
        with clock.stage("clusters"), shuffled.stage("clusters"):
            members = clustered(graded, groups, numbered.parts, settings, scratch)
            matches = scratch.save("matches", joined(graded, members, members.count()))
            found = scratch.save("found", _found(matches, numbered, articles))
            stories = traced(found, members, matches, Whose(owners, known), scratch, words=settings.texts)
        with clock.stage("write"), shuffled.stage("write"):
            frames = {table: tables.of_streams(stories, table) for table in TRACED}
            frames |= _frames(spark, matches, found, furniture, rejects.unionAll(_told(pages)), numbered, settings)
            for table, frame in frames.items():
                make = tables.unnested if table is PASSAGES else None
                counts[table.name] = tables.write(frame, table, settings, files, folder, make)
        counts |= _counts(matches, rejects, numbered, settings)
        counts |= {"shared_ids": shared, "no_articles": pages.count()}
        counts |= {"articles_in_stories": members.select("row").distinct().count()}
        summary = {
            "engine": {"name": "spark", "version": spark.version, "master": spark.sparkContext.master},
            "inputs": sources.listed,
            "passed_over": sources.passed_over,
            "fields": dict(fields),
            "settings": dataclasses.asdict(settings) | {"fingerprint": settings.fingerprint()},
            "counts": counts,
            "publishers": {row[0] or "": row[1] for row in numbered.signed.groupBy("publisher").count().collect()},
            "schema_version": SCHEMA_VERSION,
            "shuffled": shuffled.bytes,
            **clock.report(),
        }
        files.write(f"{folder}/{SUMMARY}", dumped(summary))
    return Run(Path(out), summary)


def _rejects(seen: DataFrame, fields: Mapping[str, str]) -> DataFrame:
    """The rejected records with their positions; raises SettingsError where a column that was named is in no input."""
    told = seen.where("id IS NULL AND reason IS NULL")
    unmet = [set(row.unmet) for row in told.where("unmet IS NOT NULL").select("unmet").distinct().collect()]
    missing = set.intersection(*unmet) if unmet else set()
    for field, column in sorted(fields.items()):
        if field in SPELLINGS and column in missing:
            raise SettingsError(f"no input has the column {column!r} named for {field!r}")
    blocks = told.where("path IS NOT NULL").select("path", "block", F.col("at").alias("lines"))
    before = blocks.alias("one").join(
        blocks.alias("other"), F.expr("one.path = other.path AND other.block < one.block"), "left"
    )
    before = before.groupBy("one.path", "one.block").agg(F.coalesce(F.sum("other.lines"), F.lit(0)).alias("before"))
    line = F.concat(F.lit("line "), F.col("before") + F.col("at") + 1)
    rejects = seen.where("reason IS NOT NULL").join(before, ["path", "block"], "left")
    return rejects.select("path", F.coalesce("position", line).alias("position"), "reason")


def _together(pairs: DataFrame, named: DataFrame) -> DataFrame:
    """All candidate pairs once; ``named``: they go back to the same origin."""
    flagged = pairs.withColumn("named", F.lit(False)).unionAll(named.withColumn("named", F.lit(True)))
    return flagged.groupBy("left", "right").agg(F.max("named").alias("named"))


def _found(matches: DataFrame, numbered: Numbered, articles: DataFrame) -> DataFrame:
    """The articles that are in a match, with their rows and sizes."""
    rows = matches.select(F.col("left").alias("row")).unionAll(matches.select(F.col("right").alias("row"))).distinct()
    places = few(rows, rows.count()).join(numbered.signed.select("row", "place", "size"), "row")
    return articles.drop("size").join(few(places, numbered.number), "place")


def _frames(
    spark: SparkSession, matches: DataFrame, found: DataFrame, furniture: Furniture, rejects: DataFrame,
    numbered: Numbered, settings: Settings,
) -> dict[Table, DataFrame]:  # fmt: skip
    marks = found.select(F.col("id").alias("article_id"), F.inline("attributions"))
    texts = found.select(*ARTICLES_OUT.schema.names)
    if not settings.texts:
        texts = texts.withColumn("text", F.lit(None).cast("string"))
    learned = furniture.table()
    place = learned.schema.get_field_index("shingle")
    learned = learned.set_column(place, "shingle", learned["shingle"].cast("int64"))
    short = numbered.signed.where(F.col("size") < rules.min_tokens(settings))
    remarks = numbered.again.unionAll(short.select("id", F.lit(too_short(settings))))
    return {
        MATCHES: matches.select(*MATCHES.schema.names),
        PASSAGES: matches.select("a_id", "b_id", "aligned"),
        ATTRIBUTIONS: marks,
        FURNITURE: spark.createDataFrame(learned.replace_schema_metadata()),
        ARTICLES_OUT: texts,
        REJECTS: rejects.unionAll(_told(remarks)),
    }


def _told(remarks: DataFrame) -> DataFrame:
    """What there is to say of articles (id, reason) as rows of rejects."""
    return remarks.select(F.lit("").alias("path"), F.concat(F.lit("id "), "id").alias("position"), "reason")


def _counts(matches: DataFrame, rejects: DataFrame, numbered: Numbered, settings: Settings) -> dict[str, Any]:
    passages = matches.agg(F.sum(F.size("aligned"))).first() or (0,)
    again = {row[0]: row[1] for row in numbered.again.groupBy("reason").count().collect()}
    grades = matches.where("counted").groupBy("grade").count().collect()
    return {
        PASSAGES.name: int(passages[0] or 0),
        "read": numbered.number,
        "rejected": rejects.count(),
        "repeated": again.get(REPEATED, 0),
        "superseded": again.get(SUPERSEDED, 0),
        "too_short": numbered.signed.where(F.col("size") < rules.min_tokens(settings)).count(),
        "grades": {row["grade"]: row["count"] for row in grades},
    }
