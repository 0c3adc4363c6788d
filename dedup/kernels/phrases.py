"""Runs of words that are set phrases, compiled."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np
from numba import njit

from dedup.kernels.sieve import holds

_entry = njit(nogil=True, cache=True, _nrt=False)
_inlined = njit(nogil=True, _nrt=False, forceinline=True)
_BASE = np.uint32(0x01000193)  # odd, so that no word is lost (Karp & Rabin 1987, modulo 2^32)


@_inlined
def _gone(size):
    """What a token is multiplied by when it leaves a run of ``size``."""
    power = np.uint32(1)
    for _ in range(size):
        power = np.uint32(power * _BASE)
    return power


@_inlined
def _next(state, hashes, place, first, size, gone):
    """The hash of the run that ends at ``place``, from that of the run before."""
    state = np.uint32(np.uint32(state * _BASE) + hashes[place])
    if place >= first + size:
        state = np.uint32(state - np.uint32(gone * hashes[place - size]))
    return state


@_entry
def roll(hashes, offsets, size, out, places):
    """A hash of every run of ``size`` tokens of every text, each made from the one before; returns their number.

    ``hashes`` uint32[tokens], ``offsets`` int64[texts + 1]; filled: ``out`` uint32[<= tokens], ``places``
    int64[texts + 1]. A text with fewer tokens has none.
    """
    gone = _gone(size)
    count = 0
    places[0] = 0
    for text in range(len(offsets) - 1):
        state = np.uint32(0)
        first = offsets[text]
        for place in range(first, offsets[text + 1]):
            state = _next(state, hashes, place, first, size, gone)
            if place >= first + size - 1:
                out[count] = state
                count += 1
        places[text + 1] = count
    return count


@_entry
def mark_runs(hashes, offsets, size, phrases, bits, bit, masks):
    """Set ``bit`` in ``masks`` uint8[tokens] on all tokens of runs whose hash is one of ``phrases``.

    ``phrases`` uint32, ascending, and ``bits`` their sieve.
    """
    gone = _gone(size)
    for text in range(len(offsets) - 1):
        state = np.uint32(0)
        first = covered = offsets[text]
        for place in range(first, offsets[text + 1]):
            state = _next(state, hashes, place, first, size, gone)
            if place < first + size - 1:
                continue
            if holds(bits, phrases, 0, len(phrases), state):
                for token in range(max(covered, place - size + 1), place + 1):
                    masks[token] |= bit
                covered = place + 1
