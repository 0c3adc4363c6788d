"""What is learned from all articles of a publisher: its blocks, and pages that are no articles."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np
import pyarrow as pa

from dedup.arrays import distinct
from dedup.text.boilerplate.articles import Indices, Known, LearnedFrom, Provider, Texts
from dedup.text.boilerplate.blocks import Blocks, Rare, candidate_blocks, learn_blocks
from dedup.text.boilerplate.counting import Counts
from dedup.text.boilerplate.learning import words_of
from dedup.text.boilerplate.pages import Pages, learn_pages, repeated
from dedup.text.boilerplate.runs import WORDS
from dedup.text.boilerplate.stock_phrases import runs
from dedup.text.boilerplate.table import LearnedBoilerplate, Section, bare
from dedup.text.tokens import Tokens, tokenise


def learn_appended(provider: Provider, rare: Rare, threads: Executor) -> LearnedBoilerplate:
    """Blocks and pages of every publisher. Texts are asked for once, of the articles that may hold a block."""
    articles = provider.articles
    names, known = articles.by_name()
    order = np.argsort(known.publishers, kind="stable")
    begins = np.searchsorted(known.publishers[order], np.arange(len(names) + 1))
    outlets = [order[begin:end] for begin, end in itertools.pairwise(begins.tolist())]
    candidates = list(threads.map(lambda rows: candidate_blocks(known, rows, provider.runs), outlets))
    rows = distinct(np.concatenate([np.empty(0, np.int64), *(each.rows for each in candidates)]))
    texts, days = articles.texts(rows), known.days[rows]
    blocks = list(threads.map(lambda each: learn_blocks(each, rows, texts, days, rare), candidates))
    return of_blocks(names, blocks, texts, looked_at(names, known))._replace(pages=appended_pages(articles).pages)


def looked_at(names: Sequence[str], known: Known) -> Counts:
    """How many articles every publisher has."""
    return np.bincount(known.publishers[known.publishers >= 0], minlength=len(names)).astype(np.int32)


def of_blocks(names: Sequence[str], blocks: Sequence[Blocks], texts: Texts, articles: Counts) -> LearnedBoilerplate:
    """Blocks as boilerplate: those of each of the ascending ``names``, and how many ``articles`` it has.

    Their examples are numbers of ``texts``.
    """
    hashes = np.concatenate([np.empty(0, np.uint32), *(each.runs for each in blocks)])
    examples = np.concatenate([np.empty(0, np.int64), *(each.examples for each in blocks)])
    shown = texts.read(distinct(examples))
    words = words_of(shown, examples, hashes, functools.partial(runs, words=WORDS), WORDS)
    sizes = np.array([len(each.runs) for each in blocks], np.int64)
    section = Section(
        np.r_[0, np.cumsum(sizes)],
        hashes,
        np.concatenate([np.empty(0, np.int32), *(each.articles for each in blocks)]),
        np.repeat(articles, sizes),
        words,
    )
    return bare(names)._replace(blocks=section)


def appended_pages(articles: LearnedFrom) -> LearnedBoilerplate:
    """Pages of every publisher, told by their contents and headlines; of their texts only one each is asked for."""
    names, known = articles.by_name()
    often = repeated(known)
    pages = learn_pages(known, often, articles.headlines(often))
    rows = distinct(pages.examples)
    return of_pages(names, pages, rows, articles.texts(rows), looked_at(names, known))


def of_pages(names: Sequence[str], pages: Pages, rows: Indices, texts: Texts, articles: Counts) -> LearnedBoilerplate:
    """Pages as boilerplate of the ascending ``names``, of which each has so many ``articles``.

    ``texts`` are those of the ascending ``rows``, among which all of ``pages.examples`` are.
    """
    examples = distinct(pages.examples)
    shown = texts.read(np.searchsorted(rows, examples))
    tokens = tokenise(shown)
    openings = tuple(_opening(shown, tokens, text) for text in np.searchsorted(examples, pages.examples).tolist())
    offsets = np.searchsorted(pages.publishers, np.arange(len(names) + 1)).astype(np.int64)
    section = Section(offsets, pages.fingerprints, pages.articles, articles[pages.publishers], openings)
    return bare(names)._replace(pages=section)


def _opening(texts: pa.Array, tokens: Tokens, text: int) -> str:
    """The first words of a text."""
    first, last = tokens.offsets[text], min(tokens.offsets[text] + WORDS, tokens.offsets[text + 1]) - 1
    return bytes(texts[text].as_buffer()[tokens.starts[first] : tokens.ends[last]]).decode()
