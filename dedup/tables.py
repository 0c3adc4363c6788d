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
    _column("originator_confidence", _SHARE, "confidence in `originator`, 0-1; null without one", null=True),
)

CLUSTERS = Table(
    "clusters",
    "a witness: an article in a cluster; an article in several clusters has a row for each",
    pa.schema(
        [
            _column("cluster_id", _ID, "the cluster"),
            _column("article_id", _ID, "id of the article", article=ABOUT),
            _column("publisher", _ID, "publisher, as named in the dump", null=True),
            _column("published", _TIME, "time of publication", null=True),
            _column("headline", _ID, "headline", null=True),
            _column("url", _ID, "web address", null=True),
            _column("role", _ID, "`origin` (the witness that the others go back to) or `witness`"),
            _column(
                "grade", _ID, "grade of the match with its source; null if its source is not in the dump", null=True
            ),
            _column("source_article_id", _ID, "the witness that it was taken from", null=True, article=BESIDE),
            _column("share_from_source", _SHARE, "share of its shingles that are in the source, 0-1", null=True),
            _column("wire_agency", _ID, "agency (id) or outlet (name) whose copy it is", null=True),
            _column("wire_known_by", _ID, "`credit`, `metadata` or `inferred` (from other witnesses)", null=True),
            _column("originator", _ID, "who reported it first, according to citations and credits", null=True),
            _column("cluster_size", pa.int32(), "number of witnesses in the cluster"),
            _column("publisher_count", pa.int32(), "number of publishers in the cluster"),
            _column(
                "independent_origins",
                pa.int32(),
                "number of origins, where origins that are copies of one another count once",
            ),
            _column("wire_confidence", _SHARE, "confidence in `wire_agency`, 0-1; null without one", null=True),
            *_ORIGINATOR,
            _column(
                "copy_share",
                _SHARE,
                "share of the words of the story's copy (see copies) that it carries, 0-1; null if there is no copy",
                null=True,
            ),
            _column("text_share", _SHARE, "share of the words of its own text that are the copy, 0-1", null=True),
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
            _column("size", pa.int32(), "number of witnesses"),
            _column("publisher_count", pa.int32(), "number of publishers"),
            _column("first_published", _TIME, "time of the earliest witness", null=True),
            _column("last_published", _TIME, "time of the latest witness", null=True),
            _column("origin_article_id", _ID, "the witness that the others go back to", article=BESIDE),
            _column("origin_reason", _ID, "why this one, in words"),
            _column("wire_agency", _ID, "agency (id) or outlet (name) whose copy it is", null=True),
            _column("originator", _ID, "who reported it first", null=True),
            _column(
                "independent_origins",
                pa.int32(),
                "number of origins, where origins that are copies of one another count once",
            ),
            _column("headline", _ID, "headline of the origin", null=True),
            _column("wire_known_by", _ID, "best value of its witnesses; see clusters", null=True),
            _column(
                "wire_confidence", _SHARE, "best confidence of its witnesses, 0-1; null without an agency", null=True
            ),
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
            _column("position", pa.int32(), "position in the copy, from 0"),
            _column(
                "sentence", _ID, "the sentence, in the wording that most of them use; null with --no-texts", null=True
            ),
            _column("witnesses", pa.int32(), "number of witnesses that carry it, in any wording"),
            _column("same_wording", pa.int32(), "number of witnesses that carry it in this wording"),
            _column(
                "article_id",
                _ID,
                "the witness that `sentence` is from; null if it was forgotten",
                null=True,
                article=BESIDE,
            ),
            _column("start", pa.int32(), "first character of the sentence in that text", null=True),
            _column("end", pa.int32(), "end (first character after it)", null=True),
            _column("article_ids", _NAMES, "all witnesses that carry it", article=BESIDE),
            _column("reworded_ids", _NAMES, "witnesses that carry it in other words", article=BESIDE),
        ]
    ),
    ("cluster_id", "position"),
)

