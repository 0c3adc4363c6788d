"""A run as a Python object: its tables, its stories, why two articles match."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from dedup import addresses, readers
from dedup.errors import CannotWriteError
from dedup.progress import Progress
from dedup.readers import in_memory
from dedup.readers.fields import Spelling
from dedup.scratch import MEMORY, TemporaryFolder
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
    """A story: its row of STORIES, its witnesses (rows of CLUSTERS, by date) and its copy (rows of COPIES)."""

    row: Row
    witnesses: Sequence[Row]
    copy: Sequence[Row]

    @property
    def text(self) -> str:
        """The copy: the sentences that at least two witnesses carry, one per line."""
        return "\n".join(row["sentence"] for row in self.copy if row["sentence"] is not None)

    def __repr__(self) -> str:
        return showing.story(self.row, self.witnesses)


class Run:
    """A finished run.

    ``summary`` is its run.json. Its tables (docs/tables.md) are read on access.
    """

    def __init__(
        self,
        where: str | Path,
        *,
        inputs: Sequence[readers.Input] = (),
        keep: object = None,
        endpoint: str | None = None,
    ) -> None:
        """The run in the folder ``where``, which may be an address: files are fetched when they are asked for.

        ``inputs``: where its articles can be read again (default: where run.json says they were read). ``keep``: an
        object that has to live as long as this one. ``endpoint``: the server of an address, as ``http://host:9000``.
        Raises :class:`~dedup.errors.NoInputError` if there is no run.
        """
        self._run = folder.opened(located(where, endpoint))
        folder.check(self._run)
        self.summary = folder.summary(self._run)
        self._inputs, self._keep = inputs, keep

    @property
    def folder(self) -> Path:
        """The folder of its files; of a run at an address, of those that were fetched so far."""
        return Path(self._run)

    @property
    def stories(self) -> pa.Table:
        """One row per story: :data:`dedup.tables.STORIES`."""
        return self.table(STORIES)

    @property
    def clusters(self) -> pa.Table:
        """One row per article in a story: :data:`dedup.tables.CLUSTERS`."""
        return self.table(CLUSTERS)

    @property
    def matches(self) -> pa.Table:
        """One row per pair: :data:`dedup.tables.MATCHES`."""
        return self.table(MATCHES)

    @property
    def copies(self) -> pa.Table:
        """One row per sentence of the copy of a story: :data:`dedup.tables.COPIES`."""
        return self.table(COPIES)

    @property
    def lineage(self) -> pa.Table:
        """Who took it from whom: :data:`dedup.tables.LINEAGE`."""
        return self.table(LINEAGE)

    @property
    def rejects(self) -> pa.Table:
        """Records that were rejected, and remarks: :data:`dedup.tables.REJECTS`."""
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

        Raises :class:`~dedup.errors.BadDataError` if its file is missing or damaged.
        """
        return folder.table(self._run, kind)

    def story(self, cluster_id: str) -> Story:
        """A story with its witnesses and its copy; raises :class:`~dedup.errors.UsageError` for an unknown id."""
        row = folder.story(self._run, cluster_id)
        witnesses = folder.rows(self._run, CLUSTERS, cluster_id=cluster_id)
        return Story(row, sorted(witnesses, key=witness_order), folder.rows(self._run, COPIES, cluster_id=cluster_id))

    def explain(self, a: str, b: str) -> Explanation:
        """What two articles share, and why they match or not; a pair that is not in the tables is graded now.

        Raises :class:`~dedup.errors.UsageError` for an unknown id.
        """
        return explanation.of_run(self._run, a, b, self._inputs or None)

    def report(self, path: str | Path) -> Path:
        """Write the run as an HTML page that works offline; returns its path.

        Needs the extra: ``pip install 'wirecopy[report]'``. Raises :class:`~dedup.errors.SettingsError` without it and
        :class:`~dedup.errors.CannotWriteError` if the file cannot be written.
        """
        from dedup.report import page  # noqa: PLC0415  # part of an extra

        made = page(functools.partial(folder.rows, self._run), self.summary).encode()
        try:
            with atomic_file(Path(path)) as file:
                file.write(made)
        except OSError as error:
            raise CannotWriteError(f"{path} cannot be written: {error.strerror or error}") from error
        return Path(path)

    def __repr__(self) -> str:
        return showing.text(str(self._run), self.summary, self._biggest())

    def _repr_html_(self) -> str:
        return showing.html(str(self._run), self.summary, self._biggest())

    def _biggest(self) -> list[Row]:
        columns = ["cluster_id", "size", "publisher_count", "first_published", "wire_agency", "originator", "headline"]
        rows = folder.rows(self._run, STORIES, columns=columns)
        return sorted(rows, key=lambda row: (-row["size"], row["cluster_id"].encode()))[: showing.SHOWN]


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
    endpoint: str | None = None,
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
        endpoint: The server that ``s3://`` addresses are on: ``http://host:9000``. Default: the variable
            AWS_ENDPOINT_URL, else Amazon's.

    Raises:
        WirecopyError: One of the errors of :mod:`dedup.errors`; nothing is published then.
    """
    scratch = TemporaryFolder() if out is None else None
    target = scratch.path / "run" if scratch else located(str(out), endpoint)
    inputs = [located(each, endpoint) for each in in_memory.inputs(articles)]
    job = Job(inputs, settings or Settings(), fields, agencies, families, threads)
    local.detect(job, target, replace=replace, memory=memory, progress=progress)
    return Run(target, inputs=job.inputs, keep=scratch)


def located(given: Any, endpoint: str | None) -> Any:
    """An address with its server; anything else as it is."""
    return addresses.at_endpoint(given, endpoint) if endpoint and addresses.is_address(given) else given
