"""Characters of scripts without spaces between words, compiled: read with what follows, and what they tell."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.codepoints import classify
from dedup.kernels.compiling import helper, inlined
from dedup.kernels.folding import IGNORED, UNSPACED
from dedup.kernels.murmur import finish, push_code

# Flags of a token, beside those of dedup.kernels.tokenise.
BIGRAM = 8  # a Han or Kana character with the next one: about half a word
FOURGRAM = 16  # a Thai, Lao, Khmer or Myanmar character with the next three: about a quarter of a word
TELLING = 32  # of these, several characters that are not all grammar: as rare as a word that nobody knows

_THAI_AND_LAO = (0xB8, 0xBB)  # the second byte in UTF-8, after 0xE0
_HIRAGANA = (0x3041, 0x309F)  # Japanese grammar is written in it
_GRAMMAR = np.array(sorted(map(ord, "的了是在和與与及也就都而之其這这那有不為为以于於被把將将對对從从到")), np.int64)
_NUMERALS = np.array(sorted(map(ord, "〇零一二三四五六七八九十百千万萬亿億兆")), np.int64)


@inlined
def _is_one_of(code, codes):
    at = np.searchsorted(codes, code)
    return at < len(codes) and codes[at] == code


@inlined
def begins_clause(data, begin, offset, flags, before):
    """Does a clause of Thai or Lao begin at ``offset``? They put spaces between clauses and have no full stops.

    ``flags`` and ``before`` are those of the token here and of the one before: a space beside a figure ends nothing.
    """
    if not flags & before & FOURGRAM or offset == begin or data[offset - 1] != 0x20:
        return False
    return data[offset] == 0xE0 and _THAI_AND_LAO[0] <= data[offset + 1] <= _THAI_AND_LAO[1]


@helper
def unspaced(data, offset, end, folding):
    """Read the character at ``offset``: the place after it, its hash with the next ones, flags, and is it a numeral.

    A numeral is several Han numerals and nothing else: one alone stands in many a word.
    """
    _, script, _, _, next_offset = classify(data, offset, end, folding)
    state, block, length = np.uint32(0), np.uint32(0), 0
    wanted = 2 if script == UNSPACED else 4
    taken, grammar, numerals = 0, 0, 0
    while taken < wanted:
        _, kind, value, _, offset = classify(data, offset, end, folding)
        if kind == script:
            state, block, length = push_code(state, block, length, value)
            taken += 1
            grammar += _HIRAGANA[0] <= value <= _HIRAGANA[1] or _is_one_of(value, _GRAMMAR)
            numerals += _is_one_of(value, _NUMERALS)
        elif kind != IGNORED:
            break
    flags = (BIGRAM if script == UNSPACED else FOURGRAM) | TELLING * (taken > 1 and grammar < taken)
    return next_offset, finish(state, block, length), flags, taken > 1 and numerals == taken
