"""RSS, RDF and Atom feeds -> the articles that stand in them in full."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dedup.readers import agency as origins
from dedup.readers import extras, markup, shortcodes
from dedup.readers.decoding import decode, forced, sound
from dedup.readers.packed import DamageError, FlawError

_END = re.compile(r"</(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_TAIL = 8_192
_ENTRY = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_NO_MARKUP = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)
_ENCODING = re.compile(rb"<\?xml[^>]{1,200}?encoding\s*=\s*[\"']([\w.:-]+)")
_HEAD = 1_024
_WORDPRESS = re.compile(r"xmlns:wp=")
_REFERENCE = re.compile(r"&#(x[0-9a-f]{1,7}|[0-9]{1,7});", re.IGNORECASE | re.ASCII)


def records(data: bytes) -> Iterator[Mapping[str, str] | FlawError]:
    """The fields of each entry; its text is the longest of its contents and its summary.

    A feed that is cut short gives its entries but for the last, which may be cut too. What feedparser cannot make out
    in a feed that is not well-formed is told at the end. Raises :class:`FlawError` where it gives up on the whole.
    """
    text = _text(data)
    feed = _parsed(text)
    is_complete = _END.search(text, max(0, len(text) - _TAIL)) is not None
    clean = shortcodes.without if _WORDPRESS.search(text, 0, _HEAD) else str
    for entry in feed.entries if is_complete else feed.entries[:-1]:
        yield _fields(entry, feed.feed, clean)
    lost = len(_ENTRY.findall(_NO_MARKUP.sub("", text))) - len(feed.entries)
    if not is_complete:
        yield DamageError("the feed is cut short here")
    elif lost > 0:
        yield FlawError(f"the feed is not well-formed, and {lost} of its entries cannot be made out")


def _text(data: bytes) -> str:
    declared = _ENCODING.search(data, 0, _HEAD)
    text = decode(data, [declared[1].decode()] if declared else [])
    if text is None:
        text = forced(data)
    if text is None:
        raise FlawError("neither the feed nor its bytes tell its encoding")
    return _REFERENCE.sub(_no_half, text.replace("\0", "\ufffd"))


def _parsed(text: str) -> Any:
    feedparser = extras.load("feedparser", "web")
    # As a stream: feedparser takes a string that is the name of a file for the file.
    stream = io.BytesIO(text.encode())
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        return feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # whatever the parser raises on a hostile feed must not end the run
        raise FlawError(f"the feed cannot be read: {type(error).__name__}: {str(error)[:200]}") from error


def _no_half(reference: re.Match[str]) -> str:
    """U+FFFD for a reference to half a surrogate pair, on which feedparser gives up."""
    digits = reference[1].lower()
    number = int(digits[1:], 16) if digits.startswith("x") else int(digits)
    return "\ufffd" if 0xD800 <= number <= 0xDFFF else reference[0]


def _fields(entry: Any, feed: Any, clean: Callable[[str], str]) -> dict[str, str]:
    url = _string(entry, "link")
    publisher = _string(feed, "title") or origins.host(url)
    source = entry.get("source") or {}
    texts = [_string(content, "value") for content in (*(entry.get("content") or ()), {"value": entry.get("summary")})]
    values = {
        "id": _string(entry, "id"),
        "url": url,
        "publisher": publisher,
        "headline": markup.text(_string(entry, "title"), "web"),
        "published": _string(entry, "published") or _string(entry, "updated"),
        "byline": ", ".join(filter(None, (_string(author, "name") for author in entry.get("authors") or ()))),
        "lang": _string(feed, "language"),
        "agency": origins.agency((_string(source, "title"), _string(source, "href")), publisher, url),
        "text": max((markup.text(clean(text), "web") for text in texts), key=len),
    }
    return {field: sound(words) for field, words in values.items() if words}


def _string(record: dict[str, Any], name: str) -> str:
    value = dict.get(record, name)  # feedparser's own get puts one date for another, with a warning
    return value if isinstance(value, str) else ""
