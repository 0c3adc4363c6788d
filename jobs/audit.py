"""What a filled sheet says of the whole run: weighted shares with intervals, and a ``min_score`` that fits.

The sheet is a stratified sample (:mod:`jobs.sampling`), so a share is a weighted one. Its interval is Wilson's at 90 %
with Kish's effective sample size in the place of the number of pairs: it has a width even where all labels agree.
"""

from __future__ import annotations

import collections
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.grading import NEAR
from jobs.evaluate import Key, Outcome
from jobs.labels import COPY, Pair
from jobs.sampling import PAIRS, STORIES

_SAME_NEWS = (*COPY, "SE")
_Z = 1.645  # of a two-sided interval of 90 %
_STEP, _HIGHEST = 0.05, 0.95  # thresholds that are tried
_DRAWS, _SURE = 1000, 0.9  # bootstrap draws, and the share of them in which another threshold must be better

_Floats = npt.NDArray[np.float64]
_Bools = npt.NDArray[np.bool_]


def estimates(
    sheet: Sequence[Pair], judged: Sequence[Outcome], matches: Mapping[Key, Mapping[str, Any]], min_score: float
) -> dict[str, Any]:
    """Estimates for all that the run wrote, by set.

    ``sheet`` are all rows of the sheet (label empty: not yet judged), ``judged`` the outcomes of those judged,
    ``matches`` the rows of matches.parquet of these pairs, ``min_score`` the run's setting. A share of nothing is None.
    """
    weight = weights(sheet)
    parts = {name: [one for one in judged if one.pair.set == name] for name in (PAIRS, STORIES)}
    weight_of = {name: np.array([weight[one.pair] for one in part], float) for name, part in parts.items()}
    return {
        "unlabelled": sum(not pair.label for pair in sheet),
        "strata_without_label": sorted(_strata(sheet) - _strata([pair for pair in sheet if pair.label])),
        PAIRS: _pairs(parts[PAIRS], weight_of[PAIRS]),
        STORIES: _stories(parts[STORIES], weight_of[STORIES]),
        "min_score": thresholds(parts[PAIRS], weight_of[PAIRS], matches, min_score),
    }


def weights(sheet: Sequence[Pair]) -> dict[Pair, float]:
    """What every labelled pair stands for; those that are not labelled are shared out among their stratum."""
    drawn = collections.Counter((pair.set, pair.stratum) for pair in sheet)
    labelled = collections.Counter((pair.set, pair.stratum) for pair in sheet if pair.label)
    return {
        pair: pair.weight * drawn[pair.set, pair.stratum] / labelled[pair.set, pair.stratum]
        for pair in sheet
        if pair.label
    }


def share(right: _Bools, weight: _Floats) -> dict[str, float | int] | None:
    """The weighted share that is ``right``, with its interval; None where nothing was judged."""
    if not len(weight):
        return None
    value = float(weight @ right / weight.sum())
    size = float(weight.sum() ** 2 / (weight @ weight))
    middle, spread = value + _Z**2 / (2 * size), _Z * math.sqrt(value * (1 - value) / size + (_Z / (2 * size)) ** 2)
    low, high = ((middle + sign * spread) / (1 + _Z**2 / size) for sign in (-1, 1))
    return {
        "share": round(value, 4),
        "low": round(max(low, 0.0), 4),
        "high": round(min(high, 1.0), 4),
        "pairs": len(weight),
    }


def _strata(pairs: Sequence[Pair]) -> set[str]:
    return {f"{pair.set} {pair.stratum}" for pair in pairs}


def _pairs(part: Sequence[Outcome], weight: _Floats) -> dict[str, Any]:
    """``precision`` and ``recall`` of copy; ``derived``: those graded so that tell the same news at least."""
    copy, same = _labelled(part, COPY), _labelled(part, _SAME_NEWS)
    counted = np.array([one.predicted in COPY for one in part], bool)
    derived = np.array([one.predicted == "derived" for one in part], bool)
    return {
        "labelled": len(part),
        "stand_for": round(float(weight.sum())),
        "precision": share(copy[counted], weight[counted]),
        "recall": share(counted[copy], weight[copy]),
        "derived": share(same[derived], weight[derived]),
    }


def _stories(part: Sequence[Outcome], weight: _Floats) -> dict[str, Any]:
    """``copy``: witnesses that share copy with the origin of their story; ``same_news``: or tell the same news."""
    return {
        "labelled": len(part),
        "stand_for": round(float(weight.sum())),
        "copy": share(_labelled(part, COPY), weight),
        "same_news": share(_labelled(part, _SAME_NEWS), weight),
    }


def _labelled(part: Sequence[Outcome], labels: Sequence[str]) -> _Bools:
    return np.array([one.pair.label in labels for one in part], bool)


def thresholds(
    part: Sequence[Outcome], weight: _Floats, matches: Mapping[Key, Mapping[str, Any]], now: float
) -> dict[str, Any]:
    """Precision, recall and F1 by ``min_score``, and the ``suggested`` one: that of the best F1.

    Another one than ``now`` is suggested only where it is better in nine of ten bootstrap draws. Below what the run
    wrote (0.1 under its own min_score) nothing can be known.
    """
    lowest = math.ceil(round((now - NEAR) / _STEP, 6)) * _STEP
    tried = np.unique(np.round([now, *np.arange(lowest, _HIGHEST + _STEP / 2, _STEP)], 2))
    scores = np.array([_score(matches.get((one.pair.a_id, one.pair.b_id))) for one in part], float)
    copy, counted = _labelled(part, COPY), scores[:, None] >= tried[None, :]
    precision, recall, f1 = _measures(weight[None, :], copy, counted)
    best, current = int(np.argmax(f1[0])), int(np.flatnonzero(tried == round(now, 2))[0])
    _, _, drawn = _measures(weight * _resampled(part), copy, counted)
    better = float(np.mean(drawn[:, best] > drawn[:, current]))
    rows = zip(tried.tolist(), precision[0].tolist(), recall[0].tolist(), f1[0].tolist(), strict=True)
    names = ("min_score", "precision", "recall", "f1")
    return {
        "now": now,
        "suggested": float(tried[best if better >= _SURE else current]) if copy.any() else None,
        "best": float(tried[best]) if copy.any() else None,
        "better_in": round(better, 3),
        "table": [dict(zip(names, (round(value, 4) for value in row), strict=True)) for row in rows],
    }


def _score(match: Mapping[str, Any] | None) -> float:
    return -1.0 if match is None else float(match["score"])


def _measures(weight: _Floats, copy: _Bools, counted: _Bools) -> tuple[_Floats, _Floats, _Floats]:
    """Precision, recall and F1, float64[draws, thresholds]; 0 where there is nothing to share."""
    right, all_counted, all_copy = weight @ (counted & copy[:, None]), weight @ counted, weight @ copy
    return (
        right / np.maximum(all_counted, 1e-9),
        right / np.maximum(all_copy, 1e-9)[:, None],
        2 * right / np.maximum(all_counted + all_copy[:, None], 1e-9),
    )


def _resampled(part: Sequence[Outcome]) -> _Floats:
    """How often each pair is drawn, with replacement within its stratum; float64[draws, pairs]."""
    random = np.random.default_rng(0)
    strata = np.array([one.pair.stratum for one in part], np.str_)
    times = np.zeros((_DRAWS, len(part)))
    for stratum in np.unique(strata):
        here = np.flatnonzero(strata == stratum)
        times[:, here] = random.multinomial(len(here), np.full(len(here), 1 / len(here)), _DRAWS)
    return times
