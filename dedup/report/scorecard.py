"""Whose copy every publisher printed, and who carried whom, as tables: the numbers behind the report."""

from __future__ import annotations

import collections
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from dedup.credits.agencies import Agencies
from dedup.report import words
from dedup.report.pairs import Row
from dedup.report.publishers import KINDS, Print, called
from dedup.report.run_data import RunData
from dedup.tables import Table

#: Whose copy an article is -> the column that counts it.
_COLUMNS = {kind: f"{kind}_copy" if kind != "first" else "first" for kind in KINDS}
_TIME = pa.timestamp("us", tz="UTC")


def _column(name: str, kind: pa.DataType, says: str, *, null: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=null, metadata={"description": says})


PUBLISHERS = Table(
    "publishers",
    "a publisher",
    pa.schema(
        [
            _column("night", pa.string(), "the day of the night; null of a single run", null=True),
            _column("publisher", pa.string(), "its name; an agency's own articles have the agency's"),
            _column("articles", pa.int64(), "its articles in the dump; null where not counted", null=True),
            _column("in_stories", pa.int64(), "those in a story, each of one of the next five kinds"),
            *(_column(_COLUMNS[kind], pa.int64(), says) for kind, says in KINDS.items()),
            _column("alone", pa.int64(), "those in no story; null where not counted", null=True),
            _column("background", pa.int64(), "of these, with recycled background; null without --related", null=True),
            _column(
                "not_articles", pa.int64(), "log-in pages and the like among these; null where not counted", null=True
            ),
            _column("agency_share", pa.float64(), "copy of agencies among its articles, 0-1", null=True),
            _column("copy_share", pa.float64(), "copy of anybody else among its articles, 0-1", null=True),
        ]
    ),
    ("publisher",),
)

SYNDICATION = Table(
    "syndication",
    "an originator and a publisher that carried it",
    pa.schema(
        [
            _column("night", pa.string(), "the day of the night; null of a single run", null=True),
            _column("originator", pa.string(), "the agency, publisher or outside source whose copy it is"),
            _column("kind", pa.string(), "`agency`, `publisher` or `outside`"),
            _column("carried_by", pa.string(), "the publisher that carried it"),
            _column("articles", pa.int64(), "its articles that carry copy of the originator"),
            _column("credited", pa.int64(), "those of them that name the originator themselves"),
            _column("stories", pa.int64(), "stories they are in"),
            _column("share", pa.float64(), "mean share of their text that is in their source, 0-1", null=True),
            _column("first_published", _TIME, "the earliest of them", null=True),
            _column("last_published", _TIME, "the latest of them", null=True),
        ]
    ),
    ("originator", "carried_by"),
)


def publishers_table(
    result: RunData, printed: Sequence[Print], agencies: Agencies, publishers: Mapping[str, Row]
) -> pa.Table:
    """The rows of :data:`PUBLISHERS`; ``publishers``: the row (id, publisher, url) of every article in a match."""
    summary = result.summary
    read, pages = (_counted(summary.get(name), agencies) for name in ("publishers", "not_articles"))
    related = bool(summary.get("settings", {}).get("related"))
    again = _background(result, publishers, agencies) if related else None
    of: dict[str, dict[str, str]] = collections.defaultdict(dict)
    for kind in reversed(KINDS):  # an article of several stories is of the first of its kinds
        for each in printed:
            if each.kind == kind:
                of[each.publisher][each.row["article_id"]] = kind
    rows = [
        _publisher(name, collections.Counter(of[name].values()), _of(read, name), _of(again, name), _of(pages, name))
        for name in sorted({*of, *(read or ())}, key=str.encode)
    ]
    return pa.Table.from_pylist([{"night": summary.get("as_of"), **row} for row in rows], PUBLISHERS.schema)


def syndication_table(result: RunData, printed: Sequence[Print], attributions: Iterable[Row]) -> pa.Table:
    """The rows of :data:`SYNDICATION`; ``attributions``: rows of ATTRIBUTIONS of the witnesses."""
    named = {(row["article_id"], _bare(words.named(row["name"]))) for row in attributions}
    carried: dict[tuple[str, str, str], list[Row]] = collections.defaultdict(list)
    for each in printed:
        if each.kind in ("agency", "publisher", "outside"):
            carried[each.owner, each.publisher, each.kind].append(each.row)
    night = result.summary.get("as_of")
    rows = [{"night": night, **_carrier(*key, carried[key], named)} for key in sorted(carried)]
    return pa.Table.from_pylist(rows, SYNDICATION.schema)


def _counted(counts: Mapping[str, int] | None, agencies: Agencies) -> collections.Counter[str] | None:
    """Articles by the name that a publisher is called here."""
    if counts is None:
        return None
    result: collections.Counter[str] = collections.Counter()
    for name, count in counts.items():
        result[called({"publisher": name or None, "url": None}, agencies)] += count
    return result


def _background(result: RunData, publishers: Mapping[str, Row], agencies: Agencies) -> collections.Counter[str]:
    """Articles in no story that share recycled background with another, by publisher."""
    sharing = {name for pair, row in result.matches.items() if row["grade"] == "background" for name in pair}
    alone: Collection[str] = sharing - result.homes.keys()
    return collections.Counter(called(publishers[name], agencies) for name in alone if name in publishers)


def _bare(name: str) -> str:
    """A name as articles may write it: without "The" and whatever its case."""
    return name.casefold().removeprefix("the ")


def _of(counts: Mapping[str, int] | None, name: str) -> int | None:
    return None if counts is None else counts.get(name, 0)


def _publisher(
    name: str, kinds: collections.Counter[str], read: int | None, background: int | None, pages: int | None
) -> dict[str, Any]:
    copies = sum(kinds[kind] for kind in ("agency", "publisher", "outside"))
    return {
        "publisher": name,
        "articles": read,
        "in_stories": kinds.total(),
        **{_COLUMNS[kind]: kinds[kind] for kind in KINDS},
        "alone": None if read is None else max(read - kinds.total(), 0),
        "background": background,
        "not_articles": pages,
        "agency_share": kinds["agency"] / read if read else None,
        "copy_share": copies / read if read else None,
    }


def _carrier(owner: str, taker: str, kind: str, rows: Sequence[Row], named: Collection[tuple[str, str]]) -> Row:
    articles = {row["article_id"] for row in rows}
    shares = [row["share_from_source"] for row in rows if row["share_from_source"] is not None]
    dates = [row["published"] for row in rows if row["published"] is not None]
    return {
        "originator": owner,
        "kind": kind,
        "carried_by": taker,
        "articles": len(articles),
        "credited": sum((name, _bare(owner)) in named for name in articles),
        "stories": len({row["cluster_id"] for row in rows}),
        "share": sum(shares) / len(shares) if shares else None,
        "first_published": min(dates, default=None),
        "last_published": max(dates, default=None),
    }
