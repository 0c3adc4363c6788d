"""Signatures -> pairs that agree in enough values, compiled.

Single-row agreement counting: two articles meet in a row's bucket when their values there are equal, and are a
candidate pair when they meet in ``agreement`` rows or more. No single agreement is ever stored: the buckets are kept
as lists, and every article counts, in a private array, whom it meets in them.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.kernels.bloom import holds
from dedup.kernels.compiling import entry, helper, inlined
from dedup.kernels.counters import LINE, counted, prefetch, prefetch_row, start
from dedup.rules import within_days

_within_days = inlined(within_days)
_BITS = 11
_RANGE = 1 << _BITS
_LINES = 3  # cache lines of a bucket that are asked for ahead: most buckets have no more
FIRST = np.int32(-(2**31))  # the sign bit marks the first member of a bucket


class SearchContext(NamedTuple):
    """What the search knows of ``n`` articles.

    ``values`` uint32[n, num_perm]: their signatures; ``inverses``, ``summands`` uint32[num_perm] undo the permutations,
    ``finalised = (value - summand) * inverse``; ``publishers`` int32[n]: codes, -1: unknown; ``boilerplate`` uint32:
    the publishers' learned shingles, mixed, of each at ``offsets[code]:offsets[code + 1]`` (int64) and ascending;
    ``bloom_filter`` as :func:`~dedup.kernels.bloom.bloom_filter` makes it of these.
    """

    values: npt.NDArray[np.uint32]
    inverses: npt.NDArray[np.uint32]
    summands: npt.NDArray[np.uint32]
    publishers: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]
    boilerplate: npt.NDArray[np.uint32]
    bloom_filter: npt.NDArray[np.uint8]


@helper
def _pass(keys, order, counts, shift, out_keys, out_order):
    counts[:] = 0
    for k in range(len(keys)):
        counts[(keys[k] >> np.uint32(shift)) & np.uint32(_RANGE - 1)] += 1
    total = 0
    for digit in range(_RANGE):
        count = counts[digit]
        counts[digit] = total
        total += count
    for k in range(len(keys)):
        digit = (keys[k] >> np.uint32(shift)) & np.uint32(_RANGE - 1)
        position = counts[digit]
        out_keys[position] = keys[k]
        out_order[position] = order[k]
        counts[digit] = position + 1


@inlined
def _shingle(known, article, row):
    """The shingle that a value stands for, finalised: a row's permutation is a bijection, so that it can be undone."""
    return np.uint32((known.values[article, row] - known.summands[row]) * known.inverses[row])


@inlined
def _is_boilerplate(known, article, shingle):
    publisher = known.publishers[article]
    if publisher < 0:
        return False
    low, high = known.offsets[publisher], known.offsets[publisher + 1]
    return holds(known.bloom_filter, known.boilerplate, low, high, shingle)


@entry
def gather(context, first, eligible, keys, order, counts):
    """Collect the values of some rows of the signatures, without those that come from a publisher's boilerplate.

    ``eligible`` int32[m]: the articles to take, in this order. Filled for ``r`` rows from ``first`` on: ``counts``
    int64[r] with how many there are, ``keys`` uint32[r, m] with values, ``order`` int32[r, m] with articles. Rows are
    taken several at a time since an article's values lie side by side.
    """
    counts[:] = 0
    for k in range(len(eligible)):
        article = eligible[k]
        for row in range(len(counts)):
            if not _is_boilerplate(context, article, _shingle(context, article, first + row)):
                keys[row, counts[row]] = context.values[article, first + row]
                order[row, counts[row]] = article
                counts[row] += 1


@entry
def group(keys, order, groups, cap, work_keys, work_order, counts, seen, members):
    """Sort one row's values into buckets; returns how many members were kept, and skipped buckets and members.

    ``keys`` uint32[m] and ``order`` int32[m] as :func:`gather` fills them (overwritten); ``groups`` int32[n]: every
    article's near-duplicate group. A bucket is kept when it holds two articles or more and at most ``cap`` groups.
    ``members`` int32[m] is filled with the kept buckets, articles ascending, the first one of each marked by
    :data:`FIRST`. The rest is working room: ``work_keys`` uint32[m], ``work_order`` int32[m], ``counts`` int64[2048],
    ``seen`` int32[n], all -1.
    """
    _pass(keys, order, counts, 0, work_keys, work_order)
    _pass(work_keys, work_order, counts, _BITS, keys, order)
    _pass(keys, order, counts, 2 * _BITS, work_keys, work_order)
    count = skipped_buckets = skipped_members = 0
    begin = 0
    while begin < len(keys):
        end = begin + 1
        while end < len(keys) and work_keys[end] == work_keys[begin]:
            end += 1
        size = end - begin
        if size > cap:
            size = 0
            for k in range(begin, end):
                if seen[groups[work_order[k]]] != begin:
                    seen[groups[work_order[k]]] = begin
                    size += 1
        if size > cap:
            skipped_buckets += 1
            skipped_members += end - begin
        elif end - begin > 1:
            members[count] = work_order[begin] | FIRST
            count += 1
            for k in range(begin + 1, end):
                members[count] = work_order[k]
                count += 1
        begin = end
    return count, skipped_buckets, skipped_members