MATCHES = Table(
    "matches",
    "a verified pair of articles",
    pa.schema(
        [
            _column("a_id", _ID, "the article with the smaller id (bytewise)", article=ABOUT),
            _column("b_id", _ID, "the other article", article=ABOUT),
            _column("grade", _ID, f"one of {', '.join(GRADES)}"),
            _column("counted", pa.bool_(), "true: a match; false: a near miss"),
            _column("joined", pa.bool_(), "true: both are witnesses of one cluster"),
            _column("score", _SHARE, "probability that the two share copy, 0-1"),
            _column("resemblance", _SHARE, "Jaccard similarity of the two shingle sets (Broder 1997), 0-1"),
            _column("containment_a_in_b", _SHARE, "share of a's shingles that are in b, 0-1"),
            _column("containment_b_in_a", _SHARE, "share of b's shingles that are in a, 0-1"),
            _column("copy_a_in_b", _SHARE, "the same for a's narrative (without quotes and furniture), 0-1"),
            _column("copy_b_in_a", _SHARE, "the same for b's narrative, 0-1"),
            _column("whole", _SHARE, "probability that the shorter text is (nearly) all in the longer one, 0-1"),
            _column(
                "part_of_a", pa.int64(), "parts of a's text that are shared copy: one bit for each 64th of the text"
            ),
            _column("part_of_b", pa.int64(), "the same for b's text"),
            _column("longest_passage", pa.int32(), "length of the longest common run, in tokens"),
            _column("passages", pa.int32(), "number of aligned passages"),
            _column("shared_quotes", pa.int32(), "quoted speech that is in both, in tokens"),
            _column(
                "cites",
                _ID,
                "`a`: a cites b's publisher or agency; `b`: b cites a's; `both`; `third`: both cite the same third one",
                null=True,
            ),
            _column("days_apart", pa.float32(), "days between the publication dates", null=True),
            _column("reasons", _NAMES, "reasons for the grade, in words"),
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
            _column("a_end", pa.int32(), "end in a's text (first character after it)"),
            _column("b_start", pa.int32(), "first character in b's text"),
            _column("b_end", pa.int32(), "end in b's text (first character after it)"),
            _column("kind", _ID, "`copy`, `quote` or `furniture`"),
        ]
    ),
    ("a_id", "b_id", "a_start", "b_start"),
)

ATTRIBUTIONS = Table(
    "attributions",
    "a statement in an article about whose text or whose facts it has",
    pa.schema(
        [
            _column("article_id", _ID, "the article", article=ABOUT),
            _column("name", _ID, "agency (id) or outlet (name)"),
            _column("kind", _ID, "`credit` (the text is theirs) or `citation` (the facts are theirs)"),
            _column("position", _ID, "`metadata`, `dateline`, `byline`, `tail`, `copyright` or `body`"),
            _column("evidence", _ID, "the words that say so"),
            _column("start", pa.int32(), "first character of the evidence in the text; null for metadata", null=True),
            _column("end", pa.int32(), "end (first character after it)", null=True),
            _column("strength", _SHARE, "how strong the evidence is, 0-1"),
        ]
    ),
    ("article_id", "start", "kind", "name"),
)

LINEAGE = Table(
    "lineage",
    "who took a text from whom",
    pa.schema(
        [
            _column("cluster_id", _ID, "the cluster"),
            _column(
                "source",
                _ID,
                "article id, or `external:` and a name if the source is not in the dump",
                article=ABOUT,
            ),
            _column("target", _ID, "article id", article=ABOUT),
            _column("relation", _ID, "grade of the match, `update` (same publisher) or `carries` / `cites` (external)"),
            _column("share", _SHARE, "share of the target's shingles that are in the source, 0-1", null=True),
            _column("confidence", _SHARE, "confidence in the direction, 0-1"),
            _column("reasons", _NAMES, "reasons, in words"),
        ]
    ),
    ("cluster_id", "target", "source"),
)

