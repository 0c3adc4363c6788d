"""Runs of words that recur, and the tokens that are in them, compiled."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.bloom import holds
from dedup.kernels.compiling import entry, inlined

SKIPPED = np.uint32(1)  # runs whose hash has this bit are left out, to save time
_BASE = np.uint32(0x01000193)  # odd, so that no word is lost (Karp & Rabin 1987, modulo 2^32)


@inlined
def leaving(size):
    """What a token is multiplied by when it leaves a run of ``size``."""
    power = np.uint32(1)
    for _ in range(size):
        power = np.uint32(power * _BASE)
    return power


@inlined
def next_run(state, hashes, position, first, size, gone):
    """The hash of the run that ends at ``position``, from that of the run before."""
    state = np.uint32(np.uint32(state * _BASE) + hashes[position])
    if position >= first + size:
        state = np.uint32(state - np.uint32(gone * hashes[position - size]))
    return state


@entry
def roll(hashes, offsets, size, out, out_offsets):
    """A hash of every run of ``size`` tokens of every text, each made from the one before; returns their number.

    ``hashes`` uint32[tokens], ``offsets`` int64[texts + 1]; filled: ``out`` uint32[<= tokens], ``out_offsets``
    int64[texts + 1]. A text with fewer tokens has none.
    """
    gone = leaving(size)
    count = 0
    out_offsets[0] = 0
    for text in range(len(offsets) - 1):
        state = np.uint32(0)
        first = offsets[text]
        for position in range(first, offsets[text + 1]):
            state = next_run(state, hashes, position, first, size, gone)
            if position >= first + size - 1:
                out[count] = state
                count += 1
        out_offsets[text + 1] = count
    return count


@inlined
def _cell(state):
    """Another place in a table for a run than its lower bits give."""
    return np.uint32(state * np.uint32(0x9E3779B1)) >> np.uint32(8)


@entry
def frequent(hashes, begins, ends, days, size, min_count, min_days, cells, keys, seen, hits, out, counts, firsts):
    """The runs of ``size`` tokens in ``min_count`` or more texts, of ``min_days`` days; returns how many there are.

    Every other run is looked at, by its hash. Text ``i`` is ``hashes[begins[i]:ends[i]]``; ``days`` int32[texts],
    ascending. Working space, powers of two: ``cells`` uint8, the more the fewer runs share one; ``keys`` uint32 and
    ``seen`` int32[4, ...] (texts, last text, days, first text), more than there are runs to look at, the first row
    zeros, which it is again afterwards; ``hits`` int32, as long. Filled: ``out`` uint32, ``counts`` and ``firsts``
    int32, with room for all the runs / ``min_count``.
    """
    gone = leaving(size)
    cells[:] = 0
    entries = 0
    wrap, mask = np.uint32(len(keys) - 1), np.uint32(len(cells) - 1)
    for counted in range(2):
        for text in range(len(begins)):
            state = np.uint32(0)
            for position in range(begins[text], ends[text]):
                state = next_run(state, hashes, position, begins[text], size, gone)
                if position < begins[text] + size - 1 or state & SKIPPED:
                    continue
                cell = _cell(state) & mask
                if not counted:
                    cells[cell] += cells[cell] < min_count
                    continue
                if cells[cell] < min_count:
                    continue
                slot = (state >> np.uint32(1)) & wrap
                while seen[0, slot] and keys[slot] != state:
                    slot = (slot + np.uint32(1)) & wrap
                if not seen[0, slot]:
                    keys[slot], seen[1, slot], seen[2, slot], seen[3, slot] = state, -1, 0, text
                    hits[entries] = slot
                    entries += 1
                last = seen[1, slot]
                if last != text:
                    seen[0, slot] += 1
                    seen[2, slot] += last < 0 or days[last] != days[text]
                    seen[1, slot] = text
    count = 0
    for k in range(entries):
        slot = hits[k]
        if seen[0, slot] >= min_count and seen[2, slot] >= min_days:
            out[count], counts[count], firsts[count] = keys[slot], seen[0, slot], seen[3, slot]
            count += 1
        seen[0, slot] = 0
    return count


@entry
def mark_runs(hashes, offsets, size, phrases, bits, bit, masks):
    """Set ``bit`` in ``masks`` uint8[tokens] on all tokens of runs whose hash is one of ``phrases`` and not skipped.

    ``phrases`` uint32, ascending, and ``bits`` their sieve.
    """
    gone = leaving(size)
    for text in range(len(offsets) - 1):
        state = np.uint32(0)
        first = covered = offsets[text]
        for position in range(first, offsets[text + 1]):
            state = next_run(state, hashes, position, first, size, gone)
            if position < first + size - 1 or state & SKIPPED:
                continue
            if holds(bits, phrases, 0, len(phrases), state):
                for token in range(max(covered, position - size + 1), position + 1):
                    masks[token] |= bit
                covered = position + 1
