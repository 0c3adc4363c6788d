"""In which order the sentences of a copy stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_EDGE = -1  # stands before the first and after the last sentence


def merged(sequences: Iterable[Sequence[int]], count: int) -> list[int]:
    """``count`` sentences, in the order of the first of ``sequences``, the others put in where they stand elsewhere.

    A sentence that the sequences before it lack follows the one that goes before it in its own; at the beginning of its
    own it stands before the first one there that is known, or last where none is. Not more sequences are looked at than
    are needed to have all.
    """
    before, after = {_EDGE: _EDGE}, {_EDGE: _EDGE}
    for sequence in sequences:
        last = before[next((one for one in sequence if one in after), _EDGE)]
        for one in sequence:
            if one not in after:
                following = after[last]
                before[one], after[one] = last, following
                after[last] = before[following] = one
            last = one
        if len(after) > count:
            break
    order, one = [], after[_EDGE]
    while one != _EDGE:
        order.append(one)
        one = after[one]
    return order
