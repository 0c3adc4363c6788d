"""WordPress's shortcodes, ``[dropcap]T[/dropcap]he ferry``, as its exports leave them in texts."""

from __future__ import annotations

import re

_LONGEST = 2_000  # characters of a tag
_MOST_NAMES = 100  # in one text; a text of more is no article of WordPress's
_CLOSING = re.compile(r"\[/([A-Za-z][\w-]{0,40})\]")
_ALONE = re.compile(r"\[(?:[A-Za-z][\w-]{0,40})(?:\s+[\w-]{1,40}=(?:\"[^\"\]]*\"|'[^'\]]*'|[^\s\]\"']+))+\s*/?\]")

#: What stands in these is no text of the article.
_REMOVED = re.compile(
    r"\[(caption|gallery|embed|audio|video|playlist)\b[^\]]{0,2000}\]"
    r"(?:(?!\[\1\b)[\s\S]){0,5000}?"
    r"\[/\1\]",
    re.IGNORECASE,
)


def without(text: str) -> str:
    """The text without shortcodes: those that are closed, or have attributes; other words in brackets stay."""
    if "[" not in text:
        return text
    text = _REMOVED.sub("", text)
    names = {re.escape(name) for name in _CLOSING.findall(text)}
    if 0 < len(names) <= _MOST_NAMES:
        pairs = "|".join(sorted(names))
        text = re.sub(rf"\[/?(?:{pairs})(?=[\s\]/])[^\]\n]{{0,{_LONGEST}}}\]", "", text)
    return _ALONE.sub("", text)
