"""What makes a folder a store: a marker and names that are wirecopy's own. Nothing else in it is ever touched."""

from __future__ import annotations

import re
from pathlib import Path

from dedup.errors import BadDataError, CannotWriteError, NoInputError

CATALOGUE, MARKER = "catalogue.sqlite", "wirecopy-store.json"
WORK, NIGHTS = "work", "nights"  # folders of a store: of a night under way, and of those committed
_MADE_EMPTY = {MARKER, "lock", CATALOGUE, f"{CATALOGUE}-journal", "catalogue.digest", WORK, NIGHTS}
_NIGHT = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{8}(\.\d+)?")
_SAYS = '{"what": "a store of wirecopy nightly: wirecopy store --help"}\n'


def is_store(store: Path) -> bool:
    """Is there a catalogue with something in it?"""
    file = store / CATALOGUE
    return file.is_file() and file.stat().st_size > 0


def is_night(name: str) -> bool:
    """Is it the name of a night's folder?"""
    return _NIGHT.fullmatch(name) is not None


def night_folders(store: Path) -> list[Path]:
    """The folders in a store that are nights by their names, in the order of the names."""
    folder = store / NIGHTS
    inside = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in inside if is_night(path.name) and path.is_dir())


def check(store: Path, *, write: bool) -> bool:
    """Whether there is a store to open; False: none yet, and one may be made there.

    Raises :class:`~dedup.errors.BadDataError` where nights have lost their catalogue, and where something else is in
    the way :class:`~dedup.errors.CannotWriteError`; :class:`~dedup.errors.NoInputError` where there is no store and
    ``write`` is false.
    """
    if is_store(store):
        return True
    if night_folders(store):
        raise BadDataError(
            f"{store} holds nights and no catalogue ({CATALOGUE} is missing or empty); nothing was changed: put back a "
            f"copy of it and of catalogue.digest, or make it anew from the nights: wirecopy store rebuild "
            f"--store {store}"
        )
    if not write:
        raise NoInputError(f"{store} is no store; wirecopy nightly DUMP --store {store} --out OUT makes one")
    check_free(store)
    return False


def check_free(store: Path) -> None:
    """Raise :class:`~dedup.errors.CannotWriteError` where a store can neither be made nor is one being made."""
    try:
        names = {path.name for path in store.iterdir()} if store.exists() else set()
    except OSError as error:
        raise CannotWriteError(f"cannot make the store {store}: {error.strerror}; choose another --store") from error
    foreign = names - _MADE_EMPTY if MARKER in names else names
    if foreign:
        raise CannotWriteError(
            f"{store} is no store and not empty (it holds {min(foreign)}); nothing was changed: choose a new or an "
            "empty folder for --store"
        )


def mark(store: Path) -> None:
    """Say in a folder that it is a store."""
    marker = store / MARKER
    if not marker.exists():
        marker.write_text(_SAYS, "utf-8")
