"""Near-duplicates of tonight's articles among the stored ones (see :mod:`dedup.search.bands`)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dedup import rules
from dedup.corpus import Rows
from dedup.minhash import Signatures
from dedup.search.buckets import band_of
from dedup.settings import Settings
from dedup.store.files import Signed
from dedup.store.window import Window

_Indices = npt.NDArray[np.int64]

#: Stored articles and new ones that are near-duplicates, int64[2, links].
Links = npt.NDArray[np.int64]


class Bands(NamedTuple):
    """Tonight's signatures in bands: of each the different keys, ascending, and the first article of each."""

    values: npt.NDArray[np.uint32]
    bands: list[tuple[npt.NDArray[np.uint32], Rows]]
    settings: Settings


def bands(signatures: Signatures, settings: Settings) -> Bands:
    """The bands of tonight's articles."""
    eligible = np.flatnonzero(rules.eligible(signatures.sizes, settings)).astype(np.int32)
    made = [_band(signatures.values, first, settings, eligible) for first in rules.bands(settings)]
    return Bands(signatures.values, made, settings)


def links(known: Bands, signed: Signed, live: npt.NDArray[np.bool_]) -> Links:
    """The near-duplicates in a piece: its articles and new ones that meet in a band and are alike enough."""
    settings = known.settings
    here = np.flatnonzero(live & rules.eligible(signed.sizes, settings)).astype(np.int32)
    pairs = [np.empty((2, 0), np.int64)]
    for first, (keys, owners) in zip(rules.bands(settings), known.bands, strict=True):
        asked, rows = band_of(signed.values, first, settings, here)
        hits, position = positions(keys, asked)
        one, other = rows[hits], owners[position]
        near = rules.near_duplicate((signed.values[one] == known.values[other]).sum(1), settings)
        pairs.append(np.stack([one[near].astype(np.int64), other[near]]))
    return np.concatenate(pairs, axis=1)


def positions(ascending: npt.NDArray[Any], asked: npt.NDArray[Any]) -> tuple[_Indices, _Indices]:
    """Which of the ``asked`` are among the ``ascending`` values: their places in both."""
    if not len(ascending):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    position = np.minimum(np.searchsorted(ascending, asked), len(ascending) - 1)
    hits = np.flatnonzero(ascending[position] == asked)
    return hits, position[hits]


def same_digest(window: Window, signatures: Signatures) -> Links:
    """Rows of the window and new articles of one content."""
    rows = np.flatnonzero(signatures.sizes > 0)
    digests, first = np.unique(signatures.digests[rows], return_index=True)
    hits, position = positions(digests, window.digests)
    live = window.live[hits] & (window.sizes[hits] > 0)
    return np.stack([hits[live], rows[first[position[live]]]])


def _band(
    values: npt.NDArray[np.uint32], first: int, settings: Settings, fully_compared: Rows
) -> tuple[npt.NDArray[np.uint32], Rows]:
    """A band's different keys, ascending, and the first article of each."""
    keys, order = band_of(values, first, settings, fully_compared)
    different, position = np.unique(keys, return_index=True)
    return different, order[position]


class InGroups(NamedTuple):
    """Pairs inside groups: rows of the window, ascending (int32), and new articles (int32)."""

    stored: Rows
    new: Rows

    def of_rows(self, first: int, last: int) -> InGroups:
        """Those of the rows ``first`` to ``last - 1``, which count from there."""
        some = slice(*np.searchsorted(self.stored, [first, last]))
        return InGroups(self.stored[some] - np.int32(first), self.new[some])


def in_groups(window: Window, groups: npt.NDArray[np.uint64], late: npt.NDArray[np.bool_]) -> InGroups:
    """Every stored article that was compared with all, with every new one of its group.

    ``late`` members of a large group are paired with its representative alone, the smallest stored one.
    """
    different, inverse = np.unique(groups, return_inverse=True)
    order = np.lexsort((late, inverse))  # of each group first those that are not late
    counts, early = np.bincount(inverse, minlength=len(different)), np.bincount(inverse, ~late, len(different))
    first_of_group = np.cumsum(counts) - counts
    hits, here = positions(different, window.groups)
    usable = window.fully_compared[hits] & (window.sizes[hits] > 0)
    met, here = hits[usable], here[usable]
    smallest = np.lexsort((met, window.digests[met], here))
    _, once = np.unique(here[smallest], return_index=True)
    leads = np.zeros(len(met), bool)
    leads[smallest[once]] = True
    sizes = np.where(leads, counts[here], early[here].astype(np.int64))
    begins = np.repeat(first_of_group[here] - np.cumsum(sizes) + sizes, sizes)
    return InGroups(np.repeat(met, sizes).astype(np.int32), order[begins + np.arange(len(begins))].astype(np.int32))
