"""Web pages -> articles, over all processors: trafilatura takes the text, the page's own metadata the other fields."""

from __future__ import annotations

import dataclasses
import itertools
import logging
import multiprocessing
import multiprocessing.connection
import os
import re
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from dedup.article import Rejected
from dedup.errors import InputOutputError
from dedup.readers import databases, extras, metadata
from dedup.readers.decoding import decode, forced, sound
from dedup.readers.packed import FlawError, rejected
from dedup.readers.rows import Row

#: Pages go to a process in parcels that end with whichever comes first; fewer pages than ALONE start no process.
PARCEL_PAGES = 16
PARCEL_BYTES = 4_000_000
ALONE = 64

#: Beyond these a page can take minutes, and is no news page: those have a few thousand tags.
MAX_TAGS = 30_000
MAX_ATTRIBUTES = 1_000

_CHARSET = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)

# Its warnings about odd pages are told by the rejects; without a handler they would go to the terminal.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """A page as found: where it stands, what the article is called, its address and the charset of its headers."""

    path: str
    position: str
    id: str
    data: bytes
    url: str = ""
    charset: str = ""


def rows(pages: Iterable[Page | Rejected], processes: int | None = None) -> Iterator[Row | Rejected]:
    """The articles of ``pages``, in their order, whatever the number of processes (default: one a processor).

    What is under way is bounded: at most three parcels a process. Raises
    :class:`~dedup.errors.InputOutputError` where a process dies.
    """
    count = processes or _processors()
    waiting = iter(pages)
    first = list(itertools.islice(waiting, ALONE))
    if count == 1 or len(first) < ALONE:
        return itertools.chain.from_iterable(map(_of_page, itertools.chain(first, waiting)))
    return _shared(_parcels(itertools.chain(first, waiting)), count)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _parcels(pages: Iterable[Page | Rejected]) -> Iterator[list[Page | Rejected]]:
    parcel: list[Page | Rejected] = []
    size = 0
    for page in pages:
        parcel.append(page)
        size += len(page.data) if isinstance(page, Page) else 0
        if len(parcel) >= PARCEL_PAGES or size >= PARCEL_BYTES:
            yield parcel
            parcel, size = [], 0
    yield parcel


def _shared(parcels: Iterator[list[Page | Rejected]], count: int) -> Iterator[Row | Rejected]:
    # A fresh interpreter each: a fork would carry over the locks of threads that it does not carry over.
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _end_with_parent)
    under_way: deque[Future[list[Row | Rejected]]] = deque()
    try:
        for parcel in parcels:
            under_way.append(_submitted(pool, parcel))
            if len(under_way) >= 3 * count:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()
    except BrokenProcessPool as error:
        raise InputOutputError(
            "a process that reads pages died: out of memory, or killed; or it could not run the script that calls "
            'read(), which needs a file of its own and `if __name__ == "__main__":` around the call'
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """End this process as soon as the one that started it is gone, however that ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)


def _submitted(pool: ProcessPoolExecutor, parcel: list[Page | Rejected]) -> Future[list[Row | Rejected]]:
    try:
        return pool.submit(_rows, parcel)
    except (OSError, ValueError) as error:
        # A process that dies at once may take the pool's pipes along while the next one is being started.
        raise BrokenProcessPool("a process could not be started") from error


def _rows(parcel: list[Page | Rejected]) -> list[Row | Rejected]:
    return [row for page in parcel for row in _of_page(page)]


def _of_page(page: Page | Rejected) -> list[Row | Rejected]:
    """The article in a page, or those in an export of a database."""
    if isinstance(page, Rejected):
        return [page]
    try:
        html = _html(page)
        export = databases.documents(html)
        if export is not None:
            return list(databases.rows(export, page.path, page.id))
        return [Row(page.path, page.position, {**_fields(page, html), "id": page.id})]
    except FlawError as flaw:
        return [rejected(page.path, page.position, flaw)]


def _fields(page: Page, html: str) -> dict[str, str]:
    trafilatura = extras.load("trafilatura", "web")
    _check(html)
    try:
        tree = trafilatura.load_html(html)
        text = None if tree is None else trafilatura.extract(tree, favor_precision=True, include_comments=False)
        fields = metadata.fields(tree, page.url) if text else {}
    except Exception as error:  # whatever a parser raises on a hostile page must not end the run
        raise FlawError(f"the page cannot be read: {type(error).__name__}: {str(error)[:200]}") from error
    if not text:
        raise FlawError("no article in the page")
    return {**fields, "text": sound(_without(fields.get("headline", ""), text))}


def _without(headline: str, text: str) -> str:
    """The text without its first line where that is the headline, which some pages set inside of the article."""
    first, _, rest = text.partition("\n")
    same = " ".join(first.split()).casefold() == " ".join(headline.split()).casefold()
    return rest.lstrip("\n") if same and rest.strip() else text


def _html(page: Page) -> str:
    """The page as text: as its bytes, headers or meta elements tell, else as guessed, else with U+FFFD for the rest."""
    declared = _CHARSET.search(page.data, 0, 4096)
    html = decode(page.data, [page.charset, declared[1].decode() if declared else ""])
    if html is None:
        html = decode(page.data, extras.load("trafilatura.utils", "web").detect_encoding(page.data))
    if html is None:
        html = forced(page.data)
    if html is None:
        raise FlawError("neither the page, nor its headers, nor its bytes tell its encoding")
    return html


def _check(html: str) -> None:
    seen = _Seen()
    parser = extras.load("lxml.etree", "web").HTMLParser(target=seen)
    parser.feed(html)
    parser.close()
    if seen.tags > MAX_TAGS:
        raise FlawError(f"a page of more than {MAX_TAGS} tags")
    if seen.attributes > MAX_ATTRIBUTES:
        raise FlawError(f"a tag of more than {MAX_ATTRIBUTES} attributes")


class _Seen:
    """What the parser meets on a first pass, which builds no tree and so takes little time on any page."""

    def __init__(self) -> None:
        self.tags = 0
        self.attributes = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.tags += 1
        self.attributes = max(self.attributes, len(attributes))

    def close(self) -> None:
        """Asked for by the parser."""
