"""The tables that a run writes: their only definition. ``docs/tables.md`` is generated from here.

Every Parquet file carries in its metadata the schema version, the distribution's version and the fingerprint of the
settings it was made with. Rows are in the order of the table's ``sorted_by`` columns (strings compared bytewise).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from dedup.article import ABOUT, ARTICLES, BESIDE, names_article

SCHEMA_VERSION = 2

GRADES = ("identical", "reprint", "abridged", "rewrite", "derived", "related", "background", "template")
COPY_GRADES, COUNTED_GRADES = GRADES[:4], GRADES[:5]  # copies in their wording; and those that make clusters

_ID = pa.string()
_SHARE = pa.float32()
_TIME = pa.timestamp("us", tz="UTC")
_NAMES = pa.list_(pa.string())


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """A table's file name (without ``.parquet``), what one row is, its schema and the columns it is sorted by."""

    name: str
    row: str
    schema: pa.Schema
    sorted_by: tuple[str, ...]


def _column(name: str, kind: pa.DataType, says: str, *, null: bool = False, article: str = "") -> pa.Field:
    """A column; ``article``: it holds ids of articles, as :func:`dedup.article.names_article` takes it."""
    field = pa.field(name, kind, nullable=null, metadata={"description": says})
    return names_article(field, article) if article else field


_ORIGINATOR = (
    _column(
        "originator_known_by",
        _ID,
        "`citation` (others cite it), `publisher` (the agency's own article is in the cluster) or `credit`",
        null=True,
    ),
    _column("originator_confidence", _SHARE, "how sure the originator is, 0-1; null without one", null=True),
)

CLUSTERS = Table(
    "clusters",
    "a witness: an article in a cluster of two or more; an article in several has a row for each",
    pa.schema(
        [
            _column("cluster_id", _ID, "the cluster"),
            _column("article_id", _ID, "the witness", article=ABOUT),
            _column("publisher", _ID, "its publisher as the dump names it", null=True),
            _column("published", _TIME, "when it was published", null=True),
            _column("headline", _ID, "its headline", null=True),
            _column("url", _ID, "its address", null=True),
            _column("role", _ID, "`origin` (the witness that the others go back to) or `witness`"),
            _column("grade", _ID, "grade of the match with its source; null where it has none in the dump", null=True),
            _column("source_article_id", _ID, "the witness it was taken from", null=True, article=BESIDE),
            _column("share_from_source", _SHARE, "containment of this text in its source, 0-1", null=True),
            _column("wire_agency", _ID, "id of the agency, or name of the outlet, whose copy it is", null=True),
            _column("wire_known_by", _ID, "`credit`, `metadata` or `inferred` (through the cluster)", null=True),
            _column("originator", _ID, "who reported it first, as cited or credited", null=True),
            _column("cluster_size", pa.int32(), "witnesses in the cluster"),
            _column("publisher_count", pa.int32(), "different publishers in the cluster"),
            _column("independent_origins", pa.int32(), "origins left once copies of one another are folded together"),
            _column("wire_confidence", _SHARE, "how sure the agency is, 0-1; null without one", null=True),
            *_ORIGINATOR,
            _column(
                "copy_share",
                _SHARE,
                "share of the story's copy (see copies) that it carries, by words, 0-1; null where there is none",
                null=True,
            ),
            _column("text_share", _SHARE, "share of its own text that is the copy, by words, 0-1", null=True),
        ]
    ),
    ("cluster_id", "article_id"),
)

STORIES = Table(
    "stories",
    "a cluster",
    pa.schema(
        [
            _column("cluster_id", _ID, "the cluster"),
            _column("size", pa.int32(), "witnesses"),
            _column("publisher_count", pa.int32(), "different publishers"),
            _column("first_published", _TIME, "earliest publication", null=True),
            _column("last_published", _TIME, "latest publication", null=True),
            _column("origin_article_id", _ID, "the witness that the others go back to", article=BESIDE),
            _column("origin_reason", _ID, "why that one, in words"),
            _column("wire_agency", _ID, "the agency or outlet whose copy it is", null=True),
            _column("originator", _ID, "who reported it first", null=True),
            _column("independent_origins", pa.int32(), "origins left once copies of one another are folded together"),
            _column("headline", _ID, "the origin's headline", null=True),
            _column("wire_known_by", _ID, "the best of what its witnesses have: see clusters", null=True),
            _column("wire_confidence", _SHARE, "the same of how sure they are, 0-1; null without an agency", null=True),
            *_ORIGINATOR,
        ]
    ),
    ("cluster_id",),
)

