"""Where any of a list of phrases stands among the tokens, and whether it stands where an attribution can.

One pass over the token hashes. A phrase costs a look at its own few tokens and at a fixed number of tokens on either
side, so the time grows with the number of tokens and with nothing else, whatever the text.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.kernels.compiling import entry, helper
from dedup.kernels.folding import (
    GAP_BULLET,
    GAP_COLON,
    GAP_COMMA,
    GAP_COPYRIGHT,
    GAP_DASH,
    GAP_LINE,
    GAP_PARAGRAPH,
    GAP_PAREN_CLOSE,
    GAP_PAREN_OPEN,
    GAP_QUOTE_CLOSE,
    GAP_QUOTE_OPEN,
    GAP_SENTENCE,
    GAP_SLASH,
)
from dedup.kernels.tokenise import CAPITAL

AGENCY = 1  # a phrase that can be a credit
FULL = 2  # an agency's unambiguous name of several words: always wanted, it tells what its initials stand for
COMMON = 4  # a name that is an everyday word: wanted only directly beside a cue ...
ARTICLE = 8  # ... and after "the"
STATEMENT = 16  # a word for a press statement: wanted beside a cue of telling
ALWAYS = 32  # wanted wherever it stands
OUTLET = 64  # a phrase that can be the credit of an outlet, where it signs a text or stands in a credit line

ANY_CASE, CAPITAL_ONLY, CUE = 1, 2, 4  # bits of Phrases.filter

CITES_AFTER = 1  # cue words: the name stands after them ("told"), ...
CITES_BEFORE = 2  # ... before them ("reported"), ...
CREDITS = 4  # ... or somewhere in a credit line with them ("contributed")
TELLS_AFTER = 8  # the same for a statement: it stands after them ("in a statement"), ...
TELLS_BEFORE = 16  # ... or before them ("the statement added")

_LOW = np.uint32(0xFFFF)
_HEAD = 30  # tokens at the beginning of a text in which every agency is wanted
_BEFORE, _BEHIND = 9, 7  # tokens in which a cue of reporting is looked for
_COMMON_BEFORE, _COMMON_AFTER = 4, 2  # the same for an everyday word
_TELLS_BEFORE, _TELLS_AFTER = 6, 7  # and one of telling
_SIGNED = 15  # tokens at the end of a text among which a name in a short line signs it ...
_SHORT = 8  # ... and the tokens on either side in such a line
_IN_A_ROW = 3  # agencies that are looked for after one
_LINE = 16  # tokens in which a cue of a credit line is looked for
_EDGE = GAP_DASH | GAP_COLON | GAP_SLASH | GAP_COMMA | GAP_LINE | GAP_PARAGRAPH | GAP_BULLET
_EDGE_BEFORE = _EDGE | GAP_PAREN_OPEN | GAP_QUOTE_OPEN | GAP_COPYRIGHT
_EDGE_AFTER = _EDGE | GAP_PAREN_CLOSE | GAP_QUOTE_CLOSE


class Phrases(NamedTuple):
    """Phrases and cue words, ready to be looked up.

    ``filter`` uint8[65536]: which tokens are worth a look, by the low 16 bits of their hash: :data:`ANY_CASE` and
    :data:`CAPITAL_ONLY` for a phrase's first word, :data:`CUE` for a cue; ``slots`` int64[2^k, 3]: hash table with
    open addressing of first hash, first phrase, phrase after the last one (equal: empty slot); ``first`` int32[n +
    1]: the words of phrase ``p`` are ``first[p]:first[p + 1]`` of ``words`` uint32 and ``needs`` uint8 (flags that the
    token must have); ``spans`` int32[n]: tokens that the phrase covers; ``kinds`` uint8[n]; ``article``: hash of
    "the"; ``cues`` int64[2^k, 2]: hash table of hash and cue bits (0: empty slot). Phrases with the same first word
    stand longest first.
    """

    filter: npt.NDArray[np.uint8]
    slots: npt.NDArray[np.int64]
    first: npt.NDArray[np.int32]
    words: npt.NDArray[np.uint32]
    needs: npt.NDArray[np.uint8]
    spans: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.uint8]
    article: np.uint32
    cues: npt.NDArray[np.int64]


@helper
def _matches(phrase, token, end, hashes, flags, table):
    begin = table.first[phrase]
    if token + table.spans[phrase] > end:
        return False
    for k in range(table.first[phrase + 1] - begin):
        needed = table.needs[begin + k]
        if hashes[token + k] != table.words[begin + k] or flags[token + k] & needed != needed:
            return False
    return True


@helper
def _phrase_at(token, end, hashes, flags, table):
    """The longest phrase that begins at the token, or -1."""
    hashed = np.int64(hashes[token])
    mask = len(table.slots) - 1
    slot = hashed & mask
    while table.slots[slot, 1] != table.slots[slot, 2]:
        if table.slots[slot, 0] == hashed:
            for phrase in range(table.slots[slot, 1], table.slots[slot, 2]):
                if _matches(phrase, token, end, hashes, flags, table):
                    return phrase
            return -1
        slot = (slot + 1) & mask
    return -1


@helper
def _cue(hashed, table):
    """The bits of the cue word with this hash; 0: none."""
    if not table.filter[hashed & 0xFFFF] & CUE:
        return np.int64(0)
    mask = len(table.cues) - 1
    slot = hashed & mask
    while table.cues[slot, 1]:
        if table.cues[slot, 0] == hashed:
            return table.cues[slot, 1]
        slot = (slot + 1) & mask
    return np.int64(0)


@helper
def _cued_before(first, begin, reach, line, cue, hashes, gaps, table):
    """Whether a ``cue`` stands in the sentence's ``reach`` tokens before ``first``, or one of credits."""
    same_sentence = True
    for token in range(first - 1, max(begin, first - max(reach, line)) - 1, -1):
        if gaps[token + 1] & (GAP_LINE | GAP_PARAGRAPH):
            break
        same_sentence = same_sentence and not gaps[token + 1] & GAP_SENTENCE and token >= first - reach
        if _cue(np.int64(hashes[token]), table) & (CREDITS * (line > 0) | cue * same_sentence):
            return True
    return False


