"""Whose text each witness is (wire agency) and who reported its story first (originator)."""

from __future__ import annotations

from dedup.attribution.families import Families, load_families
from dedup.attribution.originators import Originators, originators
from dedup.attribution.wires import KNOWN_BY, Wires, story_wires, wires
from dedup.attribution.witnesses import (
    DAY,
    NOBODY,
    SKEW,
    Bools,
    Floats,
    Ints,
    Marks,
    Pairs,
    Witnesses,
    cites,
    gaps,
    read_marks,
    read_pairs,
    read_witnesses,
)

__all__ = [
    "DAY",
    "KNOWN_BY",
    "NOBODY",
    "SKEW",
    "Bools",
    "Families",
    "Floats",
    "Ints",
    "Marks",
    "Originators",
    "Pairs",
    "Wires",
    "Witnesses",
    "cites",
    "gaps",
    "load_families",
    "originators",
    "read_marks",
    "read_pairs",
    "read_witnesses",
    "story_wires",
    "wires",
]
