"""The compiled loops, and where what was compiled is kept for the next run."""

from __future__ import annotations

import importlib
from pathlib import Path

from numba.core import event

from dedup import arrays, rules
from dedup.kernels import caching

_SOURCES = sorted(path for path in Path(__file__).parent.glob("*.py") if path.stem not in ("__init__", "caching"))
_INLINED = [Path(arrays.__file__), Path(rules.__file__)]
_folder = caching.folder([*_SOURCES, *_INLINED])
event.register("numba:compile", caching.Notice(__name__, first=not any(_folder.glob("*.bin"))))
with caching.made_ready(_folder):
    for _source in _SOURCES:
        _module = importlib.import_module(f"{__name__}.{_source.stem}")
        caching.keep(vars(_module).values(), _folder)


def folder() -> Path:
    """Where compiled code is kept."""
    return _folder


def kept() -> frozenset[str]:
    """The files of the functions that are compiled, a function and its types each."""
    return frozenset(file.name for file in _folder.glob("*.bin"))
