"""The files of a night: written once, known by their digests, and read only where these still hold."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup import __version__
from dedup.arrays import NO_DAY
from dedup.article import names_article
from dedup.corpus import Corpus, combined
from dedup.errors import BadDataError
from dedup.manifest import digest_of
from dedup.settings import Settings
from dedup.store.catalogue import STORE_VERSION, Catalogue, Night
from dedup.store.folders import LocalFolders
from dedup.store.pieces import IN_TURN, Piece, Workers, holding, pieces
from dedup.tables import PASSAGES
from dedup.text.boilerplate import Runs, distinct_runs
from dedup.writing import sync_file

_ID = names_article(pa.field("id", pa.string(), nullable=False))

#: What tells an article that comes again.
IDS = pa.schema([_ID, pa.field("digest", pa.uint64(), nullable=False)])

#: What says whose story an article tells: keys of the names it cites and credits, token hashes of its rare names.
ORIGINS = pa.schema(
    [
        _ID,
        pa.field("cited", pa.list_(pa.string()), nullable=False),
        pa.field("credited", pa.list_(pa.string()), nullable=False),
        pa.field("names", pa.list_(pa.uint32()), nullable=False),
    ]
)

#: The sampled runs of an article (:mod:`dedup.text.boilerplate.runs`): their different hashes, ascending.
RUNS = pa.schema([_ID, pa.field("runs", pa.list_(pa.uint32()), nullable=False)])

#: Passages of the night's matches: ``match`` is the row in the table ``matches``.
ALIGNED = pa.schema([pa.field("match", pa.int64(), nullable=False), *list(PASSAGES.schema)[2:]])

#: Without the texts, what is published of a night.
TABLES = "tables"

_ROWS = {"articles": 1024}  # of a row group, where single articles are wanted
_TEXTS, _SMALL_ROWS = 2048, 16_384  # rows of a piece: of articles, and of anything else
_ASCENDING = ("runs",)  # numbers of which the differences take less than they do
_REPEATED = ("publisher", "lang", "agency", "byline", "grade", "kind", "position", "name", "cited", "credited")


def signatures(num_perm: int) -> pa.Schema:
    """What the search needs of an article.

    ``day`` since 1970; ``group``: content digest of the first member of its near-duplicate group; ``fully_compared``:
    false for late members of large groups; ``values``: uint32[num_perm], little-endian.
    """
    return pa.schema(
        [
            _ID,
            pa.field("publisher", pa.string()),
            pa.field("day", pa.int32()),
            pa.field("tokens", pa.int32(), nullable=False),
            pa.field("digest", pa.uint64(), nullable=False),
            pa.field("group", pa.uint64(), nullable=False),
            pa.field("searched", pa.bool_(), nullable=False),
            pa.field("values", pa.binary(4 * num_perm), nullable=False),
        ]
    )


class Signed(NamedTuple):
    """What a piece of stored signatures holds of its ``b`` articles.

    ``publishers``: Arrow strings; ``days``, ``sizes`` (tokens) int32[b]; ``digests``, ``groups`` uint64[b];
    ``fully_compared`` bool[b]; ``values`` uint32[b, num_perm].
    """

    publishers: pa.Array
    days: npt.NDArray[np.int32]
    sizes: npt.NDArray[np.int32]
    digests: npt.NDArray[np.uint64]
    groups: npt.NDArray[np.uint64]
    fully_compared: npt.NDArray[np.bool_]
    values: npt.NDArray[np.uint32]


def read_signatures(piece: Piece) -> Signed:
    """The signatures of a piece of a table of :func:`signatures`."""
    table = piece.read(["publisher", "day", "tokens", "digest", "group", "searched", "values"])
    publishers, days, sizes, digests, groups, compared, values = (combined(column) for column in table.columns)
    width, offset = values.type.byte_width, values.offset
    data = np.frombuffer(values.buffers()[1] or b"", np.uint32).reshape(-1, width // 4)
    data.flags.writeable = False  # some buffers are, some are not, and each kind takes a compiled loop of its own
    return Signed(
        publishers,
        np.asarray(days.fill_null(NO_DAY), np.int32),
        sizes.to_numpy(),
        digests.to_numpy(),
        groups.to_numpy(),
        compared.to_numpy(zero_copy_only=False),
        data[offset : offset + len(values)],
    )


def read_runs(_: None, piece: Piece) -> Runs:
    """The runs of a piece of a table of :data:`RUNS`."""
    lists = combined(piece.read(["runs"])["runs"])
    offsets = lists.offsets.to_numpy().astype(np.int64)
    offsets -= offsets[0]
    return Runs(lists.flatten().to_numpy(), offsets[:-1], offsets[1:])


def runs_of(corpus: Corpus, rows: npt.NDArray[np.int64]) -> pa.RecordBatch:
    """Some rows of a table of :data:`RUNS`."""
    hashes, offsets = distinct_runs(corpus.texts.take(rows))
    lists = pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), pa.array(hashes))
    return pa.record_batch([corpus.ids.take(pa.array(rows)), lists], schema=RUNS)


def notes(settings: Settings, judging: str) -> dict[str, str]:
    """The metadata of a night's files: versions and fingerprints (``judging``: of what graded it)."""
    return {
        "wirecopy.version": __version__,
        "wirecopy.store_version": str(STORE_VERSION),
        "wirecopy.settings": settings.fingerprint(),
        "wirecopy.signing": settings.signing_fingerprint(),
        "wirecopy.judging": judging,
    }


