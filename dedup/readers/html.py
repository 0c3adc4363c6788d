"""Saved web pages: one article a file; its id is the file's path within the input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dedup.article import Batch, Rejected
from dedup.readers import pages
from dedup.readers.fields import Names
from dedup.readers.inputs import Source
from dedup.readers.packed import FlawError, read_all
from dedup.readers.rows import batches


def read(sources: Sequence[Source], names: Names, max_record: int) -> Iterator[Batch]:
    """Batches of the articles in ``sources``, in their order; ``names`` has no part in it."""
    return batches(pages.rows(_page(source, max_record) for source in sources), max_record)


def _page(source: Source, max_record: int) -> pages.Page | Rejected:
    try:
        return pages.Page(source.name, "byte 0", source.id, read_all(source, max_record))
    except FlawError as flaw:
        return Rejected(source.name, "byte 0", str(flaw))
