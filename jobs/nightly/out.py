"""Where nights are published: a folder of this machine, or an address."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from dedup import addresses, manifest
from dedup.corpus import Corpus
from dedup.errors import BadDataError, CannotWriteError
from dedup.manifest import SUMMARY
from dedup.output import is_run
from dedup.store import Catalogue, Night
from dedup.store.files import NightFiles
from dedup.store.objects import translated
from dedup.tables import TABLES
from dedup.writing import sync_folder
from jobs.ledger import LEDGER
from jobs.nightly.failpoints import Failpoint
from jobs.nightly.staging import faults, stage, stored_summary

_LATEST = "latest"


class Out(Protocol):
    """The published nights, each in a folder that is called after its run, and which of them is the newest."""

    @property
    def target(self) -> str:
        """What the catalogue keeps of a night that was published here."""
        ...

    def folder(self, night: Night) -> str | Path:
        """The folder of a night."""
        ...

    def prepare(self, store: str | Path) -> None:
        """Make it, or raise :class:`~dedup.errors.CannotWriteError` before anything is done.

        It must not lie in the store: the nights that are kept there have the names of those that are published.
        """
        ...

    def latest(self) -> bool:
        """Is there a newest night?"""
        ...

    def faults(self, night_files: NightFiles, night: Night) -> list[str]:
        """What keeps its folder from being the published night, a line each."""
        ...

    def replace(
        self,
        catalogue: Catalogue,
        night_files: NightFiles,
        night: Night,
        failpoint: Failpoint,
        at_hand: Corpus | None,
    ) -> None:
        """Put the night's files where they belong; others that are in the folder stay as they are.

        ``at_hand``: articles whose texts need not be read from the store.
        """
        ...

    def point_at(self, night: Night) -> None:
        """Make a night the newest."""
        ...


class LocalOut:
    """A folder of this machine; ``latest`` in it is a link to the folder of the newest night."""

    def __init__(self, out: Path) -> None:
        self._out = out

    @property
    def target(self) -> str:
        """See :class:`Out`."""
        return str(self._out.absolute())

    def folder(self, night: Night) -> Path:
        """See :class:`Out`."""
        return self._out / night.run_id

    def prepare(self, store: str | Path) -> None:
        """See :class:`Out`."""
        out = self._out
        if not addresses.is_address(store) and out.resolve().is_relative_to(Path(store).resolve()):
            raise CannotWriteError(
                f"{out} lies in the store {store}; publish the nights elsewhere: choose another --out"
            )
        try:
            out.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=out).close()
        except OSError as error:
            raise CannotWriteError(f"cannot write into {out}: {error.strerror}; choose another --out") from error
        if is_run(out):
            raise CannotWriteError(
                f"{out} is the folder of a run; nights go into one of their own: choose another --out"
            )
        link = out / _LATEST
        if link.exists() and not link.is_symlink():
            raise CannotWriteError(f"{link} is no link of wirecopy's; move it, or choose another --out")

    def latest(self) -> bool:
        """See :class:`Out`."""
        return is_run(self._out / _LATEST)

    def faults(self, night_files: NightFiles, night: Night) -> list[str]:
        """See :class:`Out`."""
        return faults(night_files, night, self.folder(night))

    def replace(
        self,
        catalogue: Catalogue,
        night_files: NightFiles,
        night: Night,
        failpoint: Failpoint,
        at_hand: Corpus | None,
    ) -> None:
        """See :class:`Out`."""
        folder = self.folder(night)
        work = folder.with_name(f".{night.run_id}.partial")
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        failpoint("staging")
        stage(catalogue, night_files, night, work, at_hand)
        failpoint("staged")
        if folder.exists():
            with catalogue.transaction():
                catalogue.run("UPDATE nights SET published = NULL WHERE number = ?", (night.number,))
            take_down(folder)
            for path in sorted(work.iterdir(), key=lambda path: path.name == SUMMARY):  # run.json last
                path.replace(folder / path.name)
            sync_folder(folder)
            work.rmdir()
        else:
            work.rename(folder)
        sync_folder(folder.parent)

    def point_at(self, night: Night) -> None:
        """See :class:`Out`."""
        with _link(self._out) as link:
            link.symlink_to(night.run_id)
            link.replace(self._out / _LATEST)
        sync_folder(self._out)


def take_down(folder: Path) -> None:
    """Remove what a night published, run.json first; what else is in its folder stays."""
    names = [SUMMARY, *(f"{table.name}.parquet" for table in (*TABLES, LEDGER))]
    for name in names:
        (folder / name).unlink(missing_ok=True)
    sync_folder(folder)


@contextlib.contextmanager
def _link(out: Path) -> Iterator[Path]:
    """The name of a link to be; nothing of that name is left."""
    link = out / f".{_LATEST}.partial"
    link.unlink(missing_ok=True)
    try:
        yield link
    finally:
        link.unlink(missing_ok=True)


class RemoteOut:
    """An address. The newest night is named in the object ``latest.json``; an object store knows no links."""

    def __init__(self, address: str) -> None:
        self._address, _, query = address.partition("?")
        self._query = f"?{query}" if query else ""
        self._address = self._address.rstrip("/")

    @property
    def target(self) -> str:
        """See :class:`Out`."""
        return self._at()

    def folder(self, night: Night) -> str:
        """See :class:`Out`."""
        return self._at(night.run_id)

    def prepare(self, store: str | Path) -> None:
        """See :class:`Out`."""
        inside = str(store).partition("?")[0].rstrip("/").replace("s3a://", "s3://", 1)
        if f"{self._address.replace('s3a://', 's3://', 1)}/".startswith(f"{inside}/"):
            raise CannotWriteError(
                f"{self.target} lies in the store {store}; publish the nights elsewhere: choose another --out"
            )
        if addresses.listed(self._at(SUMMARY)):
            raise CannotWriteError(f"{self.target} holds a run, not nights; choose another --out")

    def latest(self) -> bool:
        """See :class:`Out`."""
        return bool(addresses.listed(self._at(f"{_LATEST}.json")))

    def faults(self, night_files: NightFiles, night: Night) -> list[str]:
        """What the address has not, by names and sizes: run.json is written last and tells them."""
        folder = self.folder(night)
        here = {file.path.rpartition("/")[2]: file for file in addresses.listed(folder)}
        if SUMMARY not in here:
            return [f"{folder} is missing or incomplete"]
        with tempfile.TemporaryDirectory(prefix="wirecopy-") as scratch:
            addresses.fetch(here[SUMMARY], Path(scratch, SUMMARY))
            try:
                published = manifest.read(Path(scratch))
            except BadDataError as error:
                return [f"{folder}: {error}"]
        if manifest.published_summary(published) != manifest.published_summary(stored_summary(night_files, night)):
            return [f"{folder}/{SUMMARY} is not of the night that the store has"]
        sizes = {name: about["bytes"] for name, about in published["files"].items()}
        return [
            f"{folder}/{name} is missing or damaged"
            for name, size in sizes.items()
            if name not in here or here[name].size != size
        ]

    def replace(
        self,
        catalogue: Catalogue,
        night_files: NightFiles,
        night: Night,
        failpoint: Failpoint,
        at_hand: Corpus | None,
    ) -> None:
        """See :class:`Out`."""
        failpoint("staging")
        with addresses.publishing(self.folder(night), replace=True) as work:
            work.mkdir()
            stage(catalogue, night_files, night, work, at_hand)
            failpoint("staged")

    def point_at(self, night: Night) -> None:
        """See :class:`Out`."""
        where = addresses.location(self._at(f"{_LATEST}.json"))
        with translated(self.target), where.store.open_output_stream(where.path) as file:
            file.write(json.dumps({"run_id": night.run_id}).encode() + b"\n")

    def _at(self, *names: str) -> str:
        return "/".join([self._address, *names]) + self._query


def out_at(out: str | Path) -> Out:
    """The published nights at a path or an address."""
    return RemoteOut(str(out)) if addresses.is_address(out) else LocalOut(Path(out))
