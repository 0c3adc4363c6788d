"""Tokens -> what is not the writer's own reporting: quoted speech, and sentences in the first or second person."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.compiling import entry, helper, inlined
from dedup.kernels.folding import (
    GAP_AT,
    GAP_DASH,
    GAP_PARAGRAPH,
    GAP_PAREN_OPEN,
    GAP_QUOTE_CLOSE,
    GAP_QUOTE_OPEN,
    GAP_SENTENCE,
    GAP_SINGLE_CLOSE,
    GAP_SINGLE_OPEN,
)
from dedup.kernels.tokenise import ALL_CAPITALS

QUOTED = 1  # inside quotation marks
PERSONAL = 2  # in a sentence of the first or second person
BOILERPLATE = 4  # the publisher's own recurring text; set by dedup.text.boilerplate
STOCK_PHRASE = 8  # in a phrase that some publisher prints over and over; set by dedup.text.boilerplate

_UNCLOSED = 150  # tokens that a quotation without its closing mark takes at most: some dumps have no paragraphs
_NAME, _DATE = 8, 3  # tokens of the name and of the date around the account that a post is signed with


@inlined
def _mark(masks, begin, end, bit):
    for k in range(begin, end):
        masks[k] |= bit


@helper
def _quoted(gaps, masks, begin, end):
    """Mark the quoted tokens of one paragraph; ``begin``'s own gap opens quotations but closes none here."""
    opened = -1
    single = -1
    for k in range(begin, end):
        gap = gaps[k]
        if gap & GAP_QUOTE_CLOSE and k > begin and opened >= 0:
            _mark(masks, opened, k, QUOTED)
            opened = -1
        if gap & GAP_QUOTE_OPEN and opened < 0:
            opened = k
        if gap & GAP_SINGLE_CLOSE and k > begin and single >= 0:
            _mark(masks, single, k, QUOTED)
            single = -1
        if gap & GAP_SINGLE_OPEN:
            single = k
    return opened, single


@helper
def _carried(gaps, begin, end):
    """Where a quotation that came over from the paragraph before is closed, or -1."""
    for k in range(begin, end):
        if gaps[k] & GAP_QUOTE_OPEN:
            return -1
        if gaps[k] & GAP_QUOTE_CLOSE and k > begin:
            return k
    return -1


@helper
def _posts(gaps, masks, begin, end):
    """Mark the posts of one paragraph: what stands before a signature, "- Name (@account) date", and the signature."""
    signed = begin
    for k in range(begin, end):
        if gaps[k] & (GAP_AT | GAP_PAREN_OPEN) == GAP_AT | GAP_PAREN_OPEN:
            for before in range(max(signed, k - _NAME), k):
                if gaps[before] & GAP_DASH:
                    stop = min(end, k + 1 + _DATE)
                    _mark(masks, signed, stop, QUOTED)
                    signed = stop
                    break


@entry
def quoted(offsets, gaps, tails, masks):
    """Set QUOTED in ``masks`` uint8[tokens]; ``offsets``, ``gaps``, ``tails`` of :class:`dedup.text.tokens.Tokens`."""
    for text in range(len(offsets) - 1):
        last = offsets[text + 1]
        begin = offsets[text]
        open_before = False
        while begin < last:
            end = begin + 1
            while end < last and not gaps[end] & GAP_PARAGRAPH:
                end += 1
            gap_after = gaps[end] if end < last else tails[text]
            if open_before:
                closed = _carried(gaps, begin, end)
                if closed < 0 and gap_after & GAP_QUOTE_CLOSE and not gaps[begin] & GAP_QUOTE_OPEN:
                    closed = end
                if closed > 0:
                    _mark(masks, begin, closed, QUOTED)
            _posts(gaps, masks, begin, end)
            opened, single = _quoted(gaps, masks, begin, end)
            if opened >= 0:
                _mark(masks, opened, min(end, opened + _UNCLOSED), QUOTED)
            if single >= 0 and gap_after & GAP_SINGLE_CLOSE:
                _mark(masks, single, end, QUOTED)
            open_before = opened >= 0 and not gap_after & GAP_QUOTE_CLOSE
            begin = end


@inlined
def _is_in(table, word):
    """Is ``word`` in the open-addressing ``table`` (uint32[power of two], 0: empty)?"""
    slot = word & np.uint32(len(table) - 1)
    while table[slot] != 0 and table[slot] != word:
        slot = (slot + np.uint32(1)) & np.uint32(len(table) - 1)
    return table[slot] == word


@entry
def personal(offsets, hashes, flags, gaps, table, masks):
    """Set PERSONAL in ``masks`` uint8[tokens] for sentences with a word of ``table`` or an account's name, unquoted.

    ``table`` uint32[power of two] is an open-addressing table of word hashes, 0 for empty. Words in capitals do not
    count ("US" is no pronoun).
    """
    for text in range(len(offsets) - 1):
        begin = offsets[text]
        is_personal = False
        for k in range(offsets[text], offsets[text + 1]):
            if gaps[k] & GAP_SENTENCE:
                if is_personal:
                    _mark(masks, begin, k, PERSONAL)
                begin = k
                is_personal = False
            if not is_personal and not masks[k] & QUOTED and not flags[k] & ALL_CAPITALS:
                is_personal = gaps[k] & GAP_AT != 0 or _is_in(table, hashes[k])
        if is_personal:
            _mark(masks, begin, offsets[text + 1], PERSONAL)
