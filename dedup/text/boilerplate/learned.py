"""All that is learned from articles: one way for every driver, whoever holds the articles.

Nothing here depends on the order of the articles, nor on how many lots they came in: equal articles give equal
boilerplate.
"""

from __future__ import annotations

from concurrent.futures import Executor

import numpy as np

from dedup.arrays import distinct
from dedup.text.boilerplate.appended import learn_appended
from dedup.text.boilerplate.articles import Known, LearnedFrom, Provider, Texts
from dedup.text.boilerplate.blocks import Rare
from dedup.text.boilerplate.learning import FEW, MANY, learn, sample, worded
from dedup.text.boilerplate.stock_phrases import learn_stock_phrases
from dedup.text.boilerplate.table import LearnedBoilerplate, empty, joined


def learn_all(provider: Provider, size: int, rare: Rare, threads: Executor) -> LearnedBoilerplate:
    """Every publisher's phrases, blocks and pages, and everyone's stock phrases; ``size``: tokens of a shingle."""
    return joined(learn_phrases(provider.articles, size, threads), learn_appended(provider, rare, threads))


def learn_phrases(articles: LearnedFrom, size: int, threads: Executor) -> LearnedBoilerplate:
    """Every publisher's phrases and everyone's stock phrases, from samples, the smaller one out of the larger.

    The texts of the larger sample (:data:`dedup.text.boilerplate.MANY`) are asked for, and no others.
    """
    names, known = articles.by_name()
    rows = sample(known.publishers, known.digests, MANY, known.days)
    if not len(rows):
        return empty()
    order = np.lexsort((known.digests[rows], known.publishers[rows]))  # in which they are learned from
    texts, known = articles.texts(rows).take(order), known.take(rows[order])
    stock_phrases = threads.submit(_stock_phrases, texts, known)
    few = sample(known.publishers, known.digests, FEW, known.days)
    present, codes = np.unique(known.publishers[few], return_inverse=True)
    sampled = known.take(few)._replace(publishers=codes.astype(np.int32))
    own = learn(texts.take(few), sampled, [names[code] for code in present.tolist()], size)
    return joined(stock_phrases.result(), own)


def _stock_phrases(texts: Texts, known: Known) -> LearnedBoilerplate:
    learned = learn_stock_phrases(texts.hashes, texts.begins, texts.ends, known.publishers, known.days)
    return worded(learned, texts.read(distinct(learned.examples)), len(known.days))
