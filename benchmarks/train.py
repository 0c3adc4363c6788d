"""Train the frozen model from the hand-graded pairs: ``make train``, or ``python benchmarks/train.py``."""

from __future__ import annotations

import datetime
import hashlib

import numpy as np
import numpy.typing as npt
from labelled import DATA, ROOT, gold
from scipy.optimize import minimize

from dedup.matches.model import FEATURES

_Floats = npt.NDArray[np.float64]
_RIDGE = 3.0  # of the standardised weights

#: Which features each model sees: few, so that it holds on other outlets. Chosen by what they add to the likelihood of
#: held-out pairs and held-out files (docs/quality.md).
COPY = (
    "narrative_most", "sentences_least", "figure_swaps", "rare_most", "long_runs", "order", "name_swaps", "lengths",
    "quotation", "whole_most", "runs",
)  # fmt: skip
WHOLE = ("rare_most", "sentences_most", "copied_most", "retold_most", "whole_most", "lengths")
FORMULA = ("figure_swaps", "name_swaps", "narrative_most", "days", "house", "figures", "quotation", "rare_most")


def fit(features: _Floats, positive: npt.NDArray[np.bool_], names: tuple[str, ...], signed: bool = True) -> _Floats:
    """Intercept and weights, float64[1 + len(names)], of a ridge logistic regression on the named features.

    With ``signed``, no weight may have the opposite sign of its feature's sense.
    """
    chosen = features[:, [list(FEATURES).index(name) for name in names]]
    mean, spread = chosen.mean(0), chosen.std(0) + 1e-9
    standard = (chosen - mean) / spread

    def loss(weights: _Floats) -> tuple[float, _Floats]:
        scores = standard @ weights[1:] + weights[0]
        miss = 1.0 / (1.0 + np.exp(-scores)) - positive
        ridge = _RIDGE * np.r_[0.0, weights[1:]]
        value = np.logaddexp(0.0, scores).sum() - scores[positive].sum() + 0.5 * ridge @ weights
        return float(value), np.r_[miss.sum(), standard.T @ miss] + ridge

    sense = [FEATURES[name] if signed else 0 for name in names]
    bounds = [(None, None)] + [(0 if s > 0 else None, 0 if s < 0 else None) for s in sense]
    found = minimize(loss, np.zeros(1 + len(names)), jac=True, method="L-BFGS-B", bounds=bounds).x
    weights = found[1:] / spread
    return np.r_[found[0] - weights @ mean, weights]


def predict(features: _Floats, names: tuple[str, ...], weights: _Floats) -> _Floats:
    """Probabilities float64[n]."""
    chosen = features[:, [list(FEATURES).index(name) for name in names]]
    return np.asarray(1.0 / (1.0 + np.exp(-(chosen @ weights[1:] + weights[0]))))


def train(features: _Floats, labels: npt.NDArray[np.str_]) -> dict[str, tuple[tuple[str, ...], _Floats]]:
    """Names and weights of the three models, from labels WD, PD, SE, TP, UN."""
    copy = np.isin(labels, ("WD", "PD"))
    return {
        "copy": (COPY, fit(features, copy, COPY)),
        "whole": (WHOLE, fit(features[copy], labels[copy] == "WD", WHOLE)),
        "formula": (FORMULA, fit(features[~copy], labels[~copy] == "TP", FORMULA, signed=False)),
    }


def main() -> None:
    """Write ``dedup/matches/model.toml``."""
    pairs = gold()
    digest = hashlib.sha256((DATA / "gold_pairs_dev.csv").read_bytes()).hexdigest()
    lines = [
        'trained_by = "python benchmarks/train.py"',
        f"trained_on = {datetime.datetime.now(datetime.UTC).date().isoformat()}",
        f'data = "gold_pairs_dev.csv, sha256 {digest}"',
        f"pairs = {len(pairs.rows)}",
    ]
    for name, (names, weights) in train(pairs.features, pairs.column("label")).items():
        lines += ["", f"[{name}]", f"intercept = {weights[0]:.4f}", "", f"[{name}.weights]"]
        lines += [f"{feature} = {weight:.4f}" for feature, weight in zip(names, weights[1:], strict=True)]
    (ROOT / "dedup" / "matches" / "model.toml").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
