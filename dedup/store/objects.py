"""Small objects at an address, which can be made only if nothing has their name yet."""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pyarrow as pa

from dedup.errors import InputOutputError, SettingsError, UsageError

_SCHEMES = ("s3", "gs", "abfs")


class Objects:
    """The objects below an address.

    Raises :class:`~dedup.errors.UsageError` for an address whose store cannot make an object only if it is absent, and
    :class:`~dedup.errors.SettingsError` where the package for it is missing. All methods raise
    :class:`~dedup.errors.InputOutputError` where the store fails.
    """

    def __init__(self, address: str) -> None:
        base, _, query = address.replace("s3a://", "s3://", 1).partition("?")
        scheme = base.partition("://")[0]
        if scheme not in _SCHEMES:
            raise UsageError(
                f"a store cannot be at {address}: it needs objects that are made only if they are absent, which "
                f"{', '.join(f'{one}://' for one in _SCHEMES)} have; mount it and give the path of the mount"
            )
        self.address = base
        self._package, self._errors = _loaded()
        with translated(address):
            self._store = self._package.store.from_url(base, **_options(scheme, parse_qs(query)))

    def create(self, name: str, content: bytes) -> bool:
        """Make an object; False: there is one of that name."""
        with translated(self.address):
            try:
                self._package.put(self._store, name, content, mode="create")
            except self._errors.AlreadyExistsError:
                return False
        return True

    def put(self, name: str, file: Path) -> None:
        """Make an object of a file."""
        with translated(self.address):
            self._package.put(self._store, name, file)

    def get(self, name: str) -> bytes | None:
        """The content of an object; None: there is none."""
        with translated(self.address), contextlib.suppress(FileNotFoundError):
            return bytes(self._package.get(self._store, name).bytes())
        return None

    def fetch(self, name: str, target: Path) -> bool:
        """Copy an object to a file; False: there is none."""
        with translated(self.address), contextlib.suppress(FileNotFoundError):
            chunks = self._package.get(self._store, name).stream()
            with target.open("wb") as file:
                for chunk in chunks:
                    file.write(chunk)
            return True
        return False

    def names(self, prefix: str) -> list[str]:
        """The names that begin so, in their order."""
        with translated(self.address):
            return sorted(one["path"] for part in self._package.list(self._store, prefix) for one in part)

    def delete(self, name: str) -> None:
        """Remove an object, where it is."""
        with translated(self.address), contextlib.suppress(FileNotFoundError):
            self._package.delete(self._store, name)


def _loaded() -> tuple[Any, Any]:
    try:
        return importlib.import_module("obstore"), importlib.import_module("obstore.exceptions")
    except ImportError as error:
        raise SettingsError(
            f"a store at an address needs the package obstore, which cannot be loaded: {error}; install it with: "
            "pip install 'wirecopy[cloud]'"
        ) from error


def _options(scheme: str, query: dict[str, list[str]]) -> dict[str, Any]:
    """Where S3 is asked, as :mod:`dedup.addresses` has it."""
    if scheme != "s3":
        return {}
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    if "endpoint_override" in query:
        endpoint = query["endpoint_override"][-1]
        endpoint = endpoint if "://" in endpoint else f"{query.get('scheme', ['https'])[-1]}://{endpoint}"
    options: dict[str, Any] = {"client_options": {"allow_http": True}} if endpoint.startswith("http://") else {}
    if "region" in query:
        options["region"] = query["region"][-1]
    return options | ({"endpoint": endpoint} if endpoint else {})


@contextlib.contextmanager
def translated(address: str) -> Iterator[None]:
    """What a store answers with, as an error of wirecopy's; FileNotFoundError is left as it is."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise InputOutputError(f"{address}: {error}; what was committed is as it was") from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "obstore":
            raise
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise InputOutputError(f"{address}: {first}; what was committed is as it was") from error
