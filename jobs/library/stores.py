"""A store of nights as a Python object."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dedup import readers
from dedup.addresses import is_address
from dedup.article import Article
from dedup.readers import in_memory
from dedup.readers.fields import Spelling
from dedup.settings import Settings
from dedup.store.files import TABLES as TABLES_FOLDER
from dedup.store.files import NightFiles
from dedup.tables import STORIES, Table
from jobs.ledger import LEDGER
from jobs.library.runs import Run
from jobs.nightly import Job, nightly
from jobs.nightly.opening import read_only
from jobs.nightly.query import ask


class Store:
    """The articles of all nights so far, for new ones to be compared with.

    ``path`` is the folder of the store, ``out`` the one that nights are published in (default: ``path`` with
    ``-nights`` after it); both may be addresses. They are made by the first :meth:`add`. The commands ``nightly``,
    ``match`` and ``store`` work on the same folders.
    """

    def __init__(
        self,
        path: str | Path,
        out: str | Path | None = None,
        *,
        settings: Settings | None = None,
        agencies: Sequence[Path] = (),
        families: Path | None = None,
        threads: int = 0,
    ) -> None:
        """``settings``, ``agencies``, ``families`` and ``threads`` are those of :func:`dedup.detect`."""
        self.path = _location(path)
        self.out = _location(f"{self.path}-nights" if out is None else out)
        self._settings, self._agencies, self._families = settings or Settings(), agencies, families
        self._threads = threads

    def add(
        self, articles: Any, *, as_of: datetime.date | None = None, fields: Mapping[str, Spelling] = {}
    ) -> Run | None:
        """Compare ``articles`` (as :func:`dedup.detect` takes them) with the nights before, and add them as a night.

        ``as_of`` is the night's day; today in UTC if not given. Returns the published night: all stories that changed,
        whole; None where the same articles were added before. Raises the errors of :mod:`dedup.errors`; what was
        committed before stays as it was.
        """
        inputs = in_memory.inputs(articles)
        job = Job(inputs, self._settings, fields, self._agencies, self._families, self._threads)
        done = nightly(job, self.path, self.out, as_of=as_of or datetime.datetime.now(datetime.UTC).date())
        return Run(done.folder, inputs=inputs) if done.folder else None

    def match(self, articles: Any, *, fields: Mapping[str, Spelling] = {}) -> pa.Table:
        """What of the store matches a text, an :class:`~dedup.Article`, or several; the surest first.

        A string is the text of one article, not a path. The columns are ``asked_id``, ``article_id``, ``cluster_id``
        and those of :data:`dedup.tables.MATCHES`. Raises :class:`~dedup.errors.NoInputError` where there is no store.
        """
        asked: Any = Article("text", articles) if isinstance(articles, str) else articles
        inputs: list[readers.Input] = in_memory.inputs(asked)
        answer = ask(
            inputs, self.path, settings=self._settings, fields=fields, threads=self._threads, agencies=self._agencies
        )
        return answer.matches.filter(answer.matches["counted"])

    def stories(self, since: datetime.date | None = None) -> pa.Table:
        """The stories as they stand, rows of :data:`dedup.tables.STORIES`: those that changed on that day or later.

        Raises :class:`~dedup.errors.NoInputError` where there is no store.
        """
        with read_only(self.path) as catalogue, catalogue.reading():
            nights = sorted(catalogue.nights(), key=lambda night: -night.number)
            night_files = NightFiles(catalogue)
            written = [tuple(night_files.read(night, _file(kind)) for kind in (STORIES, LEDGER)) for night in nights]
        known = pa.array([], pa.string())  # clusters of which a later night tells how they stand, or that they ended
        tables = [STORIES.schema.empty_table()]
        for night, (stories, ledger) in zip(nights, written, strict=True):
            rows = stories.cast(STORIES.schema)
            rows = rows.filter(pc.invert(pc.is_in(rows["cluster_id"], known)))
            if since is None or datetime.date.fromisoformat(night.as_of) >= since:
                tables.append(rows)
            known = pa.concat_arrays([known, *rows["cluster_id"].chunks, _ended(ledger)])
        return pa.concat_tables(tables).sort_by("cluster_id")


def _location(path: str | Path) -> str | Path:
    """An address as it is, anything else as a path."""
    return path if is_address(path) else Path(path)


def _file(kind: Table) -> str:
    return f"{TABLES_FOLDER}/{kind.name}"


def _ended(ledger: pa.Table) -> pa.Array:
    """The clusters that were closed, or merged into others."""
    closed = ledger.filter(pc.equal(ledger["event"], "closed"))["cluster_id"]
    merged = ledger.filter(pc.equal(ledger["event"], "merged"))["other_id"]
    return pa.concat_arrays([pa.array([], pa.string()), *closed.chunks, *merged.chunks])
