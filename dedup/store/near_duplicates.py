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
from dedup.store.files import read_signatures
from dedup.store.pieces import Piece
from dedup.store.window import Window

_Indices = npt.NDArray[np.int64]


class _Bands(NamedTuple):
    """Tonight's signatures in bands: of each the different keys, ascending, and the first article of each."""

    values: npt.NDArray[np.uint32]
    bands: list[tuple[npt.NDArray[np.uint32], Rows]]
    settings: Settings


def links(window: Window, signatures: Signatures, settings: Settings) -> tuple[Rows, Rows]:
    """Stored rows and new ones that are near-duplicates: of one digest, or met in a band and alike enough."""
    eligible = np.flatnonzero(rules.eligible(signatures.sizes, settings)).astype(np.int32)
    bands = [_band(signatures.values, first, settings, eligible) for first in rules.bands(settings)]
    shared = _Bands(signatures.values, bands, settings)
    items = [(rows.start, piece, window.live[rows]) for rows, piece in window.pieces("signatures")]
    pairs = [_same_digest(window, signatures), *window.night_files.workers.each(_linked, shared, items)]
    stored, fresh = np.concatenate(pairs, axis=1).astype(np.int32)
    return stored, fresh


def _linked(shared: _Bands, item: tuple[int, Piece, npt.NDArray[np.bool_]]) -> _Indices:
    """The links of a piece of stored signatures, which begins at a row of the window: int64[2, links]."""
    begin, piece, live = item
    settings, stored = shared.settings, read_signatures(piece)
    here = np.flatnonzero(live & rules.eligible(stored.sizes, settings)).astype(np.int32)
    pairs = [np.empty((2, 0), np.int64)]
    for first, (keys, owners) in zip(rules.bands(settings), shared.bands, strict=True):
        asked, rows = band_of(stored.values, first, settings, here)
        hits, position = positions(keys, asked)
        one, other = rows[hits], owners[position]
        near = rules.near_duplicate((stored.values[one] == shared.values[other]).sum(1), settings)
        pairs.append(np.stack([begin + one[near].astype(np.int64), other[near]]))
    return np.concatenate(pairs, axis=1)


def positions(ascending: npt.NDArray[Any], asked: npt.NDArray[Any]) -> tuple[_Indices, _Indices]:
    """Which of the ``asked`` are among the ``ascending`` values: their places in both."""
    if not len(ascending):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    position = np.minimum(np.searchsorted(ascending, asked), len(ascending) - 1)
    hits = np.flatnonzero(ascending[position] == asked)
    return hits, position[hits]


def _same_digest(window: Window, signatures: Signatures) -> _Indices:
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


class Inside:
    """The pairs inside groups: every stored article that was compared with all, with every new one of its group.

    Late members of a large group are paired with its representative alone, the smallest stored one.
    """

    def __init__(self, window: Window, groups: npt.NDArray[np.uint64], late: npt.NDArray[np.bool_]) -> None:
        different, inverse = np.unique(groups, return_inverse=True)
        self._order = np.lexsort((late, inverse))  # of each group first those that are not late
        counts, early = np.bincount(inverse, minlength=len(different)), np.bincount(inverse, ~late, len(different))
        self._begins, self._counts, self._early = np.cumsum(counts) - counts, counts, early.astype(np.int64)
        hits, here = positions(different, window.groups)
        usable = window.fully_compared[hits] & (window.sizes[hits] > 0)
        self._met, self._here = hits[usable], here[usable]
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
