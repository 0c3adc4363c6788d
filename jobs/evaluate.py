"""How well a run's matches agree with people who read the pairs.

Their labels are those of :mod:`jobs.labels`. A counted match graded identical, reprint, abridged or
rewrite says copy. ``derived`` does not: labels judge wording, and that grade judges facts; it is counted apart.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dedup import rules
from dedup.grading import CLEAR
from dedup.settings import Settings
from jobs.labels import COPY, LABELS, Pair

PREDICTIONS = ("WD", "PD", "derived", "rest")

Key = tuple[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """A pair and what became of it: one of :data:`PREDICTIONS`; was it looked at; is it ``inside`` the window."""

    pair: Pair
    predicted: str
    candidate: bool
    inside: bool


def outcomes(
    pairs: Sequence[Pair],
    matches: Mapping[Key, Mapping[str, Any]],
    candidates: Callable[[Key], bool],
    days: Mapping[str, int],
    settings: Settings,
) -> list[Outcome]:
    """What became of the pairs whose two articles are in the input.

    ``matches`` holds rows of matches.parquet by (a_id, b_id). ``days`` has the day number of every article of the
    input, :data:`~dedup.arrays.NO_DAY` without a date. A pair is inside the window where a run could compare it.
    """
    judged = []
    for pair in pairs:
        if pair.a_id not in days or pair.b_id not in days:
            continue
        key = (pair.a_id, pair.b_id)
        inside = bool(rules.within_days(days[pair.a_id], days[pair.b_id], rules.window_days(settings)))
        judged.append(Outcome(pair, predicted(matches.get(key)), key in matches or candidates(key), inside))
    return judged


def predicted(match: Mapping[str, Any] | None) -> str:
    """One of :data:`PREDICTIONS` for a row of matches.parquet, or for None: the pair is not in it.

    A match counts whether or not its articles are in one cluster.
    """
    if match is None or not match["counted"]:
        return "rest"
    if match["grade"] in ("identical", "reprint", "abridged"):
        return "WD"
    if match["grade"] == "rewrite":
        return "WD" if match["whole"] >= CLEAR else "PD"
    return "derived" if match["grade"] == "derived" else "rest"


def scores(judged: Sequence[Outcome]) -> dict[str, Any]:
    """The numbers of some outcomes. A share of nothing is None; the macro F1 is over the classes that occur."""
    confusion = {label: dict.fromkeys(PREDICTIONS, 0) for label in LABELS}
    for one in judged:
        confusion[one.pair.label][one.predicted] += 1
    copies = [one for one in judged if one.pair.label in COPY]
    predicted = [one for one in judged if one.predicted in COPY]
    right = sum(one.pair.label in COPY for one in predicted)
    inside = [one for one in copies if one.inside]
    return {
        "pairs": len(judged),
        "copies": len(copies),
        "precision": _share(right, len(predicted)),
        "recall": _share(right, len(copies)),
        "f1": _share(2 * right, len(predicted) + len(copies)),
        "macro_f1": _macro_f1(judged),
        "confusion": confusion,
        "copies_outside_window": len(copies) - len(inside),
        "copies_that_were_candidates": sum(one.candidate for one in inside),
        "candidate_recall": _share(sum(one.candidate for one in inside), len(inside)),
    }


def _macro_f1(judged: Sequence[Outcome]) -> float | None:
    """Mean F1 of the three classes WD, PD and all the rest."""
    pairs = [(_class(one.pair.label), _class(one.predicted)) for one in judged]
    values = []
    for name in ("WD", "PD", "rest"):
        labelled = sum(label == name for label, _ in pairs)
        predicted_count = sum(prediction == name for _, prediction in pairs)
        if labelled or predicted_count:
            values.append(2 * pairs.count((name, name)) / (labelled + predicted_count))
    return _share(sum(values), len(values))


def _class(name: str) -> str:
    return name if name in COPY else "rest"


def _share(part: float, total: int) -> float | None:
    return round(part / total, 4) if total else None


def report(pairs: Sequence[Pair], judged: Sequence[Outcome]) -> dict[str, Any]:
    """The scores of all pairs and of every set, and the ids that are not in the input."""
    present = {(one.pair.a_id, one.pair.b_id) for one in judged}
    absent = [[pair.a_id, pair.b_id] for pair in pairs if (pair.a_id, pair.b_id) not in present]
    sets = sorted({one.pair.set for one in judged} - {""})
    return {
        "all": scores(judged),
        "sets": {name: scores([one for one in judged if one.pair.set == name]) for name in sets},
        "not_in_the_input": absent,
    }
