"""Connected components of a graph of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.kernels.components import join


def components(count: int, left: npt.NDArray[Any], right: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """The component of each of ``count`` rows, named by its smallest row: int32[count].

    ``left`` and ``right`` are the ends of the edges (integers below ``count``, equal length).

    >>> components(4, np.array([3]), np.array([1])).tolist()
    [0, 1, 2, 1]
    """
    names = np.arange(count, dtype=np.int32)
    join(left.astype(np.int64), right.astype(np.int64), names)
    return names
