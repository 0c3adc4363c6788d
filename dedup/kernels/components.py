"""Connected components by joining trees (union-find; Tarjan 1975, with path halving), compiled."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

from dedup.kernels.compiling import entry, inlined


@inlined
def _root(parents, row):
    while parents[row] != row:
        parents[row] = parents[parents[row]]
        row = parents[row]
    return row


@entry
def join(left, right, parents):
    """Name every row after the smallest one in its component.

    ``left``, ``right`` int64[edges]; ``parents`` int32[rows]: each row's own number first, then the names.
    """
    for edge in range(len(left)):
        one, other = _root(parents, left[edge]), _root(parents, right[edge])
        if one < other:
            parents[other] = one
        else:
            parents[one] = other
    for row in range(len(parents)):  # a parent is the smaller one, and so is named already
        parents[row] = parents[parents[row]]
