"""How well the grading agrees with readers, cross-validated, against the floors of ``quality_floors.json``.

``make quality`` fails where a measure falls below its floor; ``python benchmarks/quality.py --set-floors`` writes the
floors again, a point below what was measured.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from labelled import Labelled, clough_stevenson, counter, judged, sampled_texts
from scipy.stats import rankdata
from synthetic import synthetic
from train import Examples, Floats, hopeful, probability, regress, train

from dedup.grading.model import COPY_KINDS, copy_probability
from dedup.kernels.columns import COUNT
from dedup.settings import MIN_SCORE

FLOORS = Path(__file__).with_name("quality_floors.json")
_FOLDS, _MARGIN = 10, 0.01
_Labels = npt.NDArray[np.str_]
_Folds = npt.NDArray[np.int64]


def folds(labels: _Labels, seed: int = 0) -> _Folds:
    """Which of ten folds each pair is in, every label spread evenly."""
    random = np.random.default_rng(seed)
    order = np.lexsort((random.random(len(labels)), labels))
    result = np.empty(len(labels), np.int64)
    result[order] = np.arange(len(labels)) % _FOLDS
    return result


def f1(truth: npt.NDArray[np.bool_], values: npt.NDArray[np.bool_]) -> float:
    """Harmonic mean of precision and recall."""
    return float(2 * (truth & values).sum() / max(truth.sum() + values.sum(), 1))


def area(truth: npt.NDArray[np.bool_], scores: Floats) -> float:
    """Area under the ROC curve (Mann and Whitney 1947)."""
    ranks = rankdata(scores)
    positives, negatives = truth.sum(), (~truth).sum()
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def averaged(truth: _Labels, values: _Labels, weighted: bool) -> float:
    """F1 of every label, averaged plainly or by how many pairs have it."""
    names, sizes = np.unique(truth, return_counts=True)
    scores = np.array([f1(truth == name, values == name) for name in names])
    return float(np.average(scores, weights=sizes if weighted else None))


def held_out(pairs: Labelled, groups: npt.NDArray[np.generic], made: dict[str, Floats]) -> tuple[Floats, Floats]:
    """Copy and whole probabilities of every pair from models trained on the other groups."""
    copy, full = np.empty(len(groups)), np.empty(len(groups))
    for group in np.unique(groups):
        out = groups == group
        models = train(pairs, ~out, made)
        copy[out] = np.max([probability(pairs.features[out], way, models[way]) for way in COPY_KINDS], axis=0)
        full[out] = probability(pairs.features[out], "whole", models["whole"])
    return np.where(hopeful(pairs), copy, 0.0), full


def readers() -> dict[str, float]:
    """The pairs that readers judged: the hard middle by pair, and what a run prints on sets that were not learned from.

    Precision and recall are weighted to a run's output. A recycled background is no copy.
    """
    pairs, made = judged(), synthetic(sampled_texts())
    labels, sets, sources = (pairs.column(name) for name in ("label", "set", "source"))
    truth, middle, output = pairs.column("copy") == "y", sources == "middle", sources == "output"
    groups = np.where(middle, folds(labels), _FOLDS)
    copy, full = held_out(pairs, groups, made)
    three = np.where(truth, labels, "rest")[middle]
    graded = np.where(copy < 0.5, "rest", np.where(full >= 0.5, "WD", "PD"))[middle]
    result = {
        "gold f1 by pair": f1(truth[middle], copy[middle] >= 0.5),
        "gold area by pair": area(truth[middle], copy[middle]),
        "gold three-way macro f1 by pair": averaged(three, graded, weighted=False),
    }
    copy, _ = held_out(pairs, sets, made)
    weight = pairs.column("weight").astype(np.float64)
    for name in np.unique(sets[output]):
        here = output & (sets == name)
        counted = weight[here] * (copy[here] >= MIN_SCORE)
        result[f"output precision on {name}, learned on the others"] = float(
            counted @ truth[here] / max(counted.sum(), 1e-9)
        )
        result[f"output recall on {name}, learned on the others"] = float(
            counted @ truth[here] / (weight[here] @ truth[here])
        )
    return result | calibration(copy[output], truth[output], weight[output], sets[output])


def calibration(
    scores: Floats, truth: npt.NDArray[np.bool_], weight: Floats, sets: npt.NDArray[np.generic]
) -> dict[str, float]:
    """Print what scores are worth on sets that were not learned from, every set counting the same.

    The share of copy among pairs by score (a reliability diagram in words), and precision and recall by ``min_score``.
    """
    weight = np.array([one / weight[sets == name].sum() for one, name in zip(weight, sets, strict=True)])
    print("score        pairs  share that is copy")
    for low in (0.0, 0.1, 0.3, 0.5, 0.7, 0.9):
        high = {0.0: 0.1, 0.1: 0.3, 0.9: 1.01}.get(low, low + 0.2)
        here = (scores >= low) & (scores < high)
        share = weight[here] @ truth[here] / weight[here].sum()
        print(f"{low:.1f} to {min(high, 1.0):.1f}  {here.sum():6d}  {share:.2f}")
    print("min_score  precision  recall")
    for minimum in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        counted = weight * (scores >= minimum)
        precision, recall = counted @ truth / counted.sum(), counted @ truth / (weight @ truth)
        print(f"{minimum:.1f}        {precision:.2f}       {recall:.2f}")
        if minimum == MIN_SCORE:
            result = {
                "output precision, learned on the others": float(precision),
                "output recall, learned on the others": float(recall),
            }
    return result


def sided(pairs: Labelled) -> Floats:
    """What each text has of the other one, float64[n, 6]: words, rare words, shingles.

    One of these texts is the source and the other may derive from it, so the sides are kept apart. Few, since there are
    few pairs: with all features the models learn the pairs by heart.
    """
    shared = pairs.shared
    counts = np.moveaxis(shared.counts.astype(np.float64), 2, 0)
    parts = ((COUNT.words_shared, COUNT.words), (COUNT.rare_shared, COUNT.rare))
    shares = [counts[part] / np.maximum(counts[full], 1e-9) for part, full in parts]
    contained = shared.common[:, None, 0] / np.maximum(shared.shingles[:, :, 0], 1)
    return np.concatenate([*shares, np.sqrt(contained)], axis=1)


def crossed(
    features: Floats, holds: npt.NDArray[np.bool_], labels: _Labels, among: npt.NDArray[np.bool_] | None = None
) -> Floats:
    """Scores float64[n], above 0 where it ``holds``, by a logistic regression learned on the other folds.

    ``among`` bool[n]: the pairs that are learned from.
    """
    groups = folds(labels)
    scores = np.empty(len(labels))
    for group in range(_FOLDS):
        out = groups == group
        chosen = ~out if among is None else ~out & among
        given = Examples(features[chosen], holds[chosen], np.ones(int(chosen.sum())))
        weights = regress(given, [0] * features.shape[1], ridge=1.0)
        scores[out] = features[out] @ weights[1:] + weights[0]
    return scores


def urdu() -> dict[str, float]:
    """COUNTER, cross-validated: is it copy and, as the shipped model asks it, is a copy whole."""
    pairs = counter()
    labels, features = pairs.column("label"), sided(pairs)
    truth = labels != "ND"
    copy = crossed(features, truth, labels) > 0
    full = crossed(features, labels == "WD", labels, among=truth) > 0
    three = np.where(copy, np.where(full, "WD", "PD"), "ND")
    return {
        "COUNTER weighted f1, copy or not": averaged(truth.astype(str), copy.astype(str), weighted=True),
        "COUNTER weighted f1, WD PD ND": averaged(labels, three, weighted=True),
    }


def short_answers() -> dict[str, float]:
    """Clough and Stevenson: cross-validated, and by the shipped model, which has seen none of them."""
    pairs = clough_stevenson()
    labels = pairs.column("label")
    truth = labels != "non"
    return {
        "Clough-Stevenson f1": f1(truth, crossed(sided(pairs), truth, labels) > 0),
        "Clough-Stevenson f1, by the shipped model": f1(truth, copy_probability(pairs.features) >= 0.5),
    }


def main() -> int:
    """Print every measure beside its floor; 1 where one is below."""
    result = readers() | urdu() | short_answers()
    if "--set-floors" in sys.argv[1:]:
        floors = {name: round(value - _MARGIN, 3) for name, value in result.items()}
        FLOORS.write_text(json.dumps(floors, indent=2) + "\n", "utf-8")
    floors = json.loads(FLOORS.read_text("utf-8"))
    for name, value in result.items():
        print(f"{value:.3f}  floor {floors.get(name, 0.0):.3f}  {name}")
    return int(any(result[name] < floor for name, floor in floors.items()))


if __name__ == "__main__":
    sys.exit(main())
