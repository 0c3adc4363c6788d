"""A run as a Python object: its tables, its stories, why two articles match."""

from __future__ import annotations

import contextlib
import functools
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from dedup import addresses, readers
from dedup.errors import CannotWriteError
from dedup.progress import Progress
from dedup.readers import in_memory
from dedup.readers.fields import Spelling
from dedup.readers.standard_input import Held
from dedup.scratch import MEMORY
from dedup.settings import Settings
from dedup.tables import CLUSTERS, COPIES, LINEAGE, MATCHES, REJECTS, STORIES, Table
from dedup.writing import atomic_file
from jobs import explanation, folder
from jobs import local as pipeline
from jobs.explanation import Explanation
from jobs.library import showing
from jobs.scorecard import scorecard

Row = dict[str, Any]


class Story(NamedTuple):
    """A story: its row of STORIES, its witnesses (rows of CLUSTERS, in time) and its copy (rows of COPIES)."""

    row: Row
    witnesses: Sequence[Row]
    copy: Sequence[Row]

    @property
    def text(self) -> str:
        """The copy itself: the sentences that two witnesses or more carry, a line each."""
        return "\n".join(row["sentence"] for row in self.copy if row["sentence"] is not None)

    def __repr__(self) -> str:
        return showing.story(self.row, self.witnesses)


class Run:
    """A finished run.

    ``folder`` holds its tables (docs/tables.md), ``summary`` is its run.json. Tables are read when they are asked for.
    """

    def __init__(self, folder_: str | Path, *, inputs: Sequence[readers.Input] = (), keep: object = None) -> None:
        """The run in a folder that :func:`detect` or the command line wrote.

        ``inputs``: where its articles can be read again, if not where it names them; ``keep``: what has to live as long
        as this. Raises :class:`~dedup.errors.NoInputError` for a folder without a run.
        """
        self.folder = Path(folder_)
        folder.check(self.folder)
        self.summary = folder.summary(self.folder)
        self._inputs, self._keep = inputs, keep

    @property
    def stories(self) -> pa.Table:
        """A row a story: :data:`dedup.tables.STORIES`."""
        return self.table(STORIES)

    @property
    def clusters(self) -> pa.Table:
        """A row an article in a story: :data:`dedup.tables.CLUSTERS`."""
        return self.table(CLUSTERS)

    @property
    def matches(self) -> pa.Table:
        """A row a pair: :data:`dedup.tables.MATCHES`."""
        return self.table(MATCHES)

    @property
    def copies(self) -> pa.Table:
        """A row a sentence of the copy of a story: :data:`dedup.tables.COPIES`."""
        return self.table(COPIES)

    @property
    def lineage(self) -> pa.Table:
        """Who took it from whom: :data:`dedup.tables.LINEAGE`."""
        return self.table(LINEAGE)

    @property
    def rejects(self) -> pa.Table:
        """What could not be read or judged: :data:`dedup.tables.REJECTS`."""
        return self.table(REJECTS)

    @property
    def publishers(self) -> pa.Table:
        """Whose copy every publisher printed: :data:`dedup.report.scorecard.PUBLISHERS`."""
        return scorecard(self.folder).publishers

    @property
    def syndication(self) -> pa.Table:
        """Who carried whose copy, how much, and with credit or not: :data:`dedup.report.scorecard.SYNDICATION`."""
        return scorecard(self.folder).syndication

    def table(self, kind: Table) -> pa.Table:
        """One of the tables of :mod:`dedup.tables`.

        Raises :class:`~dedup.errors.BadDataError` where its file is missing or damaged.
        """
        return folder.table(self.folder, kind)

    def story(self, cluster_id: str) -> Story:
        """A story with its witnesses and its copy; raises :class:`~dedup.errors.UsageError` where there is none."""
        row = folder.story(self.folder, cluster_id)
        witnesses = folder.rows(self.folder, CLUSTERS, cluster_id=cluster_id)
        return Story(row, sorted(witnesses, key=_in_time), folder.rows(self.folder, COPIES, cluster_id=cluster_id))

    def explain(self, a: str, b: str) -> Explanation:
        """What two articles share, and why they match or do not; a pair that was not written down is graded now.

        Raises :class:`~dedup.errors.UsageError` where one of the ids is not to be found.
        """
        return explanation.of_run(self.folder, a, b, self._inputs or None)

    def report(self, path: str | Path) -> Path:
        """Write the run as a page of HTML that works offline, and return its path.

        Needs the extra: ``pip install 'wirecopy[report]'``. Raises :class:`~dedup.errors.SettingsError` without it and
        :class:`~dedup.errors.CannotWriteError` where the file cannot be written.
        """
        from dedup.report import page  # noqa: PLC0415  # part of an extra

        made = page(functools.partial(folder.rows, self.folder), self.summary).encode()
        try:
            with atomic_file(Path(path)) as file:
                file.write(made)
        except OSError as error:
            raise CannotWriteError(f"{path} cannot be written: {error.strerror or error}") from error
        return Path(path)

    def __repr__(self) -> str:
        return showing.text(self.folder, self.summary, self._biggest())

    def _repr_html_(self) -> str:
        return showing.html(self.folder, self.summary, self._biggest())

    def _biggest(self) -> list[Row]:
        columns = ["cluster_id", "size", "publisher_count", "first_published", "wire_agency", "originator", "headline"]
        rows = folder.rows(self.folder, STORIES, columns=columns)
        return sorted(rows, key=lambda row: (-row["size"], row["cluster_id"].encode()))[: showing.SHOWN]


def _in_time(row: Row) -> tuple[bool, bool, Any]:
    return row["role"] != "origin", row["published"] is None, row["published"] or 0


def detect(
    articles: Any,
    out: str | Path | None = None,
    *,
    settings: Settings | None = None,
    fields: Mapping[str, Spelling] = {},
    threads: int = 0,
    agencies: Sequence[Path] = (),
    families: Path | None = None,
    replace: bool = False,
    progress: Progress | None = None,
    memory: int = MEMORY,
) -> Run:
    """Find the copies and rewrites in ``articles`` and publish their tables as the folder ``out``.

    ``articles``: a path, folder or glob, or several; or articles in memory: an iterable of dicts or
    :class:`~dedup.Article`, an Arrow table or reader of record batches, a pandas or polars frame. Without ``out`` the
    run is kept in a temporary folder, which goes with the object; so is the copy of one that is put at an address
    (``s3://bucket/run``). ``fields`` names columns where the usual names do not
    fit (``{"text": "article_body"}``), ``threads`` 0 means one for every processor, ``agencies`` and ``families`` are
    one's own TOML files, ``replace`` allows to write over an earlier run, ``progress`` is called with a stage, what is
    done and how much there is (0: unknown), ``memory`` are the bytes that the run may take. Raises the errors of
    :mod:`dedup.errors`; nothing is published then.
    """
    inputs = in_memory.inputs(articles)
    away = out if isinstance(out, str) and addresses.is_address(out) else None
    scratch = Held() if out is None or away else None
    target: str | Path = scratch.path / "run" if scratch else str(out)
    with addresses.publishing(away, replace=replace) if away else contextlib.nullcontext() as folder:
        done = pipeline.detect(
            inputs,
            target,
            settings=settings,
            fields=fields,
            threads=threads,
            agencies=agencies,
            families=families,
            replace=replace,
            progress=progress,
            memory=memory,
        )
        if folder:
            shutil.copytree(done.folder, folder)
    return Run(done.folder, inputs=inputs, keep=scratch)
