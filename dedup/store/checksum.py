"""The digest of the catalogue, kept beside it: what was not written by wirecopy is not read.

``catalogue.digest`` has a line for every content that the catalogue may have. While a transaction is under way that is
the digest from before and ``?``: whether it came to its end, only the catalogue can tell.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import mmh3

from dedup.writing import sync_file

NAME, UNKNOWN = "catalogue.digest", "?"
_CHUNK = 1 << 20


def of_file(handle: int) -> str:
    """32 hex digits of an open file's bytes (mmh3, x64, 128 bits)."""
    hasher, offset = mmh3.mmh3_x64_128(), 0
    while chunk := os.pread(handle, _CHUNK, offset):
        hasher.update(chunk)
        offset += len(chunk)
    return hasher.digest().hex()


def read(store: Path) -> list[str]:
    """The contents that the catalogue may have; empty where nothing is written down."""
    try:
        return (store / NAME).read_text("ascii", "replace").split()
    except FileNotFoundError:
        return []


def write(store: Path, allowed: Sequence[str]) -> None:
    """Write these contents down, to the disk, at once or not at all."""
    work = store / f"{NAME}.partial"
    try:
        with work.open("w", encoding="ascii") as file:
            file.write("".join(f"{one}\n" for one in allowed))
            sync_file(file)
        work.replace(store / NAME)
    finally:
        work.unlink(missing_ok=True)
