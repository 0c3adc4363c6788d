"""Pairs and stories drawn at random from a run, for people to judge: a stratified sample with weights.

Two populations are drawn from. *Pairs*: the rows of matches.parquet, near misses included, in strata by grade, by
whether they count, and by score. *Stories*: every witness beside the origin of its story, in strata by the size of the
story. A weight says for how many pairs of its stratum a drawn one stands (Cochran 1977, ch. 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

PAIRS, STORIES = "pairs", "stories"  # the two sets of a sheet
MATCH_COLUMNS = ("a_id", "b_id", "grade", "counted", "score")
WITNESS_COLUMNS = ("cluster_id", "article_id", "role", "cluster_size")

_STORIES_SHARE = 0.2  # of the sample
_MIN_PER_STRATUM = 2
_BANDS = 5  # of the score, each 0.2 wide
_SIZES = (3, 6, 21)  # witnesses from which a story is in the next stratum

_Names = npt.NDArray[np.str_]
_Rows = npt.NDArray[np.int64]


class Drawn(NamedTuple):
    """Two articles (``a_id`` < ``b_id`` bytewise) of a stratum, which stand for ``weight`` pairs of it."""

    set: str
    stratum: str
    weight: float
    a_id: str
    b_id: str


def sample(matches: pa.Table, witnesses: pa.Table, size: int, seed: int) -> list[Drawn]:
    """About ``size`` pairs in random order: at least two of every stratum, or all where there are fewer.

    ``matches`` has :data:`MATCH_COLUMNS`, ``witnesses`` (rows of CLUSTERS) has :data:`WITNESS_COLUMNS`. The same tables
    and ``seed`` give the same sample.
    """
    random = np.random.default_rng(seed)
    beside = beside_origin(witnesses)
    of_stories = min(round(size * _STORIES_SHARE), len(beside))
    drawn = [
        *_of_set(PAIRS, matches, match_strata(matches), size - of_stories, random),
        *_of_set(STORIES, beside, size_strata(beside), of_stories, random),
    ]
    return [drawn[row] for row in random.permutation(len(drawn)).tolist()]


def match_strata(matches: pa.Table) -> _Names:
    """The stratum of every match: its grade, whether it counts, and the band of its score."""
    band = np.minimum((matches["score"].to_numpy() * _BANDS).astype(np.int64), _BANDS - 1)
    counted = np.where(matches["counted"].to_numpy(), "counted", "near miss")
    parts = zip(matches["grade"].to_pylist(), counted.tolist(), band.tolist(), strict=True)
    return np.array([f"{grade}, {counts}, score from {low / _BANDS:.1f}" for grade, counts, low in parts], np.str_)


def beside_origin(witnesses: pa.Table) -> pa.Table:
    """Every witness but the origin beside the origin of its story: ``a_id``, ``b_id``, ``cluster_size``."""
    is_origin = pc.equal(witnesses["role"], "origin")
    origins = witnesses.filter(is_origin).select(["cluster_id", "article_id"])
    others = witnesses.filter(pc.invert(is_origin))
    row = pc.index_in(others["cluster_id"], origins["cluster_id"])
    others, row = others.filter(row.is_valid()), row.drop_null()
    return pa.table(
        [others["article_id"], origins["article_id"].take(row), others["cluster_size"]],
        ["a_id", "b_id", "cluster_size"],
    )


def size_strata(beside: pa.Table) -> _Names:
    """The stratum of every row of :func:`beside_origin`: how many witnesses the story has."""
    names = np.array([f"story of {size} or more" for size in (2, *_SIZES)], np.str_)
    stratum = np.searchsorted(np.array(_SIZES), beside["cluster_size"].to_numpy(), side="right")
    result: _Names = names[stratum]
    return result


def allocation(sizes: _Rows, total: int) -> _Rows:
    """How many to draw of strata of these ``sizes``: by the square root of the size (Bankier 1988), two at least.

    Large strata say most about the whole, and small ones still enough about themselves.
    """
    taken = np.minimum(sizes, _MIN_PER_STRATUM)
    while taken.sum() < min(total, sizes.sum()):
        wish = np.where(taken < sizes, np.sqrt(sizes) / (taken + 1), 0.0)
        taken[wish.argmax()] += 1
    return taken


def _of_set(name: str, pairs: pa.Table, strata: _Names, size: int, random: np.random.Generator) -> Sequence[Drawn]:
    names, codes, sizes = np.unique(strata, return_inverse=True, return_counts=True)
    drawn = []
    for code, (count, taken) in enumerate(zip(sizes.tolist(), allocation(sizes, size).tolist(), strict=True)):
        rows = random.choice(np.flatnonzero(codes == code), taken, replace=False)
        chosen = pairs.select(["a_id", "b_id"]).take(pa.array(rows)).to_pylist()
        for row in chosen:
            a, b = sorted(row.values(), key=str.encode)
            drawn.append(Drawn(name, str(names[code]), count / taken, a, b))
    return drawn
