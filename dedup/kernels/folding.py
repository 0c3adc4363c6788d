"""The folding table: what every Unicode code point is to the tokeniser.

A two-level table (pages of 256 code points; equal pages stored once) holds one ``uint32`` a code point:

===========  =====================================================================================
bits 28-31   the kind: :data:`SEPARATOR`, :data:`LETTER`, :data:`EXPANDS`, :data:`IGNORED`,
             :data:`DIGIT`, :data:`UNSPACED` (Han, Kana), :data:`UNSPACED_LONG` (Thai, Lao, Khmer, Myanmar)
bit 27       the code point is upper or title case
bits 0-26    the folded code point; for EXPANDS its place in ``expansions``; for SEPARATOR the ``GAP_*`` bits
===========  =====================================================================================

Folding is case folding after compatibility decomposition (Unicode Standard Annex 15, NFKC_Casefold of section 3.13)
with the combining marks of Latin, Greek, Cyrillic, Arabic and Hebrew, the voicing marks of Kana and the nikhahit of
Thai and Lao dropped, digits of all scripts made ASCII, Hangul taken apart into its letters, and the letters that
Arabic, Persian and Urdu keyboards write differently (yeh, kaf, heh) made one. So canonically equivalent texts fold to
the same (but for Myanmar's U+1026, which stays one character). A symbol is a separator, whatever letters it is made
of. The table is frozen in ``folding.npz``, so that signatures do not change with Python's Unicode version;
``python -m dedup.kernels.folding FILE`` writes it again.
"""

from __future__ import annotations

import functools
import sys
import unicodedata
from importlib import resources
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

SEPARATOR, LETTER, EXPANDS, IGNORED, DIGIT, UNSPACED, UNSPACED_LONG = range(7)
KIND_SHIFT = 28
UPPER = 1 << 27
VALUE = UPPER - 1

GAP_LINE = 1 << 0  # one line break
GAP_PARAGRAPH = 1 << 1  # an empty line, an indented line, or a line break after the end of a sentence
GAP_SENTENCE = 1 << 2  # the end of a sentence
GAP_QUOTE_OPEN = 1 << 3  # a double quotation mark that opens
GAP_QUOTE_CLOSE = 1 << 4
GAP_SINGLE_OPEN = 1 << 5  # a single quotation mark that opens
GAP_SINGLE_CLOSE = 1 << 6
GAP_PAREN_OPEN = 1 << 7
GAP_PAREN_CLOSE = 1 << 8
GAP_DASH = 1 << 9  # a dash, or a hyphen with a space on one side
GAP_COLON = 1 << 10
GAP_SLASH = 1 << 11
GAP_COMMA = 1 << 12
GAP_AT = 1 << 13  # the sign before an account name
GAP_BULLET = 1 << 14
GAP_COPYRIGHT = 1 << 15

# Marks whose meaning depends on their surroundings; the tokeniser turns them into GAP bits.
MARK_BREAK = 1 << 16
MARK_STOP = 1 << 17
MARK_QUOTE = 1 << 18
MARK_APOSTROPHE = 1 << 19
MARK_HYPHEN = 1 << 20
MARK_POINT = 1 << 21
MARK_SPACE = 1 << 22

