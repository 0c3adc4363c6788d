"""Texts -> MinHash signatures (Broder 1997; Leskovec, Rajaraman & Ullman, ch. 3.3).

A signature's values are those of ``datasketch.MinHash(scheme="affine32")`` fed with the same shingles, so any user can
make one without wirecopy (``docs/signatures.md`` has the lines).
"""

from __future__ import annotations

import functools
from importlib import resources
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.kernels.minhash import digest, permute
from dedup.kernels.tokenise import shingle
from dedup.settings import Settings
from dedup.text.tokens import Tokens, tokenise

_CHUNK = 64
_DEFAULTS = Settings()


class Signatures(NamedTuple):
    """The signatures of ``n`` texts.

    ``values`` uint32[n, num_perm]: the signatures (largest value everywhere: no tokens); ``sizes`` int32[n]: tokens;
    ``digests`` uint64[n]: equal for texts of the same token sequence.
    """

    values: npt.NDArray[np.uint32]
    sizes: npt.NDArray[np.int32]
    digests: npt.NDArray[np.uint64]

    def take(self, rows: npt.NDArray[np.int64]) -> Signatures:
        """The signatures of some rows."""
        return Signatures(self.values[rows], self.sizes[rows], self.digests[rows])


class Permutations(NamedTuple):
    """The permutations of a signature, ``value = factors * finalised + summands`` in uint32; both uint32[num_perm].

    ``finalised`` is the shingle's hash as :func:`finalised` makes it; ``factors`` are odd.
    """

    factors: npt.NDArray[np.uint32]
    summands: npt.NDArray[np.uint32]

    def inverses(self) -> npt.NDArray[np.uint32]:
        """The factors' inverses modulo 2**32, uint32[num_perm] (each Newton step doubles the bits that are right)."""
        inverse = self.factors.copy()
        for _ in range(5):
            inverse *= np.uint32(2) - self.factors * inverse
        return inverse


def finalised(shingles: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Shingle hashes as the permutations take them: through the finaliser of MurmurHash3."""
    half = (shingles ^ (shingles >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    half = (half ^ (half >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return half ^ (half >> np.uint32(16))


@functools.cache
def permutations(settings: Settings) -> Permutations:
    """The permutations that datasketch makes of the settings' ``num_perm`` and ``seed``.

    Those of the defaults are shipped as ``permutations.npz``: to import datasketch takes a third of a second, for
    scipy's optimisers.
    """
    if (settings.num_perm, settings.seed) == (_DEFAULTS.num_perm, _DEFAULTS.seed):
        with resources.files(__package__).joinpath("permutations.npz").open("rb") as file, np.load(file) as shipped:
            return Permutations(shipped["factors"], shipped["summands"])
    from datasketch import MinHash  # noqa: PLC0415  # as said above

    made = MinHash(num_perm=settings.num_perm, seed=settings.seed, scheme="affine32").permutations
    return Permutations(np.ascontiguousarray(made[0]), np.ascontiguousarray(made[1]))


def minhash_texts(texts: pa.Array, settings: Settings | None = None) -> Signatures:
    """The MinHash signatures of texts.

    Args:
        texts: Arrow string or large_string; nulls count as empty texts.
        settings: Default: ``Settings()``; ``num_perm``, ``seed`` and ``shingle`` are used.

    >>> signatures = minhash_texts(pa.array(["one two three four", "one two three five"]))
    >>> signatures.values.shape, signatures.values.dtype.name
    ((2, 128), 'uint32')
    >>> signatures.sizes.tolist()
    [4, 4]
    """
    return minhash_tokens(tokenise(texts), settings or Settings())


def minhash_tokens(tokens: Tokens, settings: Settings) -> Signatures:
    """The signatures of tokenised texts. Runs without the GIL, so that threads can do different batches in parallel."""
    made = permutations(settings)
    count = len(tokens.offsets) - 1
    sizes = np.diff(tokens.offsets).astype(np.int32)
    out = Signatures(np.empty((count, settings.num_perm), np.uint32), sizes, np.empty(count, np.uint64))
    digest(tokens.hashes, tokens.offsets, out.digests)
    longest = max((int(tokens.offsets[last] - tokens.offsets[first]) for first, last in _chunks(count)), default=0)
    shingles, shingle_offsets = np.empty(longest, np.uint32), np.empty(_CHUNK + 1, np.int64)
    for first, last in _chunks(count):
        here = shingle_offsets[: last - first + 1]
        shingle(tokens.hashes, tokens.offsets[first : last + 1], settings.shingle, shingles, here)
        permute(shingles, here, *made, out.values[first:last])
    return out


def _chunks(count: int) -> list[tuple[int, int]]:
    """Runs of texts whose shingles fit the processor's cache."""
    return [(first, min(first + _CHUNK, count)) for first in range(0, count, _CHUNK)]
