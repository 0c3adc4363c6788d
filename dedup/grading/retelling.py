"""The origin that two articles have in common: one names the other's house as its source, or both name the same one.

A report is *retold* where the news itself is told from it. Naming a source says little: two reports of one event both
quote what a witness "told AP". So the citation stands where news is told, at the beginning, and what its sentence tells
is told by the other article too.
"""

from __future__ import annotations

import collections
import functools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.arrays import DAY
from dedup.credits.citations import quotes_a_remark
from dedup.credits.names import is_agency, key
from dedup.credits.sources import MIN_STRENGTH, telling
from dedup.grading.citing import CitingSentences

BY_LEFT, BY_RIGHT = 1, 2
_SKEW = DAY // 12  # by which clocks and feeds differ
#: Characters into the text up to which a citation stands where the news is told (docs/lab/grading.md). One that stands
#: later, up to a later bound in dedup.credits.sources, can tell the same news as an article that has it there.
_EARLY = 700
_FACTS, _SHARE = 1.5, 0.45  # of what a citing sentence tells, the rarity and the share that the other article tells too


class Origins(NamedTuple):
    """Of ``n`` pairs: ``name`` of the source that both go back to, None where there is none, and how.

    ``named`` uint8[n]: :data:`BY_LEFT` where the left one cites the other's publisher or agency, :data:`BY_RIGHT` the
    other way round; 0 where both cite a third, or nothing. ``retold`` bool[n]: both tell the news from its report.
    """

    name: list[str | None]
    named: npt.NDArray[np.uint8]
    retold: npt.NDArray[np.bool_]


class _Citation(NamedTuple):
    start: int
    end: int
    name: str
    remark: bool


#: Of an article, by the key of the source: the first citation of each.
_Cited = dict[str, _Citation]


class _Side(NamedTuple):
    """One article of a pair: what it ``reported`` from sources, its ``own`` names, is it ``later`` than the other."""

    row: int
    reported: _Cited
    own: frozenset[str]
    later: bool


class _Again(NamedTuple):
    """What one article tells from a source: does the other one tell it too (``tells``), and is it the news (``leads``).

    ``remark``: what somebody said to the source; ``rarity``: that of the rare words and figures that both have.
    """

    tells: bool
    leads: bool
    remark: bool
    rarity: float


def common_origins(
    articles: pa.RecordBatch,
    attributions: pa.Table | None,
    sentences: CitingSentences,
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
) -> Origins:
    """For every pair of rows the source that one cites and the other is or credits, or that both tell early on.

    ``sentences`` are those of the articles.
    """
    origins = Origins([None] * len(left), np.zeros(len(left), np.uint8), np.zeros(len(left), np.bool_))
    if attributions is None or not attributions.num_rows:
        return origins
    strong = pc.greater_equal(attributions["strength"], MIN_STRENGTH)
    cited = _cited(articles, attributions.filter(pc.and_(strong, pc.equal(attributions["kind"], "citation"))))
    credited = _cited(articles, attributions.filter(pc.and_(strong, pc.equal(attributions["kind"], "credit"))))
    reported = _cited(articles, attributions.filter(pa.array(telling(attributions))))
    publishers = articles["publisher"].to_pylist()

    @functools.cache
    def own(row: int) -> frozenset[str]:
        publisher_key = _publisher_key(publishers[row])
        return frozenset(credited.get(row, ())) | ({publisher_key} if publisher_key else set())

    citing = np.zeros(len(articles), np.bool_)
    citing[list(cited)] = True
    order = _order(articles, left, right)
    for pair in np.flatnonzero(citing[left] | citing[right]).tolist():
        one, other = (
            _Side(row, reported.get(row, {}), own(row), bool(order[pair] == first))
            for row, first in ((int(left[pair]), 1), (int(right[pair]), -1))
        )
        here, there = cited.get(one.row, {}), cited.get(other.row, {})
        by_left, by_right = here.keys() & other.own, there.keys() & one.own
        shared = (one.reported.keys() & other.reported.keys()) | by_left | by_right
        if shared:
            retold = _retold(one, other, sentences)
            origins.name[pair] = min((here | there)[name].name for name in retold or shared)
            origins.named[pair] = BY_LEFT * bool(by_left) | BY_RIGHT * bool(by_right)
            origins.retold[pair] = bool(retold)
    return origins


def _retold(one: _Side, other: _Side, sentences: CitingSentences) -> set[str]:
    """The sources whose report both tell: one of them is its house or agency, or both cite it for the news.

    Two that cite an agency have two of its many reports, unless one of them credits it. What somebody said in an
    interview is a detail unless both have it as the news. Nobody retells what is published later.
    """
    retold_names = set()
    names = (one.reported.keys() & (other.own | other.reported.keys())) | (other.reported.keys() & one.own)
    for name in names:
        here, there = _again(one, other, name, sentences), _again(other, one, name, sentences)
        by_one = any(
            again.leads and again.rarity >= _FACTS and name in source.own and not source.later
            for again, source in ((here, other), (there, one))
        )
        by_both = (
            here.tells
            and there.tells
            and (here.leads or there.leads)
            and ((here.leads and there.leads) or not (here.remark and there.remark))
            and max(here.rarity, there.rarity) >= _FACTS
            and not is_agency(one.reported[name].name)
        )
        if by_one or by_both:
            retold_names.add(name)
    return retold_names


def _again(side: _Side, other: _Side, name: str, sentences: CitingSentences) -> _Again:
    """What one side tells from a source, as the other one tells it too."""
    citation = side.reported.get(name)
    if citation is None:
        return _Again(tells=False, leads=False, remark=False, rarity=0.0)
    rarity, share = sentences.shared(side.row, (citation.start, citation.end), other.row)
    tells = share >= _SHARE
    return _Again(tells, tells and citation.start < _EARLY, citation.remark, rarity)


def _order(
    articles: pa.RecordBatch, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32]
) -> npt.NDArray[np.int64]:
    """Which article of each pair was published later: 1 the left one, -1 the right one, 0 where that is not known.

    Of a date without a time only the day counts.
    """
    times = articles["published"].cast(pa.int64()).fill_null(-1).to_numpy()
    here, there = times[left], times[right]
    exact = np.where(np.abs(here - there) < _SKEW, 0, here - there)
    by_day = (here % DAY == 0) | (there % DAY == 0)
    gap = np.where(by_day, here // DAY - there // DAY, exact)
    unknown = np.asarray(articles["published"].is_null())
    return np.where(unknown[left] | unknown[right], 0, np.sign(gap))


@functools.cache
def _publisher_key(publisher: str | None) -> str | None:
    return key(publisher.partition(" (")[0].partition(" - ")[0]) if publisher else None


def _cited(articles: pa.RecordBatch, attributions: pa.Table) -> dict[int, _Cited]:
    """Row -> the sources that its article names in these attributions, each where it does so first."""
    rows = pc.index_in(attributions["article_id"], value_set=articles["id"]).to_pylist()
    columns = (attributions[name].to_pylist() for name in ("name", "start", "end", "evidence"))
    citations: dict[int, _Cited] = collections.defaultdict(dict)
    for row, name, start, end, evidence in zip(rows, *columns, strict=True):
        citation = _Citation(start or 0, end or 0, name, quotes_a_remark(evidence))
        if row is not None and citation <= citations[row].get(key(name), citation):
            citations[row][key(name)] = citation
    return dict(citations)
