"""NITF 3 (IPTC's News Industry Text Format), alone in a file or inside of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dedup.readers import agency as origins
from dedup.readers import markup
from dedup.readers.packed import FlawError
from dedup.readers.xmltree import first, parsed

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_HEAD = "body/body.head"
_DATA = "head/docdata"


def records(data: bytes) -> Iterator[Mapping[str, str] | FlawError]:
    """The fields of each article in the file; raises :class:`FlawError` where it is not well-formed."""
    for article in parsed(data, b"nitf").iter("nitf"):
        yield fields(article)


def fields(article: Any) -> dict[str, str]:
    """The fields of an element ``nitf``; those that it does not have are left out."""
    owners = [
        first(article, path)
        for path in (
            f"{_HEAD}/distributor",
            f"{_HEAD}/rights/rights.owner",
            f"{_DATA}/doc.copyright@holder",
            f"{_DATA}/doc.rights@owner",
            f"{_DATA}/del-list/from-src@src-name",
            f"{_DATA}/doc-id@regsrc",
        )
    ]
    fields = {
        "id": first(article, f"{_DATA}/doc-id@id-string"),
        "publisher": next(filter(None, owners), ""),
        "published": first(
            article,
            f"{_DATA}/date.issue@norm",
            f"{_DATA}/date.release@norm",
            "head/pubdata@date.publication",
            f"{_HEAD}/dateline/story.date@norm",
        ),
        "headline": first(article, f"{_HEAD}/hedline/hl1", "head/title"),
        "byline": _byline(article),
        "lang": article.get(_LANG) or article.get("baselang") or "",
        "agency": origins.agency(owners, "", ""),
        "text": text(article),
    }
    return {field: words for field, words in fields.items() if words}


def text(article: Any) -> str:
    """The paragraphs of an element ``nitf``, without what stands beside them: pictures and who wrote them up."""
    content = next(article.iter("body.content"), None)
    if content is None:
        return ""
    for parent in list(content.iter()):
        for child in [each for each in parent if each.tag == "media"]:
            parent.remove(child)
    return markup.element_text(content)


def _byline(article: Any) -> str:
    """Who wrote it, what they are after a comma."""
    byline = article.find(f"{_HEAD}/byline")
    if byline is None:
        return ""
    parts = [byline.text, *(part for child in byline for part in ("".join(child.itertext()), child.tail))]
    names = [" ".join(part.split()) for part in parts if part and part.strip()]
    return ", ".join(names).replace("By, ", "By ")
