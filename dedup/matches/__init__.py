"""Candidate pairs -> matches: what two texts share makes them copies of one another, or not, and in which grade."""

from __future__ import annotations

from dedup.matches.grading import NEAR_MISS, SCHEMA, match
from dedup.matches.single import Match, grade

__all__ = ["NEAR_MISS", "SCHEMA", "Match", "grade", "match"]
