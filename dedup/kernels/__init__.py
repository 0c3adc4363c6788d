"""The compiled loops, and where what was compiled is kept for the next run."""

from __future__ import annotations

import importlib
from pathlib import Path

from numba.core import event

from dedup import arrays
from dedup.kernels import caching

_SOURCES = sorted(path for path in Path(__file__).parent.glob("*.py") if path.stem not in ("__init__", "caching"))
_folder = caching.folder([*_SOURCES, Path(arrays.__file__)])  # the loops inline its arithmetic
event.register("numba:compile", caching.Notice(__name__, first=not any(_folder.glob("*.bin"))))
with caching.made_ready(_folder):
    for _source in _SOURCES:
        _module = importlib.import_module(f"{__name__}.{_source.stem}")
        caching.keep(vars(_module).values(), _folder)
