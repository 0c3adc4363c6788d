"""Where compiled code is kept for the next run, and how: under a digest, in a folder that nobody else writes.

numba keeps the code of a function under the contents of the one file that it stands in, though it is made of functions
and tables of other files too. So it is kept under the contents of all of these files: where NUMBA_CACHE_DIR says, else
in the package's own folder, else in the user's cache folder; where none can be used, it is made again in every run.

What is kept is a pickle, which can do anything when it is loaded. So a folder that another user owns or may write in is
not used, and a file whose digest does not hold is thrown away before it is loaded.
"""

from __future__ import annotations

import atexit
import contextlib
import grp
import hashlib
import logging
import os
import pickle
import pwd
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numba
from numba.core import config as _config
from numba.core import event
from numba.core.caching import FunctionCache
from numba.core.serialize import dumps

from dedup.writing import atomic_file

config: Any = _config  # its names are made when it is imported
_log = logging.getLogger(__name__)
COMPILING = "compiling for this processor, as a first run does; that takes about a minute"
_PREFIX = "wirecopy-kernels-"
_OUTDATED = 7 * 86_400  # seconds after which what other sources were compiled to is removed; they may still be running
_DIGEST = 32  # bytes of it, at the head of a file


class CompiledCache(FunctionCache):
    """What a function was compiled to, a file for every combination of types, in a folder of ours."""

    def __init__(self, function: Any, folder: Path) -> None:
        super().__init__(function)
        self._folder = folder
        self._named = self._impl.filename_base

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled code for these types; None where there is none, or none that can be used."""
        target_context.refresh()
        key = self._index_key(sig, target_context.codegen())
        data = _load(self._file(key), key)
        return None if data is None else self._impl.rebuild(target_context, data)

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep compiled code; a disk that is full costs the next run its time, and this one nothing."""
        if not self._impl.check_cachable(data):
            return
        key = self._index_key(sig, data.codegen)
        packed = dumps((key, self._impl.reduce(data)))
        try:
            with atomic_file(self._file(key)) as file:
                file.write(hashlib.sha256(packed).digest() + packed)
        except OSError as error:
            warn_once(f"compiled code cannot be kept in {self._folder}: {error.strerror}")

    def is_empty(self) -> bool:
        """Was the function never compiled?"""
        return not any(self._folder.glob(f"{self._named}-*.bin"))

    def _file(self, key: Any) -> Path:
        name = hashlib.sha256(repr((key, numba.__version__)).encode()).hexdigest()[:16]
        return self._folder / f"{self._named}-{name}.bin"


