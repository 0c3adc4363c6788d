"""The most articles that files can hold, whatever is in them: what tells early that too many records are bad."""

from __future__ import annotations

import math
from collections.abc import Iterable

from dedup.readers.inputs import FORMATS, PACKINGS, Source
from dedup.readers.packed import FREE_BYTES, MAX_TIMES

_DEFLATE = 1040  # gzip packs no byte string to less than a 1032nd


def most_articles(sources: Iterable[Source]) -> float:
    """An upper bound; infinite where a file is in a format that has none (Parquet packs equal rows into nothing)."""
    return sum(map(_most, sources))


def _most(source: Source) -> float:
    minimum = FORMATS[source.format].min_bytes
    return max(1, _bytes(source) // minimum) if minimum else math.inf


def _bytes(source: Source) -> int:
    """The most bytes that a file may unpack to before it is given up."""
    most_bytes = max(FREE_BYTES, MAX_TIMES * source.size) + (1 << 20)
    match source.path.suffix.lower():
        case ".gz":
            return min(most_bytes, _DEFLATE * source.size)
        case packing if packing in PACKINGS:
            return most_bytes
        case _:
            return source.size