_MARKS = {
    "\n\r\x0b\x0c\x85\u2028\u2029": MARK_BREAK,
    ".": MARK_STOP | MARK_POINT,
    "!?\u2026\u0589\u061f\u06d4\u0964\u0965\u104b\u1362\u17d4\u17d5\u3002\u203d": MARK_STOP,
    '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u300c\u300d\u300e\u300f': MARK_QUOTE,
    "'\u2018\u2019\u201a\u201b\u02bc\u02bb`\u00b4\u2039\u203a": MARK_APOSTROPHE,
    "-\u2010\u2011": MARK_HYPHEN,
    "\u2012\u2013\u2014\u2015\u2212": GAP_DASH,
    "([\ufd3e": GAP_PAREN_OPEN,
    ")]\ufd3f": GAP_PAREN_CLOSE,
    ":": GAP_COLON,
    "/\u2044": GAP_SLASH,
    ",\u066c": GAP_COMMA | MARK_POINT,
    "\u066b": MARK_POINT,
    "\u060c\u3001": GAP_COMMA,
    "@": GAP_AT,
    "\u2022\u25cf\u25aa\u25e6\u2023*\u00b7": GAP_BULLET,
    "\u00a9": GAP_COPYRIGHT,
}
_DROPPED_MARKS = (
    (0x0300, 0x036F),
    (0x0483, 0x0489),
    (0x0591, 0x05BD),
    (0x05BF, 0x05C7),
    (0x0610, 0x061A),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x08CA, 0x08FF),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0x0E4D, 0x0E4D),
    (0x0ECD, 0x0ECD),
    (0x3099, 0x309A),
    (0xFB1E, 0xFB1E),
    (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
    (0x1D165, 0x1D169),
    (0x1D16D, 0x1D172),
    (0xE0100, 0xE01EF),
)
_TATWEEL = 0x0640
_SAME_LETTER = {
    0x06CC: 0x064A,
    0x0649: 0x064A,
    0x06D2: 0x064A,
    0x06A9: 0x0643,
    0x06C1: 0x0647,
    0x06C2: 0x0647,
    0x06BE: 0x0647,
    0x0629: 0x0647,
    0x06C3: 0x0647,
    0x06D5: 0x0647,
}
_HAN_AND_KANA = ("CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "BOPOMOFO")
_LONG = ("THAI", "LAO", "KHMER", "MYANMAR")


class Folding(NamedTuple):
    """The frozen table.

    ``pages`` uint16[0x1100]: row of ``entries`` for each block of 256 code points; ``entries`` uint32[rows, 256];
    ``expansions`` uint32[n]: at a place first the number of code points, then these.
    """

    pages: npt.NDArray[np.uint16]
    entries: npt.NDArray[np.uint32]
    expansions: npt.NDArray[np.uint32]


@functools.cache
def folding() -> Folding:
    """The table as shipped."""
    with resources.files(__package__).joinpath("folding.npz").open("rb") as file, np.load(file) as stored:
        return Folding(*(stored[name] for name in Folding._fields))


def fold(code: int) -> tuple[int, tuple[int, ...]]:
    """Kind and folded code points of one code point; for SEPARATOR the gap and mark bits as the only value."""
    character = chr(code)
    category = unicodedata.category(character)
    if category in ("Cf", "Cs") or code == _TATWEEL or _is_dropped(code):
        return IGNORED, ()
    bits = _mark_bits(character) if category not in ("Cn", "Co") else 0
    if bits:
        return SEPARATOR, (bits,)
    if category[0] not in "LNM":
        return SEPARATOR, (MARK_SPACE if character.isspace() else 0,)
    folded = _fold_letters(character)
    if not folded:
        return IGNORED, ()
    if len(folded) == 1 and 0x30 <= folded[0] <= 0x39:
        return DIGIT, folded
    script = _script(folded[0])
    if len(folded) > 1 and script == LETTER:
        return EXPANDS, folded
    return script, folded if len(folded) == 1 else (code,)  # a script without spaces counts characters: one stays one


def _mark_bits(character: str) -> int:
    """The bits of a separator that says something, in whatever compatible form it is written; 0 of anything else."""
    forms = [unicodedata.normalize(form, character) for form in ("NFC", "NFKC")]
    return next((bits for marks, bits in _MARKS.items() for form in forms if len(form) == 1 and form in marks), 0)


def _fold_letters(character: str) -> tuple[int, ...]:
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return (0x30 + int(digit),)
    folded = [ord(letter) for letter in _letters(_letters(character).casefold())]
    return tuple(_SAME_LETTER.get(code, code) for code in folded if code != _TATWEEL)


def _letters(text: str) -> str:
    """The letters, numbers and marks of the compatibility decomposition, without the marks that are dropped."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKD", text)
        if unicodedata.category(character)[0] in "LNM" and not _is_dropped(ord(character)) and not _mark_bits(character)
    )


def _script(code: int) -> int:
    name = unicodedata.name(chr(code), "")
    if name.startswith(_HAN_AND_KANA):
        return UNSPACED
    return UNSPACED_LONG if name.startswith(_LONG) else LETTER


def _is_dropped(code: int) -> bool:
    return any(low <= code <= high for low, high in _DROPPED_MARKS)


def build() -> Folding:
    """The table made from this Python's :mod:`unicodedata` (takes a few seconds)."""
    entries = np.zeros(0x110000, np.uint32)
    expansions: list[int] = []
    for code in range(0x110000):
        kind, values = fold(code)
        value = values[0] if values else 0
        if kind == EXPANDS:
            value = len(expansions)
            expansions += [len(values), *values]
        upper = unicodedata.category(chr(code)) in ("Lu", "Lt")
        entries[code] = kind << KIND_SHIFT | upper * UPPER | value
    rows, pages = np.unique(entries.reshape(-1, 256), axis=0, return_inverse=True)
    return Folding(pages.ravel().astype(np.uint16), rows, np.array(expansions, np.uint32))


if __name__ == "__main__":
    np.savez_compressed(sys.argv[1], unicode=np.array(unicodedata.unidata_version), **build()._asdict())
