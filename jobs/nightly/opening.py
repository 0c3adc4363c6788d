"""The store of a night, held while it is changed: a folder of this machine, or at an address."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dedup.addresses import is_address
from dedup.errors import BadDataError, CannotWriteError, InputOutputError, NoInputError
from dedup.store import Catalogue, lock, locked
from dedup.store.folder import WORK, check, mark
from dedup.store.folders import RemoteFolders
from dedup.store.shared import SharedStore
from jobs.nightly.commit import clean
from jobs.nightly.failpoints import Failpoint, nothing


@contextlib.contextmanager
def opened(store: str | Path, dry_run: bool, note: str, failpoint: Failpoint) -> Iterator[tuple[Catalogue, Path]]:
    """The catalogue, and an empty folder to work in; the store is held meanwhile, unless nothing is to be changed."""
    if is_address(store):
        with _at_address(str(store), dry_run, note, failpoint) as both:
            yield both
    elif dry_run:
        with _looked_at(Path(store)) as both:
            yield both
    else:
        with _in_folder(Path(store), note, failpoint) as both:
            yield both


@contextlib.contextmanager
def held(store: str | Path, note: str) -> Iterator[Catalogue]:
    """The catalogue of a store that there is, held meanwhile; ``note`` as :func:`dedup.store.locked` takes it."""
    if is_address(store):
        check_there(SharedStore(str(store)))
    else:
        Catalogue(Path(store)).close()
    with opened(store, False, note, nothing) as (catalogue, work):
        work.rmdir()
        yield catalogue


@contextlib.contextmanager
def read_only(store: str | Path) -> Iterator[Catalogue]:
    """The catalogue of a store that there is, to be read.

    Raises :class:`~dedup.errors.NoInputError` where there is none.
    """
    if not is_address(store):
        with Catalogue(Path(store)) as catalogue:
            yield catalogue
        return
    shared = SharedStore(str(store))
    check_there(shared)
    with tempfile.TemporaryDirectory(prefix="wirecopy-") as scratch:
        shared.fetch(Path(scratch))
        with Catalogue(Path(scratch), folders=RemoteFolders(str(store), Path(scratch))) as catalogue:
            yield catalogue


def holder(store: str | Path) -> str | None:
    """Who holds a store at this moment, in the words of the holder; None: nobody."""
    if is_address(store):
        held_by = SharedStore(str(store)).holder()
        return f"{held_by['note']} on {held_by['host']}" if held_by else None
    return lock.holder(Path(store)) if lock.is_held(Path(store)) else None


def check_there(shared: SharedStore) -> None:
    """Raise :class:`~dedup.errors.NoInputError` where there is no store at an address."""
    if not shared.exists():
        raise NoInputError(f"{shared.address} is no store; wirecopy nightly DUMP --store {shared.address} makes one")


@contextlib.contextmanager
def _looked_at(store: Path) -> Iterator[tuple[Catalogue, Path]]:
    """The catalogue as it is, or that of an empty store."""
    with tempfile.TemporaryDirectory(prefix="wirecopy-") as scratch:
        empty = Path(scratch, "store")
        empty.mkdir()
        with Catalogue(store) if Catalogue.exists(store) else Catalogue(empty, write=True) as catalogue:
            yield catalogue, Path(scratch)


@contextlib.contextmanager
def _in_folder(store: Path, note: str, failpoint: Failpoint) -> Iterator[tuple[Catalogue, Path]]:
    check(store, write=True)
    try:
        store.mkdir(parents=True, exist_ok=True)
        mark(store)
    except OSError as error:
        raise CannotWriteError(f"cannot make the store {store}: {error.strerror}; choose another --store") from error
    with locked(store, note), Catalogue(store, write=True) as catalogue, _cleaned(catalogue, failpoint) as work:
        yield catalogue, work


@contextlib.contextmanager
def _at_address(address: str, dry_run: bool, note: str, failpoint: Failpoint) -> Iterator[tuple[Catalogue, Path]]:
    """A copy of the catalogue in a folder of this machine, which is put back after each of its transactions."""
    shared = SharedStore(address)
    with (
        tempfile.TemporaryDirectory(prefix="wirecopy-") as scratch,
        contextlib.nullcontext() if dry_run else shared.locked(note),
    ):
        here = Path(scratch, "store")
        here.mkdir()
        folders = RemoteFolders(address, here)
        if not shared.fetch(here) and folders.names():
            raise BadDataError(
                f"{address} holds nights and no catalogue; nothing was changed: put back copies of the objects in "
                f"{address}/catalogue"
            )
        put_back = None if dry_run else shared.push
        with Catalogue(here, write=True, folders=folders, committed=put_back) as catalogue:
            if dry_run:
                yield catalogue, Path(scratch)
            else:
                with _cleaned(catalogue, failpoint) as work:
                    yield catalogue, work


@contextlib.contextmanager
def _cleaned(catalogue: Catalogue, failpoint: Failpoint) -> Iterator[Path]:
    """An empty folder to work in; what a killed run left goes before, and what this one leaves after."""
    failpoint("locked")
    clean(catalogue)
    failpoint("cleaned")
    work = catalogue.store / WORK
    work.mkdir()
    try:
        yield work
    finally:
        with contextlib.suppress(InputOutputError):
            clean(catalogue)
