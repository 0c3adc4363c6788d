"""The origin that two articles have in common: one names the other's house as its source, or both name the same one."""

from __future__ import annotations

import collections
import functools

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.credits.names import key

_LEAST = 0.3  # strength of a citation that counts


def common_origins(
    articles: pa.RecordBatch, attributions: pa.Table | None, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32]
) -> list[str | None]:
    """For every pair of rows the source that both cite, or that one cites and the other is or credits; else None."""
    if attributions is None or not attributions.num_rows:
        return [None] * len(left)
    cited = _names(articles, attributions, "citation")
    credited = _names(articles, attributions, "credit")
    publishers = articles["publisher"].to_pylist()

    @functools.cache
    def own(row: int) -> frozenset[str]:
        house = _house(publishers[row])
        return frozenset(credited.get(row, ())) | ({house} if house else set())

    origins: list[str | None] = []
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        if one not in cited and other not in cited:
            origins.append(None)
            continue
        here, there = cited.get(one, {}), cited.get(other, {})
        shared = (here.keys() & (there.keys() | own(other))) | (there.keys() & own(one))
        origins.append(min((here | there)[name] for name in shared) if shared else None)
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
