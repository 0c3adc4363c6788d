"""Grade many pairs of articles at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.arrays import DAY
from dedup.grading.citing import CitingSentences
from dedup.grading.model import Shared, copy_probability, features, model
from dedup.grading.reasons import reasons
from dedup.grading.retelling import BY_LEFT, BY_RIGHT, Origins, common_origins
from dedup.kernels import compare as kernel
from dedup.kernels.columns import COPY, COUNT, SET, SPAN
from dedup.kernels.comparison_workspace import make_workspace
from dedup.rules import RETOLD_DAYS
from dedup.settings import MIN_SCORE, Settings
from dedup.tables import MATCHES
from dedup.text.rarity import rarity
from dedup.text.tokens import Tokens, tokenise

#: MATCHES without the passages, which are aligned later; ``grade`` is null where the two have nothing to do with each
#: other.
SCHEMA = pa.schema(
    field.with_nullable(field.name == "grade" or field.nullable) for field in MATCHES.schema if field.name != "passages"
)

NEAR = 0.1  # how far below min_score every pair is written, as a near miss
_MARGIN = 0.3  # and how far any but a background block
MIN_COMMON, MIN_SHARE = 8, 0.03  # shingles in common, and containment: with less, wording proves no copy
CLEAR = 0.5  # probability from which the other two models decide
_REPRINT = 0.6  # containment in both directions from which one is a reprint of the other
_SHORTER = 0.8  # share of the longer text's length below which a text is clearly shorter
_APART = 7.0  # days within which two articles can be of one event
_FACTS, _FACTS_UNDATED = (5.0, 0.2), (8.0, 0.25)  # rare words in common that make the same facts: sum of rarity, share
_EVENT = 0.3  # share of the rare words in common that makes the same event
_BLOCK = 40  # words of the narrative in long common runs: about three sentences word for word
_TEMPLATE = 0.05  # containment from which a formula is worth naming

_SPANS = 16  # passages of a pair, about
_BITS = np.uint64(0xFFFFFFFFFFFFFFFF)
_Rows = npt.NDArray[np.int32]
_Floats = npt.NDArray[np.float64]
_Bools = npt.NDArray[np.bool_]


def enough_common(left: _Rows, right: _Rows, settings: Settings) -> _Rows:
    """Shingles that pairs of texts must have in common at least, int32[m], by the sizes in tokens of both sides."""
    smaller = np.minimum(left, right) - settings.shingle + 1
    return np.maximum(MIN_COMMON, np.ceil(MIN_SHARE * smaller)).astype(np.int32)


class ComparedPairs(NamedTuple):
    """``n`` pairs as compared: ``shared``; ``identical``: the same tokens; ``origins``: the source of both.

    ``spans`` int32[passages, SPAN]: their passages (:func:`dedup.kernels.compare.compare`).
    """

    shared: Shared
    identical: _Bools
    origins: Origins
    spans: npt.NDArray[np.int32]


def match(
    articles: pa.RecordBatch,
    tokens: Tokens,
    masks: npt.NDArray[np.uint8],
    left: _Rows,
    right: _Rows,
    *,
    attributions: pa.Table | None = None,
    min_score: float = MIN_SCORE,
) -> pa.RecordBatch:
    """Grade pairs of articles: rows of :data:`SCHEMA` in the order of the pairs.

    ``articles`` has id, publisher, published, headline and text as in :data:`dedup.article.ARTICLES`; ``tokens``
    and ``masks`` uint8[tokens] (0: the writer's own narrative, see :mod:`dedup.text.quotes`) are those of its texts;
    ``left`` and ``right`` int32[pairs] are rows of it; ``attributions`` are those of the articles; ``min_score`` is the
    probability from which a pair is a match. A grade depends on the two articles alone and not on which of them comes
    first; fastest where pairs with the same left one follow each other.
    """
    compared = compare(articles, tokens, masks, left, right, attributions=attributions)
    return judge(articles, left, right, compared, min_score)


def judge(
    articles: pa.RecordBatch, left: _Rows, right: _Rows, compared: ComparedPairs, min_score: float = MIN_SCORE
) -> pa.RecordBatch:
    """What :func:`match` says of pairs that were compared."""
    return _table(articles, left, right, compared, _probabilities(compared), min_score)


def compare(
    articles: pa.RecordBatch,
    tokens: Tokens,
    masks: npt.NDArray[np.uint8],
    left: _Rows,
    right: _Rows,
    *,
    attributions: pa.Table | None = None,
) -> ComparedPairs:
    """What the texts of each pair share; all that :func:`match` judges by, and the training too."""
    sets, counts, spans = _counted(tokens, masks, tokenise(articles["headline"]), left, right)
    shared = Shared(
        counts,
        sets[:, : SET.common_all].reshape(-1, 2, 2),
        sets[:, SET.common_all : SET.identical],
        _days(articles, left, right),
        _same_publisher(articles, left, right),
    )
    sentences = CitingSentences(articles["text"], tokens, masks)
    origins = common_origins(articles, attributions, sentences, left, right)
    return ComparedPairs(shared, sets[:, SET.identical] == 1, origins, spans)


def _counted(
    tokens: Tokens, masks: npt.NDArray[np.uint8], headlines: Tokens, left: _Rows, right: _Rows
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32], npt.NDArray[np.int32]]:
    """What :func:`dedup.kernels.compare.compare` fills: sets, counts and spans."""
    max_tokens = int(np.diff(tokens.offsets).max(initial=1))
    sets = np.zeros((len(left), len(SET)), np.int32)
    counts = np.zeros((len(left), 2, len(COUNT)), np.float32)
    workspace = make_workspace(max_tokens, len(tokens.offsets) - 1)
    spans, parts = np.empty((max(_SPANS * len(left), max_tokens), len(SPAN)), np.int32), []
    done = 0
    while done < len(left):
        done, count = kernel.compare(
            tokens, masks, headlines, *rarity(), left, right, done, workspace, sets, counts, spans
        )
        parts.append(spans[:count].copy())
    return sets, counts, np.concatenate([spans[:0], *parts])


def _days(articles: pa.RecordBatch, left: _Rows, right: _Rows) -> _Floats:
    published = articles["published"]
    days = published.cast(pa.int64()).fill_null(0).to_numpy() / DAY
    days[published.is_null().to_numpy(zero_copy_only=False)] = np.nan
    return np.asarray(np.abs(days[left] - days[right]))


def _same_publisher(articles: pa.RecordBatch, left: _Rows, right: _Rows) -> _Bools:
    codes = articles["publisher"].dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return np.asarray((codes[left] == codes[right]) & (codes[left] >= 0))


class _Probabilities(NamedTuple):
    copy: _Floats
    full_copy: _Floats
    template: _Floats


def _probabilities(compared: ComparedPairs) -> _Probabilities:
    computed = features(compared.shared)
    common, smaller = compared.shared.common[:, 0], compared.shared.shingles[:, :, 0].min(1)
    enough = (common >= MIN_COMMON) & (common >= MIN_SHARE * smaller)
    copy = np.where(enough, copy_probability(computed), 0.0)
    full_copy, template = model("whole").probability(computed), model("template").probability(computed)
    same = compared.identical
    return _Probabilities(np.where(same, 1.0, copy), np.where(same, 1.0, full_copy), np.where(same, 0.0, template))


def _grades(
    compared: ComparedPairs, probabilities: _Probabilities, contained: _Floats, min_score: float
) -> npt.NDArray[np.object_]:
    shared = compared.shared
    lengths = shared.counts[:, :, COUNT.tokens]
    is_full_copy = probabilities.full_copy >= CLEAR
    rare_words = shared.counts[:, :, COUNT.rare_shared].min(1)
    rare = rare_words / np.maximum(shared.counts[:, :, COUNT.rare].min(1), 1.0)
    undated = np.isnan(shared.days)
    facts_needed = np.where(undated[:, None], _FACTS_UNDATED, _FACTS)
    facts = (rare_words >= facts_needed[:, 0]) & (rare >= facts_needed[:, 1]) & ~(shared.days > RETOLD_DAYS)
    chosen = [
        (compared.identical, "identical"),
        ((probabilities.copy >= min_score) & is_full_copy & (contained.min(1) >= _REPRINT), "reprint"),
        ((probabilities.copy >= min_score) & is_full_copy & (lengths.min(1) <= _SHORTER * lengths.max(1)), "abridged"),
        (probabilities.copy >= min_score, "rewrite"),
        (compared.origins.retold & facts, "derived"),
        ((probabilities.template >= CLEAR) & (contained.max(1) >= _TEMPLATE), "template"),
        (probabilities.copy >= min_score - NEAR, "rewrite"),
        (shared.counts[:, :, COUNT.long].min(1) >= _BLOCK, "background"),
        (probabilities.copy >= min_score - _MARGIN, "rewrite"),
        ((rare >= _EVENT) & ~(shared.days > _APART), "related"),
    ]
    grades = np.full(len(is_full_copy), None, object)
    for holds, name in reversed(chosen):
        grades[holds] = name
    return grades


def _table(
    articles: pa.RecordBatch,
    left: _Rows,
    right: _Rows,
    compared: ComparedPairs,
    probabilities: _Probabilities,
    min_score: float,
) -> pa.RecordBatch:
    shared = compared.shared
    containment, copy = np.moveaxis(shared.common[:, None, :] / np.maximum(shared.shingles, 1), 2, 0)
    union_pairs = shared.shingles[:, :, 0].sum(1) - shared.common[:, 0]
    grades = _grades(compared, probabilities, containment, min_score)
    derived = grades == "derived"
    counted = (probabilities.copy >= min_score) | derived
    ids = articles["id"].take(pa.array(left)), articles["id"].take(pa.array(right))
    swapped = pc.greater(*ids).to_numpy(zero_copy_only=False).astype(np.int64)
    sides = np.stack([swapped, 1 - swapped], 1)
    containment, copy = np.take_along_axis(containment, sides, 1), np.take_along_axis(copy, sides, 1)
    parts = np.take_along_axis(_parts(compared), sides, 1)
    origins = [origin if holds else None for origin, holds in zip(compared.origins.name, derived.tolist(), strict=True)]
    flipped = pa.array(swapped == 1)
    columns = {
        "a_id": pc.if_else(flipped, ids[1], ids[0]),
        "b_id": pc.if_else(flipped, ids[0], ids[1]),
        "grade": pa.array(grades, pa.string()),
        "counted": pa.array(counted),
        "joined": np.zeros(len(counted), np.bool_),  # known once there are clusters
        "score": probabilities.copy,
        "resemblance": shared.common[:, 0] / np.maximum(union_pairs, 1),
        "containment_a_in_b": containment[:, 0],
        "containment_b_in_a": containment[:, 1],
        "copy_a_in_b": copy[:, 0],
        "copy_b_in_a": copy[:, 1],
        "part_of_a": parts[:, 0].view(np.int64),
        "part_of_b": parts[:, 1].view(np.int64),
        "longest_passage": shared.counts[:, :, COUNT.passage].max(1).astype(np.int32),
        "shared_quotes": shared.counts[:, :, COUNT.quotes].min(1).astype(np.int32),
        "days_apart": pa.array(shared.days.astype(np.float32), from_pandas=True),
        "cites": _cites(compared.origins, swapped),
        "reasons": reasons(shared.counts, shared.days, compared.identical, origins),
        "whole": probabilities.full_copy,
    }
    arrays = [
        (column if isinstance(column, pa.Array) else pa.array(column)).cast(field.type)
        for field in SCHEMA
        for column in (columns[field.name],)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _parts(compared: ComparedPairs) -> npt.NDArray[np.uint64]:
    """The parts of both texts, uint64[n, 2], that passages of copy cover: a bit for each 64th of a text's tokens."""
    spans = compared.spans[compared.spans[:, SPAN.kind] == COPY]
    pair, sizes = spans[:, SPAN.pair], compared.shared.counts[:, :, COUNT.tokens].astype(np.int64)
    parts = np.zeros((len(sizes), 2), np.uint64)
    for side, (first, last) in enumerate(((SPAN.a_first, SPAN.a_last), (SPAN.b_first, SPAN.b_last))):
        size = sizes[pair, side]
        low = (spans[:, first] * 64 // size).astype(np.uint64)
        high = ((spans[:, last] - 1) * 64 // size).astype(np.uint64)
        covered = _BITS >> (np.uint64(63) - high) & _BITS << low
        np.bitwise_or.at(parts[:, side], pair, covered)
    return parts


def _cites(origins: Origins, swapped: npt.NDArray[np.int64]) -> pa.Array:
    """Which of ``a`` and ``b`` cites the other one's publisher, or that both name the same third."""
    left, right = (origins.named & bit != 0 for bit in (BY_LEFT, BY_RIGHT))
    a, b = np.where(swapped == 1, right, left), np.where(swapped == 1, left, right)
    third = np.array([name is not None for name in origins.name], np.bool_)
    code = np.select([a & b, a, b, third], [3, 1, 2, 4], 0)
    return pa.array([None, "a", "b", "both", "third"], pa.string()).take(pa.array(code))
