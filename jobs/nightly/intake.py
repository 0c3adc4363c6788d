"""What a night brings that the store does not have: inputs by their content, articles by id and content."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.article import ARTICLES, Rejected, qualified
from dedup.corpus import Corpus, combined
from dedup.readers import Source, digest
from dedup.readers.inputs import changed
from dedup.store import Catalogue, Input, Night
from dedup.store.files import NightFiles


class Inputs(NamedTuple):
    """``fresh``: what is to be read, with what it will be known by; ``seen``: what was read, and in which run."""

    fresh: list[tuple[Source, Input]]
    seen: list[tuple[Source, str]]


class NewArticles(NamedTuple):
    """What is new.

    ``rows`` int64: those of the corpus that are new or new versions; ``replaced``: (number of the night, id) of the
    versions they replace; ``repeated``: how many came again as they were; ``rejects``: why others were left out.
    """

    rows: npt.NDArray[np.int64]
    replaced: list[tuple[int, str]]
    repeated: int
    rejects: list[Rejected]


def inputs(sources: Sequence[Source], catalogue: Catalogue) -> Inputs:
    """Tell fresh inputs from those of earlier nights, by their content alone; a name counts only where it is an id."""
    known = {identity: source for source in reversed(sources) for identity in [_identity(source)]}
    read = catalogue.known([*known, *map(hidden, known)])
    runs = {identity: read.get(identity) or read.get(hidden(identity)) for identity in known}
    fresh = [
        (source, Input(identity, source.name, source.size))
        for identity, source in known.items()
        if runs[identity] is None
    ]
    seen = [(source, run) for identity, source in known.items() for run in [runs[identity]] if run is not None]
    return Inputs(sorted(fresh, key=lambda pair: pair[0].name), sorted(seen, key=lambda pair: pair[0].name))


def check_digests(read: Sequence[tuple[Source, Input]]) -> None:
    """Raise :class:`~dedup.errors.InputOutputError` where an input is not any more what it will be known by."""
    for source, known in read:
        if _identity(source) != known.digest:
            raise changed(source)


def _identity(source: Source) -> str:
    return digest(source) + (f" {source.id}" if source.id else "")


def hidden(message: str) -> str:
    """What is kept of words that must not be kept: 64 hex digits that tell them when they come again."""
    return hashlib.sha256(message.encode()).hexdigest()


def kept_out(name: str, publisher: str | None) -> list[str]:
    """By what an article that is taken down is known when it comes again; ``name``: what the store calls it."""
    longer = qualified(pa.array([name]), pa.array([publisher], pa.string()))[0].as_py()
    rest = longer.removeprefix(name)
    return [hidden(longer), *([hidden(name)] if name.endswith(rest) else [])]


def _gone(corpus: Corpus, catalogue: Catalogue) -> npt.NDArray[np.bool_]:
    """The articles that were taken down."""
    forgotten = {digest for (digest,) in catalogue.ask("SELECT digest FROM forgotten")}
    if not forgotten:
        return np.zeros(len(corpus), bool)
    read, named = (qualified(ids, corpus.publishers).to_pylist() for ids in (corpus.read_ids, corpus.ids))
    both = zip(read, named, strict=True)
    return np.array([hidden(one) in forgotten or hidden(other) in forgotten for one, other in both], bool)


def new_articles(corpus: Corpus, catalogue: Catalogue, night_files: NightFiles) -> NewArticles:
    """What of tonight's articles the store does not have, or not like this.

    An article that comes again with another text replaces the stored one, unless that was published later.
    """
    is_new = np.ones(len(corpus), bool)
    gone = _gone(corpus, catalogue)
    is_new &= ~gone
    rejects = [Rejected("", "", "an article that was taken down")] * int(gone.sum())
    replaced, repeated, before = [], 0, catalogue.replaced()
    nights = catalogue.nights()
    stored = night_files.among(nights, "ids", ["id"], [corpus.ids] * len(nights))
    for night, (positions, known) in zip(nights, stored, strict=True):
        for row, name, same, older in _met(corpus, night_files, night, positions, known):
            if (night.number, name) in before or not is_new[row]:
                continue
            if same or older:
                is_new[row], repeated = False, repeated + same
                reason = "came again with the same text" if same else "came again with another text; the latest is kept"
                rejects.append(Rejected("", f"id {name}", reason))
            else:
                replaced.append((night.number, name))
    return NewArticles(np.flatnonzero(is_new), replaced, repeated, rejects)


def _met(
    corpus: Corpus, night_files: NightFiles, night: Night, positions: npt.NDArray[np.int64], known: pa.Table
) -> list[tuple[int, str, bool, bool]]:
    """Articles of the corpus that a night has: row, id, whether the texts are the same, and whether it is older now.

    ``known``: their ids and digests there, in the order of their ascending ``positions``.
    """
    rows = pc.index_in(known["id"], corpus.ids).to_numpy().astype(np.int64)
    same = known["digest"].to_numpy() == corpus.signatures.digests[rows]
    older = np.zeros(len(rows), bool)
    older[~same] = _are_older(corpus, rows[~same], night_files, night, positions[~same])
    return list(zip(rows.tolist(), known["id"].to_pylist(), same.tolist(), older.tolist(), strict=True))


def _are_older(
    corpus: Corpus,
    rows: npt.NDArray[np.int64],
    night_files: NightFiles,
    night: Night,
    positions: npt.NDArray[np.int64],
) -> npt.NDArray[np.bool_]:
    """Which articles were published before their stored versions; where one has no date, the later night counts.

    ``rows`` of the corpus, and in the same order ascending ``positions`` in the night.
    """
    parts = [batch["published"] for batch in night_files.rows([(night, positions)], "articles", ["published"])]
    was = pa.chunked_array(parts, ARTICLES.field("published").type)
    now = corpus.take(rows, ("published",))["published"]
    return np.asarray(pc.fill_null(pc.less(now, combined(was)), False).to_numpy(zero_copy_only=False), bool)
