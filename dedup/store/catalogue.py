"""The catalogue: which nights the store holds, what became of the clusters. Its transactions are the commit points."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from dedup.errors import CannotWriteError, SettingsError
from dedup.store import checksum
from dedup.store.folder import CATALOGUE, check, mark
from dedup.store.folders import Folders, LocalFolders
from dedup.store.opening import connect, damaged, recover, translated

STORE_VERSION = 3  # of the catalogue and of a night's files

_SCHEMA = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE nights (
    number INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, as_of TEXT NOT NULL, folder TEXT NOT NULL,
    articles INTEGER NOT NULL, settings TEXT NOT NULL, live INTEGER NOT NULL DEFAULT 1, published TEXT,
    judging TEXT NOT NULL DEFAULT '');
CREATE TABLE inputs (
    digest TEXT PRIMARY KEY, number INTEGER NOT NULL REFERENCES nights, name TEXT NOT NULL, bytes INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE files (
    number INTEGER NOT NULL REFERENCES nights, name TEXT NOT NULL, bytes INTEGER NOT NULL, digest TEXT NOT NULL,
    PRIMARY KEY (number, name)) WITHOUT ROWID;
CREATE TABLE members (
    article_id TEXT PRIMARY KEY, number INTEGER NOT NULL REFERENCES nights, component INTEGER NOT NULL,
    searched INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX members_of_component ON members (component);
CREATE TABLE witnesses (
    article_id TEXT NOT NULL REFERENCES members ON DELETE CASCADE, cluster_id TEXT NOT NULL,
    PRIMARY KEY (article_id, cluster_id)) WITHOUT ROWID;
CREATE INDEX witnesses_of_cluster ON witnesses (cluster_id);
CREATE TABLE clusters (
    cluster_id TEXT PRIMARY KEY, number INTEGER NOT NULL REFERENCES nights, merged_into TEXT, closed INTEGER
) WITHOUT ROWID;
CREATE TABLE clusters_ledger (
    number INTEGER NOT NULL REFERENCES nights, position INTEGER NOT NULL, event TEXT NOT NULL, cluster_id TEXT NOT NULL,
    article_id TEXT, other_id TEXT, PRIMARY KEY (number, position)) WITHOUT ROWID;
CREATE TABLE replaced (
    number INTEGER NOT NULL REFERENCES nights, article_id TEXT NOT NULL, PRIMARY KEY (number, article_id)
) WITHOUT ROWID;
CREATE TABLE forgotten (digest TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE removable (folder TEXT PRIMARY KEY) WITHOUT ROWID;
"""


class Night(NamedTuple):
    """A committed night: ``number`` counts them in the order of their commits; ``as_of``: its day, ``YYYY-MM-DD``.

    ``folder`` holds its files; ``settings`` is the fingerprint of all its settings; ``published`` is the folder it was
    published to (None: not yet); ``judging`` is the fingerprint of what graded it (empty: an older wirecopy's).
    """

    number: int
    run_id: str
    as_of: str
    folder: Path
    articles: int
    settings: str
    published: str | None
    judging: str = ""


class Input(NamedTuple):
    """A file that was read, known again by the digest of its content."""

    digest: str
    name: str
    bytes: int


class Member(NamedTuple):
    """An article that has a match or a near miss: its night, the component of those, the clusters it is a witness of.

    ``fully_compared``: it was compared with all (see :func:`dedup.stories.clusters.clusters`).
    """

    article_id: str
    number: int
    component: int
    fully_compared: bool
    clusters: tuple[str, ...]


