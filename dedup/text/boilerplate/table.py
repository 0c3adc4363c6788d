"""What was learned as boilerplate, as arrays and as rows of its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.tables import BOILERPLATE

ANYONE = ""  # in place of a publisher: stock phrases, whoever prints them


PHRASE, BLOCK, PAGE = "phrase", "block", "page"  # kinds of rows of the boilerplate table


class Section(NamedTuple):
    """What was learned beside phrases: of publisher ``names[i]`` that at ``offsets[i]:offsets[i + 1]``.

    ``hashes``: uint32 of runs or uint64 of contents, ascending for each publisher; ``articles``, ``sampled`` int32 and
    ``phrases``: the evidence.
    """

    offsets: npt.NDArray[np.int64]
    hashes: npt.NDArray[Any]
    articles: npt.NDArray[np.int32]
    sampled: npt.NDArray[np.int32]
    phrases: tuple[str, ...]


def no_section(publishers: int, kind: type) -> Section:
    """A section without anything, of so many publishers; hashes are of the numpy type ``kind``."""
    none = np.empty(0, np.int32)
    return Section(np.zeros(publishers + 1, np.int64), np.empty(0, kind), none, none, ())


class LearnedBoilerplate(NamedTuple):
    """What was learned: of publisher ``names[i]`` the shingles ``shingles[offsets[i]:offsets[i + 1]]``.

    After the name :data:`ANYONE` stand the stock phrases (:mod:`dedup.text.boilerplate.stock_phrases`), which are no
    shingles. ``names`` ascending; ``offsets`` int64[publishers + 1]; ``shingles`` uint32, ascending for each publisher;
    ``articles``, ``sampled``, ``elsewhere`` int32[shingles] and ``phrases``: the evidence, as in the boilerplate table;
    ``blocks``: runs of words (:mod:`dedup.text.boilerplate.blocks`), ``pages``: contents
    (:mod:`dedup.text.boilerplate.pages`).
    """

    names: tuple[str, ...]
    offsets: npt.NDArray[np.int64]
    shingles: npt.NDArray[np.uint32]
    articles: npt.NDArray[np.int32]
    sampled: npt.NDArray[np.int32]
    elsewhere: npt.NDArray[np.int32]
    phrases: tuple[str, ...]
    blocks: Section
    pages: Section

    @property
    def own(self) -> Section:
        """The phrases as a section."""
        return Section(self.offsets, self.shingles, self.articles, self.sampled, self.phrases)

    @property
    def stock_phrases(self) -> npt.NDArray[np.uint32]:
        """Hashes of the stock phrases, ascending."""
        return self.shingles[: self.offsets[1]] if self.names[:1] == (ANYONE,) else self.shingles[:0]

    def codes(self, publishers: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.int32]:
        """The place in ``names`` of every publisher of a column, -1 where it is null or has no boilerplate (int32)."""
        column = publishers.combine_chunks() if isinstance(publishers, pa.ChunkedArray) else publishers
        encoded = column.dictionary_encode()
        positions = {name: position for position, name in enumerate(self.names)}
        known = np.array([*(positions.get(name, -1) for name in encoded.dictionary.to_pylist()), -1], np.int32)
        rows: npt.NDArray[np.int32] = encoded.indices.fill_null(len(known) - 1).to_numpy(zero_copy_only=False)
        return known[rows]

    def table(self) -> pa.Table:
        """The boilerplate table (:data:`dedup.tables.BOILERPLATE`)."""
        parts = {PHRASE: self.own, BLOCK: self.blocks, PAGE: self.pages}
        tables = [
            pa.table(
                [
                    pa.array(self.names, pa.string()).take(pa.array(_owners(part))),
                    pa.repeat(kind, len(part.hashes)),
                    part.hashes.astype(np.uint64),
                    part.articles,
                    part.sampled,
                    self.elsewhere if kind == PHRASE else np.zeros(len(part.hashes), np.int32),
                    pa.array(part.phrases, pa.string()),
                ],
                schema=BOILERPLATE.schema,
            )
            for kind, part in parts.items()
        ]
        return pa.concat_tables(tables).sort_by([(column, "ascending") for column in BOILERPLATE.sorted_by])


def _owners(part: Section) -> npt.NDArray[np.int64]:
    """The place of its publisher for everything in a section."""
    return np.repeat(np.arange(len(part.offsets) - 1), np.diff(part.offsets))


def empty() -> LearnedBoilerplate:
    """No boilerplate at all."""
    return bare(())


def bare(names: Sequence[str]) -> LearnedBoilerplate:
    """Publishers of ascending names that have no boilerplate."""
    none = np.empty(0, np.int32)
    return of_phrases(tuple(names), np.zeros(len(names) + 1, np.int64), np.empty(0, np.uint32), none, none, none, ())


def of_phrases(
    names: tuple[str, ...],
    offsets: npt.NDArray[np.int64],
    shingles: npt.NDArray[np.uint32],
    articles: npt.NDArray[np.int32],
    sampled: npt.NDArray[np.int32],
    elsewhere: npt.NDArray[np.int32],
    phrases: tuple[str, ...],
) -> LearnedBoilerplate:
    """Boilerplate without blocks and pages; the arguments are fields of :class:`LearnedBoilerplate`."""
    sections = no_section(len(names), np.uint32), no_section(len(names), np.uint64)
    return LearnedBoilerplate(names, offsets, shingles, articles, sampled, elsewhere, phrases, *sections)


def of_rows(rows: Sequence[Mapping[str, Any]]) -> LearnedBoilerplate:
    """The boilerplate that was learned, out of rows of its table (in the table's order)."""
    names = tuple(dict.fromkeys(row["publisher"] for row in rows))
    own, blocks, pages = (_section(rows, names, kind) for kind in (PHRASE, BLOCK, PAGE))
    elsewhere = np.array([row["elsewhere"] for row in rows if row["kind"] == PHRASE], np.int32)
    phrases = own.hashes.astype(np.uint32), own.articles, own.sampled, elsewhere, own.phrases
    return LearnedBoilerplate(
        names, own.offsets, *phrases, blocks._replace(hashes=blocks.hashes.astype(np.uint32)), pages
    )


def _section(rows: Sequence[Mapping[str, Any]], names: tuple[str, ...], kind: str) -> Section:
    positions = {name: position for position, name in enumerate(names)}
    mine = [row for row in rows if row["kind"] == kind]
    owners = np.array([positions[row["publisher"]] for row in mine], np.int64)
    articles, sampled = (np.array([row[name] for row in mine], np.int32) for name in ("articles", "sampled"))
    hashes = np.array([row["shingle"] for row in mine], np.uint64)
    offsets = np.searchsorted(owners, np.arange(len(names) + 1)).astype(np.int64)
    return Section(offsets, hashes, articles, sampled, tuple(row["phrase"] for row in mine))


def joined(first: LearnedBoilerplate, second: LearnedBoilerplate) -> LearnedBoilerplate:
    """What was learned of both, the second alone where the first holds nothing.

    What one publisher has of a kind must be in one of them alone.
    """
    if not any(len(part.hashes) for part in (first.own, first.blocks, first.pages)):
        return second
    names = tuple(sorted({*first.names, *second.names}))
    both = [first.names, second.names]
    own, order = _merged(both, [first.own, second.own], names)
    blocks, _ = _merged(both, [first.blocks, second.blocks], names)
    pages, _ = _merged(both, [first.pages, second.pages], names)
    elsewhere = np.r_[first.elsewhere, second.elsewhere][order]
    return LearnedBoilerplate(names, *own[:4], elsewhere, own.phrases, blocks, pages)


def _merged(
    named: Sequence[tuple[str, ...]], sections: Sequence[Section], names: tuple[str, ...]
) -> tuple[Section, npt.NDArray[np.int64]]:
    """Sections in one, of publishers ``names``, and the order into which what they hold was put."""
    positions = {name: position for position, name in enumerate(names)}
    known = [np.array([positions[name] for name in own], np.int64) for own in named]
    owners = np.concatenate([own[_owners(part)] for own, part in zip(known, sections, strict=True)])
    hashes, articles, sampled = (np.concatenate([part[column] for part in sections]) for column in (1, 2, 3))
    order = np.lexsort((hashes, owners))
    phrases = [phrase for part in sections for phrase in part.phrases]
    offsets = np.searchsorted(owners[order], np.arange(len(names) + 1)).astype(np.int64)
    shown = tuple(phrases[position] for position in order.tolist())
    return Section(offsets, hashes[order], articles[order], sampled[order], shown), order
