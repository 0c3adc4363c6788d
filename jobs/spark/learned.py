"""What is learned, on its way between workers and the driver, and the texts that it is learned from."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.text.boilerplate import LearnedBoilerplate, Texts
from dedup.text.tokens import tokenise

TABLE = "publisher string, kind string, shingle long, articles int, sampled int, elsewhere int, phrase string"
_AT_A_TIME = 4096  # texts that are tokenised at a time


def rows_of(learned: LearnedBoilerplate) -> pa.Table:
    """The boilerplate table with a column of hashes that Spark knows."""
    table = learned.table()
    index = table.schema.get_field_index("shingle")
    return table.set_column(index, "shingle", table["shingle"].cast(pa.int64()))


def texts_of(column: pa.Array) -> Texts:
    """Texts that are held, tokenised some at a time."""
    sizes, hashes = _tokens(column)
    ends = np.cumsum(sizes)
    return Texts(hashes, ends - sizes, ends, lambda rows: column.take(pa.array(rows)))


def _tokens(texts: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """How many tokens each text has, and the hashes of all."""
    tokens = [tokenise(texts.slice(index, _AT_A_TIME)) for index in range(0, len(texts), _AT_A_TIME)]
    sizes = [np.empty(0, np.int64), *(np.diff(part.offsets) for part in tokens)]
    return np.concatenate(sizes), np.concatenate([np.empty(0, np.uint32), *(part.hashes for part in tokens)])
