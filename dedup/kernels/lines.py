"""The line around each of some places in texts, compiled."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.breaks import is_parted, line_break
from dedup.kernels.codepoints import NO_CODE, classify
from dedup.kernels.compiling import entry, helper
from dedup.kernels.folding import GAP_LINE, GAP_PARAGRAPH, MARK_STOP, SEPARATOR

BEGINS = 1  # the line's beginning is known
FREE = 2  # nothing or an empty line follows it


@helper
def _breaks(data, begin, end, text, parted, folding):
    """Of what ends lines between two tokens: where the first one begins, where the last one ends (-1: none), how many.

    ``text``: where the text begins.
    """
    first = last = np.int64(-1)
    count = np.int64(0)
    stop = False
    before = np.int64(NO_CODE if begin == text else 0x61)
    position = begin
    while position < end:
        code, kind, value, _, after = classify(data, position, end, folding)
        if kind == SEPARATOR:
            more, after, before = line_break(data, position, after, end, code, value, before, stop, parted)
            stop |= value & MARK_STOP != 0
            if more:
                first = position if first < 0 else first
                last = after
                count += more
        position = after
    return first, last, count


@helper
def _begin(data, text, low, token, begin, starts, ends, gaps, parted, folding):
    """Where the line begins in which a token stands, or -1 where it does so before ``low``."""
    while True:
        left = text + ends[token - 1] if token > begin else text
        if gaps[token] & (GAP_LINE | GAP_PARAGRAPH):
            _, last, _ = _breaks(data, left, text + starts[token], text, parted, folding)
            if last >= 0:
                return last if last >= low else np.int64(-1)
        if token == begin:
            return text if low <= text else np.int64(-1)
        if left < low:
            return np.int64(-1)
        token -= 1


@helper
def _end(data, text, stop, high, token, end, starts, ends, gaps, parted, folding):
    """Where the line ends in which a token stands, at most ``high``, and whether nothing or an empty line follows."""
    while True:
        right = text + starts[token + 1] if token + 1 < end else stop
        if token + 1 == end or gaps[token + 1] & (GAP_LINE | GAP_PARAGRAPH):
            first, _, count = _breaks(data, text + ends[token], right, text, parted, folding)
            if 0 <= first < high:
                return first, token + 1 == end or count > 1
        if right >= high:
            return high, high == stop
        token += 1


@entry
def lines(data, offsets, token_offsets, starts, ends, gaps, mentions, reach, folding, out):
    """Fill ``out`` int64[m, 3] with the bytes of its text from which and to which the line of each place reaches.

    At most ``reach`` bytes on either side are looked at; the third column has the bits :data:`BEGINS` and
    :data:`FREE`. ``data`` and ``offsets`` are the buffers of the texts, ``mentions`` int64[m, 4] is what
    :func:`dedup.kernels.mentions.mentions` fills, in the order of the texts, the others are the arrays of
    :class:`dedup.text.tokens.Tokens` and the :class:`~dedup.kernels.folding.Folding`.
    """
    known, parted = -1, False
    for k in range(len(mentions)):
        text, first, last = mentions[k, 0], mentions[k, 1], mentions[k, 2] - 1
        begin, stop = offsets[text], offsets[text + 1]
        if text != known:
            known, parted = text, is_parted(data, begin, stop, folding)
        low = max(begin, begin + starts[first] - reach)
        high = min(stop, begin + ends[last] + reach)
        left = _begin(data, begin, low, first, token_offsets[text], starts, ends, gaps, parted, folding)
        right, free = _end(data, begin, stop, high, last, token_offsets[text + 1], starts, ends, gaps, parted, folding)
        out[k, 0] = (left if left >= 0 else low) - begin
        out[k, 1] = right - begin
        out[k, 2] = BEGINS * (left >= 0) | FREE * free
