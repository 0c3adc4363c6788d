"""What ``import dedup`` gives to people who work in Python: runs, stores, and nothing that a command has not."""

from __future__ import annotations

from jobs.library.runs import Run, detect
from jobs.library.stores import Store

__all__ = ["Run", "Store", "detect"]
