"""RSS, RDF and Atom feeds -> the articles that stand in them in full."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dedup.readers import extras, markup, origins
from dedup.readers.decoding import sound
from dedup.readers.packed import FlawError

_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_TAIL = 8_192


def records(data: bytes) -> Iterator[Mapping[str, str] | FlawError]:
    """The fields of each entry; its text is the longest of its contents and its summary.

    A feed that is cut short gives its entries but for the last, which may be cut too.
    """
    # As a stream: feedparser takes bytes that are the name of a file for the file.
    feed = extras.load("feedparser", "web").parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    whole = _END.search(data.replace(b"\0", b"")[-_TAIL:]) is not None
    for entry in feed.entries if whole else feed.entries[:-1]:
        yield _fields(entry, feed.feed)
    if not whole:
        yield FlawError("the feed is cut short here")


def _fields(entry: Any, feed: Any) -> dict[str, str]:
    url = _string(entry, "link")
    publisher = _string(feed, "title") or origins.host(url)
    source = entry.get("source") or {}
    texts = [_string(content, "value") for content in (*(entry.get("content") or ()), {"value": entry.get("summary")})]
    said = {
        "id": _string(entry, "id"),
        "url": url,
        "publisher": publisher,
        "headline": markup.text(_string(entry, "title"), "web"),
        "published": _string(entry, "published") or _string(entry, "updated"),
        "byline": ", ".join(filter(None, (_string(author, "name") for author in entry.get("authors") or ()))),
        "lang": _string(feed, "language"),
        "agency": origins.agency((_string(source, "title"), _string(source, "href")), publisher, url),
        "text": max((markup.text(text, "web") for text in texts), key=len),
    }
    return {field: sound(words) for field, words in said.items() if words}


def _string(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""
