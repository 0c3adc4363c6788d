"""Texts -> MinHash signatures (Broder 1997; Leskovec, Rajaraman & Ullman, ch. 3.3).

A signature's values are those of ``datasketch.MinHash(scheme="affine32")`` fed with the same shingles, so any user can
make one without wirecopy (``docs/signatures.md`` has the lines).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.kernels.folding import folding
from dedup.kernels.sign import digest, permute
from dedup.kernels.tokenise import shingle, tokenise
from dedup.settings import Settings
from dedup.tokens import room, text_buffers

_CHUNK_TEXTS = 64
_CHUNK_BYTES = 1_000_000


class Signatures(NamedTuple):
    """What the search knows of ``n`` texts.

    ``values`` uint32[n, num_perm]: the signatures (largest value everywhere: no tokens); ``sizes`` int32[n]: tokens;
    ``digests`` uint64[n]: equal for texts of the same token sequence.
    """

    values: npt.NDArray[np.uint32]
    sizes: npt.NDArray[np.int32]
    digests: npt.NDArray[np.uint64]

    def take(self, rows: npt.NDArray[np.int64]) -> Signatures:
        """The signatures of some rows."""
        return Signatures(*(column[rows] for column in self))


class Permutations(NamedTuple):
    """The permutations of a signature, ``value = factors * mixed + summands`` in uint32; both uint32[num_perm]."""

    factors: npt.NDArray[np.uint32]
    summands: npt.NDArray[np.uint32]

    def apply(self, row: int, shingles: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
        """What one row's permutation makes of shingle hashes."""
        mixed = shingles.astype(np.uint32)
        mixed = (mixed ^ (mixed >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        mixed = (mixed ^ (mixed >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        return self.factors[row] * (mixed ^ (mixed >> np.uint32(16))) + self.summands[row]


def permutations(settings: Settings) -> Permutations:
    """The permutations that datasketch makes of the settings' ``num_perm`` and ``seed``."""
    from datasketch import MinHash  # noqa: PLC0415  # slow to import (scipy), and needed only where texts are signed

    made = MinHash(num_perm=settings.num_perm, seed=settings.seed, scheme="affine32").permutations
    return Permutations(np.ascontiguousarray(made[0]), np.ascontiguousarray(made[1]))


def sign(texts: pa.Array, settings: Settings | None = None) -> Signatures:
    """Sign a column of texts (Arrow string or large_string; nulls count as empty).

    Runs without the interpreter lock, so that threads sign different batches side by side.
    """
    settings = settings or Settings()
    made = permutations(settings)
    data, offsets = text_buffers(texts)
    count = len(offsets) - 1
    out = Signatures(
        np.empty((count, settings.num_perm), np.uint32), np.empty(count, np.int32), np.empty(count, np.uint64)
    )
    tokens = room(1, 1)
    shingles, places = np.empty(0, np.uint32), np.empty(_CHUNK_TEXTS + 1, np.int64)
    for first, last in _chunks(offsets):
        size = int(offsets[last] - offsets[first])
        if size // 2 + last - first + 1 > len(tokens.hashes):
            tokens = room(size, _CHUNK_TEXTS)
            shingles = np.empty(len(tokens.hashes), np.uint32)
        used = tokenise(data, offsets, first, last, folding(), tokens)
        here = slice(first, last)
        chunk_offsets, chunk_places = tokens.offsets[: last - first + 1], places[: last - first + 1]
        shingle(tokens.hashes[:used], chunk_offsets, settings.shingle, shingles, chunk_places)
        permute(shingles, chunk_places, *made, out.values[here])
        digest(tokens.hashes, chunk_offsets, out.digests[here])
        out.sizes[here] = np.diff(chunk_offsets)
    return out


def _chunks(offsets: npt.NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Runs of texts that fit the processor's cache: at most 64 of them, about a megabyte where there are several."""
    first, count = 0, len(offsets) - 1
    while first < count:
        fitting = int(np.searchsorted(offsets, offsets[first] + _CHUNK_BYTES, side="right")) - 1
        last = min(max(fitting, first + 1), first + _CHUNK_TEXTS, count)
        yield first, last
        first = last
