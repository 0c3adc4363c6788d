"""An inverted index of tonight's signatures, and stored signatures streamed past it, compiled.

A bucket is a value of one row that tonight's articles have; its posting list is who has it. Stored articles are looked
up in batches, so that what is in memory is bounded by the night and not by what is stored.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.arrays import pair_key
from dedup.kernels.compiling import entry, inlined
from dedup.kernels.counters import counted, prefetch, prefetch_row, start
from dedup.rules import within_days

_pair_key, _within_days = inlined(pair_key), inlined(within_days)


@inlined
def _slot(value, shift):
    return np.int64(np.uint32(value * np.uint32(0x9E3779B1)) >> np.uint32(shift))


@entry
def fill(values, first, shift, table):
    """Enter one row's different ``values`` (uint32) into its hash ``table``: value ``k`` becomes bucket ``first + k``.

    ``table`` int32[2 ** (32 - shift)], all -1, with room to spare; a taken slot leads to the next one.
    """
    wrap = len(table) - 1
    for k in range(len(values)):
        slot = _slot(values[k], shift)
        while table[slot] >= 0:
            slot = (slot + 1) & wrap
        table[slot] = first + k


@entry
def look_up(values, eligible, tables, shift, keys, out):
    """Fill ``out`` int32[b, rows] with the bucket that every value of a batch falls into; -1: none.

    ``values`` uint32[b, rows]; ``fully_compared`` bool[b]: articles to look up; ``tables`` int32[rows, slots] as
    :func:`fill` makes them; ``keys`` uint32[buckets]: the buckets' values.
    """
    wrap = tables.shape[1] - 1
    for row in range(values.shape[1]):
        for k in range(values.shape[0]):
            out[k, row] = -1
            if eligible[k]:
                slot = _slot(values[k, row], shift)
                while tables[row, slot] >= 0 and keys[tables[row, slot]] != values[k, row]:
                    slot = (slot + 1) & wrap
                out[k, row] = tables[row, slot]


@entry
def strike(buckets, suspect, shingles, publishers, boilerplate):
    """Take out of a batch (int32[b, rows], as :func:`look_up` fills it) what comes from a publisher's boilerplate.

    ``suspect`` bool[buckets]: those whose shingle (``shingles`` uint32[buckets]) is anybody's boilerplate;
    ``publishers`` int32[b]: codes, -1: unknown; ``boilerplate`` int64, ascending: keys of code and shingle.
    """
    for k in range(buckets.shape[0]):
        if publishers[k] < 0:
            continue
        for row in range(buckets.shape[1]):
            bucket = buckets[k, row]
            if bucket >= 0 and suspect[bucket]:
                wanted = _pair_key(np.int64(publishers[k]), np.int64(shingles[bucket]))
                position = np.searchsorted(boilerplate, wanted)
                if position < len(boilerplate) and boilerplate[position] == wanted:
                    buckets[k, row] = -1


@entry
def tally(buckets, counts):
    """Count the members of a batch (int32[b, rows], as :func:`look_up` fills it) in ``counts`` int32[buckets]."""
    for k in range(buckets.shape[0]):
        for row in range(buckets.shape[1]):
            if buckets[k, row] >= 0:
                counts[buckets[k, row]] += 1


@entry
def tally_groups(buckets, groups, position, hits, held, counts):
    """Count the different groups of a batch in some buckets, up to one more than the width of ``hits``.

    ``groups`` int32[b]: -1 for an article that is a group of its own and need not be known again; ``position``
    int32[buckets]: row of a bucket in ``hits`` int32[some, most] (other groups met there, ``held`` int32[some] of them)
    and in ``counts`` int32[some]; -1: not asked for.
    """
    for k in range(buckets.shape[0]):
        for row in range(buckets.shape[1]):
            bucket = buckets[k, row]
            if bucket < 0 or position[bucket] < 0 or counts[position[bucket]] > hits.shape[1]:
                continue
            here = position[bucket]
            known = False
            if groups[k] >= 0:
                for entry in range(held[here]):
                    if hits[here, entry] == groups[k]:
                        known = True
                        break
                if not known and held[here] < hits.shape[1]:
                    hits[here, held[here]] = groups[k]
                    held[here] += 1
            if not known:
                counts[here] += 1


@inlined
def _shared(one, other, shingles, enough, values):
    """How many different shingles two articles have in common buckets, counted up to ``enough``."""
    count = 0
    for row in range(len(one)):
        bucket = one[row]
        if bucket >= 0 and bucket == other[row]:
            hits = False
            for k in range(count):
                hits |= values[k] == shingles[bucket]
            if not hits:
                values[count] = shingles[bucket]
                count += 1
                if count == enough:
                    break
    return count


@entry
def collide(
    buckets, own, shingles, alive, offsets, postings, groups, late, days, window, enough, hits, met, values, left, right
):
    """Pairs of a stored and a new article that meet in ``enough`` different shingles; returns how many there are.

    ``buckets`` int32[b, rows] of a batch of stored articles, ``own`` int32[n, rows] of the new ones; ``shingles``
    uint32[buckets]; ``alive`` bool[buckets]: those that are not too full; ``postings`` int32: the new articles of
    bucket ``i`` at ``offsets[i]:offsets[i + 1]`` (int64). Pairs are of different ``groups`` (uint64[b] and uint64[n])
    and within ``window`` days (``days`` int32[b] and int32[n]), the new one is not ``late`` (bool[n]). Filled, as far
    as there is space: ``left`` int32 (places in the batch) and ``right`` int32 (new articles). Working space: ``hits``
    uint32[n], zeros, ``met`` int32[n] and ``values`` uint32[enough]. ``hits`` serves for
    :data:`~dedup.kernels.counters.MAX_RANGE` stored articles.
    """
    pairs = 0
    for k in range(buckets.shape[0]):
        mine = start(k)
        wanted = np.uint32(mine + enough)
        # The postings of an article lie far apart; asked for one article ahead, they are there in time.
        if k + 1 < buckets.shape[0]:
            for row in range(buckets.shape[1]):
                if buckets[k + 1, row] >= 0:
                    prefetch(postings, offsets[buckets[k + 1, row]])
        often = 0
        for row in range(buckets.shape[1]):
            bucket = buckets[k, row]
            if bucket < 0 or not alive[bucket]:
                continue
            for at in range(offsets[bucket], offsets[bucket + 1]):
                if counted(hits, postings[at], mine) == wanted:
                    met[often] = postings[at]
                    often += 1
                    prefetch_row(own, postings[at])
        for at in range(often):
            new = met[at]
            if (
                not late[new]
                and groups[0][k] != groups[1][new]
                and _within_days(np.int64(days[0][k]), np.int64(days[1][new]), window)
                and _shared(buckets[k], own[new], shingles, enough, values) == enough
            ):
                if pairs < len(left):
                    left[pairs] = k
                    right[pairs] = new
                pairs += 1
    return pairs


@entry
def agreeing(buckets, own, shingles, left, right, enough, values, out):
    """Fill ``out`` bool[pairs]: do the stored ``left`` and the new ``right`` (int32) meet in ``enough`` shingles?"""
    for pair in range(len(left)):
        out[pair] = _shared(buckets[left[pair]], own[right[pair]], shingles, enough, values) == enough