class Catalogue:
    """An open catalogue. Reading needs no lock; writing is for the holder of the store's lock, in ``transaction``."""

    def __init__(
        self,
        store: Path,
        *,
        write: bool = False,
        folders: Folders | None = None,
        committed: Callable[[Path], None] | None = None,
    ) -> None:
        """Open the catalogue of ``store``; ``write`` makes a new one where a store can be made.

        ``folders``: where the folders of the nights are (None: in ``store``); ``committed`` is called with ``store``
        after every transaction: for a store at an address, of which ``store`` is a copy.

        What a killed writer left is rolled back, and the file compared with the digest beside it. Raises
        :class:`~dedup.errors.NoInputError` (no store there), :class:`~dedup.errors.CannotWriteError` (something else is
        there), :class:`~dedup.errors.SettingsError` (of another version), :class:`~dedup.errors.BadDataError` (damaged)
        or :class:`~dedup.errors.InputOutputError` (the disk failed).
        """
        self.store = store
        self.folders = folders or LocalFolders(store)
        self._committed = committed
        there = check(store, write=write)
        with translated(store), contextlib.ExitStack() as opened:
            if write:
                mark(store)
            if there:
                recover(store)
            self._base = opened.enter_context(contextlib.closing(connect(store, "rwc" if write else "ro")))
            # closed after the connection: to close any handle of a file gives up all the locks of a process on it
            self._handle = os.open(store / CATALOGUE, os.O_RDONLY)
            opened.callback(os.close, self._handle)
            self._content = self._checked() if there else ""
            self._prepare(there, write)
            self._opened = opened.pop_all()

    @staticmethod
    def exists(store: Path) -> bool:
        """Is there a store?"""
        return check(store, write=True)

    def _checked(self) -> str:
        """The digest of the catalogue as it is now, which must be one of those written down."""
        with self.reading():
            self._one("SELECT count(*) FROM sqlite_schema")  # nobody writes from here on
            content, allowed = checksum.of_file(self._handle), checksum.read(self.store)
            if content in allowed:
                return content
            if allowed and checksum.UNKNOWN not in allowed:
                raise damaged(self.store, "its content is not what was written")
            faults = [row[0] for row in self.ask("PRAGMA integrity_check") if row[0] != "ok"]
            if faults:
                raise damaged(self.store, faults[0])
            return content

    def _prepare(self, there: bool, write: bool) -> None:
        if write:
            for pragma in ("synchronous = EXTRA", "secure_delete = ON", "foreign_keys = ON"):
                self._base.execute(f"PRAGMA {pragma}")
        if not there:
            self._base.executescript(f"BEGIN;{_SCHEMA}PRAGMA user_version = {STORE_VERSION};COMMIT;")
        version = self._one("PRAGMA user_version")
        if not self._one("SELECT count(*) FROM sqlite_schema WHERE name = 'nights'"):
            raise CannotWriteError(f"{self.store / CATALOGUE} is no catalogue of wirecopy; choose another --store")
        if version != STORE_VERSION:
            raise _of_another_version(self.store, version)
        if write:
            self._note([checksum.of_file(self._handle)])

    def _note(self, allowed: Sequence[str]) -> None:
        """Write down beside the catalogue what it may contain."""
        if checksum.read(self.store) != allowed:
            checksum.write(self.store, allowed)
        self._content = allowed[0]

    def __enter__(self) -> Catalogue:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close it."""
        self._opened.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside, or nothing of it."""
        with translated(self.store):
            self._note([self._content, checksum.UNKNOWN])
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._base.execute("ROLLBACK")
                with contextlib.suppress(OSError):  # what was raised counts for more
                    self._note([checksum.of_file(self._handle)])
                raise
            self._base.execute("COMMIT")
            self._note([checksum.of_file(self._handle)])
            if self._committed:
                self._committed(self.store)

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """One and the same state for everything inside, whatever is committed meanwhile."""
        with translated(self.store):
            self._base.execute("BEGIN")
            try:
                yield
            finally:
                self._base.execute("ROLLBACK")

    def ask(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows that a query gives."""
        with translated(self.store):
            return self._base.execute(query, values).fetchall()

    def ask_among(self, names: Iterable[str | int], query: str) -> list[tuple[Any, ...]]:
        """The rows of a query that may join with ``asked (name)``, a table of ``names``."""
        with translated(self.store):
            self._base.execute("CREATE TEMP TABLE IF NOT EXISTS asked (name PRIMARY KEY) WITHOUT ROWID")
            self._base.execute("DELETE FROM asked")
            self._base.executemany("INSERT OR IGNORE INTO asked VALUES (?)", ((name,) for name in names))
            return self._base.execute(query).fetchall()

    def write(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows, given whole, to a table; a row of the same key is replaced."""
        for row in rows:
            self._base.execute(f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(row))})", row)

    def run(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Run a statement that changes something."""
        with translated(self.store):
            self._base.execute(statement, values)

    def _one(self, query: str) -> Any:
        return self._base.execute(query).fetchone()[0]

    def nights(self, where: str = "live", values: Sequence[Any] = ()) -> list[Night]:
        """The nights that hold (SQL over the columns of the table), in the order of their commits."""
        columns = "number, run_id, as_of, folder, articles, settings, published, judging"
        rows = self.ask(f"SELECT {columns} FROM nights WHERE {where} ORDER BY number", values)
        return [
            Night(number, run_id, as_of, self.store / folder, *rest) for number, run_id, as_of, folder, *rest in rows
        ]

    def next_number(self) -> int:
        """The number that the next night gets."""
        return int(self.ask("SELECT coalesce(max(number), 0) + 1 FROM nights")[0][0])

    def settings(self) -> dict[str, str]:
        """The settings that the store was made with and cannot change; empty in a new store."""
        return dict(self.ask("SELECT name, value FROM settings"))

    def known(self, digests: Iterable[str]) -> dict[str, str]:
        """Of these inputs those that were read already, and in which run."""
        query = "SELECT digest, run_id FROM inputs JOIN nights USING (number) WHERE digest IN (SELECT name FROM asked)"
        return dict(self.ask_among(digests, query))

    def connected(self, articles: Iterable[str]) -> list[Member]:
        """All members of the components of these articles (those that are in any), in the order of their ids."""
        rows = self.ask_among(
            articles,
            "SELECT members.*, coalesce(group_concat(cluster_id, ' '), '')"
            " FROM members LEFT JOIN witnesses USING (article_id) WHERE component IN"
            " (SELECT component FROM members JOIN asked ON name = article_id)"
            " GROUP BY article_id ORDER BY article_id",
        )
        return [
            Member(name, number, component, bool(fully_compared), tuple(sorted(clusters.split())))
            for name, number, component, fully_compared, clusters in rows
        ]

    def put_members(self, members: Iterable[Member]) -> None:
        """Write members, and the clusters that they are witnesses of, for what the catalogue has of these articles."""
        for one in members:
            self._base.execute("DELETE FROM members WHERE article_id = ?", (one.article_id,))
            self.write("members", [one[:4]])
            self.write("witnesses", [(one.article_id, cluster) for cluster in one.clusters])

    def replaced(self) -> set[tuple[int, str]]:
        """Versions that a later night replaced: number of their night, and article."""
        return set(self.ask("SELECT number, article_id FROM replaced"))


def _of_another_version(store: Path, version: int) -> SettingsError:
    return SettingsError(
        f"{store} has the store version {version}, and this wirecopy knows {STORE_VERSION}; use the one that made it, "
        f"or make a new one of the dumps: wirecopy nightly DUMP --store NEW --out OUT --as-of DAY"
    )
