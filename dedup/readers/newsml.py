"""NewsML-G2 (IPTC): news items, alone or several in a news message; the text is XHTML, NITF or plain inside of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dedup.readers import agency as origins
from dedup.readers import markup, nitf
from dedup.readers.packed import FlawError
from dedup.readers.xmltree import first, parsed, words

#: ANSA calls it plain text.
_MARKED_UP = re.compile(r"<(?:p|br|div)[\s/>]", re.IGNORECASE)
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def records(data: bytes) -> Iterator[Mapping[str, str] | FlawError]:
    """The fields of each news item in the file; raises :class:`FlawError` where it is not well-formed.

    External entities and document types are never fetched; a file that declares entities does not get here.
    """
    root = parsed(data, b"newsItem")
    items = list(root.iter("newsItem"))
    for item in items:
        yield _fields(item)
    for package in () if items else root.iter("packageItem"):
        number = len(list(package.iter("itemRef")))
        yield FlawError(f"a package of {number} items that are named only; their texts are in files of their own")


def _fields(item: Any) -> dict[str, str]:
    provider, holder = _name(item, "itemMeta/provider"), _name(item, "rightsInfo/copyrightHolder")
    publisher = provider or holder
    credits = [words(item.find("contentMeta/creditline")), provider, holder]
    sources = [_named(source) for source in item.findall("contentMeta/infoSource")]
    creators = [_named(creator) for creator in item.findall("contentMeta/creator")]
    values = {
        "id": item.get("guid") or "",
        "publisher": publisher,
        "published": words(item.find("itemMeta/versionCreated")) or words(item.find("contentMeta/contentCreated")),
        "headline": first(item, "contentMeta/headline", ".//nitf/body/body.head/hedline/hl1", ".//nitf/head/title"),
        "byline": words(item.find("contentMeta/by")) or ", ".join(filter(None, creators)),
        "lang": item.get(_LANG) or _attribute(item, "contentMeta/language", "tag"),
        "agency": origins.agency((*sources, *credits), "", ""),
        "text": "\n\n".join(filter(None, _texts(item))),
    }
    return {field: value for field, value in values.items() if value}


def _texts(item: Any) -> Iterator[str]:
    """The text of each part of the content; pictures and other files that are only named have none."""
    for part in item.findall("contentSet/*"):
        if part.tag == "inlineXML":
            article = next(part.iter("nitf"), None)
            yield markup.element_text(_body(part)) if article is None else nitf.text(article)
        elif part.tag == "inlineData":
            data = "".join(part.itertext())
            marked_up = "html" in (part.get("contenttype") or "") or _MARKED_UP.search(data)
            yield markup.text(data, "agency") if marked_up else data.strip()


def _body(part: Any) -> Any:
    """The element that holds the text alone; dpa puts keywords, time and headline into a header before it."""
    body = next(filter(None, (next(part.iter(tag), None) for tag in ("body.content", "body"))), part)
    main = [section for section in body.findall("section") if "main" in (section.get("class") or "").split()]
    if len(main) != 1:
        return body
    for teaser in [one for one in main[0] if one.get("class") == "teaser"]:
        main[0].remove(teaser)
    return main[0]


def _name(item: Any, path: str) -> str:
    element = item.find(path)
    return "" if element is None else _named(element)


def _named(element: Any) -> str:
    """The name of a party: in words, as a literal, or as what stands after the colon of its code (nprov:AFP)."""
    code = (element.get("qcode") or "").partition(":")[2]
    return words(element.find("name")) or (element.get("literal") or code).strip()


def _attribute(item: Any, path: str, name: str) -> str:
    element = item.find(path)
    return "" if element is None else element.get(name) or ""
