"""A piece of marked-up text that is the article, and nothing but the article -> its paragraphs as plain text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dedup.readers import extras
from dedup.readers.decoding import sound

#: Elements of HTML and of NITF that stand on lines of their own.
_BLOCKS = {
    *("address", "article", "aside", "blockquote", "center", "details", "div", "fieldset", "figcaption", "figure"),
    *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "p", "pre", "section"),
    *("dd", "dl", "dt", "li", "ol", "ul", "caption", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr"),
    *("block", "body.content", "bq", "hl1", "hl2", "media"),
}
_UNSEEN = {"head", "math", "noframes", "script", "style", "svg", "template", "textarea", "title"}

_PARAGRAPH = "\u2029"
_LINE = "\u2028"


def text(marked_up: str, extra: str) -> str:
    """The text between the tags; paragraphs stand apart by an empty line, white space inside them is one blank.

    Works on any string, in time linear in its length: no tree is built, so neither depth nor broken markup matters.
    Raises :class:`~dedup.errors.SettingsError`, naming ``extra``, where lxml is not installed.
    """
    if "<" not in marked_up and "&" not in marked_up:
        return _tidy(marked_up.replace("\n\n", _PARAGRAPH))
    etree = extras.load("lxml.etree", extra)
    target = _Words()
    parser = etree.HTMLParser(target=target, encoding="utf-8")
    parser.feed(f"<div>{sound(marked_up)}".encode())
    parser.close()
    return _tidy("".join(target.words))


def element_text(element: Any) -> str:
    """The same for an element of a tree (``xml.etree``) whose tags are without namespaces; of any depth."""
    target = _Words()
    waiting = [(element, False)]
    while waiting:
        node, over = waiting.pop()
        if over:
            target.end(node.tag)
            target.data(node.tail or "")
        else:
            target.start(node.tag, node.attrib)
            target.data(node.text or "")
            waiting.append((node, True))
            waiting += [(child, False) for child in reversed(node)]
    return _tidy("".join(target.words))


def _tidy(words: str) -> str:
    paragraphs = (
        "\n".join(filter(None, (" ".join(line.split()) for line in paragraph.split(_LINE))))
        for paragraph in words.split(_PARAGRAPH)
    )
    return "\n\n".join(filter(None, paragraphs))


class _Words:
    """What the parser tells of the markup, kept as words with paragraph and line separators between them."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._unseen = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._unseen += tag in _UNSEEN
        self._break(tag)

    def end(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        self._break(tag)

    def data(self, words: str) -> None:
        if not self._unseen:
            self.words.append(words)

    def close(self) -> None:
        """Asked for by the parser; the words are taken from the target itself."""

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.words.append(_PARAGRAPH)
        elif tag == "br":
            self.words.append(_LINE)
