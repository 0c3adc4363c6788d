"""Stored articles and tonight's, to learn boilerplate from: all of them, or a sample."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.corpus import Corpus, Rows, combined, token_hashes
from dedup.store.pieces import Piece
from dedup.store.window import Window
from dedup.text.boilerplate import MANY, Provider, Texts, sample
from dedup.text.tokens import tokenise

_Rows = npt.NDArray[np.int64]


class Known(NamedTuple):
    """Of the ``n`` articles of the window, and after them tonight's, what is known without their texts.

    ``publishers`` int32[n]: codes, -1: unknown, or a version that was replaced; ``names``: what the codes stand for;
    ``days`` int32[n], ``digests`` uint64[n].
    """

    publishers: Rows
    names: list[str]
    days: Rows
    digests: npt.NDArray[np.uint64]


def known(window: Window, corpus: Corpus) -> Known:
    """What is known of the articles of the window and of tonight."""
    both = pa.chunked_array([window.publishers, corpus.publishers.dictionary_encode()])
    encoded = combined(both.unify_dictionaries())
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    codes[: len(window)][~window.live] = -1
    days, digests = np.r_[window.days, corpus.days], np.r_[window.digests, corpus.signatures.digests]
    return Known(codes, encoded.dictionary.to_pylist(), days, digests)


def provider(window: Window, corpus: Corpus, file: Path) -> Provider:
    """All articles; ``file`` is made for their tokens."""
    with file.open("wb") as scratch:
        pieces = [piece for _, piece in window.pieces("articles")]
        for hashes in window.night_files.workers.each(_hashes, None, pieces):
            scratch.write(hashes.data)
        begin = scratch.tell() // 4
        scratch.write(corpus.hashes.data)
    sizes = np.r_[window.sizes, corpus.signatures.sizes].astype(np.int64)
    begins = np.r_[np.cumsum(window.sizes, dtype=np.int64) - window.sizes, begin + corpus.begins]
    codes, names, days, digests = known(window, corpus)
    texts = Texts(token_hashes(file), begins, begins + sizes, codes, days, digests)
    return Provider(texts, names, lambda rows, column: _fetched(window, corpus, rows, column))


def sampled(window: Window, corpus: Corpus) -> Provider:
    """The articles of the larger sample, of which phrases are learned as of all."""
    codes, names, days, digests = known(window, corpus)
    rows = sample(codes, digests, MANY, days)
    held = _fetched(window, corpus, rows, "text")
    tokens = tokenise(held)
    texts = Texts(tokens.hashes, tokens.offsets[:-1], tokens.offsets[1:], codes[rows], days[rows], digests[rows])
    return Provider(texts, names, lambda some, column: held.take(pa.array(some)))


def _hashes(_: None, piece: Piece) -> npt.NDArray[np.uint32]:
    """The hashes of the tokens of a piece."""
    return tokenise(combined(piece.read(["text"])["text"])).hashes


def _fetched(window: Window, corpus: Corpus, rows: _Rows, column: str) -> pa.Array:
    """A column of ascending rows."""
    cut = int(np.searchsorted(rows, len(window)))
    stored = window.take(rows[:cut], "articles", [column])
    table = pa.Table.from_batches([*stored, corpus.take(rows[cut:] - len(window), [column])])
    return combined(table[column])
