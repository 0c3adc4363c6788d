"""A fingerprint of all that grades and names besides the settings: a store tells when its nights differ in it."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import mmh3

from dedup.errors import SettingsError

#: The parts of the package that decide which pairs are looked at, how they are graded, and whose text an article is:
#: their code (thresholds, word lists) and their data (model, rarity of words, agencies, outlets, families).
_PARTS = ("credits", "grading", "kernels", "minhash.py", "permutations.npz", "search", "stories", "text")
_ENDINGS = (".py", ".toml", ".npz")


def judging(agencies: Sequence[Path] = (), families: Path | None = None) -> str:
    """32 hex digits over the code and data that judge, and over users' own ``agencies`` and ``families``.

    Raises :class:`~dedup.errors.SettingsError` where one of these files cannot be read.
    """
    own = [*((f"agencies {number}", path) for number, path in enumerate(agencies))]
    own += [("families", families)] if families else []
    try:
        contents = [(name, path.read_bytes()) for name, path in own]
    except OSError as error:
        raise SettingsError(f"{error.filename} cannot be read: {error.strerror}") from error
    return _digest([(shipped_fingerprint(), b""), *contents])


@functools.cache
def shipped_fingerprint() -> str:
    """The same over what is shipped."""
    package = resources.files("dedup")
    return _digest((name, file.read_bytes()) for part in _PARTS for name, file in _files(part, package.joinpath(part)))


def _files(name: str, folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    """The files in and below a place, in the order of their names."""
    if folder.is_file():
        yield name, folder
    else:
        for inside in sorted(folder.iterdir(), key=lambda one: one.name):
            if inside.name.endswith(_ENDINGS) or (inside.is_dir() and not inside.name.startswith("_")):
                yield from _files(f"{name}/{inside.name}", inside)


def _digest(parts: Iterable[tuple[str, bytes]]) -> str:
    hasher = mmh3.mmh3_x64_128()
    for name, content in parts:
        hasher.update(f"{name}\n{len(content)}\n".encode())
        hasher.update(content)
    return hasher.digest().hex()
