"""Candidate pairs -> matches: what two texts share makes them copies of one another, or not, and in which grade."""

from __future__ import annotations

from dedup.grading.grades import CLEAR, MIN_COMMON, MIN_SHARE, NEAR, SCHEMA, compare, judge, match
from dedup.grading.single import Match, grade

__all__ = ["CLEAR", "MIN_COMMON", "MIN_SHARE", "NEAR", "SCHEMA", "Match", "compare", "grade", "judge", "match"]
