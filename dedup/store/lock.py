"""One writer at a time: a lock that the kernel releases when its holder dies."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from dedup.errors import BusyError

_NAME = "lock"


@contextlib.contextmanager
def locked(store: Path, note: str) -> Iterator[None]:
    """Hold the store; raises :class:`~dedup.errors.BusyError` at once where somebody else does.

    ``note`` (who, since when) is written into the lock file for people to read; it decides nothing.
    """
    with (store / _NAME).open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = holder(store) or "it says nothing of itself"
            raise BusyError(f"another run holds {store} ({owner}); wait for its end") from None
        file.truncate(0)
        file.write(note)
        file.flush()
        yield
        file.truncate(0)


def holder(store: Path) -> str:
    """What the holder of the lock, or the last one that died with it, wrote of itself; empty: nobody."""
    try:
        return (store / _NAME).read_text("utf-8").strip()
    except FileNotFoundError:
        return ""


def is_held(store: Path) -> bool:
    """Does a run hold the store at this moment?"""
    try:
        with (store / _NAME).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
