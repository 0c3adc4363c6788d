"""Candidate pairs -> matches: what two texts share makes them copies of one another, or not, and in which grade."""

from __future__ import annotations

from dedup.grading.grades import CLEAR, LEAST_COMMON, LEAST_SHARE, SCHEMA, compare, judge, match
from dedup.grading.single import Match, grade

__all__ = ["CLEAR", "LEAST_COMMON", "LEAST_SHARE", "SCHEMA", "Match", "compare", "grade", "judge", "match"]
