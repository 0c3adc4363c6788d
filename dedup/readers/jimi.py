"""JIMI, the XML of the Canadian Press: content items whose text is marked up inside of an element."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dedup.readers import agency as origins
from dedup.readers import markup
from dedup.readers.packed import FlawError
from dedup.readers.xmltree import first, parsed


def records(data: bytes) -> Iterator[Mapping[str, str] | FlawError]:
    """The fields of each content item in the file; raises :class:`FlawError` where it is not well-formed."""
    root = parsed(data, b"ContentItem")
    for item in root.iter("ContentItem"):
        credits = [first(item, "Source"), first(item, "Credit")]
        fields = {
            "id": first(item, "ContentItemID", "NewsCompID"),
            "publisher": credits[0] or credits[1],
            "published": first(item, "PublishDateTime", "UpdatedDateTime", "CreatedDateTime"),
            "headline": first(item, "Headline", "Headline2"),
            "byline": first(item, "Byline"),
            "lang": first(item, "Language"),
            "agency": origins.agency(credits, "", ""),
            "text": markup.text("".join(item.findtext("ContentText") or ""), "agency"),
        }
        yield {field: words for field, words in fields.items() if words}
