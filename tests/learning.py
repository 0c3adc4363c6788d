"""What is learned from texts at hand, with all of them looked at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from dedup.text.boilerplate import LearnedBoilerplate, Texts, joined, learn
from dedup.text.boilerplate.counting import UNDATED
from dedup.text.boilerplate.learning import worded
from dedup.text.boilerplate.stock_phrases import learn_stock_phrases
from dedup.text.tokens import tokenise


def learned_from(
    texts: Sequence[str], publishers: Sequence[str], size: int, days: Sequence[int] | None = None
) -> LearnedBoilerplate:
    """Publishers' own boilerplate and everyone's stock phrases."""
    column, names = pa.array(texts, pa.large_string()), sorted(set(publishers))
    tokens, codes = tokenise(column), np.array([names.index(name) for name in publishers], np.int32)
    dated = np.array(days if days is not None else [UNDATED] * len(texts), np.int32)
    held = Texts(
        tokens.hashes, tokens.offsets[:-1], tokens.offsets[1:], codes, dated, np.arange(len(texts)).astype("u8")
    )
    phrases = learn_stock_phrases(held.hashes, held.begins, held.ends, codes, dated)
    examples = column.take(pa.array(np.unique(phrases.examples)))
    own = learn(held, names, lambda rows: column.take(pa.array(rows)), size)
    return joined(worded(phrases, examples, len(texts)), own)
