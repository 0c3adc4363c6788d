"""What is learned from all articles, by their token hashes: publishers' blocks, and pages that are no articles."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.arrays import distinct
from dedup.text.boilerplate.blocks import WORDS, Blocks, Rare, Texts, learn_blocks
from dedup.text.boilerplate.counting import Counts
from dedup.text.boilerplate.learning import words_of
from dedup.text.boilerplate.pages import Pages, learn_pages, repeated
from dedup.text.boilerplate.stock_phrases import runs
from dedup.text.boilerplate.table import LearnedBoilerplate, Section, bare
from dedup.text.tokens import Tokens, tokenise


def learn_appended(
    texts: Texts,
    names: Sequence[str],
    fetch: Callable[[npt.NDArray[np.int64], str], pa.Array],
    rare: Rare,
    threads: Executor,
) -> LearnedBoilerplate:
    """Blocks and pages of every publisher; ``names`` are those that the codes in ``texts`` stand for.

    ``fetch`` takes ascending rows and ``text`` or ``headline``, and gives these of the few rows.
    """
    order = sorted(range(len(names)), key=lambda code: names[code])
    codes = np.full(len(names) + 1, -1, np.int32)
    codes[order] = np.arange(len(names))
    texts = texts._replace(publishers=codes[texts.publishers])
    looked_at = np.bincount(texts.publishers[texts.publishers >= 0], minlength=len(names)).astype(np.int32)
    ascending = tuple(names[code] for code in order)
    blocks = learn_blocks(texts, rare, threads)
    often = repeated(texts)
    pages = learn_pages(texts, often, fetch(often, "headline"))
    learned = _blocks(blocks, ascending, fetch(distinct(blocks.examples), "text"), looked_at)
    return learned._replace(pages=_pages(pages, ascending, fetch(distinct(pages.examples), "text"), looked_at))


def _blocks(learned: Blocks, names: Sequence[str], examples: pa.Array, looked_at: Counts) -> LearnedBoilerplate:
    """Blocks as boilerplate; ``names`` ascending: of the codes of publishers, ``looked_at``: how many texts each has.

    ``examples`` are the texts of the blocks' different examples, ascending.
    """
    words = words_of(examples, learned.examples, learned.runs, functools.partial(runs, words=WORDS), WORDS)
    offsets = np.searchsorted(learned.publishers, np.arange(len(names) + 1)).astype(np.int64)
    blocks = Section(offsets, learned.runs, learned.articles, looked_at[learned.publishers], words)
    return bare(names)._replace(blocks=blocks)


def _pages(learned: Pages, names: Sequence[str], examples: pa.Array, looked_at: Counts) -> Section:
    """Pages as a section of boilerplate; ``examples`` are the texts of theirs."""
    tokens = tokenise(examples)
    article = np.unique(learned.examples, return_inverse=True)[1].astype(np.int32)
    openings = tuple(_beginning(examples, tokens, codes) for codes in article.tolist())
    offsets = np.searchsorted(learned.publishers, np.arange(len(names) + 1)).astype(np.int64)
    pages = Section(offsets, learned.fingerprints, learned.articles, looked_at[learned.publishers], openings)
    return pages


def _beginning(texts: pa.Array, tokens: Tokens, article: int) -> str:
    """The first words of a text."""
    first, last = tokens.offsets[article], min(tokens.offsets[article] + WORDS, tokens.offsets[article + 1]) - 1
    return bytes(texts[article].as_buffer()[tokens.starts[first] : tokens.ends[last]]).decode()
