"""XML files: news feeds and the formats of agencies, distinguished by their first element."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from dedup.article import Batch, Rejected
from dedup.readers import feeds, jimi, newsml, newsml1, nitf
from dedup.readers.fields import Names
from dedup.readers.inputs import Source
from dedup.readers.packed import FlawError, read_all, rejected
from dedup.readers.rows import Row, batches
from dedup.readers.xmltree import without_type

#: The bytes of a file -> the fields of each article, or why it is none; a file that is off raises :class:`FlawError`.
Records = Callable[[bytes], Iterator[Mapping[str, str] | FlawError]]

_READERS: dict[str, Records] = {
    **dict.fromkeys(("rss", "feed", "rdf"), feeds.records),
    **dict.fromkeys(("newsmessage", "newsitem", "packageitem"), newsml.records),
    **dict.fromkeys(("nitf", "satom"), nitf.records),
    "newsml": newsml1.records,
    "publish": jimi.records,
}
_SCAN = (
    "{} holds the words of a scanned page and where they stand, not articles; get texts from it with alto2txt, or take "
    "the rebuilt JSON of impresso"
)

#: First element -> what such a file is, and the way out.
_NAMED = {
    "alto": _SCAN.format("ALTO"),
    "mets": _SCAN.format("METS"),
    "pcgts": _SCAN.format("PAGE XML"),
    "xmlnewsqueuedresponse": "the answer of Ritzau's old interface, which is not read: ask for NewsML-G2 or NITF",
    "sitemapindex": "a list of addresses without texts: fetch the pages, and name those",
    "urlset": "a list of addresses without texts: fetch the pages, and name those",
    "tei": "TEI is not read: save each text as .txt, or all as .jsonl",
    "html": "a web page: give it the ending .html",
}
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_ELEMENT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_HEAD = 65_536


def read(sources: Sequence[Source], names: Names, max_record: int) -> Iterator[Batch]:
    """Batches of the articles in ``sources``, in their order; positions are items, counted from 1.

    A file is read as a whole and may hold ``max_record`` bytes. One that declares entities is rejected unread: feeds
    and NewsML need none, and they are how XML files grow without bound or fetch other files.
    """
    return batches((row for source in sources for row in _rows(source, max_record)), max_record)


def _rows(source: Source, max_record: int) -> Iterator[Row | Rejected]:
    item = 1
    try:
        data = without_type(read_all(source, max_record))
        reader = _reader(data)
        for fields in reader(data):
            if isinstance(fields, FlawError):
                yield rejected(source.name, f"item {item}", fields)
            else:
                yield Row(source.name, f"item {item}", fields)
            item += 1
        if item == 1 and reader is not feeds.records:
            yield Rejected(source.name, "item 1", "no news item in it")
    except FlawError as flaw:
        yield rejected(source.name, f"item {item}", flaw)


def _reader(data: bytes) -> Records:
    plain = data.replace(b"\0", b"")  # UTF-16 as well, as far as these marks go
    if b"<!ENTITY" in plain:
        raise FlawError("the file declares entities")
    root = _ELEMENT.search(_COMMENT.sub(b"", plain[:_HEAD]))
    reader = _READERS.get(root[1].decode().lower()) if root else None
    name = root[1].decode().lower() if root else ""
    if name in _NAMED:
        raise FlawError(_NAMED[name])
    if reader is None:
        content = f"its first element is {root[1].decode()[:40]}" if root else "no XML at all"
        raise FlawError(f"neither RSS, Atom, NewsML, NITF nor JIMI, but {content}")
    return reader
