"""What a page says about its article: JSON-LD, OpenGraph and other ``meta`` elements, links and the page's language.

Nothing is guessed from the looks of the page, and no clock is asked. What says whose copy the article is goes to the
field ``agency``, whole and as written (names, or the addresses of originals), several parts joined by ``"; "``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dedup.readers import agency as origins
from dedup.readers import jsonld
from dedup.readers.decoding import sound
from dedup.readers.fields import plain

#: Field -> properties of schema.org's NewsArticle, the preferred ones first.
_PROPERTIES = {
    "headline": ("headline", "name"),
    "published": ("datePublished", "dateCreated"),
    "byline": ("author", "creator"),
    "lang": ("inLanguage",),
    "publisher": ("publisher",),
}
_WHOSE = ("provider", "sourceOrganization", "copyrightHolder", "creditText", "isBasedOn")

#: Field -> ``name`` or ``property`` of a meta element, in lower case, the preferred ones first.
_METAS = {
    "headline": ("og:title", "twitter:title", "dc.title"),
    "published": (
        *("article:published_time", "og:article:published_time", "article:published", "datepublished"),
        *("parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "publish-date", "publish_date"),
        *("dc.date.issued", "dcterms.issued", "dcterms.date", "dc.date", "date"),
    ),
    "byline": ("author", "byl", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "article:author"),
    "lang": ("og:locale", "content-language", "dc.language", "dcterms.language"),
    "publisher": ("og:site_name", "dc.publisher", "dcterms.publisher", "application-name"),
}
#: Google's two tags for syndicated news, Dublin Core's, and what news sites call it themselves.
_WHOSE_METAS = ("syndication-source", "original-source", "source", "article:source", "dc.source", "dcterms.source")
_WHOSE_LINKS = ("syndication-source", "original-source", "canonical")

MetaTags = Mapping[str, list[str]]


def fields(page: Any, address: str) -> dict[str, str]:
    """The fields of the article in a page (an lxml tree); ``address`` is where the page was found, or empty."""
    metas, links = _metas(page), _links(page)
    canonical = [link for link in links.get("canonical", ()) if "//" in link]
    own = address or _first(metas, ("og:url",)) or next(iter(canonical), "")
    scripts = [s.text for s in page.iter("script") if "ld+json" in (s.get("type") or "").lower() and s.text]
    record = jsonld.article(scripts, {own, *canonical})
    values = {
        "url": own or next(jsonld.links(record, "url", "mainEntityOfPage"), ""),
        "headline": _value("headline", record, metas) or _words(page, "h1") or _words(page, "title"),
        "published": _value("published", record, metas) or _marked(page, "datePublished"),
        "byline": _value("byline", record, metas) or _marked(page, "author"),
        "lang": _value("lang", record, metas) or (page.get("lang") or ""),
    }
    named = _first(metas, _METAS["publisher"]) or _value("publisher", record, {})  # JSON-LD often names the owner
    values["publisher"] = named or origins.host(values["url"])
    values["agency"] = origins.agency(_whose(record, metas, links), values["publisher"], values["url"])
    return {field: sound(words) for field, words in values.items() if words and not words.isspace()}


def _value(field: str, record: jsonld.Record, metas: MetaTags) -> str:
    value = next(filter(None, (plain(record.get(name)) for name in _PROPERTIES[field])), "")
    hits = _first(metas, _METAS[field])
    return value or ("" if field == "byline" and "//" in hits else hits)  # article:author is the address of a profile


def _first(metas: MetaTags, names: Iterable[str]) -> str:
    return next((metas[name][0] for name in names if name in metas), "")


def _metas(page: Any) -> MetaTags:
    metas: dict[str, list[str]] = {}
    for element in page.iter("meta"):
        name = element.get("name") or element.get("property") or element.get("itemprop") or element.get("http-equiv")
        words = (element.get("content") or "").strip()
        if name and words:
            metas.setdefault(name.strip().lower(), []).append(words)
    return metas


def _links(page: Any) -> MetaTags:
    links: dict[str, list[str]] = {}
    for element in page.iter("link"):
        address = (element.get("href") or "").strip()
        for relation in (element.get("rel") or "").lower().split():
            if address:
                links.setdefault(relation, []).append(address)
    return links


def _whose(record: jsonld.Record, metas: MetaTags, links: MetaTags) -> Iterator[str]:
    """Each place where the page can say that the copy is another's."""
    for name in _WHOSE:
        value = record.get(name)
        for one in value if isinstance(value, list) else [value]:
            yield plain(one) or next(jsonld.links({"": one}, ""), "")
    for name in _WHOSE_METAS:
        yield from metas.get(name, ())
    for name in _WHOSE_LINKS:
        yield from links.get(name, ())


def _words(page: Any, tag: str) -> str:
    element = page.find(f".//{tag}")
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _marked(page: Any, name: str) -> str:
    """Microdata: what the first element with the ``itemprop`` says."""
    element = page.find(f".//*[@itemprop='{name}']")
    if element is None:
        return ""
    return str(element.get("content") or element.get("datetime") or " ".join("".join(element.itertext()).split()))
