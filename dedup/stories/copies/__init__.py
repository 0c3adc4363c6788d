"""The copy itself: for every story the sentences that at least two of its witnesses carry, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.arrays import expanded, pair_keys
from dedup.grading.passages import Passages
from dedup.stories.copies.rows import Copies, of_stories
from dedup.tables import CLUSTERS, COPIES

__all__ = ["Copies", "reconstruct", "with_shares"]

_AT_A_TIME = 1000  # witnesses, about
_WITNESS = ["cluster_id", "article_id", "role"]

Fetch = Callable[[npt.NDArray[np.int64]], pa.Array]
_Ints = npt.NDArray[np.int64]


def reconstruct(
    witnesses: pa.Table,
    rows: npt.NDArray[Any],
    fetch: Fetch,
    left: npt.NDArray[Any],
    right: npt.NDArray[Any],
    passages: Passages,
    threads: Executor,
    *,
    words: bool = True,
) -> Copies:
    """The copies of all stories, some stories at a time.

    ``witnesses``: CLUSTERS in its order; ``rows`` int[k]: the articles of these, by the numbers that ``left`` and
    ``right`` int[m] name the pairs of ``passages`` with; ``fetch`` returns the texts (large_string, null: not known) of
    ascending rows. ``words``: are the sentences written out. Depends on nothing but the stories, their texts and the
    passages within each.
    """
    witnesses = witnesses.select(_WITNESS).combine_chunks()
    cluster = witnesses["cluster_id"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    rows = rows.astype(np.int64)
    pair, one, other = _within(rows, cluster, left, right)

    def block(begin: int, end: int) -> Copies:
        wanted, inverse = np.unique(rows[begin:end], return_inverse=True)
        texts = fetch(wanted).cast(pa.large_string()).take(pa.array(inverse))
        here = slice(*np.searchsorted(one, (begin, end)))
        some = passages.take(pair[here])
        return of_stories(witnesses[begin:end], texts, one[here] - begin, other[here] - begin, some, words)

    parts = list(threads.map(block, *zip(*_blocks(cluster), strict=True))) if len(rows) else []
    shares = [pa.chunked_array([part[side] for part in parts], pa.float32()).combine_chunks() for side in (1, 2)]
    return Copies(pa.concat_tables([COPIES.schema.empty_table(), *(part.rows for part in parts)]), *shares)


def _within(rows: _Ints, cluster: _Ints, left: npt.NDArray[Any], right: npt.NDArray[Any]) -> tuple[_Ints, _Ints, _Ints]:
    """Pairs of witnesses of one cluster: the pair of articles, and the rows of both, ascending by the first."""
    order = np.argsort(rows, kind="stable")
    pair, index = expanded(rows[order], left)
    one = order[index]
    keys = pair_keys(rows, cluster)
    sorting = np.argsort(keys)
    wanted = pair_keys(right[pair], cluster[one])
    at = np.minimum(np.searchsorted(keys[sorting], wanted), max(len(keys) - 1, 0))
    common = keys[sorting][at] == wanted if len(keys) else np.zeros(0, np.bool_)
    pair, one, other = pair[common], one[common], sorting[at[common]]
    order = np.lexsort((other, one))
    return pair[order], one[order], other[order]


def _blocks(cluster: _Ints) -> Iterator[tuple[int, int]]:
    """Runs of witnesses that hold whole clusters."""
    ends = np.flatnonzero(np.r_[cluster[1:] != cluster[:-1], True]) + 1
    begin = 0
    while begin < len(cluster):
        full = int(np.searchsorted(ends, begin + _AT_A_TIME))
        end = int(ends[min(full, len(ends) - 1)])
        yield begin, end
        begin = end


def with_shares(clusters: pa.Table, copies: Copies) -> pa.Table:
    """The rows of CLUSTERS with ``copy_share`` and ``text_share`` filled in."""
    for name in ("copy_share", "text_share"):
        index = clusters.schema.get_field_index(name)
        clusters = clusters.set_column(index, CLUSTERS.schema.field(name), getattr(copies, name))
    return clusters
