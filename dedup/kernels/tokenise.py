"""UTF-8 bytes -> tokens, in one compiled pass.

A token is a run of letters and digits, folded as :mod:`dedup.kernels.folding` says and hashed with MurmurHash3
(x86, 32 bits, seed 0: ``mmh3.hash``) over its folded UTF-8. Ignored code points and one apostrophe between letters,
and one point or comma between digits, do not end it. A character of a script without spaces is a token by itself,
hashed together with the next one (Han, Kana) or the next three (Thai, Lao, Khmer, Myanmar) of its run.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.breaks import WRITTEN_BREAKS, is_parted, line_break
from dedup.kernels.codepoints import NO_CODE, classify
from dedup.kernels.compiling import entry, helper, inlined
from dedup.kernels.folding import (
    DIGIT,
    EXPANDS,
    GAP_COLON,
    GAP_COMMA,
    GAP_DASH,
    GAP_LINE,
    GAP_PARAGRAPH,
    GAP_PAREN_CLOSE,
    GAP_QUOTE_CLOSE,
    GAP_QUOTE_OPEN,
    GAP_SENTENCE,
    GAP_SINGLE_CLOSE,
    GAP_SINGLE_OPEN,
    IGNORED,
    LETTER,
    MARK_APOSTROPHE,
    MARK_BREAK,
    MARK_HYPHEN,
    MARK_POINT,
    MARK_QUOTE,
    MARK_SPACE,
    MARK_STOP,
    SEPARATOR,
    UNSPACED,
    UNSPACED_LONG,
    fold,
)
from dedup.kernels.lanes import AHEAD, ascii_ahead, four_bytes, low_zeros
from dedup.kernels.murmur import absorb, finish, push_code
from dedup.kernels.unspaced import begins_clause, unspaced

CAPITAL = 1  # the first letter is upper or title case
ALL_CAPITALS = 2  # two or more letters, all of them upper case, and no digit
NUMBER = 4  # begins with a digit, or is made of Han numerals

_GAP_BITS = 0xFFFF
_ABBREVIATION = 3  # a capitalised word of so few letters before a point is taken for one ("Mr.", "Gen.", "U.S.")
_CALLS = (0x21, 0x3F)  # after the exclamation and the question mark a word is no abbreviation
_LOWER = np.uint32(0x20202020)  # the bits that tell lower from upper case in ASCII, in four bytes
_ENDS, _IN_WORD, _JOINS, _JOINS_DIGITS = range(4)  # what an ASCII byte does to a word; other bytes take the long way
_ASCII = np.full(256, _JOINS, np.uint8)
for _byte in range(0x80):
    _kind, _values = fold(_byte)
    _ASCII[_byte] = _IN_WORD if _kind in (LETTER, DIGIT) else _ENDS
    if _kind == SEPARATOR and _values[0] & (MARK_APOSTROPHE | MARK_POINT):
        _ASCII[_byte] = _JOINS if _values[0] & MARK_APOSTROPHE else _JOINS_DIGITS
    if _kind == IGNORED:
        _ASCII[_byte] = _JOINS
_CONTEXT = 1 << 31  # in _GAPS: what this byte says depends on what stands around it
_GAPS = np.full(256, _CONTEXT, np.uint32)
for _byte in range(0x80):
    _kind, _values = fold(_byte)
    if _kind == SEPARATOR and not _values[0] & (MARK_SPACE | MARK_BREAK | MARK_QUOTE | MARK_APOSTROPHE | MARK_HYPHEN):
        _GAPS[_byte] = _values[0]
_AFTER_QUOTES = MARK_STOP | MARK_POINT | GAP_COMMA | GAP_COLON | GAP_PAREN_CLOSE
_BEYOND = np.uint64(1 << AHEAD)  # ends a word that fills all of what is looked at in one go
_READ = AHEAD + 4  # bytes that must be there for the short way
_INDENTED = 2  # spaces at the beginning of a line that make it a paragraph

# Without ``_nrt`` every array that is passed on is counted up and down, which costs twice what the work itself does.


@inlined
def _is_space(code):
    return code in (NO_CODE, 0x20, 0x0A, 0x09, 0x0D, 0xA0)


@helper
def _quotation(data, offset, end, before, folding):
    """Gap bits of the quotation mark at ``offset`` and the place after it; ``before``: the code point before it.

    Which side a mark is on says more than its shape: typewriters and languages use the same shapes for both.
    """
    code, _, value, _, after = classify(data, offset, end, folding)
    double = value & MARK_QUOTE != 0
    following, kind, mark, _, next_offset = classify(data, after, end, folding)
    if not double and kind == SEPARATOR and mark & MARK_APOSTROPHE:
        double = True  # two single marks stand for a double one
        after = next_offset
        following, kind, mark, _, _ = classify(data, after, end, folding)
    opens = _is_space(before) or before in (0x28, 0x5B, 0x2D, 0x2013, 0x2014)
    free_after = kind == SEPARATOR
    if opens and free_after and not _is_space(following):
        free_after = mark & _AFTER_QUOTES != 0  # "[We are ready" opens, though no letter is after the mark
    if opens == free_after:
        opens = code in (0x201C, 0x201E, 0xAB, 0x2018, 0x201A, 0x2039, 0x300C, 0x300E, 0x60)
    if double:
        return (GAP_QUOTE_OPEN if opens else GAP_QUOTE_CLOSE), after
    return (GAP_SINGLE_OPEN if opens else GAP_SINGLE_CLOSE), after


@helper
def _gap(data, offset, begin, end, parted, folding):
    """Everything between two tokens: the place of the next word, the gap bits, and whether a sentence mark was met.

    ``parted``: see :func:`dedup.kernels.breaks.is_parted`.
    """
    bits = np.int64(0)
    stop = False
    lines = 0
    indent = 0
    before = np.int64(NO_CODE if offset == begin else 0x61)
    while offset < end:
        code, kind, value, _, after = classify(data, offset, end, folding)
        if kind == SEPARATOR:
            if value & MARK_SPACE:
                indent += 1
            elif value & (MARK_QUOTE | MARK_APOSTROPHE):
                quotation, after = _quotation(data, offset, end, before, folding)
                bits |= quotation
            elif value & MARK_HYPHEN:
                following, _, _, _, _ = classify(data, after, end, folding)
                if _is_space(before) or _is_space(following) or before == 0x2D or following == 0x2D:
                    bits |= GAP_DASH
            elif value & MARK_BREAK or code in WRITTEN_BREAKS or parted:
                more, after, code = line_break(data, offset, after, end, code, value, before, stop, parted)
                lines += more
                indent = 0 if more else indent
            stop |= value & MARK_STOP != 0
            bits |= value & _GAP_BITS
            before = code
        elif kind != IGNORED:
            break
        offset = after
    if lines:
        bits |= GAP_LINE
    if lines >= 2 or (lines and (stop or indent >= _INDENTED)):
        bits |= GAP_PARAGRAPH
    return offset, bits, stop


@inlined
def _gap_after(data, offset, begin, end, parted, folding):
    """:func:`_gap`, with a short way for most: one space, or between ASCII words a hyphen or a mark and a space."""
    if offset + 2 < end:
        first, second = data[np.uint64(offset)], data[np.uint64(offset + 1)]
        if first == 0x20:
            if second < 0x80:
                if _ASCII[second] == _IN_WORD:
                    return offset + 1, np.int64(0), False
            else:
                _, kind, _, _, _ = classify(data, offset + 1, end, folding)
                if kind not in (SEPARATOR, IGNORED):
                    return offset + 1, np.int64(0), False
        elif first == 0x2D:
            if _ASCII[second] == _IN_WORD:
                return offset + 1, np.int64(0), False
        elif second == 0x20 and _ASCII[data[np.uint64(offset + 2)]] == _IN_WORD:
            mark = np.int64(_GAPS[first])
            if not mark & _CONTEXT:
                return offset + 2, mark & _GAP_BITS, mark & MARK_STOP != 0
    return _gap(data, offset, begin, end, parted, folding)


@helper
def _next_in_word(data, offset, end, was_digit, folding):
    """The place of the word's next code point, or -1 where the word ends before ``offset``'s code point."""
    joined = digits_only = False
    while offset < end:
        _, kind, value, _, after = classify(data, offset, end, folding)
        if kind == SEPARATOR:
            if joined or not (value & MARK_APOSTROPHE or (was_digit and value & MARK_POINT)):
                return -1
            joined = True
            digits_only = value & MARK_APOSTROPHE == 0
        elif kind in (UNSPACED, UNSPACED_LONG):
            return -1
        elif kind != IGNORED:
            return -1 if joined and digits_only and kind != DIGIT else offset
        offset = after
    return -1


@helper
def _folded_word(data, offset, end, folding):
    """Read the word at ``offset``: the place after it, its hash, its letters and how many of them are upper case."""
    state, block, length = np.uint32(0), np.uint32(0), 0
    letters = 0
    uppers = 0
    _, kind, value, upper, after = classify(data, offset, end, folding)
    while True:
        if kind == EXPANDS:
            for k in range(value + 1, value + 1 + folding.expansions[value]):
                state, block, length = push_code(state, block, length, np.int64(folding.expansions[k]))
        else:
            state, block, length = push_code(state, block, length, value)
        letters += 1
        uppers += upper
        was_digit, next_offset = kind == DIGIT, after
        _, kind, value, upper, after = classify(data, next_offset, end, folding)
        if kind not in (LETTER, EXPANDS, DIGIT):
            offset = _next_in_word(data, next_offset, end, was_digit, folding)
            if offset < 0:
                return next_offset, finish(state, block, length), letters, uppers
            _, kind, value, upper, after = classify(data, offset, end, folding)


@inlined
def _hash_ascii(data, start, size):
    """MurmurHash3 of ASCII letters and digits in lower case (one bit tells the cases apart; digits have it set).

    The first two blocks are read whether the word has them or not, and the last one whole: a branch on the length of a
    word, which nobody can foresee, costs more than the work that it saves.
    """
    first = absorb(np.uint32(0), np.uint32(four_bytes(data, start) | _LOWER))
    state = first if size >= 4 else np.uint32(0)
    more = absorb(state, np.uint32(four_bytes(data, start + 4) | _LOWER))
    state = more if size >= 8 else state
    stop = start + size
    start += min(size & ~3, 8)
    while start + 4 <= stop:
        state = absorb(state, np.uint32(four_bytes(data, start) | _LOWER))
        start += 4
    mask = np.uint32(np.uint32(1) << np.uint32(8 * (size & 3))) - np.uint32(1)
    return finish(state, np.uint32((four_bytes(data, start) | _LOWER) & mask), size)


@inlined
def _ascii_word(data, offset, end):
    """Size of the ASCII word at ``offset`` and which of its bytes are upper case; size 0: to be read the long way.

    That is so for words with anything else in them, long ones, and at the end of the data.
    """
    if offset + _READ > len(data):
        return np.int64(0), np.uint64(0)
    ahead = ascii_ahead(data, offset)
    size = min(low_zeros(np.uint64(~ahead | _BEYOND)), end - offset)
    if size == AHEAD:
        return np.int64(0), np.uint64(0)
    after = offset + size
    ending = _ASCII[data[np.uint64(after)]] if after < end else _ENDS
    if ending == _ENDS or (ending == _JOINS_DIGITS and size and data[np.uint64(after - 1)] > 0x39):
        return size, np.uint64(ahead >> np.uint64(AHEAD))
    return np.int64(0), np.uint64(0)


@entry
def tokenise(data, offsets, first, last, folding, out):
    """Tokenise the texts ``first`` to ``last - 1`` of a column; returns the number of tokens.

    ``data`` uint8[bytes] and ``offsets`` int64[texts + 1] are the buffers of an Arrow large_string column, ``folding``
    is the :class:`~dedup.kernels.folding.Folding`, ``out`` the arrays of :class:`dedup.text.tokens.Tokens`, which hold
    room for one token for every two bytes and one more for every text.
    """
    count = 0
    out.offsets[0] = 0
    for text in range(first, last):
        begin, end = offsets[text], offsets[text + 1]
        parted = is_parted(data, begin, end, folding)
        offset, gap, stop = _gap(data, begin, begin, end, parted, folding)
        gap |= GAP_PARAGRAPH | GAP_SENTENCE
        abbreviation = False
        script = 0
        while offset < end:
            start, before = offset, script
            letters, uppers = _ascii_word(data, offset, end)
            if letters:
                offset += letters
                hashed = _hash_ascii(data, start, letters)
                digit = data[np.uint64(start)] <= 0x39
                upper = uppers & np.uint64(1) != 0
                caseless, script = digit, 0
                capitals = low_zeros(~uppers) >= letters
            else:
                _, kind, _, upper, _ = classify(data, offset, end, folding)
                digit, script = kind == DIGIT, 0
                caseless = kind != LETTER or data[offset] >= 0xD6  # in UTF-8, what is after Latin, Greek, Cyrillic
                letters, many = 1, 0
                if kind in (UNSPACED, UNSPACED_LONG):
                    offset, hashed, script, digit = unspaced(data, offset, end, folding)
                else:
                    offset, hashed, letters, many = _folded_word(data, offset, end, folding)
                capitals = letters == many
            if stop and (upper or caseless or gap & (GAP_QUOTE_OPEN | GAP_QUOTE_CLOSE)) and not abbreviation:
                gap |= GAP_SENTENCE
            if gap & GAP_PARAGRAPH or begins_clause(data, begin, start, script, before):
                gap |= GAP_SENTENCE
            at = np.uint64(count)  # numba need not ask whether it counts from the end
            out.hashes[at] = hashed
            out.starts[at] = start - begin
            out.ends[at] = offset - begin
            out.gaps[at] = gap
            out.flags[at] = CAPITAL * upper + ALL_CAPITALS * (letters > 1 and capitals) + NUMBER * digit + script
            count += 1
            abbreviation = upper and letters <= _ABBREVIATION and not (offset < end and data[offset] in _CALLS)
            offset, gap, stop = _gap_after(data, offset, begin, end, parted, folding)
        out.tails[text - first] = gap | (GAP_SENTENCE if stop else 0)
        out.offsets[text - first + 1] = count
    return count


@inlined
def _shingle(hashes, width, out):
    """One text's shingles, a token of all of them after the other: the processor takes many shingles at a time."""
    for k in range(len(out)):
        out[k] = absorb(np.uint32(0), hashes[k])
    for shift in range(1, width):
        shifted = hashes[shift:]
        for k in range(len(out)):
            out[k] = absorb(out[k], shifted[k])
    for k in range(len(out)):
        out[k] = finish(out[k], np.uint32(0), 4 * width)


@entry
def shingle(hashes, offsets, size, out, out_offsets):
    """Shingles of every text: MurmurHash3 over ``size`` token hashes as little-endian bytes; returns their number.

    A text with fewer tokens has one shingle of all it has; one without tokens has none. ``hashes`` uint32[tokens],
    ``offsets`` int64[texts + 1]; filled: ``out`` uint32[<= tokens], ``out_offsets`` int64[texts + 1].
    """
    count = 0
    out_offsets[0] = 0
    for text in range(len(offsets) - 1):
        first, last = offsets[text], offsets[text + 1]
        width = min(size, last - first)
        if width:
            _shingle(hashes[first:last], width, out[count : count + last - first - width + 1])
            count += last - first - width + 1
        out_offsets[text + 1] = count
    return count
