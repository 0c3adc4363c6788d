"""Texts that come as one line with marks between their paragraphs: the marks become empty lines."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

#: What stands for the end of a paragraph in texts without line ends, and what it leaves.
_MARKS = {
    r"\s*###\s*": "\n\n",
    r"\s*<br\s*/?>\s*": "\n\n",
    r"\s*\\n\s*": "\n\n",  # a line end that was escaped twice
    r"([.!?\"”»])\s+\|\s+": "\\1\n\n",
}
_MIN = 2  # of them in a text


def paragraphs(texts: pa.Array) -> pa.Array:
    """The texts (large strings); those that have line ends stay as they are."""
    one_line = pc.invert(pc.match_substring(texts, "\n")).fill_null(False)
    if not pc.any(one_line).as_py():
        return texts
    chosen = texts.filter(one_line)
    for mark, left in _MARKS.items():
        marked = pc.greater_equal(pc.count_substring_regex(chosen, mark), _MIN)
        if pc.any(marked).as_py():
            chosen = pc.if_else(marked, pc.replace_substring_regex(chosen, mark, left), chosen)
    return pc.replace_with_mask(texts, one_line, chosen)
