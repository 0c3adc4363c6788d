"""Arrays that are large against what a run may take lie in files, and nothing is left of these."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dedup.scratch import ScratchSpace


def test_small_arrays_are_in_memory_and_large_ones_in_files_without_a_name(tmp_path: Path) -> None:
    scratch = ScratchSpace(16000, tmp_path)
    small, large = scratch.empty((10, 25), np.int32), scratch.empty((10, 26), np.int32)
    assert type(small) is np.ndarray
    assert isinstance(large, np.memmap)
    large[:] = np.arange(26)
    assert (large.shape, large.dtype, int(large.sum())) == ((10, 26), np.int32, 3250)
    assert list(tmp_path.iterdir()) == []
