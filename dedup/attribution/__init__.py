"""Whose text each witness is (wire agency) and who reported its story first (originator)."""

from __future__ import annotations

from dedup.attribution.families import Families, load_families
from dedup.attribution.originators import ORIGINATOR_KNOWN_BY, Originators, originators
from dedup.attribution.statements import Statements, statements
from dedup.attribution.wires import KNOWN_BY, StoryWires, Wires, story_wires, wires
from dedup.attribution.witnesses import (
    NOBODY,
    SAME_COPY,
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
    "KNOWN_BY",
    "NOBODY",
    "ORIGINATOR_KNOWN_BY",
    "SAME_COPY",
    "SKEW",
    "Bools",
    "Families",
    "Floats",
    "Ints",
    "Marks",
    "Originators",
    "Pairs",
    "Statements",
    "StoryWires",
    "Wires",
    "Witnesses",
    "cites",
    "gaps",
    "load_families",
    "originators",
    "read_marks",
    "read_pairs",
    "read_witnesses",
    "statements",
    "story_wires",
    "wires",
]
