"""Candidate pairs -> graded pairs, a block of articles at a time, so that memory does not grow with the pile."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup import rules
from dedup.arrays import distinct, expanded
from dedup.corpus import Corpus, Rows
from dedup.grading import SCHEMA, compare, judge
from dedup.grading.grades import enough_common
from dedup.grading.locality import COUNTED, near_together
from dedup.grading.passages import Passages, joined, located
from dedup.kernels.columns import SPAN
from dedup.kernels.prefilter import prefilter
from dedup.scratch import IN_MEMORY, ScratchSpace
from dedup.search.named_origins import Pairs
from dedup.settings import Settings
from dedup.tables import COUNTED_GRADES, GRADES, MATCHES
from dedup.text.boilerplate import LearnedBoilerplate, mark, no_articles
from dedup.text.quotes import annotate
from dedup.text.tokens import tokenise

_WRITTEN = pa.schema(
    [SCHEMA.field(name) if name in SCHEMA.names else MATCHES.schema.field(name) for name in MATCHES.schema.names]
)
JUDGED = ("id", "publisher", "published", "headline", "text")  #: what of an article grading looks at
_TOKEN = 48  # bytes that a token takes while its article is graded,
_SHARE = 4  # and the part of a run's memory that the blocks take which are graded side by side


class Verified(NamedTuple):
    """What is worth writing.

    ``left``, ``right`` int32[m], ascending; ``matches``: their rows (columns of MATCHES and what grading adds);
    ``passages``: those of each of them.
    """

    left: Rows
    right: Rows
    matches: pa.Table
    passages: Passages


def verify(
    corpus: Corpus,
    pairs: Pairs,
    boilerplate: LearnedBoilerplate,
    settings: Settings,
    threads: Executor,
    workers: int = 1,
    scratch: ScratchSpace = IN_MEMORY,
    kinds: npt.NDArray[np.uint8] | None = None,
) -> Verified:
    """Grade pairs of rows on their texts and align the passages of those that are written.

    Written are matches and near misses, and with ``settings.related`` what is graded related or template as well. Pairs
    with a page that is no article are dropped, and after a first look at the token hashes those that share next to
    nothing; the others are graded story by story, so that most texts are tokenised once. ``workers`` blocks at a time
    take a part of the ``scratch``'s memory. ``kinds``: what :func:`not_articles` gives, where that is known.
    """
    proper = (not_articles(corpus, boilerplate, settings, threads) if kinds is None else kinds) == 0
    pairs = _articles_only(pairs, proper)
    max_tokens = scratch.memory // (_SHARE * workers * _TOKEN)
    left, right, common = _prefiltered(corpus, pairs, settings, threads, max_tokens)
    order = near_together(len(corpus), left, right, common)
    left, right = left[order], right[order]
    publishers = boilerplate.codes(corpus.publishers)
    attributed = pc.index_in(corpus.attributions["article_id"], corpus.ids).to_numpy()
    by_article = np.argsort(attributed, kind="stable")

    def block(pairs: slice) -> Verified:
        here, there = left[pairs], right[pairs]
        rows = distinct(np.r_[here, there])
        articles = corpus.take(rows, JUDGED)
        tokens = tokenise(articles["text"])
        masks = annotate(tokens)
        mark(masks, tokens, publishers[rows], boilerplate, settings.shingle)
        one, other = (np.searchsorted(rows, side).astype(np.int32) for side in (here, there))
        _, credited = expanded(attributed[by_article], rows)
        known = corpus.attributions.take(pa.array(np.sort(by_article[credited])))
        compared = compare(articles, tokens, masks, one, other, attributions=known)
        graded = judge(articles, one, other, compared, settings.min_score)
        written = _is_written(graded, settings.related)
        chosen, spans = np.flatnonzero(written), compared.spans[written[compared.spans[:, SPAN.pair]]]
        aligned = located(articles["text"], tokens, one, other, spans).take(chosen)
        index = MATCHES.schema.get_field_index("passages")
        counted = pa.Table.from_batches([graded.take(pa.array(chosen))]).add_column(
            index, MATCHES.schema.field("passages"), pa.array(aligned.number.astype(np.int32))
        )
        return Verified(here[chosen], there[chosen], counted, aligned)

    return _sorted(list(threads.map(block, _blocks(left, right, corpus.signatures.sizes, max_tokens))), scratch)


def not_articles(
    corpus: Corpus, boilerplate: LearnedBoilerplate, settings: Settings, threads: Executor
) -> npt.NDArray[np.uint8]:
    """Of every article whether it is one, as :func:`dedup.text.boilerplate.no_articles` says."""
    known = corpus.known(boilerplate.codes(corpus.publishers))
    return no_articles(corpus.texts, known, boilerplate, rules.min_tokens(settings), threads)


def _articles_only(pairs: Pairs, proper: npt.NDArray[np.bool_]) -> Pairs:
    """The pairs of which both sides are articles."""
    articles = proper[pairs.left] & proper[pairs.right]
    return Pairs(pairs.left[articles], pairs.right[articles], pairs.named[articles])


def _prefiltered(
    corpus: Corpus, pairs: Pairs, settings: Settings, threads: Executor, max_tokens: int
) -> tuple[Rows, Rows, Rows]:
    """The pairs that share enough shingles to be looked at, are identical or name the same origin.

    Returns also how many different shingles they share, counted up to twice what is enough.
    """
    left, right, named = pairs
    sizes = corpus.signatures.sizes
    ends = corpus.begins + sizes
    enough = enough_common(sizes[left], sizes[right], settings)

    def common(block: slice) -> Rows:
        here, there = left[block], right[block]
        capacity = 2 << int(max(sizes[here].max(initial=1), sizes[there].max(initial=1))).bit_length()
        work = np.empty(capacity, np.uint32), np.zeros(capacity, np.int32), np.zeros(capacity, np.int32)
        out = np.empty(len(here), np.int32)
        limits = COUNTED * enough[block]
        prefilter(corpus.hashes, corpus.begins, ends, here, there, settings.shingle, limits, *work, out)
        return out

    common_counts = np.concatenate(
        [np.empty(0, np.int32), *threads.map(common, _blocks(left, right, sizes, max_tokens))]
    )
    same = corpus.signatures.digests[left] == corpus.signatures.digests[right]
    passing = named | same | (common_counts >= enough)
    return left[passing], right[passing], common_counts[passing]


def _is_written(graded: pa.RecordBatch, related: bool) -> npt.NDArray[np.bool_]:
    wanted = pc.is_in(graded["grade"], pa.array(GRADES if related else COUNTED_GRADES))
    return np.asarray(wanted.to_numpy(zero_copy_only=False))


def _blocks(left: Rows, right: Rows, sizes: npt.NDArray[np.int32], max_tokens: int) -> Iterator[slice]:
    """Runs of pairs whose articles have no more than ``max_tokens`` tokens taken together (one pair may have more)."""
    total = np.cumsum(sizes[left].astype(np.int64) + sizes[right])
    first = 0
    while first < len(left):
        limit = (total[first - 1] if first else 0) + max_tokens
        last = max(int(np.searchsorted(total, limit, side="right")), first + 1)
        yield slice(first, last)
        first = last


def _sorted(parts: list[Verified], scratch: ScratchSpace) -> Verified:
    """All parts in one, the pairs ascending."""
    left, right = (np.concatenate([np.empty(0, np.int32), *(part[side] for part in parts)]) for side in (0, 1))
    order = np.lexsort((right, left))
    matches = pa.concat_tables([_WRITTEN.empty_table(), *(part.matches for part in parts)]).take(pa.array(order))
    return Verified(
        left[order], right[order], matches, joined([part.passages for part in parts], scratch).take(order, scratch)
    )
