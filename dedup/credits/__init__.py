"""Whose text an article is and whose facts it has: credits and citations, as evidence with its words and its place."""

from __future__ import annotations

from dedup.credits.agencies import Agencies, load_agencies, own_agency
from dedup.credits.attributions import find

__all__ = ["Agencies", "find", "load_agencies", "own_agency"]
