"""Copies and non-copies made from real articles, for the ways of copying that hand-labelled pairs have too few of.

``paraphrased``: a third to a half of the words put for others, sentences dropped and moved; ``embedded``: one to three
runs of an article inside another one, a quarter to two fifths of it. No copies: ``edition``, the same words with other
figures and names, which is a template; ``boxed``, two articles with the same short box below. Seeded: the same articles
give the same pairs.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from dedup.article import Article, record_batch
from dedup.grading.grades import compare
from dedup.grading.model import features
from dedup.text import boilerplate, quotes
from dedup.text.tokens import tokenise

_SHINGLE = 3
_FEWEST, _MAX = 150, 900  # words of an article that is used
_SENTENCE = re.compile(r"(?<=[.!?۔؟])\s+")


def paraphrased(words: list[str], pool: list[str], random: np.random.Generator) -> str:
    """The article in other words."""
    sentences = [sentence.split() for sentence in _SENTENCE.split(" ".join(words))]
    keep = [sentence for sentence in sentences if random.random() > 0.15] or sentences
    if random.random() < 0.7:
        keep = [keep[index] for index in random.permutation(len(keep))]
    rate = random.uniform(0.3, 0.5)
    changed = ([pool[random.integers(len(pool))] if random.random() < rate else word for word in s] for s in keep)
    return "\n\n".join(" ".join(sentence) for sentence in changed)


def embedded(words: list[str], host: list[str], random: np.random.Generator) -> str:
    """Runs of the article inside another one."""
    share = random.uniform(0.25, 0.4)
    runs = int(random.integers(1, 4))
    length = min(int(share / (1 - share) * len(host)), len(words) - 1) // runs
    text = list(host)
    for index in sorted(random.integers(0, len(host), runs), reverse=True):
        begin = int(random.integers(0, len(words) - length))
        text[index:index] = words[begin : begin + length]
    return " ".join(text)


def edition(words: list[str], slots: list[int], pool: list[str], random: np.random.Generator) -> str:
    """The same words with other figures and names in the slots."""
    text = list(words)
    for slot in slots:
        text[slot] = str(random.integers(3, 99_999)) if random.random() < 0.5 else pool[random.integers(len(pool))]
    return " ".join(text)


def box(words: list[str], random: np.random.Generator) -> str:
    """A few words of an article, to set under others."""
    length = int(random.integers(15, 41))
    begin = int(random.integers(0, len(words) - length))
    return "\n\n" + " ".join(words[begin : begin + length])


def synthetic(texts: list[str], seed: int = 5) -> dict[str, npt.NDArray[np.float64]]:
    """Features float64[n, f] of the pairs of each kind.

    The kinds are ``paraphrased``, ``embedded``, ``edition``, ``boxed`` and ``random``.
    """
    random = np.random.default_rng(seed)
    articles = [text.split() for text in texts]
    articles = [words for words in articles if _FEWEST <= len(words) <= _MAX]
    pool = [word for words in articles for word in words[::3]]
    names = [word for word in pool if word[:1].isupper() and word.isalpha() and len(word) > 3]
    pairs: dict[str, list[tuple[str, str]]] = {
        "paraphrased": [],
        "embedded": [],
        "edition": [],
        "boxed": [],
        "random": [],
    }
    for index, words in enumerate(articles):
        other = articles[index - 1]
        slots = sorted(random.choice(len(words), max(6, len(words) // 12), replace=False).tolist())
        editions = [edition(words[:250], [slot for slot in slots if slot < 250], names, random) for _ in range(2)]
        pairs["paraphrased"].append((" ".join(words), paraphrased(words, pool, random)))
        pairs["embedded"].append((" ".join(words), embedded(words, other, random)))
        pairs["edition"].append((editions[0], editions[1]))
        below = box(articles[index - 2], random)
        pairs["boxed"].append((" ".join(words) + below, " ".join(other) + below))
        pairs["random"].append((" ".join(words), " ".join(other)))
    return {kind: _features(made) for kind, made in pairs.items()}


def _features(pairs: list[tuple[str, str]]) -> npt.NDArray[np.float64]:
    texts = [text for pair in pairs for text in pair]
    batch = record_batch(Article(str(index), text) for index, text in enumerate(texts))
    tokens = tokenise(batch["text"])
    masks = quotes.annotate(tokens)
    boilerplate.mark(masks, tokens, np.full(len(texts), -1, np.int32), boilerplate.empty(), _SHINGLE)
    left = np.arange(0, len(texts), 2, dtype=np.int32)
    return features(compare(batch, tokens, masks, left, left + np.int32(1)).shared)
