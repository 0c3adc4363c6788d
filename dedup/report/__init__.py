"""The report: a run, or one pair of articles, as a page of HTML that needs nothing beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, TypeVar

from dedup import __version__
from dedup.credits import load_agencies
from dedup.report import words
from dedup.report.highlights import unshared
from dedup.report.misses import Miss, misses, near_misses
from dedup.report.night import charts, numbers
from dedup.report.pairs import Row, Texts, key, pair
from dedup.report.publishers import Publisher, matrix, prints, publishers
from dedup.report.rendering import check, environment, render
from dedup.report.run_data import Fetch, RunData, copies, find, texts
from dedup.report.sheet import sheet
from dedup.report.stories import Line, compared, lines, story
from dedup.stories.ownership import KINDS
from dedup.tables import PUBLISHERS
from dedup.text.boilerplate import of_rows

__all__ = ["Fetch", "page", "pair_page", "sheet"]

Name = TypeVar("Name")

_TEXTS = 6_000  # articles of stories that are shown with their texts, where they fit:
_BYTES = 25_000_000  # of the page that the stories may take,
_LINE = 600  # and of it one in the list
_MISSES, _MISSES_SHOWN = 1_000, 100  # near misses that are listed, and shown with their texts, where they fit:
_MISSES_BYTES = 2_000_000
_PUBLISHERS = 500  # publishers with a view of their own
_REJECTS = 500  # rejected records that are listed


def page(fetch: Fetch, summary: Mapping[str, Any]) -> str:
    """The report of a run as one page: its tables through ``fetch``, ``summary`` what its run.json says.

    A page of 20,000 stories stays under 30 MB: the texts of the stories of most publishers are in it, the others are
    listed. Raises :class:`~dedup.errors.SettingsError` where the extra ``report`` is not installed.
    """
    check()
    run_data = find(fetch, summary)
    shown, articles = _stories(fetch, run_data)
    listed = lines(run_data, articles, frozenset(shown))
    printed = prints(run_data, load_agencies())
    read = _counted(fetch)
    by_publisher = publishers(printed, read)
    close = near_misses(run_data)
    near = _misses(fetch, run_data, close[:_MISSES], listed)
    night = numbers(run_data, printed)
    return render(
        "page.html",
        title=f"What was copied, {words.days(night['first'], night['last'])}" if night["first"] else "What was copied",
        inputs=_inputs(summary),
        night=night,
        charts=charts(run_data, printed, by_publisher),
        lines=listed,
        stories=shown,
        publishers=by_publisher,
        publisher_pages=_PUBLISHERS,
        publisher_views=_publishers(by_publisher, listed),
        counted=read is not None,
        kinds=KINDS,
        matrix=matrix(printed),
        misses=near,
        miss_views=_fitting(_miss_views(near), _MISSES_BYTES),
        misses_in_all=len(close),
        rejects=run_data.rejects[:_REJECTS],
        version=__version__,
    )


def pair_page(
    a: Row,
    b: Row,
    match: Row,
    passages: Sequence[Row],
    attributions: Sequence[Row],
    *,
    boilerplate: Sequence[Row] = (),
    shingle: int = 3,
    note: str | None = None,
) -> str:
    """A page of two articles side by side.

    ``a`` and ``b`` are rows of ARTICLES_OUT (what they lack is not known), the others rows of their tables for the two;
    ``boilerplate`` (rows of FURNITURE) and ``shingle`` what they were graded with; ``note`` stands before the grade.
    Raises :class:`~dedup.errors.SettingsError` where the extra ``report`` is not installed.
    """
    check()
    named = {row["id"]: [each for each in attributions if each["article_id"] == row["id"]] for row in (a, b)}
    rows = [{**dict.fromkeys(("publisher", "published", "headline", "url")), **row} for row in (a, b)]
    spans = unshared(rows, of_rows(boilerplate), shingle)
    seen = Texts({row["id"]: row for row in rows}, spans, named, {key(a["id"], b["id"]): passages})
    return render("pair.html", pair=pair(a["id"], b["id"], match, seen), note=note)


def _counted(fetch: Fetch) -> Mapping[str, int] | None:
    """The articles of each publisher; None of a night, which counts its new ones, and tells stories whole."""
    rows = [row for row in fetch(PUBLISHERS) if row["night"] is None]
    return {row["publisher"] or "": row["articles"] for row in rows} if rows else None


def _stories(fetch: Fetch, run_data: RunData) -> tuple[dict[str, str], Mapping[str, Row]]:
    """The stories that are shown whole, as HTML by cluster, and the articles that were fetched for them."""
    chosen = list(compared(run_data, _TEXTS))
    pairs = [pair for _, pairs, _ in chosen for pair in pairs]
    seen = texts(fetch, run_data.summary, pairs, (name for *_, names in chosen for name in names))
    made = environment().get_template("story.html")
    rows = {row["cluster_id"]: row for row in run_data.stories}
    copy = copies(fetch, [cluster for cluster, *_ in chosen])
    views = ((name, made.render(story=story(run_data, rows[name], seen, copy.get(name, ())))) for name, *_ in chosen)
    return _fitting(views, _BYTES - _LINE * len(rows)), seen.articles


def _fitting(views: Iterable[tuple[Name, str]], budget: int) -> dict[Name, str]:
    """The views that fit into ``budget`` bytes; after one that does not fit a smaller one may still do."""
    fitting = {}
    for name, view in views:
        size = len(view.encode())
        if size <= budget:
            budget -= size
            fitting[name] = view
    return fitting


def _misses(fetch: Fetch, run_data: RunData, matches: Sequence[Row], listed: Sequence[Line]) -> list[Miss]:
    seen = texts(fetch, run_data.summary, [(match["a_id"], match["b_id"]) for match in matches])
    return misses(run_data, matches, listed, seen, _MISSES_SHOWN)


def _miss_views(near: Sequence[Miss]) -> Iterator[tuple[int, str]]:
    made = environment().get_template("miss.html")
    for number, one in enumerate(near, 1):
        if one.pair:
            yield number, made.render(one=one, number=number)


def _publishers(publishers: Sequence[Publisher], listed: Sequence[Line]) -> Iterator[str]:
    made = environment().get_template("publisher.html")
    for number, each in enumerate(publishers[:_PUBLISHERS], 1):
        stories_of_card = [line for line in listed if line.row["cluster_id"] in each.clusters]
        yield made.render(each=each, number=number, stories=stories_of_card)


def _inputs(summary: Mapping[str, Any]) -> str:
    names = [PurePath(source["path"]).name for source in summary.get("inputs", ())]
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