def write(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch], notes: Mapping[Any, Any]) -> None:
    """Write a table to ``path`` and to the disk itself, with ``notes`` as its metadata."""
    packing = {field.name: "none" if field.name == "values" else "zstd" for field in schema}
    ascending = pa.schema([field for field in schema if field.name in _ASCENDING])
    leaves = [name for name in schema.names if name in _REPEATED and not pa.types.is_list(schema.field(name).type)]
    with path.open("wb") as file:
        with pq.ParquetWriter(
            file,
            schema.with_metadata(notes),
            compression=_leaves(schema, packing),
            use_dictionary=leaves,
            column_encoding=_leaves(ascending, dict.fromkeys(_ASCENDING, "DELTA_BINARY_PACKED")),
            write_statistics=False,
            write_page_checksum=True,
        ) as writer:
            for batch in batches:
                rows = pa.Table.from_batches([batch]).cast(schema).replace_schema_metadata(notes)
                writer.write_table(rows, row_group_size=_ROWS.get(path.stem, 1 << 16))
        sync_file(file)


def _leaves(schema: pa.Schema, packing: dict[str, str]) -> dict[str, str]:
    """What is said of columns, by the paths of these within the file."""
    return {path: packing[field.name] for field in schema for path in _paths(field.name, field.type)}


def _paths(path: str, kind: pa.DataType) -> list[str]:
    """Where the values of a column at ``path`` lie within the file: one path, or several where it is nested."""
    if pa.types.is_list(kind):
        return _paths(f"{path}.list.element", kind.value_type)
    if pa.types.is_struct(kind):
        return [below for field in kind for below in _paths(f"{path}.{field.name}", field.type)]
    return [path]


