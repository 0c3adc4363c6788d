"""Stored articles and tonight's, to learn boilerplate from: little is known of all, and the texts of a few are read."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.article import ARTICLES
from dedup.corpus import Corpus, combined, side_by_side, take_rows, token_hashes
from dedup.store.files import read_runs
from dedup.store.window import Window
from dedup.text.boilerplate import Known, LearnedFrom, Provider, Runs, Texts, sampled_runs
from dedup.text.tokens import Tokens, tokenise

_Rows = npt.NDArray[np.int64]

_TEXTS = pa.schema([ARTICLES.field("text")])
_LOT = 2048  # of tonight's texts that are tokenised at a time
_AHEAD = 4  # lots of texts that are tokenised at a time


def learned_from(window: Window, corpus: Corpus, folder: Path, threads: Executor) -> LearnedFrom:
    """The articles of the window, without versions that were replaced, and after them tonight's.

    Texts that are asked for are laid down in ``folder``, in files that are mapped into memory.
    """
    both = pa.chunked_array([window.publishers, corpus.publishers.dictionary_encode()])
    encoded = combined(both.unify_dictionaries())
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    codes[: len(window)][~window.live] = -1
    known = Known(
        codes,
        np.r_[window.days, corpus.days],
        np.r_[window.digests, corpus.signatures.digests],
        np.r_[window.sizes, corpus.signatures.sizes],
    )
    return LearnedFrom(
        known,
        encoded.dictionary.to_pylist(),
        lambda rows: _texts(window, corpus, rows, folder, threads),
        lambda rows: _column([*_fetched(window, corpus, rows, "headline")], "headline"),
    )


def provider(window: Window, corpus: Corpus, folder: Path, threads: Executor) -> Provider:
    """The same articles and their sampled runs, which are laid down in ``folder`` too."""
    runs = _runs(window, corpus, folder / "runs.u32")
    return Provider(
        learned_from(window, corpus, folder, threads),
        lambda rows: [Runs(runs.hashes, runs.begins[rows], runs.ends[rows])],
    )


def _runs(window: Window, corpus: Corpus, file: Path) -> Runs:
    """The runs of all articles: the stored ones as they are stored, tonight's as they stand in the texts."""
    sizes = [np.empty(0, np.int64)]
    with file.open("wb") as scratch:
        stored = window.night_files.workers.each(read_runs, None, [piece for _, piece in window.pieces("runs")])
        for runs in itertools.chain(stored, sampled_runs(corpus.texts)):
            scratch.write(runs.hashes.data)
            sizes.append(runs.ends - runs.begins)
    ends = np.cumsum(np.concatenate(sizes))
    return Runs(token_hashes(file), ends - np.concatenate(sizes), ends)


def _texts(window: Window, corpus: Corpus, rows: _Rows, folder: Path, threads: Executor) -> Texts:
    """The texts of ascending rows, tokenised, in new files in ``folder``."""
    here = Path(tempfile.mkdtemp(dir=folder))
    texts, hashes = here / "texts.arrow", here / "tokens.u32"
    offsets = [np.zeros(1, np.int64)]
    lots = side_by_side(_tokenised, _fetched(window, corpus, rows, "text"), threads, _AHEAD)
    with pa.OSFile(str(texts), "wb") as sink, pa.ipc.new_file(sink, _TEXTS) as writer, hashes.open("wb") as scratch:
        for batch, tokens in lots:
            writer.write_batch(batch)
            scratch.write(tokens.hashes.data)
            offsets.append(offsets[-1][-1] + tokens.offsets[1:])
    file = pa.ipc.open_file(pa.memory_map(str(texts)))
    batches = tuple(file.get_batch(number) for number in range(file.num_record_batches))
    bounds = np.concatenate(offsets)
    return Texts(
        token_hashes(hashes), bounds[:-1], bounds[1:], lambda numbers: take_rows(batches, numbers, ["text"])["text"]
    )


def _tokenised(batch: pa.RecordBatch) -> tuple[pa.RecordBatch, Tokens]:
    return batch, tokenise(batch["text"])


def _fetched(window: Window, corpus: Corpus, rows: _Rows, column: str) -> Iterator[pa.RecordBatch]:
    """A column of ascending rows, some at a time."""
    cut = int(np.searchsorted(rows, len(window)))
    yield from window.take(rows[:cut], "articles", [column])
    for first in range(cut, len(rows), _LOT):
        yield corpus.take(rows[first : first + _LOT] - len(window), [column])


def _column(batches: list[pa.RecordBatch], name: str) -> pa.Array:
    """A column in one piece."""
    return combined(pa.Table.from_batches(batches, pa.schema([ARTICLES.field(name)]))[name])
