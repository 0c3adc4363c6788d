"""Web archives (WARC 1.0 and 1.1, ISO 28500), as CC-NEWS and other crawls write them: one article a page.

Records that hold no page are passed over without a word: requests, metadata, revisits, and answers other than 200 or
of another kind than HTML.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from dedup.article import Batch, Rejected
from dedup.readers import extras, pages
from dedup.readers.columns import larger
from dedup.readers.fields import Names
from dedup.readers.inputs import Source
from dedup.readers.packed import DamageError, FlawError, flaws, opened, rejected
from dedup.readers.rows import batches

_HTML = ("text/html", "application/xhtml+xml")

#: Bytes that a record may hold beside the page: the headers of the answer.
MAX_HEADERS = 65_536


def read(sources: Sequence[Source], names: Names, max_record: int) -> Iterator[Batch]:
    """Batches of the articles in ``sources``, in their order; positions are records, counted from 1.

    An article's id is the record's, its url the page's address; ``names`` has no part in it.
    """
    return batches(pages.rows(page for source in sources for page in _pages(source, max_record)), max_record)


def _pages(source: Source, max_record: int) -> Iterator[pages.Page | Rejected]:
    fastwarc = extras.load("fastwarc", "web")
    read = 0
    try:
        with opened(source) as file, flaws(source):
            for record in fastwarc.ArchiveIterator(file, parse_http=False, stream_detect=False):
                page = _page(record, source.name, f"record {read + 1}", max_record)
                read += 1
                if page is not None:
                    yield page
    except FlawError as flaw:
        yield rejected(source.name, f"record {read + 1}", flaw)


def _page(record: Any, path: str, position: str, max_record: int) -> pages.Page | Rejected | None:
    """The page in a record, None where it holds none; raises :class:`FlawError` where the file ends inside it."""
    wanted = record.headers.get("WARC-Type", "").lower() in ("response", "resource")
    block = record.reader.read(max_record + MAX_HEADERS) if wanted else b""
    if len(block) + record.consume() < record.content_length or "Content-Length" not in record.headers:
        raise DamageError("the file is cut short inside this record")
    if not wanted:
        return None
    if len(block) < record.content_length:
        return Rejected(path, position, larger(max_record))
    try:
        response = _response(record, block, max_record)
    except (OSError, ValueError, EOFError) as error:
        return Rejected(path, position, f"the answer of the site cannot be read: {str(error)[:200]}")
    if response is None or not response.kind.lower().startswith(_HTML):
        return None
    if "WARC-Truncated" in record.headers:
        return Rejected(path, position, f"the crawler cut the page off: {record.headers['WARC-Truncated'][:200]}")
    if len(response.body) > max_record:
        return Rejected(path, position, larger(max_record))
    id, url = (record.headers.get(name) or "" for name in ("WARC-Record-ID", "WARC-Target-URI"))
    return pages.Page(path, position, id.strip("<>"), response.body, url.strip("<>"), response.charset)


class _Response(NamedTuple):
    kind: str
    charset: str
    body: bytes


def _response(record: Any, block: bytes, max_record: int) -> _Response | None:
    """What a site answered, unpacked (at most one byte more than ``max_record``); None where it is not 200."""
    if not record.is_http:
        return _Response(record.headers.get("Content-Type") or "", "", block)
    http = extras.load("fastwarc", "web").WarcRecord()  # an answer that is broken spoils the record it is read from
    http.set_bytes_content(block)
    http.is_http = True
    http.parse_http(auto_decode="all")
    if http.http_headers.status_code != 200:
        return None
    return _Response(http.http_content_type or "", http.http_charset or "", http.reader.read(max_record + 1))