def digests(folder: Path) -> list[tuple[str, int, str]]:
    """Name, bytes and digest of every file in and below a folder, in the order of the names."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(path.relative_to(folder).as_posix(), path.stat().st_size, digest_of(path)) for path in files]


class NightFiles:
    """The files of all nights, each checked against the catalogue when it is first opened.

    ``workers`` do what is to be done with the rows of many of them.
    """

    def __init__(self, catalogue: Catalogue, workers: Workers = IN_TURN) -> None:
        self.workers = workers
        self._store, self._folders = catalogue.store, catalogue.folders
        files = catalogue.ask("SELECT number, name, bytes, digest FROM files")
        self._digests: dict[tuple[int, str], tuple[int, str]] = {
            (number, name): (size, digest) for number, name, size, digest in files
        }
        self._checked: set[tuple[int, str]] = set()
        self._sized: set[tuple[int, str]] = set()

    def path(self, night: Night, name: str) -> Path:
        """A file of a night, on this machine.

        Raises :class:`~dedup.errors.BadDataError` where it is not what was written.
        """
        path, known = self._folders.path(self._folder(night), name), (night.number, name)
        if known not in self._checked:
            self._raise(night, name, self.wrong(night, name))
            self._checked.add(known)
        return path

    def check(self, nights: Sequence[Night], tables: Sequence[str]) -> None:
        """Compare tables of some nights with their digests side by side, where :meth:`location` would do so.

        Raises :class:`~dedup.errors.BadDataError` where one is not what was written.
        """
        files = [(night, f"{table}.parquet") for night in nights for table in tables]
        files = [(night, name) for night, name in files if (night.number, name) not in self._checked]
        if self._whole():
            for (night, name), wrong in zip(files, self.workers.each(_wrong, self, files), strict=True):
                self._raise(night, name, wrong)
                self._checked.add((night.number, name))

    def location(self, night: Night, name: str) -> str:
        """The path or the address of a file of a night, for the workers.

        Raises :class:`~dedup.errors.BadDataError` where it is not what was written. Where others than this process
        read it, only its size is compared; they look at the checksums of the pages.
        """
        if self._whole():
            return str(self.path(night, name).absolute())
        known = (night.number, name)
        if known not in self._sized:
            self._raise(night, name, self._wrong_size(night, name))
            self._sized.add(known)
        return self.where(night, name)

    def _whole(self) -> bool:
        """Are files compared with their digests, since they are on this machine and read by it?"""
        return self.workers.near and isinstance(self._folders, LocalFolders)

    def _raise(self, night: Night, name: str, wrong: str | None) -> None:
        if wrong:
            raise BadDataError(
                f"{self.where(night, name)} {wrong}; put back a copy of it, or leave its night out and give its dump "
                f"again: wirecopy store rebuild --store {self._folders.store} --without {night.run_id}"
            )

    def where(self, night: Night, name: str) -> str:
        """The path or the address of a file of a night, whatever is there."""
        return self._folders.location(self._folder(night), name)

    def _folder(self, night: Night) -> str:
        return night.folder.relative_to(self._store).as_posix()

    def wrong(self, night: Night, name: str) -> str | None:
        """What is wrong with a file, in words; None: nothing."""
        wrong = self._wrong_size(night, name)
        if wrong:
            return wrong
        _, digest = self._digests[night.number, name]
        here = self._folders.digest(self._folder(night), name)
        return None if here == digest else "has been damaged: its content is not what was written"

    def _wrong_size(self, night: Night, name: str) -> str | None:
        size, _ = self._digests[night.number, name]
        here = self._folders.size(self._folder(night), name)
        if here is None:
            return "is missing"
        return None if here == size else f"has {here} bytes instead of {size}"

    def lend(self, file: Path) -> AbstractContextManager[str]:
        """The path or the address at which workers find a file of this machine meanwhile."""
        return self._folders.lend(file)

    def digest(self, night: Night, name: str) -> str | None:
        """The digest that a file was written with."""
        known = self._digests.get((night.number, name))
        return known[1] if known else None

    def names(self, night: Night) -> list[str]:
        """The files of a night."""
        return sorted(name for number, name in self._digests if number == night.number)

    def pieces(self, night: Night, table: str) -> list[Piece]:
        """A table of a night (``articles``) in pieces, for the workers."""
        file = self.location(night, f"{table}.parquet")
        return pieces(file, _piece_rows(table), verified=not self._whole())

    def read(self, night: Night, table: str, columns: list[str] | None = None) -> pa.Table:
        """A table of a night, whole."""
        return self.read_all([night], table, columns)[0]

    def read_all(self, nights: Sequence[Night], table: str, columns: list[str] | None = None) -> list[pa.Table]:
        """A table of some nights, whole."""
        items = [(number, piece) for number, night in enumerate(nights) for piece in self.pieces(night, table)]
        parts: list[list[pa.Table]] = [[] for _ in nights]
        for (number, _), part in zip(items, self.workers.each(_read, columns, items), strict=True):
            parts[number].append(part)
        return [pa.concat_tables(part) for part in parts]

    def rows(
        self, wanted: Sequence[tuple[Night, npt.NDArray[np.int64]]], table: str, columns: list[str]
    ) -> Iterator[pa.RecordBatch]:
        """Rows (ascending) of a table of some nights, in the order of these; no batch is empty."""
        yield from self.workers.each(_taken, columns, self.holding(wanted, table))

    def holding(
        self, wanted: Sequence[tuple[Night, npt.NDArray[np.int64]]], table: str
    ) -> list[tuple[Piece, npt.NDArray[np.int64]]]:
        """The pieces of a table of some nights that hold a row (ascending), and where in each these rows are."""
        held = []
        for night, rows in wanted:
            if len(rows):
                file = self.location(night, f"{table}.parquet")
                held += holding(file, rows, _piece_rows(table), verified=not self._whole())
        return held

    def among(
        self,
        nights: Sequence[Night],
        table: str,
        keys: Sequence[str],
        values: Sequence[pa.Array],
        columns: Sequence[str] | None = None,
    ) -> list[tuple[npt.NDArray[np.int64], pa.Table]]:
        """Of each night the rows of a table whose ``keys`` are all among the night's ``values``, and where they are."""
        items = []
        for number, night in enumerate(nights):
            items += [(number, piece, values[number]) for piece in self.pieces(night, table)]
        found: list[list[tuple[npt.NDArray[np.int64], pa.Table]]] = [[] for _ in nights]
        for number, rows, hits in self.workers.each(_among, (keys, columns), items):
            found[number].append((rows, hits))
        return [_together(parts) for parts in found]

    def of_ids(
        self, wanted: Sequence[tuple[Night, pa.Array]], table: str, columns: list[str]
    ) -> Iterator[pa.RecordBatch]:
        """The rows of a table of some nights that are about some articles of each."""
        nights, ids = [night for night, _ in wanted], [names for _, names in wanted]
        rows = [rows for rows, _ in self.among(nights, "ids", ["id"], ids, ["id"])]
        yield from self.rows(list(zip(nights, rows, strict=True)), table, columns)


