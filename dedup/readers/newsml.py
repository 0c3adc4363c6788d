"""NewsML-G2 (IPTC): news items, alone or several in a news message; the text is XHTML, NITF or plain inside of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dedup.readers import extras, markup, origins
from dedup.readers.packed import DamageError, FlawError

#: expat's codes for a file that ends inside of an element, a tag or CDATA.
_CUT = (3, 5, 20)
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def records(data: bytes) -> Iterator[Mapping[str, str] | FlawError]:
    """The fields of each news item in the file; raises :class:`FlawError` where it is not well-formed.

    External entities and document types are never fetched; a file that declares entities does not get here.
    """
    tree = extras.load("defusedxml.ElementTree", "newsml")
    try:
        root = tree.fromstring(data)
    except (tree.ParseError, ValueError, LookupError) as error:  # an unknown encoding is a LookupError
        flaw = DamageError if data.count(b"<newsItem") > 1 or getattr(error, "code", 0) in _CUT else FlawError
        raise flaw(f"not well-formed XML: {error}") from error
    for element in root.iter():
        element.tag = _local(element.tag)
    for item in root.iter("newsItem"):
        yield _fields(item)


def _fields(item: Any) -> dict[str, str]:
    provider, holder = _name(item, "itemMeta/provider"), _name(item, "rightsInfo/copyrightHolder")
    publisher = provider or holder
    credits = [_words(item.find("contentMeta/creditline")), provider, holder]
    sources = [_named(source) for source in item.findall("contentMeta/infoSource")]
    creators = [_named(creator) for creator in item.findall("contentMeta/creator")]
    said = {
        "id": item.get("guid") or "",
        "publisher": publisher,
        "published": _words(item.find("itemMeta/versionCreated")) or _words(item.find("contentMeta/contentCreated")),
        "headline": _words(item.find("contentMeta/headline")),
        "byline": _words(item.find("contentMeta/by")) or ", ".join(filter(None, creators)),
        "lang": item.get(_LANG) or _attribute(item, "contentMeta/language", "tag"),
        "agency": origins.agency((*sources, *credits), "", ""),
        "text": "\n\n".join(filter(None, _texts(item))),
    }
    return {field: words for field, words in said.items() if words}


def _texts(item: Any) -> Iterator[str]:
    """The text of each part of the content; pictures and other files that are only named have none."""
    for part in item.findall("contentSet/*"):
        if part.tag == "inlineXML":
            body = next(filter(None, (next(part.iter(tag), None) for tag in ("body.content", "body"))), part)
            yield markup.element_text(body)
        elif part.tag == "inlineData":
            words = "".join(part.itertext())
            yield markup.text(words, "newsml") if "html" in (part.get("contenttype") or "") else words.strip()


def _name(item: Any, path: str) -> str:
    element = item.find(path)
    return "" if element is None else _named(element)


def _named(element: Any) -> str:
    """The name of a party: in words, as a literal, or as what stands behind the colon of its code (nprov:AFP)."""
    code = (element.get("qcode") or "").partition(":")[2]
    return _words(element.find("name")) or (element.get("literal") or code).strip()


def _attribute(item: Any, path: str, name: str) -> str:
    element = item.find(path)
    return "" if element is None else element.get(name) or ""


def _words(element: Any) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _local(tag: Any) -> Any:
    return tag.rpartition("}")[2] if isinstance(tag, str) else tag
