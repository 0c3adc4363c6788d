"""Where lines and paragraphs end: by line breaks, and by the marks that exports write in their place.

A database's dump may hold ``###``, ``¶``, ``<br>`` or ``</p>`` where paragraphs ended, or a line break as it is written
in source code, a backslash and an n. Some part paragraphs by a bar or a bullet, which also stand between names and in
lists: in a text without line breaks they part its paragraphs, everywhere, where most of them stand after a sentence.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.codepoints import classify
from dedup.kernels.compiling import helper, inlined
from dedup.kernels.folding import IGNORED, MARK_BREAK, MARK_QUOTE, MARK_SPACE, MARK_STOP, SEPARATOR

_BACKSLASH, _BAR, _HASH, _LESS, _PILCROW = 0x5C, 0x7C, 0x23, 0x3C, 0xB6
WRITTEN_BREAKS = (_BACKSLASH, _HASH, _LESS, _PILCROW)  # the first characters of what is written for a line break
_BULLETS = (0x2022, 0x25CF, 0x25AA, 0x25E6, 0x2023)
_E2 = 0xE2  # with which the UTF-8 of every bullet begins
_LINE, _PARAGRAPH = 1, 2  # as line breaks: an empty line ends a paragraph


@inlined
def _byte(data, offset, end):
    return np.int64(data[np.uint64(offset)]) if offset < end else np.int64(0)


@helper
def _tag(data, offset, end):
    """The place after ``<br>``, ``<br/>``, ``<br />``, ``<p>`` or ``</p>``, and as how many line breaks it counts."""
    at = offset + 1 + (_byte(data, offset + 1, end) == 0x2F)
    name = _byte(data, at, end) | 0x20
    lines = _PARAGRAPH
    if name == 0x62 and _byte(data, at + 1, end) | 0x20 == 0x72:
        lines = _LINE
        at += 1
    elif name != 0x70:
        return offset, 0
    at += 1
    at += _byte(data, at, end) == 0x20
    at += _byte(data, at, end) == 0x2F
    return (at + 1, lines) if _byte(data, at, end) == 0x3E else (offset, 0)


@helper
def _escape(data, offset, end, sure):
    """The same for a line break as source code writes it; before a small letter only where it is ``sure`` to be one."""
    at = offset
    while _byte(data, at, end) == _BACKSLASH:
        at += 1
    if _byte(data, at, end) == 0x72:
        at += 1
        if _byte(data, at, end) != _BACKSLASH or _byte(data, at + 1, end) != 0x6E:
            return offset, 0
        at += 1
    if _byte(data, at, end) != 0x6E:
        return offset, 0
    small = 0x61 <= _byte(data, at + 1, end) <= 0x7A
    return (at + 1, _LINE) if sure or not small else (offset, 0)


@helper
def _hashes(data, offset, end):
    """The same for three or more number signs."""
    at = offset
    while _byte(data, at, end) == _HASH:
        at += 1
    return (at, _PARAGRAPH) if at - offset >= 3 else (offset, 0)


@inlined
def line_break(data, offset, after, end, code, value, before, stop, parted):
    """As how many line breaks the separator at ``offset`` counts, the place after it, and what stands before that.

    ``after``: where the code point ``code`` ends, ``value``: its bits, ``before``: the code point before it (of what
    is written in place of a line break, a line feed), ``stop``: a sentence has ended before it, ``parted``: see
    :func:`is_parted`.
    """
    following, lines = offset, 0
    if value & MARK_BREAK:
        return np.int64(not (code == 0x0A and before == 0x0D)), after, code
    if code == _HASH:
        following, lines = _hashes(data, offset, end)
    elif code == _BACKSLASH:
        following, lines = _escape(data, offset, end, stop or before == 0x0A)
    elif code == _LESS:
        following, lines = _tag(data, offset, end)
    elif code == _PILCROW or (parted and _parts(code, before, data, after, end)):
        following, lines = after, _PARAGRAPH
    return np.int64(lines), following if lines else after, np.int64(0x0A) if lines else code


@inlined
def _parts(code, before, data, after, end):
    """Whether a mark is a bar or a bullet between spaces."""
    blank = _byte(data, after, end) == 0x20 or (_byte(data, after, end) == 0xC2 and _byte(data, after + 1, end) == 0xA0)
    return blank and before in (0x20, 0xA0, 0x0A) and (code == _BAR or code in _BULLETS)


@helper
def is_parted(data, begin, end, folding):
    """Whether bars or bullets part the paragraphs of a text: there is no line break, and most of them end sentences."""
    marked = False
    for offset in range(begin, end):
        byte = data[np.uint64(offset)]
        if byte in (0x0A, 0x0D):
            return False
        marked |= byte in (_BAR, _E2)
    if not marked:
        return False
    stops = others = 0
    stop = False
    before = np.int64(0)
    offset = begin
    while offset < end:
        code, kind, value, _, after = classify(data, offset, end, folding)
        offset = after
        if kind == IGNORED:
            continue
        value = value if kind == SEPARATOR else np.int64(0)
        if _parts(code, before, data, after, end):
            stops += stop
            others += not stop
        stop = value & MARK_STOP != 0 or (stop and value & (MARK_SPACE | MARK_QUOTE) != 0)
        before = code
    return stops > 0 and stops >= others
