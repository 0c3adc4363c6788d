"""Dumps in any of the known formats -> batches of articles and the records that could not become one.

A format is a line in :data:`~dedup.readers.inputs.FORMATS` and a module beside this one, loaded when a file of that
format is read. Formats of one record after the other end in :mod:`~dedup.readers.rows`; all end in
:mod:`~dedup.readers.columns`, where dates, ids and missing values are treated alike.
"""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from dedup.readers import extras
from dedup.readers.fields import Names, Spelling
from dedup.readers.finding import Inputs, find, sources, summed
from dedup.readers.inputs import FORMATS, Input, Source, digest, unchanged

if TYPE_CHECKING:
    from dedup.article import Batch

__all__ = ["Input", "Inputs", "Names", "Source", "digest", "find", "read", "read_sources", "sources", "summed"]


def read(
    inputs: Sequence[Input], *, fields: Mapping[str, Spelling] = {}, max_record: int = 16_000_000
) -> Iterator[Batch]:
    """Read the articles of inputs in batches, in the order of the sorted paths.

    A batch has at most 4096 records and about 16 MB of text, so memory does not grow with the files. Bad records are in
    ``batch.rejects``.

    Args:
        inputs: Files, folders, globs and addresses.
        fields: Columns where the usual names do not fit, ``{"text": "article_body"}``, or more spellings
            (:class:`Names`).
        max_record: Bytes of the largest record; larger ones are rejected.

    Raises:
        NoInputError: At the call: an input does not exist or cannot be read. Later: a file has no column of texts.
        SettingsError: At the call: ``fields`` has an unknown field, or a package is missing; the message says which one
            to install. At the end: no input has a column that ``fields`` names.
        InputOutputError: While reading: the disk or a process failed, or a file changed.

    >>> (batch,) = read(["samples/evening.csv"])
    >>> batch.articles.num_rows, batch.articles["id"][0].as_py()
    (23, 'marlow-chess')
    """
    return read_sources(sources(inputs), Names(fields), max_record=max_record)


def read_sources(result: Sequence[Source], names: Names, *, max_record: int = 16_000_000) -> Iterator[Batch]:
    """The articles of these files; see :func:`read`. ``names`` has the columns that were read afterwards."""
    for format in {source.format: FORMATS[source.format] for source in result}.values():
        extras.check(format.needs, format.extra)
    return _batches(result, names, max_record)


def _batches(result: Sequence[Source], names: Names, max_record: int) -> Iterator[Batch]:
    from dedup.readers import day_order  # noqa: PLC0415 - naming inputs must not load Arrow

    named = {source.name: source for source in result}
    with unchanged(result):
        yield from day_order.settled(
            _read(result, names, max_record), lambda path: _read([named[path]], names, max_record)
        )
    names.check()


def _read(result: Sequence[Source], names: Names, max_record: int) -> Iterator[Batch]:
    for name, run in itertools.groupby(result, key=lambda source: source.format):
        reader = importlib.import_module(FORMATS[name].module)
        yield from reader.read(list(run), names, max_record)
