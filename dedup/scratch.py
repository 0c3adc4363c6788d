"""Room for large arrays: in memory as long as they are small against what a run may take, else in mapped files.

The pages of a mapped file are the system's: it keeps them while there is memory to spare and writes them out when there
is not, so a run's own memory does not grow with the pile. What it takes for the longest text comes on top: about 200
bytes a token, in every thread that compares it.
"""

from __future__ import annotations

import dataclasses
import math
import os
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

MEMORY = 2 << 30  # bytes that a run may take, unless it is told otherwise,
MIN_MEMORY = 1 << 30  # and at least
_SHARE = 16  # one array in memory may take this part of them


@dataclasses.dataclass(frozen=True, slots=True)
class ScratchSpace:
    """``memory``: bytes that a run may take; ``folder``: where its large arrays lie (None: in memory all the same)."""

    memory: int = MEMORY
    folder: Path | None = None

    def empty(self, shape: tuple[int, ...], kind: npt.DTypeLike) -> npt.NDArray[Any]:
        """An array as :func:`numpy.empty` makes it, or one in a file where it takes a large part of the memory."""
        size = math.prod(shape) * np.dtype(kind).itemsize
        if self.folder is None or size <= self.memory // _SHARE:
            return np.empty(shape, kind)
        with tempfile.TemporaryFile(dir=self.folder) as file:  # without a name, so that nothing is left of it
            return mapped(file, shape, kind)


IN_MEMORY = ScratchSpace()


class TemporaryFolder:
    """A folder (``path``) that lives as long as this object, or the process."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="wirecopy-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def mapped(file: IO[bytes], shape: tuple[int, ...], kind: npt.DTypeLike) -> npt.NDArray[Any]:
    """A new array in an empty file (not of size 0), whose blocks are all reserved.

    Raises OSError where the disk has not as many: without them a write to the array would end the process (SIGBUS).
    """
    os.posix_fallocate(file.fileno(), 0, math.prod(shape) * np.dtype(kind).itemsize)
    return np.memmap(file, kind, "r+", shape=shape)