@helper
def _cued_after(last, end, reach, line, cue, hashes, gaps, table):
    same_sentence = True
    for token in range(last, min(end, last + max(reach, line))):
        if gaps[token] & (GAP_LINE | GAP_PARAGRAPH):
            break
        same_sentence = same_sentence and not gaps[token] & GAP_SENTENCE and token < last + reach
        if _cue(np.int64(hashes[token]), table) & (CREDITS * (line > 0) | cue * same_sentence):
            return True
    return False


@helper
def _stands_alone(first, last, begin, end, after, gaps):
    """Whether an agency stands where credits do: at the head, in brackets, between marks or ends of lines."""
    if first - begin < _HEAD or gaps[first] & (GAP_PAREN_OPEN | GAP_COPYRIGHT) or after & GAP_PAREN_CLOSE:
        return True
    return gaps[first] & _EDGE_BEFORE and (last == end or after & _EDGE_AFTER)


@helper
def _signs(first, last, begin, end, gaps):
    """Whether a name stands in a short line at the end of a text, where the text is signed."""
    if end - last > _SIGNED:
        return False
    opened = max(begin, first - _SHORT)
    while first > opened and not gaps[first] & (GAP_LINE | GAP_PARAGRAPH):
        first -= 1
    closed = min(end, last + _SHORT)
    while last < closed and not gaps[last] & (GAP_LINE | GAP_PARAGRAPH):
        last += 1
    return gaps[first] & (GAP_LINE | GAP_PARAGRAPH) != 0 and (
        last == end or gaps[last] & (GAP_LINE | GAP_PARAGRAPH) != 0
    )


@helper
def _ends_byline(first, last, begin, end, hashes, gaps, table):
    """Whether an outlet ends a line at the beginning of a text, and a mark stands before it."""
    if first > begin and hashes[first - 1] == table.article:
        first -= 1
    at_head = first - begin < _HEAD and last < end
    return at_head and gaps[first] & _EDGE_BEFORE != 0 and gaps[last] & (GAP_LINE | GAP_PARAGRAPH) != 0


@helper
def _agencies_after(last, end, hashes, flags, table):
    """The token after the few agencies that follow one another from ``last`` on: ``AFP-JIJI``."""
    for _ in range(_IN_A_ROW):
        if last == end:
            break
        phrase = _phrase_at(last, end, hashes, flags, table)
        if phrase < 0 or not table.kinds[phrase] & AGENCY:
            break
        last += table.spans[phrase]
    return last


@helper
def _wanted(phrase, first, row, begin, end, tail, hashes, flags, gaps, table):
    """``row``: the first token of the agencies that follow one another up to this one."""
    kind = table.kinds[phrase]
    last = first + table.spans[phrase]
    if kind & (FULL | ALWAYS):
        return True
    if kind & STATEMENT:
        return _cued_before(first, begin, _TELLS_BEFORE, 0, TELLS_AFTER, hashes, gaps, table) or _cued_after(
            last, end, _TELLS_AFTER, 0, TELLS_BEFORE, hashes, gaps, table
        )
    if kind & (AGENCY | OUTLET) and _signs(first, last, begin, end, gaps):
        return True
    if kind & OUTLET and _ends_byline(first, last, begin, end, hashes, gaps, table):
        return True
    if kind & ARTICLE and (first == begin or hashes[first - 1] != table.article):
        return False
    if kind & AGENCY:
        after = _agencies_after(last, end, hashes, flags, table)
        if _stands_alone(row, after, begin, end, gaps[after] if after < end else tail, gaps):
            return True
    line = _LINE if kind & (AGENCY | OUTLET) else 0
    before = _COMMON_BEFORE if kind & COMMON else _BEFORE
    after = _COMMON_AFTER if kind & COMMON else _BEHIND
    return _cued_before(first, begin, before, line, CITES_AFTER, hashes, gaps, table) or _cued_after(
        last, end, after, line, CITES_BEFORE, hashes, gaps, table
    )


@entry
def mentions(offsets, hashes, flags, gaps, tails, table, out):
    """Find the places where a phrase stands and an attribution is possible, in the order of the text.

    The first five are the arrays of :class:`dedup.text.tokens.Tokens`, ``table`` is :class:`Phrases`. Returns how many
    places there are; filled, as far as there is space: ``out`` int64[m, 4] with text, first token, token after the last
    one, phrase. A phrase inside a longer one is not found.
    """
    count = 0
    for text in range(len(offsets) - 1):
        begin, end = offsets[text], offsets[text + 1]
        after_phrase = row = begin
        for token in range(begin, end):
            wanted = ANY_CASE | CAPITAL_ONLY * (flags[token] & CAPITAL)
            if not table.filter[hashes[token] & _LOW] & wanted or token < after_phrase:
                continue
            phrase = _phrase_at(token, end, hashes, flags, table)
            if phrase < 0:
                continue
            row = row if token == after_phrase and row < token else token
            after_phrase = token + table.spans[phrase]
            if _wanted(phrase, token, row, begin, end, tails[text], hashes, flags, gaps, table):
                if count < len(out):
                    out[count, 0], out[count, 1], out[count, 2], out[count, 3] = text, token, after_phrase, phrase
                count += 1
    return count
