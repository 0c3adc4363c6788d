"""Room for large arrays: in memory as long as they are small against what a run may take, else in mapped files.

The pages of a mapped file are the system's: it keeps them while there is memory to spare and writes them out when there
is not, so a run's own memory does not grow with the pile.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

#: Makes an array of a shape and a kind, as :func:`numpy.empty` does.
Empty = Callable[[tuple[int, ...], npt.DTypeLike], npt.NDArray[Any]]

MEMORY = 2 << 30  # bytes that a run may take, unless it is told otherwise,
LEAST = 1 << 30  # and at least
_SHARE = 8  # of these, one array in memory may take this part


def spooling(folder: Path, memory: int) -> Empty:
    """An :data:`Empty` for a run that may take ``memory`` bytes; larger arrays lie in files in ``folder``."""

    def empty(shape: tuple[int, ...], kind: npt.DTypeLike) -> npt.NDArray[Any]:
        if math.prod(shape) * np.dtype(kind).itemsize <= memory // _SHARE:
            return np.empty(shape, kind)
        with tempfile.TemporaryFile(dir=folder) as file:  # without a name, so that nothing is left of it
            return np.memmap(file, kind, "w+", shape=shape)

    return empty
