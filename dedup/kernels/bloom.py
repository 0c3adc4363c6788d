"""A Bloom filter of hashes (Bloom 1970, one hash), compiled: it tells of most hashes that they are not among them."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers.

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compiling import inlined

_BITS = 18  # 32 kB, which the processor's first cache holds


def bloom_filter(hashes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    """A bit for every value of a hash's last :data:`_BITS` bits: does one of ``hashes`` end in them?"""
    hits = np.zeros(1 << _BITS, np.bool_)
    hits[hashes & np.uint32(len(hits) - 1)] = True
    return np.packbits(hits, bitorder="little")


@inlined
def passes(bits, wanted):
    """Can ``wanted`` be among the hashes that the sieve ``bits`` was made of?"""
    last = wanted & np.uint32((1 << _BITS) - 1)
    return bits[last >> np.uint32(3)] >> (last & np.uint32(7)) & np.uint8(1) != 0


@inlined
def holds(bits, hashes, low, high, wanted):
    """Is ``wanted`` among the ascending ``hashes[low:high]``, all of which pass the sieve ``bits``?"""
    if not passes(bits, wanted):
        return False
    end = high
    while low < high:
        middle = (low + high) // 2
        if hashes[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low < end and hashes[low] == wanted
