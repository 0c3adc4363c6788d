"""What reading comes to beside the articles: the rejected records, the damage, the dates that cannot be read.

Rejects may be many more than the articles, so that they are kept on the disk.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc

from dedup.article import Batch, Note, Rejected
from dedup.errors import WirecopyError
from dedup.readers.oddities import Oddities
from dedup.tables import REJECTS

_PACKED = pa.ipc.IpcWriteOptions(compression="zstd")
_FEW = 10  # so many bad records never end a run, however few there are in all

#: What is told of files that are not as those of their format are -> how many these are, and the first.
Notes = Mapping[str, tuple[int, str]]


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """Of all inputs of a run.

    ``file`` holds the ``rejected`` records, of which ``first`` is the first; ``damaged`` are those after which a file
    could not be read on; ``unread_dates`` is how many articles have a date that cannot be read, ``unread_date`` the
    first such date, as written; ``notes`` are on files that are not as those of
    their format are; ``oddities`` are sentences on what looks odd.
    """

    file: Path
    rejected: int = 0
    first: Rejected | None = None
    damaged: tuple[Rejected, ...] = ()
    unread_dates: int = 0
    unread_date: str | None = None
    notes: Notes = dataclasses.field(default_factory=dict)
    oddities: tuple[str, ...] = ()

    def rejects(self) -> pa.Table:
        """All rejected records, in the order in which they were read."""
        with pa.OSFile(str(self.file), "rb") as source, pa.ipc.open_stream(source) as reader:
            return reader.read_all()

    def summary(self) -> dict[str, Any]:
        """What run.json says, beside the number of rejected records."""
        damaged = [{"path": one.path, "position": one.position, "reason": one.reason} for one in self.damaged]
        return {
            "damaged_inputs": damaged,
            "unread_dates": {"count": self.unread_dates, "first": self.unread_date},
            "oddities": [*noted(self.notes), *self.oddities],
        }


def counted(notes: Notes, more: Iterable[Note]) -> Notes:
    """The notes and some more."""
    result = dict(notes)
    for note in more:
        count, first = result.get(note.words, (0, note.path))
        result[note.words] = count + 1, first
    return result


def noted(notes: Notes) -> list[str]:
    """What people are told, a sentence each."""
    return [f"{words}: {count:,}, first {first}" for words, (count, first) in notes.items()]


class Recorder:
    """Makes a :class:`Reading` of the batches that pass; ``file`` is made."""

    def __init__(self, file: Path) -> None:
        self._sink = pa.OSFile(str(file), "wb")
        self._writer = pa.ipc.new_stream(self._sink, REJECTS.schema, options=_PACKED)
        self._oddities = Oddities()
        self.reading = Reading(file)

    def add(self, batch: Batch) -> None:
        """Take down what there is to say of a batch."""
        was, texts = self.reading, batch.articles["published_text"]
        unread = len(texts) - texts.null_count
        self.reading = dataclasses.replace(
            was,
            rejected=was.rejected + len(batch.rejects),
            first=was.first or next(iter(batch.rejects), None),
            damaged=(*was.damaged, *(each for each in batch.rejects if each.damage)),
            notes=counted(was.notes, batch.notes),
            unread_dates=was.unread_dates + unread,
            unread_date=was.unread_date or (texts.filter(pc.is_valid(texts))[0].as_py() if unread else None),
        )
        self._oddities.add(batch.articles)
        if batch.rejects:
            self._writer.write_batch(rejects(batch.rejects))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.reading = dataclasses.replace(self.reading, oddities=tuple(self._oddities.messages()))
        self._writer.close()
        self._sink.close()


def too_many(rejected: int, articles: float, share: float) -> bool:
    """Do bad records make up more than their ``share`` of all records (and are they more than ten)?"""
    return rejected > max(_FEW, share * (articles + rejected))


def limited(batches: Iterable[Batch], maximum: float, share: float, error: type[WirecopyError]) -> Iterator[Batch]:
    """The batches; raises ``error`` as soon as too many records are bad whatever follows.

    ``maximum`` is how many articles the inputs can hold (:func:`dedup.readers.bounds.most_articles`).
    """
    first, rejected = None, 0
    for batch in batches:
        first = first or next(iter(batch.rejects), None)
        rejected += len(batch.rejects)
        if first and too_many(rejected, maximum, share):
            raise error(
                f"{rejected} of the first records are bad, which is too many whatever follows, first {first.path}, "
                f"{first.position}: {first.reason}; fix the input or raise max_rejects (now {share})"
            )
        yield batch


def rejects(records: Sequence[Rejected]) -> pa.RecordBatch:
    """Rejected records as rows of REJECTS."""
    rows = [{"path": each.path, "position": each.position, "reason": each.reason} for each in records]
    return pa.RecordBatch.from_pylist(rows, schema=REJECTS.schema)
