"""Runs of words that two texts share, cut where a sentence begins in either, compiled."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

from dedup.kernels.compiling import entry, helper


@helper
def _sentence_at(first, token):
    """The last sentence that begins at a token or before."""
    low, high = 0, len(first)
    while low < high:
        middle = (low + high) // 2
        if first[middle] <= token:
            low = middle + 1
        else:
            high = middle
    return low - 1


@entry
def cut_runs(first, here, there, length, one, other, size):
    """The pieces of runs that lie in one sentence of either text; returns how many there are.

    ``first`` int64[sentences], ascending: the first token of each; ``here``, ``there``, ``length`` int64[runs]: first
    tokens in both texts, and tokens. Filled as far as there is room: the two sentences of each piece, ``one`` and
    ``other``, and its tokens, ``size``, int64 all.
    """
    count = 0
    for run in range(len(here)):
        left, right = _sentence_at(first, here[run]), _sentence_at(first, there[run])
        begin = 0
        while begin < length[run]:
            end = length[run]
            if left + 1 < len(first):
                end = min(end, first[left + 1] - here[run])
            if right + 1 < len(first):
                end = min(end, first[right + 1] - there[run])
            if count < len(one):
                one[count], other[count], size[count] = left, right, end - begin
            count += 1
            begin = end
            left += left + 1 < len(first) and first[left + 1] - here[run] == end
            right += right + 1 < len(first) and first[right + 1] - there[run] == end
    return count
