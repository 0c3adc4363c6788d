"""The origin that two articles have in common: one names the other's house as its source, or both name the same one."""

from __future__ import annotations

import collections
import functools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.credits.names import key

BY_LEFT, BY_RIGHT = 1, 2
_LEAST = 0.3  # strength of a citation that counts
#: Characters into the text up to which a third is named whose report is retold; further down it is named for a detail
#: beside other sources (measured in docs/quality.md).
_EARLY = 2000


class Origins(NamedTuple):
    """Of ``n`` pairs: ``name`` of the source that both go back to, None where there is none, and ``named``.

    ``named`` uint8[n]: :data:`BY_LEFT` where the left one cites the other's publisher or agency, :data:`BY_RIGHT` the
    other way round; 0 where both cite a third, or nothing.
    """

    name: list[str | None]
    named: npt.NDArray[np.uint8]


def common_origins(
    articles: pa.RecordBatch, attributions: pa.Table | None, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32]
) -> Origins:
    """For every pair of rows the source that one cites and the other is or credits, or that both cite early on."""
    origins = Origins([None] * len(left), np.zeros(len(left), np.uint8))
    if attributions is None or not attributions.num_rows:
        return origins
    cited = _names(articles, attributions, "citation")
    told = _names(articles, attributions.filter(pc.less(pc.fill_null(attributions["start"], 0), _EARLY)), "citation")
    credited = _names(articles, attributions, "credit")
    publishers = articles["publisher"].to_pylist()

    @functools.cache
    def own(row: int) -> frozenset[str]:
        house = _house(publishers[row])
        return frozenset(credited.get(row, ())) | ({house} if house else set())

    citing = np.zeros(len(articles), np.bool_)
    citing[list(cited)] = True
    for pair in np.flatnonzero(citing[left] | citing[right]).tolist():
        one, other = int(left[pair]), int(right[pair])
        here, there = cited.get(one, {}), cited.get(other, {})
        by_left, by_right = here.keys() & own(other), there.keys() & own(one)
        shared = (told.get(one, {}).keys() & told.get(other, {}).keys()) | by_left | by_right
        if shared:
            origins.name[pair] = min((here | there)[name] for name in shared)
            origins.named[pair] = BY_LEFT * bool(by_left) | BY_RIGHT * bool(by_right)
    return origins


@functools.cache
def _house(publisher: str | None) -> str | None:
    return key(publisher.partition(" (")[0].partition(" - ")[0]) if publisher else None


def _names(articles: pa.RecordBatch, attributions: pa.Table, kind: str) -> dict[int, dict[str, str]]:
    """Row -> the names that its article has in attributions of this kind: as compared, and as written."""
    strong = pc.greater_equal(attributions["strength"], _LEAST)
    kept = attributions.filter(pc.and_(pc.equal(attributions["kind"], kind), strong))
    rows = pc.index_in(kept["article_id"], value_set=articles["id"])
    names: dict[int, dict[str, str]] = collections.defaultdict(dict)
    for row, name in zip(rows.to_pylist(), kept["name"].to_pylist(), strict=True):
        if row is not None:
            names[row][key(name)] = name
    return dict(names)
