"""The compiled loops, and where what was compiled is kept for the next run.

numba keeps the code of a function under the contents of the one file that it stands in, though it is made of functions
and tables of other files too. So it is kept under the contents of all of these files: in the package's own folder, else
in the user's cache folder; where neither can be written, it is made anew in every run.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import importlib
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from numba.core import config as _config
from numba.core import event

config: Any = _config  # its names are made when it is imported
_log = logging.getLogger(__name__)
_SOURCES = sorted(Path(__file__).parent.glob("*.py"))
_PREFIX = "wirecopy-kernels-"
_OUTDATED = 7 * 86_400  # seconds after which what other sources were compiled to is removed; they may still be running


class _Notice(event.Listener):
    """Says, once, that a run takes longer because it compiles."""

    said = False

    def on_start(self, event: event.Event) -> None:
        if not self.said and event.data["dispatcher"].py_func.__module__.startswith(__name__):
            self.said = True
            _log.warning("wirecopy: compiling for this processor, as a first run does; that takes about 20 seconds")

    def on_end(self, event: event.Event) -> None:
        """Nothing more to say."""


def _folder() -> Path:
    """A folder of these sources' own that can be written."""
    contents = hashlib.sha256(b"\0".join(source.read_bytes() for source in _SOURCES)).hexdigest()
    caches = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    places = [Path(config.CACHE_DIR)] if config.CACHE_DIR else [Path(__file__).parent / "__pycache__"]
    for place in (*places, Path(caches, "wirecopy")):
        with contextlib.suppress(OSError, RuntimeError):  # no home is a RuntimeError
            folder = place.expanduser() / f"{_PREFIX}{contents[:16]}"
            if not folder.is_dir():
                _clear(folder.parent)
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
            return folder
    _log.warning("wirecopy: no folder to keep compiled code in; name one that can be written in NUMBA_CACHE_DIR")
    scratch = tempfile.mkdtemp(prefix="wirecopy-")
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    return Path(scratch)


def _clear(place: Path) -> None:
    """Remove what other sources were compiled to, long ago."""
    for folder in place.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # another run clears too
            if folder.stat().st_mtime < time.time() - _OUTDATED:
                shutil.rmtree(folder)


@contextlib.contextmanager
def _kept() -> Iterator[None]:
    """What is made ready to be compiled inside is kept in the folder; functions of others stay where they are."""
    before, config.CACHE_DIR = config.CACHE_DIR, str(_folder())
    try:
        yield
    finally:
        config.CACHE_DIR = before


event.register("numba:compile", _Notice())
with _kept():
    for _source in _SOURCES:
        if _source != Path(__file__):
            importlib.import_module(f"{__name__}.{_source.stem}")
