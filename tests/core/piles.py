"""Piles of articles for the search: planted agreements, groups, days, publishers and furniture."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from dedup.arrays import NO_DAY
from dedup.minhash import Signatures, finalised, permutations
from dedup.search.values import Candidates
from dedup.settings import Settings
from dedup.text.boilerplate import LearnedBoilerplate, empty
from tests.reference import Pile

ROWS = 16
RUN = Settings(num_perm=ROWS, band_rows=8, min_shared_hashes=3, min_tokens=20, window=30, group_members=3)
_PUBLISHERS = 3


@st.composite
def piles(draw: st.DrawFn, *, most: int = 14, boilerplate: bool = True) -> Pile:
    """Up to ``most`` articles; they share shingles with one another, and some are copies, whole or changed."""
    count = draw(st.sampled_from([0, 1, 2, most // 2, most - 1, most, most]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shingles = rng.integers(1000, 10**6, (count, ROWS))
    # Shingles that anybody may have; two rows may have the same.
    common = 10 * (np.arange(ROWS) // 2) + rng.integers(0, draw(st.integers(1, 3)), (count, ROWS))
    shared = rng.random((count, ROWS)) < draw(st.sampled_from([0.3, 0.6, 0.9]))
    shingles[shared] = common[shared]
    digests = np.arange(count)
    for row in range(1, count):
        if rng.random() < 0.3:
            source = int(rng.integers(0, row))
            shingles[row], digests[row] = shingles[source], digests[source]
            changed = rng.random(ROWS) < rng.choice([0.0, 0.1, 0.4])
            if changed.any():
                shingles[row, changed], digests[row] = rng.integers(10**6, 10**7, changed.sum()), row
    sizes = np.array([(5, 19, 20, 100, 500, 501)[int(digest) % 6] for digest in digests], np.int64)
    days = [None if rng.random() < 0.2 else int(rng.integers(0, 60)) for _ in range(count)]
    publishers = [None if rng.random() < 0.2 else int(rng.integers(0, _PUBLISHERS)) for _ in range(count)]
    anybodys = np.unique(common)
    share = 0.15 if boilerplate else 0.0
    learned = {
        publisher: frozenset(anybodys[rng.random(len(anybodys)) < share].tolist()) for publisher in range(_PUBLISHERS)
    }
    return Pile(shingles.tolist(), sizes.tolist(), digests.tolist(), [*range(count)], days, publishers, learned)


def grouped(pile: Pile, rng: np.random.Generator) -> Pile:
    """The pile with random groups, each named by its smallest row; articles of one digest are together."""
    names: dict[int, int] = {}
    groups = []
    for row, digest in enumerate(pile.digests):
        joined = int(rng.integers(0, row)) if row and rng.random() < 0.5 else row
        names.setdefault(digest, groups[joined] if joined < row else row)
        groups.append(names[digest])
    return pile._replace(groups=groups)


def signatures(pile: Pile, run: Settings = RUN) -> Signatures:
    """Signatures that have these shingles behind their values."""
    made = permutations(run)
    shingles = finalised(np.array(pile.shingles, np.uint32).reshape(len(pile.sizes), run.num_perm))
    return Signatures(
        made.factors * shingles + made.summands, np.array(pile.sizes, np.int32), np.array(pile.digests, np.uint64)
    )


def days(pile: Pile) -> npt.NDArray[np.int32]:
    return np.array([NO_DAY if day is None else day for day in pile.days], np.int32)


def publishers(pile: Pile) -> npt.NDArray[np.int32]:
    return np.array([-1 if each is None else each for each in pile.publishers], np.int32)


def learned(pile: Pile) -> LearnedBoilerplate:
    """The furniture table that says what the pile says."""
    shingles = [sorted(pile.boilerplate[publisher]) for publisher in range(_PUBLISHERS)]
    offsets = np.cumsum([0, *map(len, shingles)]).astype(np.int64)
    flat = np.array([shingle for each in shingles for shingle in each], np.uint32)
    nothing = np.zeros(len(flat), np.int32)
    names = tuple(f"publisher {number}" for number in range(_PUBLISHERS))
    return empty()._replace(
        names=names,
        offsets=offsets,
        shingles=flat,
        articles=nothing,
        sampled=nothing,
        elsewhere=nothing,
        phrases=("",) * len(flat),
    )


def take(pile: Pile, rows: Any) -> Pile:
    """Some articles of the pile, in the order of ``rows``, each in a group of its own."""
    columns = [[column[row] for row in rows] for column in (pile.shingles, pile.sizes, pile.digests)]
    dated = [[column[row] for row in rows] for column in (pile.days, pile.publishers)]
    return Pile(*columns, [*range(len(rows))], *dated, pile.boilerplate)


def pairs(result: Candidates) -> list[tuple[int, int]]:
    return list(zip(result.left.tolist(), result.right.tolist(), strict=True))
