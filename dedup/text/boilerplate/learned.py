"""All that is learned from articles: one way for every driver, whoever holds the articles.

Nothing here depends on the order of the articles, nor on how many lots they came in: equal articles give equal
boilerplate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.arrays import distinct
from dedup.text.boilerplate.appended import learn_appended
from dedup.text.boilerplate.blocks import Rare, Texts
from dedup.text.boilerplate.learning import FEW, MANY, learn, sample, worded
from dedup.text.boilerplate.stock_phrases import learn_stock_phrases
from dedup.text.boilerplate.table import LearnedBoilerplate, empty, joined

_Indices = npt.NDArray[np.int64]


class Provider(NamedTuple):
    """Articles to learn from, whoever holds them.

    ``names`` are the publishers that the codes in ``texts`` stand for; ``fetch`` takes ascending rows and the name of a
    column (``text``, ``headline``), and gives that column of these rows.
    """

    texts: Texts
    names: Sequence[str]
    fetch: Callable[[_Indices, str], pa.Array]


def learn_all(articles: Provider, size: int, rare: Rare, threads: Executor) -> LearnedBoilerplate:
    """Every publisher's phrases, blocks and pages, and everyone's stock phrases; ``size``: tokens of a shingle."""
    return joined(learn_phrases(articles, size, threads), learn_appended(*articles, rare, threads))


def learn_phrases(articles: Provider, size: int, threads: Executor) -> LearnedBoilerplate:
    """Every publisher's phrases and everyone's stock phrases, from samples.

    Sampled articles of the larger sample (:data:`dedup.text.boilerplate.MANY`) give the same as all the articles do.
    """
    stock_phrases = threads.submit(_stock_phrases, articles)
    rows = _sampled(articles, FEW)
    if not len(rows):
        return empty()
    present, codes = np.unique(_by_name(articles)[articles.texts.publishers[rows]], return_inverse=True)
    ordered = sorted(articles.names)
    names = [ordered[code] for code in present.tolist()]
    texts = articles.texts.take(rows)._replace(publishers=codes.astype(np.int32))
    own = learn(texts, names, lambda numbers: _column(articles, rows[numbers], "text"), size)
    return joined(stock_phrases.result(), own)


def _stock_phrases(articles: Provider) -> LearnedBoilerplate:
    texts, rows = articles.texts, _sampled(articles, MANY)
    codes = _by_name(articles)[texts.publishers[rows]]
    learned = learn_stock_phrases(texts.hashes, texts.begins[rows], texts.ends[rows], codes, texts.days[rows])
    return worded(learned, _column(articles, rows[distinct(learned.examples)], "text"), len(rows))


def _sampled(articles: Provider, total: int) -> _Indices:
    """The rows of a sample, by publisher, content and day: the order in which they are learned from."""
    texts = articles.texts
    rows = sample(texts.publishers, texts.digests, total, texts.days)
    return rows[np.lexsort((texts.digests[rows], _by_name(articles)[texts.publishers[rows]]))]


def _by_name(articles: Provider) -> npt.NDArray[np.int32]:
    """The place of every code's publisher in the order of the names."""
    codes = np.empty(len(articles.names), np.int32)
    codes[sorted(range(len(codes)), key=lambda code: articles.names[code])] = np.arange(len(codes))
    return codes


def _column(articles: Provider, rows: _Indices, name: str) -> pa.Array:
    """A column of rows in any order."""
    order = np.argsort(rows)
    codes = np.empty(len(rows), np.int64)
    codes[order] = np.arange(len(rows))
    return articles.fetch(rows[order], name).take(pa.array(codes))
