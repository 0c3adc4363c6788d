"""Articles, signatures and matches of earlier nights: immutable Parquet files a night, and a catalogue in SQLite.

A night is a folder of files that appears by one rename and never changes; the catalogue says which of them count.
``docs/store.md`` shows how to read both without wirecopy.
"""

from __future__ import annotations

from dedup.store.catalogue import Catalogue, Input, Member, Night
from dedup.store.lock import locked
from dedup.store.window import Window, load

__all__ = ["Catalogue", "Input", "Member", "Night", "Window", "load", "locked"]
