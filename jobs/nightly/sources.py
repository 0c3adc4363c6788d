"""Where articles are looked up: those at hand first, then the nights of the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.arrays import distinct
from dedup.corpus import Corpus
from dedup.store import Night
from dedup.store.files import NightFiles

_Numbers = npt.NDArray[np.int64]


class Sources(NamedTuple):
    """``corpus``: the articles at hand, tonight's and those in its pairs; ``nights`` of the store, by number."""

    corpus: Corpus
    night_files: NightFiles
    nights: Mapping[int, Night]

    def rows(self, ids: pa.Array) -> _Numbers:
        """The rows of the corpus that some ids have, in their order."""
        return np.asarray(pc.index_in(ids, self.corpus.ids).drop_null().to_numpy(), np.int64)

    def elsewhere(self, ids: pa.Array, number: _Numbers) -> list[tuple[Night, pa.Array]]:
        """The ids that are not at hand, by night; ``number``: the night of each."""
        missing = np.asarray(pc.invert(pc.is_in(ids, self.corpus.ids)), bool)
        return by_night(ids.filter(pa.array(missing)), number[missing], self.nights)


def by_night(ids: pa.Array, number: _Numbers, nights: Mapping[int, Night]) -> list[tuple[Night, pa.Array]]:
    """Ids by their nights; ``number``: the night of each, one of ``nights``."""
    return [(nights[one], ids.filter(pa.array(number == one))) for one in distinct(number).tolist()]
