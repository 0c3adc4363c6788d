"""Web archives (WARC 1.0 and 1.1, ISO 28500), as CC-NEWS and other crawls write them: one article a page.

Records that hold no page are passed over without a word: requests, metadata, revisits, and answers other than 200 or
of another kind than HTML.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dedup.article import Batch, Rejected
from dedup.readers import extras, pages
from dedup.readers.columns import larger
from dedup.readers.fields import Names
from dedup.readers.inputs import Source
from dedup.readers.packed import FlawError, flaws, opened
from dedup.readers.rows import batches

_HTML = ("text/html", "application/xhtml+xml")

#: Bytes that a record may hold beside the page: the headers of the answer.
MOST_HEADERS = 65_536


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
        yield Rejected(source.name, f"record {read + 1}", str(flaw))


def _page(record: Any, path: str, position: str, max_record: int) -> pages.Page | Rejected | None:
    """The page in a record, None where it holds none; raises :class:`FlawError` where the file ends inside it."""
    kind = record.headers.get("WARC-Type", "").lower()
    wanted = kind in ("response", "resource") and record.content_length <= max_record + MOST_HEADERS
    block = record.reader.read() if wanted else b""
    if len(block) + record.consume() < record.content_length or "Content-Length" not in record.headers:
        raise FlawError("the file is cut short inside this record")
    if kind not in ("response", "resource"):
        return None
    if not wanted:
        return Rejected(path, position, larger(max_record))
    record.set_bytes_content(block)
    try:
        found = _answer(record, max_record) if record.is_http else (record.headers.get("Content-Type"), "", block)
    except (OSError, ValueError, EOFError) as error:
        return Rejected(path, position, f"the answer of the site cannot be read: {error}")
    if found is None or not (found[0] or "").lower().startswith(_HTML):
        return None
    if "WARC-Truncated" in record.headers:
        return Rejected(path, position, f"the crawler cut the page off: {record.headers['WARC-Truncated']}")
    return _whole(record, path, position, found, max_record)


def _answer(record: Any, max_record: int) -> tuple[str, str, bytes] | None:
    """(type, charset, body) of an HTTP answer as the headers tell them; None where it is not 200 (RFC 9110, 15.3.1)."""
    record.parse_http(auto_decode="all")
    if record.http_headers.status_code != 200:
        return None
    return record.http_content_type or "", record.http_charset or "", record.reader.read(max_record + 1)


def _whole(
    record: Any, path: str, position: str, found: tuple[str, str, bytes], max_record: int
) -> pages.Page | Rejected:
    _, charset, body = found
    if len(body) > max_record:
        return Rejected(path, position, larger(max_record))
    id = (record.record_id or "").strip("<>")
    return pages.Page(path, position, id, body, record.headers.get("WARC-Target-URI") or "", charset)
