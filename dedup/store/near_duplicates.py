"""Near-duplicates of tonight's articles among the stored ones (see :mod:`dedup.search.bands`)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from dedup import rules
from dedup.corpus import Rows
from dedup.minhash import Signatures
from dedup.search.buckets import band_of
from dedup.settings import Settings
from dedup.store.window import Window

_Places = npt.NDArray[np.int64]


def links(window: Window, signatures: Signatures, settings: Settings) -> tuple[Rows, Rows]:
    """Stored rows and new ones that are near-duplicates: of one digest, or met in a band and alike enough."""
    searched = np.flatnonzero(rules.eligible(signatures.sizes, settings)).astype(np.int32)
    bands = [_band(signatures.values, first, settings, searched) for first in rules.bands(settings)]
    found = [_same_digest(window, signatures)]
    for rows, values in window.signatures():
        here = np.flatnonzero(window.live[rows] & rules.eligible(window.sizes[rows], settings)).astype(np.int32)
        for first, (keys, owners) in zip(rules.bands(settings), bands, strict=True):
            asked, _ = band_of(values, first, settings, here)
            met, place = places(keys, asked)
            one, other = here[met], owners[place]
            near = rules.near_duplicate((values[one] == signatures.values[other]).sum(1), settings)
            found.append(np.stack([rows.start + one[near].astype(np.int64), other[near]]))
    stored, fresh = np.concatenate(found, axis=1).astype(np.int32)
    return stored, fresh


def places(ascending: npt.NDArray[Any], asked: npt.NDArray[Any]) -> tuple[_Places, _Places]:
    """Which of the ``asked`` are among the ``ascending`` values: their places in both."""
    if not len(ascending):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    place = np.minimum(np.searchsorted(ascending, asked), len(ascending) - 1)
    met = np.flatnonzero(ascending[place] == asked)
    return met, place[met]


def _same_digest(window: Window, signatures: Signatures) -> _Places:
    rows = np.flatnonzero(signatures.sizes > 0)
    digests, first = np.unique(signatures.digests[rows], return_index=True)
    met, place = places(digests, window.digests)
    live = window.live[met] & (window.sizes[met] > 0)
    return np.stack([met[live], rows[first[place[live]]]])


def _band(
    values: npt.NDArray[np.uint32], first: int, settings: Settings, searched: Rows
) -> tuple[npt.NDArray[np.uint32], Rows]:
    """A band's different keys, ascending, and the first article of each."""
    keys, order = band_of(values, first, settings, searched)
    different, place = np.unique(keys, return_index=True)
    return different, order[place]


class Inside:
    """The pairs inside groups: every stored article that was compared with all, with every new one of its group.

    Late members of a large group are paired with its representative alone, the smallest stored one.
    """

    def __init__(self, window: Window, groups: npt.NDArray[np.uint64], late: npt.NDArray[np.bool_]) -> None:
        different, place = np.unique(groups, return_inverse=True)
        self._order = np.lexsort((late, place))  # of each group first those that are not late
        counts, early = np.bincount(place, minlength=len(different)), np.bincount(place, ~late, len(different))
        self._begins, self._counts, self._early = np.cumsum(counts) - counts, counts, early.astype(np.int64)
        met, here = places(different, window.groups)
        usable = window.searched[met] & (window.sizes[met] > 0)
        self._met, self._here = met[usable], here[usable]
        first = np.lexsort((self._met, window.digests[self._met], self._here))
        _, once = np.unique(self._here[first], return_index=True)
        self._leads = np.zeros(len(self._met), bool)
        self._leads[first[once]] = True

    def pairs(self, rows: slice) -> tuple[Rows, Rows]:
        """Those of some rows of the window: places among these rows, and new articles."""
        some = slice(*np.searchsorted(self._met, [rows.start, rows.stop]))
        here = self._here[some]
        sizes = np.where(self._leads[some], self._counts[here], self._early[here])
        begins = np.repeat(self._begins[here] - np.cumsum(sizes) + sizes, sizes)
        stored = np.repeat(self._met[some] - rows.start, sizes)
        return stored.astype(np.int32), self._order[begins + np.arange(len(begins))].astype(np.int32)
