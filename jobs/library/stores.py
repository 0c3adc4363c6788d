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
from jobs.library.runs import Run, located
from jobs.nightly import Job, nightly
from jobs.nightly.opening import read_only
from jobs.nightly.query import ask


class Store:
    """A store of nights: new articles are compared with those of earlier nights, and added to them.

    ``path`` is the folder of the store, and nights are published in the folder ``out`` (default: ``path`` with
    ``-nights`` appended); both may be addresses. The first :meth:`add` creates them. The commands ``nightly``,
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
        endpoint: str | None = None,
    ) -> None:
        """``settings``, ``agencies``, ``families``, ``threads``, ``endpoint`` are those of :func:`dedup.detect`."""
        self.path = _location(located(path, endpoint))
        self.out = _location(located(_nights(path) if out is None else out, endpoint))
        self._endpoint = endpoint
        self._settings, self._agencies, self._families = settings or Settings(), agencies, families
        self._threads = threads

    def add(
        self, articles: Any, *, as_of: datetime.date | None = None, fields: Mapping[str, Spelling] = {}
    ) -> Run | None:
        """Compare articles with those of earlier nights, and add them as a night.

        ``articles`` are those of :func:`dedup.detect`; ``as_of`` is the date of the night (default: today in UTC).
        Returns the published night, which has all stories that changed, or None if the same articles were added before.
        Raises the errors of :mod:`dedup.errors`; the store is not changed then.
        """
        inputs = [located(each, self._endpoint) for each in in_memory.inputs(articles)]
        job = Job(inputs, self._settings, fields, self._agencies, self._families, self._threads)
        done = nightly(job, self.path, self.out, as_of=as_of or datetime.datetime.now(datetime.UTC).date())
        return Run(done.folder, inputs=inputs) if done.folder else None

    def match(self, articles: Any, *, fields: Mapping[str, Spelling] = {}) -> pa.Table:
        """The matches of a text, an :class:`~dedup.Article`, or several, in the store; highest score first.

        A string is the text of one article, not a path. The columns are ``asked_id``, ``article_id``, ``cluster_id``
        and those of :data:`dedup.tables.MATCHES`. Raises :class:`~dedup.errors.NoInputError` if there is no store.
        """
        asked: Any = Article("text", articles) if isinstance(articles, str) else articles
        inputs: list[readers.Input] = [located(each, self._endpoint) for each in in_memory.inputs(asked)]
        answer = ask(
            inputs, self.path, settings=self._settings, fields=fields, threads=self._threads, agencies=self._agencies
        )
        return answer.matches.filter(answer.matches["counted"])

    def stories(self, since: datetime.date | None = None) -> pa.Table:
        """The current stories, rows of :data:`dedup.tables.STORIES`; with ``since`` those that changed since that day.

        Raises :class:`~dedup.errors.NoInputError` if there is no store.
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


def _nights(path: str | Path) -> str:
    """The folder beside a store in which its nights are published."""
    folder, mark, query = str(path).partition("?") if is_address(path) else (str(path), "", "")
    return f"{folder}-nights{mark}{query}"


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
