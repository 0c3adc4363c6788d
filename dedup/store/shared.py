"""A store at an address: a lock, and a catalogue that is fetched, changed and put back whole.

The catalogue has generations. Each is two objects: the database under a name of its own, and a small one that is made
only if nothing has its name yet, ``catalogue/00000042.json``. To make the small one is the commit: of two runs that
would both commit after generation 41 one fails, so that nothing depends on the lock. The lock only tells a second run
at once that it is one too many.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dedup.errors import BadDataError, BusyError
from dedup.manifest import digest_of
from dedup.store import checksum
from dedup.store.folder import CATALOGUE
from dedup.store.objects import Objects

_LOCK, _FOLDER, _ENDING = "lock", "catalogue/", ".json"
_KEPT = 2  # databases: the current one, and the one before, which somebody may be fetching


class SharedStore:
    """What of a store at an address is not files of nights.

    Raises the errors of :class:`dedup.store.objects.Objects`.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._objects = Objects(address)
        self._generation = 0

    @contextlib.contextmanager
    def locked(self, note: str) -> Iterator[None]:
        """Hold the store; raises :class:`~dedup.errors.BusyError` at once where somebody else does.

        The lock of a dead process of this machine is taken over. ``note`` says who holds it, for people to read.
        """
        mine = {"note": note, "token": secrets.token_hex(8), **_process()}
        held = self.holder()
        if held and _is_dead(held):
            self._objects.delete(_LOCK)
        if not self._objects.create(_LOCK, json.dumps(mine).encode()):
            held = self.holder() or {}
            raise BusyError(
                f"another run holds {self.address} ({held.get('note')} on {held.get('host')}); wait for its end, or if "
                f"it is dead remove {self.address}/{_LOCK} and give the command again"
            )
        try:
            yield
        finally:
            if (self.holder() or {}).get("token") == mine["token"]:
                self._objects.delete(_LOCK)

    def holder(self) -> dict[str, Any] | None:
        """What the holder of the lock wrote of itself; None: nobody holds it."""
        held = self._objects.get(_LOCK)
        return None if held is None else dict(json.loads(held))

    def exists(self) -> bool:
        """Is there a catalogue?"""
        return bool(self._generations())

    def fetch(self, folder: Path) -> bool:
        """Put the current catalogue into ``folder``; False: there is none yet.

        Raises :class:`~dedup.errors.BadDataError` where it is not what was written.
        """
        numbers = self._generations()
        if not numbers:
            return False
        self._generation = numbers[-1]
        name = _name(self._generation)
        about, target = json.loads(self._objects.get(name) or b"{}"), folder / CATALOGUE
        there = "file" in about and self._objects.fetch(f"{_FOLDER}{about['file']}", target)
        if not there or digest_of(target) != about["digest"]:
            raise BadDataError(
                f"the catalogue of {self.address} is damaged or missing ({name}); put back a copy of it, or remove "
                f"{self.address}/{name} to go back to the generation before"
            )
        checksum.write(folder, about["contents"])
        return True

    def push(self, folder: Path) -> None:
        """Make the catalogue in ``folder`` the current one: the commit.

        Raises :class:`~dedup.errors.BusyError` where another run has committed since it was fetched.
        """
        catalogue, number = folder / CATALOGUE, self._generation + 1
        file = f"{number:08}-{secrets.token_hex(8)}.sqlite"
        about = {"file": file, "digest": digest_of(catalogue), "contents": checksum.read(folder)}
        self._objects.put(f"{_FOLDER}{file}", catalogue)
        if not self._objects.create(_name(number), json.dumps(about).encode()):
            self._objects.delete(f"{_FOLDER}{file}")
            raise BusyError(f"another run has changed {self.address} meanwhile; give the same command again")
        self._generation = number
        self._sweep()

    def _generations(self) -> list[int]:
        names = [name.removeprefix(_FOLDER) for name in self._objects.names(_FOLDER)]
        return sorted(int(name.removesuffix(_ENDING)) for name in names if name.endswith(_ENDING))

    def _sweep(self) -> None:
        """Remove the databases that nobody needs any more, those that killed runs left among them.

        The small objects stay: were one gone, a run that fell behind could make it again and believe that it committed.
        """
        held = [json.loads(self._objects.get(_name(number)) or b"{}") for number in self._generations()[-_KEPT:]]
        keep = {f"{_FOLDER}{about['file']}" for about in held if "file" in about}
        for name in self._objects.names(_FOLDER):
            if not name.endswith(_ENDING) and name not in keep:
                self._objects.delete(name)


def _name(generation: int) -> str:
    return f"{_FOLDER}{generation:08}{_ENDING}"


def _process() -> dict[str, Any]:
    """What tells this process from others, of this machine and of others."""
    return {"host": socket.gethostname(), "process": os.getpid(), "started": _started(os.getpid())}


def _is_dead(held: dict[str, Any]) -> bool:
    """Was the lock held by a process of this machine that is no more?"""
    if held.get("host") != socket.gethostname() or not held.get("started"):
        return False
    return bool(_started(int(held["process"])) != held["started"])


def _started(process: int) -> str | None:
    """When a process began, by its machine's clock and boot; None: there is no such process, or no way to know."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        fields = Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    return f"{boot} {fields[19]}" if fields[0] != "Z" else None
