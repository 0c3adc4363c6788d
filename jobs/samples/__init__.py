"""The two sample dumps as part of the package, for those who have no checkout. In the repository they are links."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

NAMES = ("morning.jsonl", "evening.csv")


def copy_to(folder: Path) -> list[Path]:
    """Write the sample dumps into a folder and return their paths. Raises OSError."""
    written = []
    for name in NAMES:
        written.append(folder / name)
        written[-1].write_bytes(resources.files(__name__).joinpath(name).read_bytes())
    return written
