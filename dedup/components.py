"""Connected components of a graph of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def components(count: int, left: npt.NDArray[Any], right: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """The component of each of ``count`` rows, named by its smallest row: int32[count].

    ``left`` and ``right`` are the ends of the edges (integers, equal length).
    """
    from scipy.sparse import coo_array  # noqa: PLC0415  # slow to import
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415  # slow to import

    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(count, count))
    _, labels = connected_components(graph, directed=False)
    first = np.full(labels.max(initial=-1) + 1, count, np.int64)
    np.minimum.at(first, labels, np.arange(count))
    return np.asarray(first[labels], np.int32)