def _wrong(night_files: NightFiles, file: tuple[Night, str]) -> str | None:
    """What is wrong with a file of a night."""
    return night_files.wrong(*file)


def _piece_rows(table: str) -> int:
    return _TEXTS if table == "articles" else _SMALL_ROWS


def _read(columns: list[str] | None, item: tuple[int, Piece]) -> pa.Table:
    """A piece."""
    return item[1].read(columns)


def _taken(columns: list[str], item: tuple[Piece, npt.NDArray[np.int64]]) -> pa.RecordBatch:
    """Some rows of a piece."""
    piece, rows = item
    table = piece.read(columns).take(pa.array(rows)).combine_chunks()
    return pa.RecordBatch.from_arrays([combined(column) for column in table.columns], schema=table.schema)


def _among(
    shared: tuple[Sequence[str], Sequence[str] | None], item: tuple[int, Piece, pa.Array]
) -> tuple[int, npt.NDArray[np.int64], pa.Table]:
    """The rows of a piece whose keys are all among some values; the number of its night comes back with them."""
    (keys, columns), (number, piece, values) = shared, item
    table = piece.read(columns)
    hits = functools.reduce(pc.and_, (pc.is_in(table[name], values) for name in keys))
    rows = np.flatnonzero(np.asarray(hits, bool))
    return number, piece.first + rows, table.take(pa.array(rows))


def _together(parts: list[tuple[npt.NDArray[np.int64], pa.Table]]) -> tuple[npt.NDArray[np.int64], pa.Table]:
    rows, tables = zip(*parts, strict=True)
    return np.concatenate(rows), pa.concat_tables(tables)