COPIES = Table(
    "copies",
    "a sentence of the copy of a story: at least two of its witnesses carry it",
    pa.schema(
        [
            _column("cluster_id", _ID, "the cluster"),
            _column("position", pa.int32(), "its place in the copy, from 0"),
            _column("sentence", _ID, "as most of them word it; null with --no-texts", null=True),
            _column("witnesses", pa.int32(), "how many carry it, in whatever words"),
            _column("same_wording", pa.int32(), "how many carry it in just these words"),
            _column(
                "article_id", _ID, "the witness that is shown; null once it was forgotten", null=True, article=BESIDE
            ),
            _column("start", pa.int32(), "first character of the sentence in its text", null=True),
            _column("end", pa.int32(), "character behind the last one", null=True),
            _column("article_ids", _NAMES, "all that carry it", article=BESIDE),
            _column("reworded_ids", _NAMES, "those of them that carry it in other words", article=BESIDE),
        ]
    ),
    ("cluster_id", "position"),
)

MATCHES = Table(
    "matches",
    "a verified pair of articles",
    pa.schema(
        [
            _column("a_id", _ID, "the article whose id is smaller bytewise", article=ABOUT),
            _column("b_id", _ID, "the other", article=ABOUT),
            _column("grade", _ID, f"one of {', '.join(GRADES)}"),
            _column("counted", pa.bool_(), "is it a match; near misses are written with false"),
            _column("joined", pa.bool_(), "are both witnesses of one cluster"),
            _column("score", _SHARE, "how sure the grading is that this is common copy, 0-1"),
            _column("resemblance", _SHARE, "Jaccard of the two shingle sets (Broder 1997), 0-1"),
            _column("containment_a_in_b", _SHARE, "share of a's shingles that are in b, 0-1"),
            _column("containment_b_in_a", _SHARE, "share of b's shingles that are in a, 0-1"),
            _column("copy_a_in_b", _SHARE, "the same for a's narrative (no quotes, no furniture), 0-1"),
            _column("copy_b_in_a", _SHARE, "the same for b's narrative, 0-1"),
            _column("whole", _SHARE, "how sure it is that the shorter text is (nearly) all in the other one, 0-1"),
            _column("part_of_a", pa.int64(), "the part of a's text that is common copy: a bit for each 64th of it"),
            _column("part_of_b", pa.int64(), "the same of b's text"),
            _column("longest_passage", pa.int32(), "tokens of the longest common run"),
            _column("passages", pa.int32(), "number of aligned passages"),
            _column("shared_quotes", pa.int32(), "tokens of quoted speech that stand in both"),
            _column(
                "cites",
                _ID,
                "`a`: a cites b's publisher or agency; `b`: b cites a's; `both`; `third`: both cite the same third one",
                null=True,
            ),
            _column("days_apart", pa.float32(), "days between the publication dates", null=True),
            _column("reasons", _NAMES, "why this grade, in words"),
        ]
    ),
    ("a_id", "b_id"),
)

PASSAGES = Table(
    "passages",
    "a run of text that two articles share",
    pa.schema(
        [
            _column("a_id", _ID, "as in matches", article=ABOUT),
            _column("b_id", _ID, "as in matches", article=ABOUT),
            _column("a_start", pa.int32(), "first character in a's text"),
            _column("a_end", pa.int32(), "character behind the last one in a's text"),
            _column("b_start", pa.int32(), "first character in b's text"),
            _column("b_end", pa.int32(), "character behind the last one in b's text"),
            _column("kind", _ID, "`copy`, `quote` or `furniture`"),
        ]
    ),
    ("a_id", "b_id", "a_start", "b_start"),
)

ATTRIBUTIONS = Table(
    "attributions",
    "a place where an article names whose text or whose facts it has",
    pa.schema(
        [
            _column("article_id", _ID, "the article", article=ABOUT),
            _column("name", _ID, "agency id or outlet name"),
            _column("kind", _ID, "`credit` (the text is theirs) or `citation` (the facts are theirs)"),
            _column("position", _ID, "`metadata`, `dateline`, `byline`, `tail`, `copyright` or `body`"),
            _column("evidence", _ID, "the words"),
            _column("start", pa.int32(), "first character of the evidence in the text; null in metadata", null=True),
            _column("end", pa.int32(), "character behind the last one", null=True),
            _column("strength", _SHARE, "how much it proves, 0-1"),
        ]
    ),
    ("article_id", "start", "kind", "name"),
)

LINEAGE = Table(
    "lineage",
    "who took it from whom",
    pa.schema(
        [
            _column("cluster_id", _ID, "the cluster"),
            _column(
                "source",
                _ID,
                "article id, or `external:` and a name where the source is not in the dump",
                article=ABOUT,
            ),
            _column("target", _ID, "article id", article=ABOUT),
            _column("relation", _ID, "grade of the match, `update` (same publisher) or `carries` / `cites` (external)"),
            _column("share", _SHARE, "containment of the target in the source, 0-1", null=True),
            _column("confidence", _SHARE, "how sure the direction is, 0-1"),
            _column("reasons", _NAMES, "why, in words"),
        ]
    ),
    ("cluster_id", "target", "source"),
)