BOILERPLATE = Table(
    "furniture",
    "a text that was learned as furniture of a publisher, or as a stock phrase, which holds for all publishers",
    pa.schema(
        [
            _column("publisher", _ID, "the publisher; empty for a stock phrase"),
            _column(
                "kind",
                _ID,
                "`phrase`, `block` (a run of words within a block) or `page` (a whole text that is no article)",
            ),
            _column("shingle", pa.uint64(), "hash of the phrase, run or text"),
            _column("articles", pa.int32(), "number of articles with it: of the publisher, or of all who print it"),
            _column("sampled", pa.int32(), "number of articles of the publisher in the sample"),
            _column(
                "elsewhere",
                pa.int32(),
                "sampled articles of other publishers with it; 0 for blocks and pages",
            ),
            _column("phrase", _ID, "the words, from the first article with them; for a page its first words"),
        ]
    ),
    ("publisher", "kind", "shingle"),
)

REJECTS = Table(
    "rejects",
    "a record that was not read as an article, or a remark about an article",
    pa.schema(
        [
            _column("path", _ID, "the file; empty for a remark about an article"),
            _column("position", _ID, "position in the file, or the id of the article", article=ABOUT),
            _column("reason", _ID, "the reason"),
        ]
    ),
    ("path", "position", "reason"),
)

ARTICLES_OUT = Table(
    "articles",
    "an article in a match or near miss",
    pa.schema(
        [
            *(ARTICLES.field(name) for name in ("id", "publisher", "published", "headline", "url")),
            _column("new", pa.bool_(), "true: read in this run; false: read in an earlier night"),
            _column("text", pa.large_string(), "the text; null with --no-texts", null=True),
        ]
    ),
    ("id",),
)

_CARRIER = "its name in the dump; null if an article has none"
_NIGHT = _column("night", pa.date32(), "date of the night; null for a run without store", null=True)

PUBLISHERS = Table(
    "publishers",
    "a publisher; for a night only new articles are counted",
    pa.schema(
        [
            _NIGHT,
            _column("publisher", _ID, _CARRIER, null=True),
            _column("articles", pa.int64(), "number of its articles"),
            _column("in_stories", pa.int64(), "number in a story; each is one of the next five kinds"),
            _column("agency_copy", pa.int64(), "number that are copy of an agency"),
            _column("publisher_copy", pa.int64(), "number that are copy of another publisher"),
            _column("outside_copy", pa.int64(), "number that follow a source outside the dump"),
            _column("own_copy", pa.int64(), "number that are its own earlier text"),
            _column("first", pa.int64(), "number that are the first in their story"),
            _column("alone", pa.int64(), "number in no story"),
            _column(
                "background", pa.int64(), "number of these with reused background; null without --related", null=True
            ),
            _column("not_articles", pa.int64(), "number of these that are log-in pages and the like"),
            _column("agency_share", pa.float64(), "share of its articles that are copy of an agency, 0-1"),
            _column("copy_share", pa.float64(), "share of its articles that are copy of anybody else, 0-1"),
            _column(
                "agencies",
                pa.list_(pa.struct({"agency": _ID, "articles": pa.int64(), "share": pa.float64()})),
                "the same for each agency, largest first; an article in two stories can count for two",
            ),
        ]
    ),
    ("publisher",),
)

SYNDICATION = Table(
    "syndication",
    "an originator and a publisher that carried it; for a night only new articles are counted",
    pa.schema(
        [
            _NIGHT,
            _column("originator", _ID, "name of the source of the copy; null for a publisher without name", null=True),
            _column("kind", _ID, "`agency`, `publisher` or `outside` (not in the dump)"),
            _column("carried_by", _ID, f"the publisher that carried it: {_CARRIER}", null=True),
            _column("articles", pa.int64(), "number of its articles that carry copy of the originator"),
            _column("credited", pa.int64(), "number of these that credit the originator"),
            _column("stories", pa.int64(), "number of stories they are in"),
            _column("share", pa.float64(), "mean share of their text that is in their source, 0-1", null=True),
            _column("first_published", _TIME, "time of the earliest", null=True),
            _column("last_published", _TIME, "time of the latest", null=True),
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
