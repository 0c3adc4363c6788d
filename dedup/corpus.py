"""The articles of a run: their texts in a file that is mapped into memory, and what the search needs of them in arrays.

Rows are numbered in the bytewise order of the ids, so that nothing after this module can depend on the order in which
articles arrive.
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.arrays import day_numbers
from dedup.article import ARTICLES, Batch, distinct
from dedup.kernels.minhash import digest
from dedup.minhash import Signatures
from dedup.readers.tally import Reading, Recorder
from dedup.scratch import mapped
from dedup.tables import ATTRIBUTIONS
from dedup.text.boilerplate import Known, Texts
from dedup.text.tokens import tokenise

_NO_VALUES = np.empty((0, 0), np.uint32)
_WRITTEN = 16 << 20  # bytes of articles in a batch of the mapped file: rows are taken faster out of few large batches

Rows = npt.NDArray[np.int32]
_T = TypeVar("_T")
_R = TypeVar("_R")


class Analysed(NamedTuple):
    """What is found out about a batch as it is read.

    ``hashes`` uint32: those of its tokens; its signatures; its attributions (an ATTRIBUTIONS table).
    """

    hashes: npt.NDArray[np.uint32]
    signatures: Signatures
    attributions: pa.Table


@dataclasses.dataclass(frozen=True, slots=True)
class Corpus:
    """``n`` articles, row ``i`` being the one with the ``i``-th smallest id.

    An id is one within a publisher. Where several publishers have it, ``ids`` are qualified
    (:func:`dedup.article.distinct`), and ``read_ids`` stay as they were read.
    ``ids`` and ``publishers`` are Arrow string arrays[n]; ``days`` int32[n]: days since 1970, :data:`NO_DAY` where
    there is no date; ``hashes`` uint32: the hashes of all tokens, in a mapped file, those of row ``i`` at
    ``begins[i]:begins[i] + signatures.sizes[i]``; ``signatures`` of the texts; ``attributions``: an ATTRIBUTIONS table.
    ``repeated`` and ``superseded`` are the ids that came again under the same publisher with the same text (one is
    kept) and with another text (the latest is kept).
    """

    ids: pa.Array
    publishers: pa.Array
    days: Rows
    hashes: npt.NDArray[np.uint32]
    begins: npt.NDArray[np.int64]
    signatures: Signatures
    attributions: pa.Table
    repeated: tuple[str, ...]
    superseded: tuple[str, ...]
    batches: tuple[pa.RecordBatch, ...]
    positions: npt.NDArray[np.int64]
    read_ids: pa.Array

    def __len__(self) -> int:
        return len(self.days)

    @property
    def shared_ids(self) -> int:
        """How many ids several publishers have."""
        return len(self.read_ids.filter(pc.not_equal(self.ids, self.read_ids)).unique())

    def take(self, rows: npt.NDArray[Any], columns: Sequence[str] = tuple(ARTICLES.names)) -> pa.RecordBatch:
        """The articles of ``rows``, in their order, copied out of the mapped file."""
        rows_taken = take_rows(self.batches, self.positions[rows], columns)
        if "id" not in columns:
            return rows_taken
        return rows_taken.set_column(list(columns).index("id"), ARTICLES.field("id"), self.ids.take(pa.array(rows)))

    def known(self, publishers: Rows) -> Known:
        """What boilerplate is learned from beside texts; ``publishers``: a code for each article, -1: unknown."""
        return Known(publishers, self.days, self.signatures.digests, self.signatures.sizes)

    @property
    def texts(self) -> Texts:
        """The texts of all articles."""
        ends = self.begins + self.signatures.sizes
        return Texts(self.hashes, self.begins, ends, lambda rows: self.take(rows, ["text"])["text"])

    def select(self, rows: npt.NDArray[np.int64]) -> Corpus:
        """The corpus of ascending ``rows`` alone."""
        selected = pa.array(rows)
        ids = self.ids.take(selected)
        return dataclasses.replace(
            self,
            ids=ids,
            publishers=self.publishers.take(selected),
            days=self.days[rows],
            begins=self.begins[rows],
            signatures=self.signatures.take(rows),
            positions=self.positions[rows],
            read_ids=self.read_ids.take(selected),
            attributions=self.attributions.filter(pc.is_in(self.attributions["article_id"], ids)),
        )

    def renamed(self, names: pa.Array) -> Corpus:
        """The corpus with other ids, all different, in their order."""
        if names.equals(self.ids):
            return self
        rows = pc.sort_indices(names)
        order, owners = rows.to_numpy(), pc.index_in(self.attributions["article_id"], self.ids)
        attributions = self.attributions.set_column(
            0, ATTRIBUTIONS.schema.field(0), names.take(owners.combine_chunks())
        )
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        new = dict(zip(self.ids.to_pylist(), names.to_pylist(), strict=True))
        return dataclasses.replace(
            self,
            ids=names.take(rows),
            publishers=self.publishers.take(rows),
            days=self.days[order],
            begins=self.begins[order],
            signatures=self.signatures.take(order),
            positions=self.positions[order],
            attributions=attributions.take(pa.array(np.argsort(rank[owners.to_numpy()], kind="stable"))),
            read_ids=self.read_ids.take(rows),
            repeated=tuple(new[name] for name in self.repeated),
            superseded=tuple(new[name] for name in self.superseded),
        )

    def joined(self, other: Corpus, file: Path) -> Corpus:
        """This corpus and another one that has none of its ids; ``file`` is made and holds the token hashes of both."""
        if not len(other):
            return self
        with file.open("wb") as scratch:
            scratch.write(self.hashes.data)
            scratch.write(other.hashes.data)
        first, begin = sum(batch.num_rows for batch in self.batches), len(self.hashes)
        ids = pa.concat_arrays([self.ids, other.ids])
        rows = pc.sort_indices(ids)
        order = rows.to_numpy()
        width = max(part.signatures.values.shape[1] for part in (self, other))  # 0 where there are no articles
        values = [part.signatures.values.reshape(len(part), width) for part in (self, other)]
        return Corpus(
            ids.take(rows),
            pa.concat_arrays([self.publishers, other.publishers]).take(rows),
            np.r_[self.days, other.days][order],
            token_hashes(file),
            np.r_[self.begins, begin + other.begins][order],
            Signatures(
                np.concatenate(values)[order],
                np.r_[self.signatures.sizes, other.signatures.sizes][order],
                np.r_[self.signatures.digests, other.signatures.digests][order],
            ),
            pa.concat_tables([self.attributions, other.attributions]),
            self.repeated,
            self.superseded,
            (*self.batches, *other.batches),
            np.r_[self.positions, first + other.positions][order],
            pa.concat_arrays([self.read_ids, other.read_ids]).take(rows),
        )


def gather(
    batches: Iterable[Batch], folder: Path, analyse: Callable[[pa.RecordBatch], Analysed], threads: Executor, ahead: int
) -> tuple[Corpus, Reading]:
    """Read all batches into files in ``folder`` (which must outlive both), analysing ``ahead`` at a time."""
    signatures: list[Signatures] = []
    attributions: list[pa.Table] = []
    articles, tokens, values = folder / "articles.arrow", folder / "tokens.u32", folder / "values.u32"
    with (
        pa.OSFile(str(articles), "wb") as sink,
        pa.ipc.new_file(sink, ARTICLES) as writer,
        Recorder(folder / "rejects.arrow") as recorder,
        tokens.open("wb") as scratch,
        values.open("wb") as signed,
    ):

        def written() -> Iterator[pa.RecordBatch]:
            offset, size, unwritten = 0, 0, list[pa.RecordBatch]()
            for batch in batches:
                recorder.add(batch)
                if batch.articles.num_rows:
                    unwritten.append(batch.articles)
                    size += batch.articles.nbytes
                    if size >= _WRITTEN:
                        writer.write_batch(pa.concat_batches(unwritten))
                        unwritten.clear()
                        size = 0
                    yield _numbered(batch.articles, offset)
                    offset += batch.articles.num_rows
            if unwritten:
                writer.write_batch(pa.concat_batches(unwritten))

        width = 0
        for result in side_by_side(analyse, written(), threads, ahead):
            width = result.signatures.values.shape[1]
            scratch.write(result.hashes.data)
            signed.write(result.signatures.values.data)
            signatures.append(result.signatures._replace(values=_NO_VALUES))  # they would be most of what is in memory
            attributions.append(result.attributions)
    reader = pa.ipc.open_file(pa.memory_map(str(articles)))
    stored = tuple(reader.get_batch(number) for number in range(reader.num_record_batches))
    corpus = _corpus(stored, token_hashes(tokens), signatures, attributions)
    signed_values = token_hashes(values).reshape(sum(batch.num_rows for batch in stored), width)
    arranged = _arranged(signed_values, corpus.positions, folder / "signatures.u32")
    values.unlink()
    return dataclasses.replace(corpus, signatures=corpus.signatures._replace(values=arranged)), recorder.reading


def measured(articles: pa.RecordBatch) -> Analysed:
    """Sizes and digests of a batch of articles, for :func:`gather` where nothing else is asked of them."""
    tokens = tokenise(articles["text"])
    count, sizes = articles.num_rows, np.diff(tokens.offsets).astype(np.int32)
    out = Signatures(np.empty((count, 0), np.uint32), sizes, np.empty(count, np.uint64))
    digest(tokens.hashes, tokens.offsets, out.digests)
    return Analysed(tokens.hashes, out, ATTRIBUTIONS.schema.empty_table())


def token_hashes(file: Path) -> npt.NDArray[np.uint32]:
    """The hashes that a file holds, mapped into memory."""
    return np.memmap(file, np.uint32, "r") if file.stat().st_size else np.empty(0, np.uint32)


def _numbered(articles: pa.RecordBatch, first: int) -> pa.RecordBatch:
    """The articles with their places for ids: an id may come again, a place cannot."""
    numbers = pa.array(np.arange(first, first + articles.num_rows)).cast(pa.string())
    return articles.set_column(0, ARTICLES.field("id"), numbers)


def side_by_side(work: Callable[[_T], _R], items: Iterable[_T], threads: Executor, ahead: int) -> Iterator[_R]:
    """Results in the order of the items, with at most ``ahead`` of these under way."""
    under_way: collections.deque[Future[_R]] = collections.deque()
    for item in items:
        under_way.append(threads.submit(work, item))
        if len(under_way) >= ahead:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


def _corpus(
    batches: tuple[pa.RecordBatch, ...],
    hashes: npt.NDArray[np.uint32],
    signatures: list[Signatures],
    attributions: list[pa.Table],
) -> Corpus:
    ids, published = _column(batches, "id"), _column(batches, "published")
    sizes = np.concatenate([np.empty(0, np.int32), *(part.sizes for part in signatures)])
    digests = np.concatenate([np.empty(0, np.uint64), *(part.digests for part in signatures)])
    begins = np.cumsum(np.r_[0, sizes], dtype=np.int64)
    publishers = _column(batches, "publisher")
    positions, *again = _latest(batches, ids, publishers, published, digests)
    names = distinct(ids.take(pa.array(positions)), publishers.take(pa.array(positions)))
    rows = pc.sort_indices(names)
    repeated, superseded = (tuple(names.take(pa.array(each, pa.int64())).to_pylist()) for each in again)
    positions, names = positions[rows.to_numpy()], names.take(rows)
    kept_rows = pa.array(positions)
    return Corpus(
        names,
        publishers.take(kept_rows),
        day_numbers(published.take(kept_rows)),
        hashes,
        begins[positions],
        Signatures(_NO_VALUES, sizes[positions], digests[positions]),
        _renamed(attributions, names, positions),
        repeated,
        superseded,
        batches,
        positions,
        ids.take(kept_rows),
    )


def _column(batches: tuple[pa.RecordBatch, ...], name: str) -> pa.Array:
    return pa.chunked_array([batch[name] for batch in batches], ARTICLES.field(name).type).combine_chunks()


def _latest(
    batches: tuple[pa.RecordBatch, ...],
    ids: pa.Array,
    publishers: pa.Array,
    published: pa.Array,
    digests: npt.NDArray[np.uint64],
) -> tuple[npt.NDArray[np.int64], list[int], list[int]]:
    """Places of the articles to keep, ascending by id and publisher, each of the two together once.

    Returns also the rows of those that came again with the same and with another text, once for each time.
    """
    order = pc.sort_indices(ids).to_numpy().astype(np.int64)
    if not _again(ids.take(pa.array(order))).any():
        return order, [], []
    outlets = publishers.dictionary_encode().indices.fill_null(-1)
    both = pa.table([ids, publishers], ["id", "publisher"])
    order = pc.sort_indices(both, [("id", "ascending"), ("publisher", "ascending")])
    same = _again(ids.take(order)) & _again(outlets.take(order))
    order = order.to_numpy().astype(np.int64)
    begins = np.flatnonzero(np.r_[True, ~same])
    newest, repeated, superseded = order[begins], list[int](), list[int]()
    ends = np.r_[begins[1:], len(order)]
    for row in np.flatnonzero(ends - begins > 1).tolist():
        versions = order[begins[row] : ends[row]]
        latest = max(versions, key=lambda batch_row: _version(batches, batch_row, published, digests))
        again = digests[versions] == digests[latest]
        repeated += [row] * (int(again.sum()) - 1)
        superseded += [row] * int((~again).sum())
        newest[row] = latest
    return newest, repeated, superseded


def _again(column: pa.Array) -> npt.NDArray[np.bool_]:
    """Of every value but the first: is it that of the row before?"""
    before = column[: max(len(column) - 1, 0)]
    return np.asarray(pc.equal(column[1:], before).to_numpy(zero_copy_only=False), bool)


def _version(
    batches: tuple[pa.RecordBatch, ...], position: int, published: pa.Array, digests: npt.NDArray[np.uint64]
) -> tuple[int, int, str]:
    """What the versions of an article are ordered by: their dates, and where these are equal anything that is fixed."""
    when = published[int(position)].value
    row = take_rows(batches, np.array([position]), ARTICLES.names).to_pylist()
    return (when if when is not None else -(2**63)), int(digests[position]), repr(row)


def _arranged(values: npt.NDArray[np.uint32], positions: npt.NDArray[np.int64], file: Path) -> npt.NDArray[np.uint32]:
    """The signatures of ``places``, in that order, in a new mapped file."""
    if not values.size:
        return np.empty((len(positions), values.shape[1]), np.uint32)
    with file.open("w+b") as opened:
        arranged = mapped(opened, (len(positions), values.shape[1]), np.uint32)
    np.take(values, positions, 0, arranged, "clip")  # places are right; to have them checked would cost a copy
    return np.asarray(arranged)


def _renamed(parts: list[pa.Table], ids: pa.Array, positions: npt.NDArray[np.int64]) -> pa.Table:
    """The attributions of the kept articles, under their ids, in the order of the attributions table."""
    if not parts:
        return ATTRIBUTIONS.schema.empty_table()
    table = pa.concat_tables(parts)
    position = table["article_id"].cast(pa.int64()).to_numpy()
    order = np.argsort(positions)
    result = order[np.minimum(np.searchsorted(positions, position, sorter=order), len(positions) - 1)]
    keep = np.flatnonzero(positions[result] == position)
    rows = keep[np.argsort(result[keep], kind="stable")]
    named = ids.take(pa.array(result[rows]))
    return table.take(pa.array(rows)).set_column(0, ATTRIBUTIONS.schema.field(0), named)


def take_rows(
    batches: tuple[pa.RecordBatch, ...], positions: npt.NDArray[np.int64], columns: Sequence[str]
) -> pa.RecordBatch:
    """Rows of a list of batches, in the order of ``positions``; only the batches that hold one are touched."""
    begins = np.cumsum([0] + [batch.num_rows for batch in batches])
    order = np.argsort(positions, kind="stable")
    owner = np.searchsorted(begins, positions[order], side="right") - 1
    schema = pa.schema([ARTICLES.field(name) for name in columns])
    parts = [schema.empty_table()]
    for number in np.unique(owner).tolist():
        here = pa.array(positions[order[owner == number]] - begins[number])
        parts.append(pa.Table.from_batches([batches[number].select(list(columns)).take(here)], schema))
    back = np.empty(len(positions), np.int64)
    back[order] = np.arange(len(positions))
    table = pa.concat_tables(parts).combine_chunks().take(pa.array(back))
    return pa.RecordBatch.from_arrays([combined(column) for column in table.columns], schema=schema)


def combined(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece, also where pyarrow hands back several."""
    made = column.combine_chunks()
    return pa.concat_arrays(made.chunks) if isinstance(made, pa.ChunkedArray) else made
