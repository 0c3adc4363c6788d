"""NewsML 1.0 to 1.2 (IPTC): news items of components, whose content is NITF, HTML, plain text or several of these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dedup.readers import agency as origins
from dedup.readers import markup, nitf
from dedup.readers.packed import FlawError
from dedup.readers.xmltree import first, parsed

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TEXTS = ("", "text", "complexdata", "article")
#: Roles of components that are parts of one text, in their order; the others are forms of the same.
_PARTS = ("lead", "intro", "body")


def records(data: bytes) -> Iterator[Mapping[str, str] | FlawError]:
    """The fields of each news item in the file; raises :class:`FlawError` where it is not well-formed."""
    root = parsed(data, b"NewsItem")
    sender = first(root, "NewsEnvelope/SentFrom/Party@FormalName")
    for item in root.iter("NewsItem"):
        yield _fields(item, sender)


def _fields(item: Any, sender: str) -> dict[str, str]:
    identifier = "Identification/NewsIdentifier"
    parties = [
        first(item, f".//{role}/Party@FormalName")
        for role in ("AdministrativeMetadata/Provider", "AdministrativeMetadata/Source")
    ]
    issuer = first(item, f"{identifier}/ProviderId")
    inner = next(item.iter("nitf"), None)
    values = {} if inner is None else nitf.fields(inner)
    values |= _present(
        id=first(item, f"{identifier}/PublicIdentifier", f"{identifier}/NewsItemId"),
        published=first(
            item, "NewsManagement/ThisRevisionCreated", "NewsManagement/FirstCreated", f"{identifier}/DateId"
        ),
        headline=first(item, ".//NewsLines/HeadLine"),
        byline=first(item, ".//NewsLines/ByLine"),
        lang=first(item, ".//DescriptiveMetadata/Language@FormalName", f".//NewsComponent@{_LANG}", f"@{_LANG}"),
        publisher=parties[0] or sender or parties[1] or issuer,
        agency=origins.agency([*parties, sender, first(item, ".//NewsLines/CreditLine"), issuer], "", ""),
    )
    return {**values, **_present(text=_text(item))}


def _present(**values: str) -> dict[str, str]:
    return {field: words for field, words in values.items() if words}


def _text(item: Any) -> str:
    """The parts of the text in their order, else the longest of its forms."""
    parts: dict[str, str] = {}
    forms = [""]
    for component in item.iter("NewsComponent"):
        role = first(component, "Role@FormalName").lower()
        texts = [_content(content) for content in component.findall("ContentItem")]
        if role in _PARTS and any(texts):
            parts[role] = max(texts, key=len)
        forms += texts
    if len(parts) > 1:
        return "\n\n".join(parts[role] for role in _PARTS if role in parts)
    forms += [_content(content) for content in item.findall("ContentItem")]
    return max(forms, key=len)


def _content(content: Any) -> str:
    """The text in a content item; empty for pictures and the like, and for files that are only named."""
    data = content.find("DataContent")
    if data is None or first(content, "MediaType@FormalName").lower() not in _TEXTS:
        return ""
    article = next(data.iter("nitf"), None)
    if article is not None:
        return nitf.text(article)
    body = next((one for name in ("body.content", "body") for one in data.iter(name)), None)
    if body is not None or len(data):
        return markup.element_text(data if body is None else body)
    words = "".join(data.itertext())
    return markup.text(words, "agency") if "<" in words else words.strip()
