"""A run as a Python object: its tables, its stories, why two articles match."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pyarrow as pa

from dedup import addresses, readers
from dedup.errors import CannotWriteError, NoInputError
from dedup.manifest import SUMMARY
from dedup.progress import Progress
from dedup.readers import in_memory
from dedup.readers.fields import Spelling
from dedup.readers.standard_input import Held
from dedup.scratch import MEMORY
from dedup.settings import Settings
from dedup.tables import (
    CLUSTERS,
    COPIES,
    LINEAGE,
    MATCHES,
    PUBLISHERS,
    REJECTS,
    STORIES,
    SYNDICATION,
    Table,
    witness_order,
)
from dedup.writing import atomic_file
from jobs import explanation, folder, local
from jobs.explanation import Explanation
from jobs.library import showing
from jobs.stages import Job

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

    def __init__(self, where: str | Path, *, inputs: Sequence[readers.Input] = (), keep: object = None) -> None:
        """The run in the folder ``where``, or a copy of the run at an address, which goes with this object.

        ``inputs``: where its articles can be read again (default: where run.json says they were read). ``keep``: an
        object that has to live as long as this one. Raises :class:`~dedup.errors.NoInputError` if there is no run.
        """
        self._copy = _fetched(str(where)) if addresses.is_address(where) else None
        self.folder = self._copy.path if self._copy else Path(where)
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
        """Whose copy every publisher printed: :data:`dedup.tables.PUBLISHERS`."""
        return self.table(PUBLISHERS)

    @property
    def syndication(self) -> pa.Table:
        """Who carried whose copy, how much, and with credit or not: :data:`dedup.tables.SYNDICATION`."""
        return self.table(SYNDICATION)

    def table(self, kind: Table) -> pa.Table:
        """One of the tables of :mod:`dedup.tables`.

        Raises :class:`~dedup.errors.BadDataError` where its file is missing or damaged.
        """
        return folder.table(self.folder, kind)

    def story(self, cluster_id: str) -> Story:
        """A story with its witnesses and its copy; raises :class:`~dedup.errors.UsageError` where there is none."""
        row = folder.story(self.folder, cluster_id)
        witnesses = folder.rows(self.folder, CLUSTERS, cluster_id=cluster_id)
        return Story(row, sorted(witnesses, key=witness_order), folder.rows(self.folder, COPIES, cluster_id=cluster_id))

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


def _fetched(address: str) -> Held:
    """A temporary folder with the files of the run at an address."""
    files = {PurePosixPath(file.path).name: file for file in addresses.listed(address)}
    if SUMMARY not in files:
        raise NoInputError(f"{address} holds no run; make one: wirecopy detect INPUT... --out {address}")
    copy = Held()
    for name, file in files.items():
        addresses.fetch(file, copy.path / name)
    return copy


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
    """Find the copies and rewrites in ``articles`` and publish their tables as ``out``.

    Args:
        articles: A path, folder, glob or address, or several; or articles in memory: an iterable of dicts or
            :class:`~dedup.Article`, an Arrow table or reader of record batches, a pandas or polars frame.
        out: A folder or an address (``s3://bucket/run``); it must be new or empty. Default: a temporary folder, which
            is removed with the returned object.
        settings: Default: ``Settings()``.
        fields: Columns where the usual names do not fit: ``{"text": "article_body"}``.
        threads: 0 means one for every processor.
        agencies: TOML files with more agencies, outlets and issuers.
        families: A TOML file that says which publishers belong together.
        replace: Whether an earlier run at ``out`` is replaced.
        progress: Called with a stage, what is done and how much there is (0: unknown).
        memory: Bytes that the run may take.

    Raises:
        WirecopyError: One of the errors of :mod:`dedup.errors`; nothing is published then.
    """
    scratch = Held() if out is None else None
    target = scratch.path / "run" if scratch else str(out)
    job = Job(in_memory.inputs(articles), settings or Settings(), fields, agencies, families, threads)
    local.detect(job, target, replace=replace, memory=memory, progress=progress)
    return Run(target, inputs=job.inputs, keep=scratch)