BOILERPLATE = Table(
    "furniture",
    "what was learned as one publisher's furniture, or as a set phrase, which counts whoever prints it",
    pa.schema(
        [
            _column("publisher", _ID, "the publisher; empty: a set phrase"),
            _column("kind", _ID, "`phrase`, `block` (a run of words within one) or `page` (a whole text, no article)"),
            _column("shingle", pa.uint64(), "hash of the phrase, of the run or of the text"),
            _column("articles", pa.int32(), "articles that hold it, of the publisher or of all who repeat it"),
            _column("sampled", pa.int32(), "articles of the publisher that were looked at"),
            _column("elsewhere", pa.int32(), "sampled articles of others that hold it; 0 for blocks and pages"),
            _column("phrase", _ID, "the words, from the first article that holds them; of a page the first"),
        ]
    ),
    ("publisher", "kind", "shingle"),
)

REJECTS = Table(
    "rejects",
    "a record that could not become an article, or an article of which there is something to say",
    pa.schema(
        [
            _column("path", _ID, "the file as it was named; empty where an id is named"),
            _column("position", _ID, "where in the file, or the id", article=ABOUT),
            _column("reason", _ID, "why"),
        ]
    ),
    ("path", "position", "reason"),
)

ARTICLES_OUT = Table(
    "articles",
    "an article that is in a match",
    pa.schema(
        [
            *(ARTICLES.field(name) for name in ("id", "publisher", "published", "headline", "url")),
            _column("new", pa.bool_(), "it came with this run; false: with the dump of an earlier night"),
            _column("text", pa.large_string(), "the text as read; null with --no-texts", null=True),
        ]
    ),
    ("id",),
)

_CARRIER = "its name in the dump; null where an article names none"
_NIGHT = _column("night", pa.date32(), "the day of the night; null of a run that is none", null=True)

PUBLISHERS = Table(
    "publishers",
    "a publisher; of a night its new articles are counted, not those that came before",
    pa.schema(
        [
            _NIGHT,
            _column("publisher", _ID, _CARRIER, null=True),
            _column("articles", pa.int64(), "its articles"),
            _column("in_stories", pa.int64(), "those in a story, each of one of the next five kinds"),
            _column("agency_copy", pa.int64(), "copy of an agency"),
            _column("publisher_copy", pa.int64(), "copy of another publisher"),
            _column("outside_copy", pa.int64(), "after a source outside the dump"),
            _column("own_copy", pa.int64(), "its own earlier text"),
            _column("first", pa.int64(), "first here"),
            _column("alone", pa.int64(), "those in no story"),
            _column("background", pa.int64(), "of these, with recycled background; null without --related", null=True),
            _column("not_articles", pa.int64(), "log-in pages and the like among those in no story"),
            _column("agency_share", pa.float64(), "copy of agencies among its articles, 0-1"),
            _column("copy_share", pa.float64(), "copy of anybody else among its articles, 0-1"),
            _column(
                "agencies",
                pa.list_(pa.struct({"agency": _ID, "articles": pa.int64(), "share": pa.float64()})),
                "the same by agency, the most first; an article of two stories may be of two",
            ),
        ]
    ),
    ("publisher",),
)

SYNDICATION = Table(
    "syndication",
    "an originator and a publisher that carried it; of a night only new articles are counted",
    pa.schema(
        [
            _NIGHT,
            _column(
                "originator", _ID, "whose copy it is, as people write it; null: a publisher without name", null=True
            ),
            _column("kind", _ID, "`agency`, `publisher` or `outside`: not in the dump"),
            _column("carried_by", _ID, f"the publisher that carried it: {_CARRIER}", null=True),
            _column("articles", pa.int64(), "its articles that carry copy of the originator"),
            _column("credited", pa.int64(), "those of them that name the originator themselves"),
            _column("stories", pa.int64(), "stories they are in"),
            _column("share", pa.float64(), "mean share of their text that is in their source, 0-1", null=True),
            _column("first_published", _TIME, "the earliest of them", null=True),
            _column("last_published", _TIME, "the latest of them", null=True),
        ]
    ),
    ("originator", "carried_by", "kind"),
)


def witness_order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Sorts rows of CLUSTERS as they are shown: by date, the undated last, of one time the origin first."""
    dated = row["published"] is not None
    return (not dated, row["published"] if dated else 0, row["role"] != "origin", row["article_id"].encode())


TABLES = (
    CLUSTERS,
    STORIES,
    COPIES,
    MATCHES,
    PASSAGES,
    ATTRIBUTIONS,
    LINEAGE,
    PUBLISHERS,
    SYNDICATION,
    BOILERPLATE,
    ARTICLES_OUT,
    REJECTS,
)
