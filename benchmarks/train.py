"""Train the frozen model from the hand-graded pairs and made-up copies: ``make train``."""

from __future__ import annotations

import datetime
import hashlib
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from labelled import DATA, ROOT, Labelled, judged, sampled_texts
from scipy.optimize import minimize
from synthetic import synthetic

from dedup.grading import MIN_COMMON, MIN_SHARE
from dedup.grading.model import FEATURES

Floats = npt.NDArray[np.float64]
_NAMES = tuple(FEATURES)

#: Which features each model sees: few, so that it holds on other outlets. Chosen by what they add to the likelihood of
#: pairs of the sets that are held out (docs/lab/grading.md).
CHOSEN = {
    "copy": (
        "long_elsewhere",
        "said",
        "whole_most",
        "quoted_once",
        "rare_least",
        "parallel_most",
        "lead_most",
        "order",
        "quotation",
        "lengths",
        "days",
        "same_publisher_days",
        "set_phrases",
        "figure_swaps",
        "name_swaps",
        "fact_swaps",
        "edition",
    ),
    "paraphrased": (
        "parallel_least",
        "parallel_most",
        "retold_least",
        "sentences_least",
        "words_least",
        "rare_least",
        "said",
        "order",
        "quoted_once",
        "replaced",
        "swaps",
        "figure_swaps",
        "name_swaps",
        "fact_swaps",
        "edition",
        "set_phrases",
        "same_publisher",
        "same_publisher_days",
    ),
    "embedded": (
        "carried_least",
        "whole_least",
        "unbroken",
        "name_swaps",
        "fact_swaps",
        "set_phrases",
        "same_publisher",
        "same_publisher_days",
    ),
    "whole": ("rare_most", "sentences_most", "copied_most", "retold_most", "whole_most", "lengths"),
    "template": (
        "figure_swaps",
        "name_swaps",
        "fact_swaps",
        "edition",
        "narrative_most",
        "days",
        "same_publisher",
        "figures",
        "set_phrases",
        "headlines",
    ),
}
#: What the pairs of each source weigh in all, in every set. Those drawn from a run's output weigh most: they say how
#: often a candidate is copy. The root of their weights, so that no single pair decides.
_SOURCES = {"output": 200.0, "pool": 120.0, "middle": 80.0}
#: What the made-up pairs of each kind weigh in all: ways of copying, and of not copying, that the sets have too few of.
_MADE_UP = {"paraphrased": 15.0, "embedded": 15.0, "edition": 20.0, "random": 15.0, "boxed": 15.0}
_COPIES = ("paraphrased", "embedded")
#: What the models of one way of copying learn from: its made-up copies against the judged pairs that are no copy, and
#: made-up pairs that are none. Few real copies are of these ways, and real pairs that look like them must not count.
_COPIED, _NO_COPY = 50.0, 100.0
_AGAINST = {
    "paraphrased": {"edition": 50.0, "random": 30.0},
    "embedded": {"edition": 50.0, "random": 30.0, "boxed": 30.0},
}
_EDITIONS = 17.0  # and the editions beside the hand-graded formulas


class Examples(NamedTuple):
    """Features float64[n, f], are they positive bool[n], and their weights float64[n]."""

    features: Floats
    positive: npt.NDArray[np.bool_]
    weights: Floats


def examples(*parts: tuple[Floats, npt.NDArray[np.bool_] | bool, float | None]) -> Examples:
    """Examples put together from features, answers, and what each part weighs in all (None: one an example)."""
    return Examples(
        np.concatenate([features for features, _, _ in parts]),
        np.concatenate([np.broadcast_to(positive, len(features)) for features, positive, _ in parts]),
        np.concatenate([np.full(len(f), 1.0 if total is None else total / max(len(f), 1)) for f, _, total in parts]),
    )


def fit(given: Examples, names: tuple[str, ...], ridge: float = 3.0, signed: bool = True) -> Floats:
    """Intercept and weights, float64[1 + len(names)], of a ridge logistic regression on the named features.

    With ``signed``, no weight may have the opposite sign of its feature's sense.
    """
    columns = given.features[:, [_NAMES.index(name) for name in names]]
    return regress(Examples(columns, *given[1:]), [FEATURES[name] if signed else 0 for name in names], ridge)


