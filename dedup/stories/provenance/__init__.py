"""Whose text each witness is (wire agency) and who reported its story first (originator)."""

from __future__ import annotations

from dedup.stories.provenance.families import Families, load_families
from dedup.stories.provenance.originators import ORIGINATOR_KNOWN_BY, Originators, originators
from dedup.stories.provenance.statements import Statements, statements
from dedup.stories.provenance.wire_agencies import KNOWN_BY, StoryWires, Wires, story_wires, wires
from dedup.stories.provenance.witnesses import (
    NOBODY,
    SAME_COPY,
    SKEW,
    Attributions,
    Bools,
    Floats,
    Ints,
    Pairs,
    Witnesses,
    cites,
    gaps,
    read_attributions,
    read_pairs,
    read_witnesses,
)

__all__ = [
    "KNOWN_BY",
    "NOBODY",
    "ORIGINATOR_KNOWN_BY",
    "SAME_COPY",
    "SKEW",
    "Attributions",
    "Bools",
    "Families",
    "Floats",
    "Ints",
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
    "read_attributions",
    "read_pairs",
    "read_witnesses",
    "statements",
    "story_wires",
    "wires",
]