@entry
def index(members, counts, offsets, positions):
    """Turn bucket lists round: where every article stands in them.

    ``members`` int32[rows, m]: each row's first ``counts`` int64[rows] as :func:`group` fills them; ``offsets``
    int64[n + 1], zeros. ``positions`` (unsigned) [sum of counts] is filled: article ``i`` stands at
    ``members.ravel()[positions[offsets[i]:offsets[i + 1]]]``.
    """
    for row in range(len(counts)):
        for k in range(counts[row]):
            offsets[(members[row, k] & ~FIRST) + 1] += 1
    for k in range(len(offsets) - 1):
        offsets[k + 1] += offsets[k]
    for row in range(len(counts)):
        for k in range(counts[row]):
            article = members[row, k] & ~FIRST
            positions[offsets[article]] = row * members.shape[1] + k
            offsets[article] += 1
    for k in range(len(offsets) - 1, 0, -1):
        offsets[k] = offsets[k - 1]
    offsets[0] = 0


@inlined
def _shared(known, one, other, enough, shingles):
    """How many different shingles two signatures agree in, counted up to ``enough``, boilerplate left out.

    A shingle may be the smallest in several rows; that it is shared is then one coincidence, not several.
    """
    count = 0
    for row in range(known.values.shape[1]):
        if known.values[one, row] == known.values[other, row]:
            shingle = _shingle(known, one, row)
            hits = False
            for k in range(count):
                hits |= shingles[k] == shingle
            if not hits and not _is_boilerplate(known, one, shingle) and not _is_boilerplate(known, other, shingle):
                shingles[count] = shingle
                count += 1
                if count == enough:
                    break
    return count


@entry
def agree(
    members, offsets, positions, groups, days, window, context, first, last, agreement, hits, met, shingles, left, right
):
    """Pairs of articles that meet in at least ``agreement`` shingles; returns how many, also where there was no room.

    ``members`` int32: bucket lists, ``positions`` and ``offsets`` where each article stands in them (:func:`index`).

    For the articles ``first`` to ``last - 1``: every earlier article of another group met often enough, within
    ``window`` days (``days`` int32[n]; -2**31: no date, which is within every window). Filled: ``left`` and ``right``
    int32[room] (left < right). Working space: ``hits`` uint32[n], zeros, ``met`` int32[n] and ``shingles``
    uint32[agreement]. ``hits`` serves for :data:`~dedup.kernels.counters.MAX_RANGE` articles.
    """
    number = 0
    for article in range(first, last):
        mine = start(article - first)
        enough = np.uint32(mine + agreement)
        # The buckets of an article lie far apart; asked for one article ahead, they are there in time.
        for at in range(offsets[article + 1], offsets[min(article + 2, last)]):
            for line in range(_LINES):
                prefetch(members, np.int64(positions[at]) - LINE * line)
        often = 0
        for at in range(offsets[article], offsets[article + 1]):
            position = np.int64(positions[at])
            while members[position] >= 0:
                position -= 1
                other = members[position] & ~FIRST
                if counted(hits, other, mine) == enough:
                    met[often] = other  # its signature lies far away, and is there once all meetings are counted
                    often += 1
                    prefetch_row(context.values, other)
        for k in range(often):
            other = met[k]
            if (
                groups[other] != groups[article]
                and _within_days(np.int64(days[article]), np.int64(days[other]), window)
                and _shared(context, article, other, agreement, shingles) == agreement
            ):
                if number < len(left):
                    left[number] = other
                    right[number] = article
                number += 1
    return number


@entry
def shared_shingles(known, left, right, enough, shingles, out):
    """Fill ``out`` int32[pairs] with the number of different shingles that pairs agree in, up to ``enough``.

    ``left``, ``right`` int32[pairs]; boilerplate does not count; ``shingles`` uint32[enough] is working room.
    """
    for pair in range(len(left)):
        out[pair] = _shared(known, left[pair], right[pair], enough, shingles)


@entry
def equal_values(values, left, right, out):
    """Fill ``out`` uint16[pairs] with the number of equal values in the signatures ``left`` and ``right`` int32."""
    for pair in range(len(left)):
        count = 0
        for k in range(values.shape[1]):
            count += values[left[pair], k] == values[right[pair], k]
        out[pair] = count


@entry
def band_keys(values, first, rows, eligible, keys, order):
    """Hash (FNV-1a) ``rows`` values from ``first`` on: ``keys`` uint32[m], and ``order`` int32[m] with the articles."""
    for k in range(len(eligible)):
        state = np.uint32(0x811C9DC5)
        for row in range(first, first + rows):
            state = np.uint32((state ^ values[eligible[k], row]) * np.uint32(0x01000193))
            state = np.uint32(state ^ (state >> np.uint32(15)))
        keys[k] = state
        order[k] = eligible[k]
