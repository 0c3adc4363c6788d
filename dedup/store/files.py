"""The files of a night: written once, known by their digests, and read only where these still hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup import __version__
from dedup.article import names_article
from dedup.errors import BadDataError
from dedup.manifest import digest_of
from dedup.settings import Settings
from dedup.store.catalogue import STORE_VERSION, Catalogue, Night
from dedup.tables import PASSAGES
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

#: Passages of the night's matches: ``match`` is the row in the table ``matches``.
ALIGNED = pa.schema([pa.field("match", pa.int64(), nullable=False), *list(PASSAGES.schema)[2:]])

#: Without the texts, what is published of a night.
TABLES = "tables"

_ROWS = {"articles": 1024}  # of a row group, where single articles are wanted
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


def notes(settings: Settings, judging: str) -> dict[str, str]:
    """The metadata of a night's files: versions and fingerprints (``judging``: of what graded it)."""
    return {
        "wirecopy.version": __version__,
        "wirecopy.store_version": str(STORE_VERSION),
        "wirecopy.settings": settings.fingerprint(),
        "wirecopy.signing": settings.sketch_fingerprint(),
        "wirecopy.judging": judging,
    }


def write(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch], notes: Mapping[Any, Any]) -> None:
    """Write a table to ``path`` and to the disk itself, with ``notes`` as its metadata."""
    packing = {field.name: "none" if field.name == "values" else "zstd" for field in schema}
    leaves = [name for name in schema.names if name in _REPEATED and not pa.types.is_list(schema.field(name).type)]
    with path.open("wb") as file:
        with pq.ParquetWriter(
            file,
            schema.with_metadata(notes),
            compression=_leaves(schema, packing),
            use_dictionary=leaves,
            write_statistics=False,
            write_page_checksum=True,
        ) as writer:
            for batch in batches:
                rows = pa.Table.from_batches([batch]).cast(schema).replace_schema_metadata(notes)
                writer.write_table(rows, row_group_size=_ROWS.get(path.stem, 1 << 16))
        sync_file(file)


def _leaves(schema: pa.Schema, packing: dict[str, str]) -> dict[str, str]:
    """The same by the paths of the columns within the file."""
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
    """The files of all nights, each checked against the catalogue when it is first opened."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._store = catalogue.store
        files = catalogue.ask("SELECT number, name, bytes, digest FROM files")
        self._digests: dict[tuple[int, str], tuple[int, str]] = {
            (number, name): (size, digest) for number, name, size, digest in files
        }
        self._checked: set[tuple[int, str]] = set()

    def path(self, night: Night, name: str) -> Path:
        """A file of a night. Raises :class:`~dedup.errors.BadDataError` where it is not what was written."""
        path, known = night.folder / name, (night.number, name)
        if known not in self._checked:
            wrong = self.wrong(night, name)
            if wrong:
                raise BadDataError(
                    f"{path} {wrong}; put back a copy of it, or leave its night out and give its dump again: "
                    f"wirecopy store rebuild --store {self._store} --without {night.run_id}"
                )
            self._checked.add(known)
        return path

    def wrong(self, night: Night, name: str) -> str | None:
        """What is wrong with a file, in words; None: nothing."""
        path = night.folder / name
        size, digest = self._digests[night.number, name]
        if not path.is_file():
            return "is missing"
        if path.stat().st_size != size:
            return f"has {path.stat().st_size} bytes instead of {size}"
        return None if digest_of(path) == digest else "has been damaged: its content is not what was written"

    def digest(self, night: Night, name: str) -> str | None:
        """The digest that a file was written with."""
        known = self._digests.get((night.number, name))
        return known[1] if known else None

    def names(self, night: Night) -> list[str]:
        """The files of a night."""
        return sorted(name for number, name in self._digests if number == night.number)

    def open(self, night: Night, name: str) -> pq.ParquetFile:
        """A table of a night (``articles``), checked."""
        return pq.ParquetFile(self.path(night, f"{name}.parquet"), memory_map=True)

    def read(self, night: Night, name: str, columns: list[str] | None = None) -> pa.Table:
        """A table of a night, whole."""
        return self.open(night, name).read(columns)

    def rows(
        self, night: Night, name: str, wanted: npt.NDArray[Any], columns: list[str], threads: Executor
    ) -> Iterator[pa.RecordBatch]:
        """The ``wanted`` rows (ascending) of a table of a night, a batch for every row group that holds any."""
        file = self.open(night, name)
        sizes = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
        begins = np.cumsum([0, *sizes])
        owner = np.searchsorted(begins, wanted, side="right") - 1
        groups = [(number, wanted[owner == number] - begins[number]) for number in np.unique(owner).tolist()]

        def taken(group: tuple[int, npt.NDArray[Any]]) -> pa.RecordBatch:
            here = pq.ParquetFile(night.folder / f"{name}.parquet", memory_map=True, metadata=file.metadata)
            rows_read = here.read_row_group(group[0], columns, use_threads=False)
            return rows_read.take(pa.array(group[1])).combine_chunks().to_batches()[0]

        yield from threads.map(taken, groups)

    def of_ids(
        self, night: Night, name: str, ids: pa.Array, columns: list[str], threads: Executor
    ) -> Iterator[pa.RecordBatch]:
        """The rows of a table of a night that are about some articles."""
        rows = np.flatnonzero(pc.is_in(self.read(night, "ids", ["id"])["id"], ids).to_numpy())
        yield from self.rows(night, name, rows, columns, threads)
