"""Where the folders of the nights are: in the store's own folder, or at an address."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from pyarrow import fs

from dedup import addresses
from dedup.manifest import digest_of, digest_read
from dedup.store.folder import NIGHTS, WORK, is_night, night_folders
from dedup.store.objects import translated
from dedup.writing import sync_folder


class Folders(Protocol):
    """Folders of nights by their names (``nights/2025-05-09-5b168bdd``), and the files in them."""

    @property
    def store(self) -> str:
        """The path or the address of the store, as messages call it."""
        ...

    def names(self) -> list[str]:
        """The folders that are there, in the order of their names."""
        ...

    def put(self, built: Path, folder: str) -> None:
        """Make ``built`` a folder of that name; what a killed run left of one was removed before."""
        ...

    def remove(self, folder: str) -> None:
        """Remove a folder, where it is one of a night and still there."""
        ...

    def size(self, folder: str, name: str) -> int | None:
        """The bytes of a file; None: it is missing."""
        ...

    def digest(self, folder: str, name: str) -> str:
        """The digest of a file that is there, as :func:`dedup.manifest.digest_of` makes it."""
        ...

    def location(self, folder: str, name: str = "") -> str:
        """The path or the address of a file, or of a folder."""
        ...

    def path(self, folder: str, name: str) -> Path:
        """A file on this machine, which is fetched where the folder is elsewhere."""
        ...

    def lend(self, file: Path) -> AbstractContextManager[str]:
        """The path or the address at which workers find a file of this machine meanwhile."""
        ...

    def sweep(self) -> None:
        """Remove what a killed run lent."""
        ...


class LocalFolders:
    """In the folder of the store: a night's folder appears by one rename."""

    def __init__(self, store: Path) -> None:
        self._store = store

    @property
    def store(self) -> str:
        """See :class:`Folders`."""
        return str(self._store)

    def names(self) -> list[str]:
        """See :class:`Folders`."""
        return [f"{NIGHTS}/{path.name}" for path in night_folders(self._store)]

    def put(self, built: Path, folder: str) -> None:
        """See :class:`Folders`."""
        target = self._store / folder
        target.parent.mkdir(exist_ok=True)
        built.rename(target)
        sync_folder(target.parent)

    def remove(self, folder: str) -> None:
        """See :class:`Folders`."""
        if folder in self.names():
            shutil.rmtree(self._store / folder)
            sync_folder(self._store / NIGHTS)

    def size(self, folder: str, name: str) -> int | None:
        """See :class:`Folders`."""
        path = self.path(folder, name)
        return path.stat().st_size if path.is_file() else None

    def digest(self, folder: str, name: str) -> str:
        """See :class:`Folders`."""
        return digest_of(self.path(folder, name))

    def location(self, folder: str, name: str = "") -> str:
        """See :class:`Folders`."""
        return str(self.path(folder, name).absolute())

    def path(self, folder: str, name: str) -> Path:
        """See :class:`Folders`."""
        return self._store / folder / name

    def lend(self, file: Path) -> AbstractContextManager[str]:
        """See :class:`Folders`; who sees the store sees the file, which is in it."""
        return contextlib.nullcontext(str(file.absolute()))

    def sweep(self) -> None:
        """Nothing was lent."""


class RemoteFolders:
    """At an address; ``here`` is a folder of this machine for what is fetched, and is laid out as the store is."""

    def __init__(self, address: str, here: Path) -> None:
        self._at, self._here = addresses.location(address), here

    @property
    def store(self) -> str:
        """See :class:`Folders`."""
        return self._at.address(self._at.path)

    def names(self) -> list[str]:
        """See :class:`Folders`."""
        with translated(self._at.address(self._at.path)):
            inside = self._at.store.get_file_info(fs.FileSelector(self._path(NIGHTS), allow_not_found=True))
        found = (info.base_name for info in inside if info.type == fs.FileType.Directory)
        return sorted(f"{NIGHTS}/{name}" for name in found if is_night(name))

    def put(self, built: Path, folder: str) -> None:
        """See :class:`Folders`."""
        for file in sorted(path for path in built.rglob("*") if path.is_file()):
            self._copy(file, self._path(folder, file.relative_to(built).as_posix()))
        LocalFolders(self._here).put(built, folder)  # what is published is read from there

    def remove(self, folder: str) -> None:
        """See :class:`Folders`."""
        if folder in self.names():
            with translated(self._at.address(self._path(folder))):
                self._at.store.delete_dir(self._path(folder))

    def size(self, folder: str, name: str) -> int | None:
        """See :class:`Folders`."""
        with translated(self.location(folder, name)):
            (info,) = self._at.store.get_file_info([self._path(folder, name)])
        return info.size if info.type == fs.FileType.File else None

    def digest(self, folder: str, name: str) -> str:
        """See :class:`Folders`; of the copy on this machine, where there is one."""
        copy = self._here / folder / name
        if copy.exists():
            return digest_of(copy)
        with (
            translated(self.location(folder, name)),
            self._at.store.open_input_stream(self._path(folder, name)) as file,
        ):
            return digest_read(file)

    def location(self, folder: str, name: str = "") -> str:
        """See :class:`Folders`."""
        return self._at.address(self._path(folder, name))

    def path(self, folder: str, name: str) -> Path:
        """See :class:`Folders`."""
        path = self._here / folder / name
        if not path.exists() and self.size(folder, name) is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = self._here / WORK / "fetched"
            part.parent.mkdir(exist_ok=True)
            addresses.fetch(addresses.RemoteFile(self.location(folder, name), self._path(folder, name), 0), part)
            part.rename(path)
        return path

    @contextlib.contextmanager
    def lend(self, file: Path) -> Iterator[str]:
        """See :class:`Folders`."""
        name = f"{secrets.token_hex(8)}-{file.name}"
        self._copy(file, self._path(WORK, name))
        try:
            yield self.location(WORK, name)
        finally:
            with translated(self.location(WORK, name)):
                self._at.store.delete_file(self._path(WORK, name))

    def sweep(self) -> None:
        """See :class:`Folders`."""
        with translated(self.location(WORK)):
            (info,) = self._at.store.get_file_info([self._path(WORK)])
            if info.type == fs.FileType.Directory:
                self._at.store.delete_dir(self._path(WORK))

    def _copy(self, file: Path, target: str) -> None:
        with translated(self._at.address(target)):
            self._at.store.create_dir(target.rpartition("/")[0], recursive=True)
            addresses.copy_to(self._at.store, file, target)

    def _path(self, *names: str) -> str:
        return "/".join([self._at.path, *filter(None, names)])
