"""Opening a catalogue: what a killed writer left is rolled back, and what goes wrong is told."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from dedup.errors import BadDataError, InputOutputError
from dedup.store import checksum
from dedup.store.folder import CATALOGUE

_INTERRUPTED = (sqlite3.SQLITE_READONLY_ROLLBACK, sqlite3.SQLITE_READONLY_RECOVERY, sqlite3.SQLITE_READONLY_CANTINIT)


def connect(store: Path, mode: str) -> sqlite3.Connection:
    """A connection to the catalogue; ``mode``: ro, rw or rwc."""
    address = f"{(store / CATALOGUE).absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=30, isolation_level=None)


def recover(store: Path) -> None:
    """Roll back what a killed writer left half-written. SQLite does it at the first look, where it may write."""
    with contextlib.closing(connect(store, "ro")) as base:
        try:
            base.execute("SELECT count(*) FROM sqlite_schema")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in _INTERRUPTED:
                raise
    try:
        with contextlib.closing(connect(store, "rw")) as base:
            base.execute("SELECT count(*) FROM sqlite_schema")
    except sqlite3.OperationalError as error:
        raise InputOutputError(
            f"a run was killed while it wrote the catalogue of {store}, and it cannot be recovered ({error}); "
            f"give the command as somebody who may write into {store}, or wirecopy store status --store {store} will do"
        ) from error


def damaged(store: Path, how: str) -> BadDataError:
    """The error of a damaged catalogue, with the ways out."""
    return BadDataError(
        f"the catalogue of {store} is damaged ({how}); put back copies of {CATALOGUE} and {checksum.NAME}, or make it "
        f"anew from the nights: wirecopy store rebuild --store {store}"
    )


@contextlib.contextmanager
def translated(store: Path) -> Iterator[None]:
    """The errors of SQLite and of the disk as wirecopy's."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise InputOutputError(f"the catalogue of {store} cannot be used: {error}") from error
    except sqlite3.DatabaseError as error:
        raise damaged(store, str(error)) from error
    except OSError as error:
        raise InputOutputError(f"the catalogue of {store} cannot be used: {error.strerror or error}") from error