def regress(given: Examples, sense: list[int], ridge: float) -> Floats:
    """Intercept and weights of a ridge logistic regression on all columns, signs as their ``sense`` allows."""
    chosen = given.features
    mean, spread = chosen.mean(0), chosen.std(0) + 1e-9
    standard = (chosen - mean) / spread

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = standard @ weights[1:] + weights[0]
        miss = given.weights * (1.0 / (1.0 + np.exp(-scores)) - given.positive)
        pull = ridge * np.r_[0.0, weights[1:]]
        value = given.weights @ (np.logaddexp(0.0, scores) - given.positive * scores) + 0.5 * pull @ weights
        return float(value), np.r_[miss.sum(), standard.T @ miss] + pull

    bounds = [(None, None)] + [(0 if s > 0 else None, 0 if s < 0 else None) for s in sense]
    result = minimize(loss, np.zeros(1 + len(sense)), jac=True, method="L-BFGS-B", bounds=bounds).x
    weights = result[1:] / spread
    return np.r_[result[0] - weights @ mean, weights]


def probability(features: Floats, name: str, weights: Floats) -> Floats:
    """What the model of that name says: float64[n]."""
    chosen = features[:, [_NAMES.index(feature) for feature in CHOSEN[name]]]
    return np.asarray(1.0 / (1.0 + np.exp(-(chosen @ weights[1:] + weights[0]))))


def weights(pairs: Labelled) -> Floats:
    """What each judged pair weighs: the sources alike in every set."""
    sets, sources = pairs.column("set"), pairs.column("source")
    given = np.sqrt(pairs.column("weight").astype(np.float64))
    weight = np.zeros(len(given))
    for name in np.unique(sets):
        for source, total in _SOURCES.items():
            here = (sets == name) & (sources == source) & hopeful(pairs)
            weight[here] = total * given[here] / max(given[here].sum(), 1e-9)
    return weight


def hopeful(pairs: Labelled) -> npt.NDArray[np.bool_]:
    """The pairs that share enough to be graded at all."""
    common, smaller = pairs.shared.common[:, 0], pairs.shared.shingles[:, :, 0].min(1)
    return np.asarray((common >= MIN_COMMON) & (common >= MIN_SHARE * smaller))


def train(pairs: Labelled, chosen: npt.NDArray[np.bool_], made: dict[str, Floats]) -> dict[str, Floats]:
    """Weights of every model, from the judged pairs that are ``chosen`` and made-up ones by their kinds."""
    labels, copy = pairs.column("label"), pairs.column("copy") == "y"
    weight = np.where(chosen, weights(pairs), 0.0)
    made_up = [(made[kind], kind in _COPIES, total) for kind, total in _MADE_UP.items()]
    given = examples((pairs.features, copy, None), *made_up)
    given.weights[: len(weight)] = weight
    trained = {"copy": fit(given, CHOSEN["copy"], ridge=2.0)}
    for way, others in _AGAINST.items():
        apart = [(made[kind], False, total) for kind, total in others.items()]
        given = examples((pairs.features, False, None), (made[way], True, _COPIED), *apart)
        against = weight * ~copy
        given.weights[: len(weight)] = _NO_COPY * against / against.sum()
        trained[way] = fit(given, CHOSEN[way], ridge=1.0)
    known = chosen & (labels != "")
    full, features = known & copy, pairs.features
    trained["whole"] = fit(examples((features[full], labels[full] == "WD", None)), CHOSEN["whole"])
    other = known & ~copy
    formulas = examples((features[other], labels[other] == "TP", None), (made["edition"], True, _EDITIONS))
    trained["template"] = fit(formulas, CHOSEN["template"], signed=False)
    return trained


def main() -> None:
    """Write ``dedup/grading/model.toml``."""
    pairs = judged()
    data = ("gold_pairs_dev.csv", "gold_pairs_dev2.csv", "cluster_gold_dev.csv")
    digests = ", ".join(f"{name} {hashlib.sha256((DATA / name).read_bytes()).hexdigest()[:16]}" for name in data)
    lines = [
        'trained_by = "python benchmarks/train.py"',
        f"trained_on = {datetime.datetime.now(datetime.UTC).date().isoformat()}",
        f'data = "{digests}"  # sha256, the first digits',
        f"pairs = {np.count_nonzero(hopeful(pairs))}",
    ]
    trained = train(pairs, np.ones(len(pairs.rows), np.bool_), synthetic(sampled_texts()))
    for name, weights in trained.items():
        lines += ["", f"[{name}]", f"intercept = {weights[0]:.4f}", "", f"[{name}.weights]"]
        lines += [f"{feature} = {weight:.4f}" for feature, weight in zip(CHOSEN[name], weights[1:], strict=True)]
    (ROOT / "dedup" / "matches" / "model.toml").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
