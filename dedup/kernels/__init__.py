"""The compiled loops, and where what was compiled is kept for the next run."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

from numba.core import event

from dedup import arrays, rules
from dedup.kernels import caching

_SOURCES = sorted(path for path in Path(__file__).parent.glob("*.py") if path.stem not in ("__init__", "caching"))
_INLINED = [Path(arrays.__file__), Path(rules.__file__)]
_folder = caching.folder([*_SOURCES, *_INLINED])
_first = not any(_folder.glob("*.bin"))
_notice = caching.Notice(__name__, _first)
event.register("numba:compile", _notice)
_functions: dict[str, caching.CompiledCache] = {}
with caching.made_ready(_folder):
    for _source in _SOURCES:
        _module = importlib.import_module(f"{__name__}.{_source.stem}")
        _functions |= caching.keep(vars(_module).values(), _folder)


def folder() -> Path:
    """Where compiled code is kept."""
    return _folder


def is_incomplete() -> bool:
    """Whether some function was never compiled on this machine, and what is compiled now can be kept."""
    return caching.can_keep(_folder) and any(cache.is_empty() for cache in _functions.values())


@contextlib.contextmanager
def watched(tell: Callable[[int, int], None] | None) -> Iterator[None]:
    """Inside, ``tell`` is called with how many functions are compiled, and how many there are; nothing is logged.

    It is called whenever one more is compiled here; those that other processes compile count as well. None: where
    there is anything to compile, one line is logged.
    """
    if tell is None and is_incomplete():
        caching.warn_once(caching.COMPILING)

    def count() -> None:
        if tell is not None:
            tell(len({file.partition("-")[0] for file in kept()}), len(_functions))

    count()
    _notice.watch = count
    try:
        yield
        count()
    finally:
        _notice.watch = None


def kept() -> frozenset[str]:
    """The files of the functions that are compiled, a function and its types each."""
    return frozenset(file.name for file in _folder.glob("*.bin"))
