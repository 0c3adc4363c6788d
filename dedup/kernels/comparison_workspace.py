"""Where the texts of some pairs are held while they are compared, and which pairs are held together."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.kernels.compiling import helper, inlined

REACH = 3  # content words after a content word that it is paired with
_BATCH = 1 << 15  # tokens of the texts that are held at a time, so that they stay in the processor's cache


class TokenRows(NamedTuple):
    """Rows of ``tokens``."""

    hash: int
    number: int
    next: int
    first: int
    sentence: int
    word: int
    term: int
    term_rarity: int
    fact: int
    fact_position: int


TOKEN = TokenRows(*range(10))


class ByteRows(NamedTuple):
    """Rows of ``bytes``."""

    mask: int
    rarity: int
    flags: int
    plain: int


BYTE = ByteRows(*range(4))


class SentenceRows(NamedTuple):
    """Rows of ``sentences``."""

    length: int
    begin: int
    end: int
    total: int
    copied: int
    partner: int
    votes: int
    candidates: int
    shift: int
    start: int


SENTENCE = SentenceRows(*range(10))


class EntryRows(NamedTuple):
    """Rows of ``entries``."""

    key: int
    sum: int
    where: int
    following: int
    at: int


ENTRY = EntryRows(*range(5))


class TextColumns(NamedTuple):
    """Columns of ``texts``."""

    chosen: int
    held: int
    base: int
    size: int
    distinct: int
    distinct_plain: int
    narrative: int
    weighed: int
    says: int
    words: int
    terms: int
    terms_weighed: int
    facts: int
    figures: int
    paired: int
    entries: int
    total_quarters: int


TEXT = TextColumns(*range(17))


class Counters(NamedTuple):
    """Counters in ``state``."""

    shingles: int
    known: int
    pairs: int
    slots: int


STATE = Counters(*range(4))


class RunRows(NamedTuple):
    """Rows of ``runs``."""

    here: int
    there: int
    length: int


RUN = RunRows(*range(3))


class Numbering(NamedTuple):
    """Numbers for keys (hashes of shingles, of words, of pairs of words), and where texts have what is numbered.

    ``keys`` uint32: by number; ``slots`` int32: an open-addressing table of numbers, -1 where there is none; ``where``
    int32[2, n]: by number, for the left and the right text, the first place of a shingle or a pair, or the text that
    has a fact.
    """

    keys: npt.NDArray[np.uint32]
    slots: npt.NDArray[np.int32]
    where: npt.NDArray[np.int32]


class Workspace(NamedTuple):
    """Where the texts of a batch of pairs are held; a text has a range of its own in the rows that go by token.

    ``tokens``: hash; number of the shingle that begins here and the next place of the same in the text; then lists:
    first places of different shingles, sentence of a token, places of content words, numbers of facts (figures and rare
    words) and their first places, numbers and rarity of terms (the facts of the narrative). ``bytes``: mask, rarity,
    flags, is the shingle that first stands here narrative somewhere. ``sentences``: quarters of narrative words, first
    entry and the one after the last, weight of the entries; of the current pair the copied ones, partner, votes,
    sentences voted for. ``entries``, pairs of near content words: number, weight, sentence, next of the same number.
    ``terms`` int32[2, n]: by the number of a fact, the left and the right text that has it in its narrative.
    """

    tokens: npt.NDArray[np.int32]
    bytes: npt.NDArray[np.uint8]
    sentences: npt.NDArray[np.int32]
    entries: npt.NDArray[np.int32]
    shingles: Numbering
    facts: Numbering
    pairs: Numbering
    terms: npt.NDArray[np.int32]
    runs: npt.NDArray[np.int32]
    texts: npt.NDArray[np.int32]
    rare: npt.NDArray[np.float32]
    state: npt.NDArray[np.int64]


def make_workspace(max_tokens: int, texts: int) -> Workspace:
    """Make a workspace to compare texts of at most ``max_tokens`` tokens, ``texts`` in all."""
    size = _BATCH + 2 * max_tokens
    slots = 2 << size.bit_length()
    return Workspace(
        tokens=np.empty((len(TOKEN), size), np.int32),
        bytes=np.empty((len(BYTE), size), np.uint8),
        sentences=np.zeros((len(SENTENCE), size), np.int32),
        entries=np.empty((len(ENTRY), REACH * size), np.int32),
        shingles=_numbering(size, slots),
        facts=_numbering(size, slots),
        pairs=_numbering(REACH * size, 4 * slots),
        terms=np.full((2, size), -1, np.int32),
        runs=np.empty((len(RUN), size), np.int32),
        texts=np.zeros((texts, len(TEXT)), np.int32),
        rare=np.zeros(texts, np.float32),
        state=np.zeros(len(STATE), np.int64),
    )


def _numbering(size: int, slots: int) -> Numbering:
    return Numbering(np.empty(size, np.uint32), np.empty(slots, np.int32), np.full((2, size), -1, np.int32))


@inlined
def _cleared(workspace, total):
    """Forget the texts held so far; make ready for ``total`` tokens."""
    state = workspace.state
    size = 8
    while size < 2 * total:
        size *= 2
    for side in range(2):
        workspace.shingles.where[side, : state[STATE.shingles]] = -1
        workspace.terms[side, : state[STATE.known]] = -1
        workspace.facts.where[side, : state[STATE.known]] = -1
        workspace.pairs.where[side, : state[STATE.pairs]] = -1
    workspace.shingles.slots[:size] = -1
    workspace.facts.slots[:size] = -1
    workspace.pairs.slots[: 4 * size] = -1
    state[STATE.shingles], state[STATE.known], state[STATE.pairs], state[STATE.slots] = 0, 0, 0, size - 1


@helper
def choose_batch(offsets, left, right, first, workspace):
    """Choose the pairs from ``first`` on whose texts are held together, and their places; returns where they end."""
    total = 0
    last = first
    while last < len(left):
        more = 0
        for row in (left[last], right[last]):
            if workspace.texts[row, TEXT.chosen] != first + 1:
                more += offsets[row + 1] - offsets[row]
        if last > first and total + more > _BATCH:
            break
        for row in (left[last], right[last]):
            text = workspace.texts[row]
            if text[TEXT.chosen] != first + 1:
                text[TEXT.chosen], text[TEXT.base], text[TEXT.held], text[TEXT.paired] = first + 1, total, 0, 0
                total += offsets[row + 1] - offsets[row]
        last += 1
    _cleared(workspace, total)
    return last
