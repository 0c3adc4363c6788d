"""What is learned from texts at hand, with all of them looked at."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from dedup.kernels.minhash import digest
from dedup.text.boilerplate import (
    Known,
    LearnedBoilerplate,
    LearnedFrom,
    Provider,
    Rare,
    Texts,
    joined,
    learn,
    learn_appended,
    sampled_runs,
)
from dedup.text.boilerplate.counting import UNDATED
from dedup.text.boilerplate.learning import worded
from dedup.text.boilerplate.stock_phrases import learn_stock_phrases
from dedup.text.rarity import rarity
from dedup.text.tokens import Tokens, tokenise


def learned_from(
    texts: Sequence[str], publishers: Sequence[str], size: int, days: Sequence[int] | None = None
) -> LearnedBoilerplate:
    """Publishers' own boilerplate and everyone's stock phrases."""
    column, names = pa.array(texts, pa.large_string()), sorted(set(publishers))
    codes = np.array([names.index(name) for name in publishers], np.int32)
    dated = np.array(days if days is not None else [UNDATED] * len(texts), np.int32)
    held, tokens = _held(column)
    known = Known(codes, dated, np.arange(len(texts)).astype("u8"), np.diff(tokens.offsets).astype(np.int32))
    phrases = learn_stock_phrases(held.hashes, held.begins, held.ends, codes, dated)
    examples = column.take(pa.array(np.unique(phrases.examples)))
    own = learn(held, known, names, size)
    return joined(worded(phrases, examples, len(texts)), own)


def appended_to(
    texts: Sequence[str], publishers: Sequence[str], days: Sequence[int], headlines: Sequence[str]
) -> LearnedBoilerplate:
    """Publishers' blocks and pages."""
    column, above = (pa.array(each, pa.large_string()) for each in (texts, headlines))
    (held, tokens), names = _held(column), sorted(set(publishers))
    digests, codes = np.empty(len(texts), np.uint64), [names.index(name) for name in publishers]
    digest(tokens.hashes, tokens.offsets, digests)
    sizes = np.diff(tokens.offsets).astype(np.int32)
    known = Known(np.array(codes, np.int32), np.array(days, np.int32), digests, sizes)
    articles = LearnedFrom(known, names, held.take, lambda rows: above.take(pa.array(rows)))
    with ThreadPoolExecutor(1) as threads:
        provider = Provider(articles, lambda rows: sampled_runs(held.take(rows)))
        return learn_appended(provider, Rare(*rarity()), threads)


def _held(column: pa.Array) -> tuple[Texts, Tokens]:
    """Texts to learn from, and their tokens."""
    tokens = tokenise(column)
    bounds = tokens.offsets[:-1], tokens.offsets[1:]
    return Texts(tokens.hashes, *bounds, lambda rows: column.take(pa.array(rows))), tokens
