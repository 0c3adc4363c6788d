"""Bytes whose encoding is claimed, wrongly claimed or not told -> text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

#: Encodings of the web by their Python name -> the one that browsers read them as (WHATWG Encoding Standard, 4.2). Only
#: these are taken from a page or its headers: Python has codecs besides that run for minutes on hostile bytes.
_READ_AS = {
    **dict.fromkeys(("ascii", "iso8859-1", "cp1252"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030"),
    **dict.fromkeys(("shift_jis", "cp932"), "cp932"),
    **dict.fromkeys(("euc_kr", "cp949"), "cp949"),
    **dict.fromkeys(("big5", "big5hkscs"), "big5hkscs"),
    **dict.fromkeys(("iso8859-9", "cp1254"), "cp1254"),
    **dict.fromkeys(("iso8859-11", "tis-620", "cp874"), "cp874"),
    **{name: name for name in ("utf-8", "utf-16", "utf-16-le", "utf-16-be")},
    **{name: name for name in ("euc_jp", "iso2022_jp", "koi8-r", "koi8-u")},
    **{f"cp{page}": f"cp{page}" for page in (866, 1250, 1251, 1253, 1255, 1256, 1257, 1258)},
    **{f"iso8859-{part}": f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
}
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}

_NOT_ASCII = bytes(range(128, 256))

#: UTF-8 with at most one broken character in so many that are not ASCII is still UTF-8.
_SOUND_PER_BROKEN = 10

#: What is said of a file that is read so.
WESTERN = "not UTF-8, and read as Windows-1252 (recode it where its letters look wrong)"

#: Western text has at least so many characters for one that is not ASCII, and no signs inside of words.
_ASCII_PER_WESTERN = 5
_ODD_IN_WORDS = re.compile(r"[^\W\d_][¡-©«-±´¶-¸»-¿×÷†‡ˆ‰][^\W\d_]")


def decode(data: bytes, claimed: Iterable[str]) -> str | None:
    """The text of ``data``; None where neither a byte order mark, nor the bytes, nor a claim tells its encoding.

    What the bytes show counts before what ``claimed`` (names of encodings, the most trusted first) says: a mark at the
    start, then UTF-8, which other encodings hardly ever look like; a few broken characters in UTF-8 become U+FFFD.
    """
    shown = _shown(data)
    if shown:
        return data.decode(shown, "replace").removeprefix("\ufeff")
    encodings = [encoding for encoding in map(_known, claimed) if encoding]
    if b"\x1b" in data and "iso2022_jp" in encodings:  # written in ASCII bytes, and so like UTF-8
        return data.decode("iso2022_jp", "replace")
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    ascii_bytes = len(data.translate(None, _NOT_ASCII))
    if broken * _SOUND_PER_BROKEN <= len(text) - ascii_bytes - broken:
        return text
    return next(filter(None, (_strict(data, encoding) for encoding in encodings if encoding != "utf-8")), None)


def _shown(data: bytes) -> str | None:
    """The encoding that a byte order mark, or the zeros of UTF-16, show."""
    marked = next((encoding for mark, encoding in _MARKS.items() if data.startswith(mark)), None)
    if marked or data.count(0) * 3 < len(data) or not data:
        return marked
    return "utf-16-le" if data[1::2].count(0) > data[::2].count(0) else "utf-16-be"


def forced(data: bytes) -> str | None:
    """The text of ``data`` as UTF-8 with U+FFFD for what is none; None where that is more than one in a hundred."""
    text = data.decode("utf-8", "replace")
    return text if text.count("\ufffd") * 100 <= len(text) else None


def western(data: bytes) -> str | None:
    """The text of ``data`` as Windows-1252; None where letters of other alphabets make it look odd."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    foreign = len(text) - len(data.translate(None, _NOT_ASCII))
    return text if foreign * _ASCII_PER_WESTERN <= len(text) and not _ODD_IN_WORDS.search(text) else None


def sound(text: str) -> str:
    """The text with U+FFFD for halves of surrogate pairs, which no column can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _known(name: str) -> str | None:
    try:
        return _READ_AS.get(codecs.lookup(name.strip(" \t\r\n\"'")).name)
    except (LookupError, ValueError, UnicodeError):
        return None


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