def _load(file: Path, key: Any) -> Any:
    """What is kept in a file under ``key``; a file that is not as it was written is removed."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        warn_once(f"compiled code cannot be read from {file.parent}: {error.strerror}")
        return None
    if hashlib.sha256(data[_DIGEST:]).digest() != data[:_DIGEST]:
        warn_once(f"compiled code in {file.parent} is damaged; it is thrown away and compiled anew")
        with contextlib.suppress(OSError):
            file.unlink()
        return None
    known, compiled = pickle.loads(data[_DIGEST:])
    return compiled if known == key else None


_warned: set[str] = set()  # a run says a thing once, however many files it holds for


def warn_once(message: str) -> None:
    """Log a warning, unless this process did already."""
    if message not in _warned:
        _warned.add(message)
        _log.warning("wirecopy: %s", message)


class Notice(event.Listener):
    """Says why a run takes longer: all is compiled for the first time, or what no run needed before.

    ``watch``: called when a function is compiled, instead.
    """

    def __init__(self, package: str, first: bool) -> None:
        self._package, self._first = package, first
        self._depth = 0  # functions that are compiled for another one come with it
        self.watch: Callable[[], None] | None = None

    def on_start(self, event: event.Event) -> None:
        """Say it for the outermost function; of a first run once."""
        function = event.data["dispatcher"].py_func
        if not function.__module__.startswith(self._package):
            return
        self._depth += 1
        if self.watch:
            return
        if self._first:
            warn_once(COMPILING)
        elif self._depth == 1:
            _log.warning("wirecopy: compiling %s, which earlier runs did not need", function.__name__)

    def on_end(self, event: event.Event) -> None:
        """Count back."""
        function = event.data["dispatcher"].py_func
        if function.__module__.startswith(self._package):
            self._depth -= 1
            if self.watch:
                self.watch()


def folder(sources: Sequence[Path]) -> Path:
    """The folder for what these sources are compiled to."""
    contents = hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()
    for candidate in _candidate_folders(sources[0].parent):
        with contextlib.suppress(OSError, RuntimeError):  # no home is a RuntimeError
            made = candidate.expanduser() / f"{_PREFIX}{contents[:16]}"
            reason = _shared(made, made.parent if candidate == sources[0].parent / "__pycache__" else Path("/"))
            if reason:
                warn_once(f"{candidate} is not used for compiled code: {reason}")
                continue
            if not made.is_dir():
                _clear(made.parent)
            made.mkdir(0o755, parents=True, exist_ok=True)
            if not any(made.iterdir()):  # else it is used also where it can only be read, as in an image
                tempfile.TemporaryFile(dir=made).close()
            return made
    _log.warning("wirecopy: no folder to cache compiled code in; set NUMBA_CACHE_DIR to a writable folder")
    scratch = tempfile.mkdtemp(prefix="wirecopy-")
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    return Path(scratch)


def _candidate_folders(package: Path) -> Iterable[Path]:
    caches = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return [Path(config.CACHE_DIR) if config.CACHE_DIR else package / "__pycache__", Path(caches, "wirecopy")]


def _shared(folder: Path, top: Path) -> str:
    """Why somebody else may put something into a folder, or another one in its place; empty: nobody may.

    Looked at are the folder and those that it is in, up to ``top``. Whoever owns the package runs what he likes anyway.
    """
    folder, trusted = folder.absolute(), {0, os.geteuid(), Path(__file__).stat().st_uid}
    for each in (folder, *folder.parents):
        for path in {each, each.resolve()}:
            if not path.exists():
                continue
            state = path.stat()
            if state.st_uid not in trusted:
                return f"{path} belongs to another user"
            guarded = state.st_mode & stat.S_ISVTX and path not in (folder, folder.parent)  # as /tmp is
            group = state.st_mode & stat.S_IWGRP and not _own(state.st_gid)
            if not guarded and (group or state.st_mode & stat.S_IWOTH):
                return f"others may write in {path}"
        if each == top:
            break
    return ""


def _own(group: int) -> bool:
    """Is it the group that many systems give to every user alone?"""
    try:
        return grp.getgrgid(group).gr_name == pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return False


def _clear(folder: Path) -> None:
    """Remove what other sources were compiled to, long ago."""
    for other in folder.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # another run clears too
            if other.stat().st_mtime < time.time() - _OUTDATED:
                shutil.rmtree(other)


@contextlib.contextmanager
def made_ready(folder: Path) -> Iterator[None]:
    """Functions that are made ready to be compiled inside may be kept; those of others stay where they are."""
    before, config.CACHE_DIR = config.CACHE_DIR, str(folder)
    try:
        yield
    finally:
        config.CACHE_DIR = before


def keep(functions: Iterable[Any], folder: Path) -> dict[str, CompiledCache]:
    """Keep what these functions of numba's are compiled to in the folder, those of them that are to be kept at all.

    Returns what is kept, by the names of the functions.
    """
    caches = {}
    for function in functions:
        if isinstance(getattr(function, "_cache", None), FunctionCache):
            function._cache = CompiledCache(function.py_func, folder)
            caches[f"{function.py_func.__module__}.{function.py_func.__qualname__}"] = function._cache
    return caches


def can_keep(folder: Path) -> bool:
    """Whether what is compiled now is there for the next run, too."""
    return folder.name.startswith(_PREFIX) and os.access(folder, os.W_OK)
