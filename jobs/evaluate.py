"""How well a run's matches agree with people who read the pairs.

The labels are those of METER's scale and its surroundings: ``WD`` wholly derived, ``PD`` partially derived, ``SE`` same
event, ``TP`` template, ``UN`` unrelated. *Copy* is WD and PD. A counted match graded identical, reprint, abridged or
rewrite says copy. ``derived`` does not: labels judge wording, and that grade judges facts; it is counted apart.
"""

from __future__ import annotations

import csv
import dataclasses
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dedup import rules
from dedup.errors import BadDataError, NoInputError
from dedup.grading import CLEAR
from dedup.settings import Settings

MEANINGS = {
    "WD": "wholly derived: the shorter text is (nearly) all in the other one, word for word or reworded",
    "PD": "partially derived: three sentences or more, or a fifth of the shorter text, are common copy",
    "SE": "same event, written independently",
    "TP": "template: the same formula or furniture, other events or figures",
    "UN": "unrelated: other news",
}
LABELS = tuple(MEANINGS)
COPY = LABELS[:2]
PREDICTIONS = ("WD", "PD", "derived", "rest")

_TEMPLATE = re.compile(r"'*\s*[=+\-@＝＋－＠]")  # what a spreadsheet runs, however often it was guarded

Key = tuple[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """Two articles (``a_id`` < ``b_id`` bytewise), what a reader said of them, and the set that they belong to.

    A pair of a drawn sheet has the ``stratum`` that it was drawn from and stands for ``weight`` pairs of it; its label
    is empty until somebody has judged it.
    """

    a_id: str
    b_id: str
    label: str
    set: str
    stratum: str = ""
    weight: float = 1.0


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """A pair and what became of it: one of :data:`PREDICTIONS`; was it looked at; is it ``inside`` the window."""

    pair: Pair
    predicted: str
    candidate: bool
    inside: bool


def read_pairs(file: Path) -> list[Pair]:
    """The pairs of a CSV file with the columns a_id, b_id, label and perhaps set, or of a sheet of ``wirecopy sample``.

    A sheet is known by its column weight; its labels may be empty. A spreadsheet may have put semicolons for commas.
    Raises :class:`~dedup.errors.NoInputError` where it cannot be read and :class:`~dedup.errors.BadDataError`, with the
    line, for a missing column, an unknown label and a pair that stands there twice.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            first = opened.readline()
            opened.seek(0)
            reader = csv.DictReader(opened, delimiter="," if "," in first else ";")
            missing = {"a_id", "b_id", "label"} - set(reader.fieldnames or ())
            if missing:
                raise BadDataError(f"{file} has no column {', '.join(sorted(missing))}; it needs a_id, b_id and label")
            pairs = [_pair(row, f"{file}, line {reader.line_num}") for row in reader]
    except OSError as error:
        raise NoInputError(f"{file} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadDataError(f"{file} is not a CSV file in UTF-8: {error}") from error
    if not pairs:
        raise BadDataError(f"{file} holds no pair; label some")
    _refuse_repetition(pairs, file)
    return pairs


def _pair(row: Mapping[str, str | None], where: str) -> Pair:
    a, b, label = (row[name] or "" for name in ("a_id", "b_id", "label"))
    drawn = "weight" in row
    if drawn:
        a, b, label = unguarded(a), unguarded(b), label.strip().upper()
    if label not in LABELS and not (drawn and not label):
        raise BadDataError(f"{where}: the label {label!r} is none of {', '.join(LABELS)}")
    if not a or not b or a == b:
        raise BadDataError(f"{where}: a pair needs two different ids, not {a!r} and {b!r}")
    a, b = sorted((a, b), key=str.encode)
    weight = _weight(row["weight"] or "", where) if drawn else 1.0
    return Pair(a, b, label, row.get("set") or "", row.get("stratum") or "", weight)


def _weight(text: str, where: str) -> float:
    try:
        weight = float(text.replace(",", "."))
    except ValueError:
        weight = math.nan
    if not 0 < weight < math.inf:
        raise BadDataError(f"{where}: the weight {text!r} is no positive number; draw the sheet again")
    return weight


def guarded(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula; :func:`unguarded` gives it back."""
    return f"'{text}" if _TEMPLATE.match(text) else text


def unguarded(text: str) -> str:
    """The text that was :func:`guarded`."""
    return text[1:] if text.startswith("'") and _TEMPLATE.match(text[1:]) else text


def _refuse_repetition(pairs: Iterable[Pair], file: Path) -> None:
    seen: set[tuple[str, ...]] = set()
    for pair in pairs:
        key = (pair.a_id, pair.b_id, pair.set if pair.stratum else "")  # a sheet may draw one for each of its sets
        if key in seen:
            raise BadDataError(f"{file}: the pair {pair.a_id}, {pair.b_id} stands there twice; keep one of them")
        seen.add(key)


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
    outcome_list = []
    for pair in pairs:
        if pair.a_id not in days or pair.b_id not in days:
            continue
        key = (pair.a_id, pair.b_id)
        inside = bool(rules.within_days(days[pair.a_id], days[pair.b_id], rules.window_days(settings)))
        outcome_list.append(Outcome(pair, predicted(matches.get(key)), key in matches or candidates(key), inside))
    return outcome_list


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


def scores(results: Sequence[Outcome]) -> dict[str, Any]:
    """The numbers of some outcomes. A share of nothing is None; the macro F1 is over the classes that occur."""
    confusion = {label: dict.fromkeys(PREDICTIONS, 0) for label in LABELS}
    for one in results:
        confusion[one.pair.label][one.predicted] += 1
    copies = [one for one in results if one.pair.label in COPY]
    predicted = [one for one in results if one.predicted in COPY]
    right = sum(one.pair.label in COPY for one in predicted)
    inside = [one for one in copies if one.inside]
    return {
        "pairs": len(results),
        "copies": len(copies),
        "precision": _share(right, len(predicted)),
        "recall": _share(right, len(copies)),
        "f1": _share(2 * right, len(predicted) + len(copies)),
        "macro_f1": _macro_f1(results),
        "confusion": confusion,
        "copies_outside_window": len(copies) - len(inside),
        "copies_that_were_candidates": sum(one.candidate for one in inside),
        "candidate_recall": _share(sum(one.candidate for one in inside), len(inside)),
    }


def _macro_f1(outcome_list: Sequence[Outcome]) -> float | None:
    """Mean F1 of the three classes WD, PD and all the rest."""
    pairs = [(_class(one.pair.label), _class(one.predicted)) for one in outcome_list]
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


def report(pairs: Sequence[Pair], outcome_list: Sequence[Outcome]) -> dict[str, Any]:
    """The scores of all pairs and of every set, and the ids that are not in the input."""
    present = {(one.pair.a_id, one.pair.b_id) for one in outcome_list}
    absent = [[pair.a_id, pair.b_id] for pair in pairs if (pair.a_id, pair.b_id) not in present]
    sets = sorted({one.pair.set for one in outcome_list} - {""})
    return {
        "all": scores(outcome_list),
        "sets": {name: scores([one for one in outcome_list if one.pair.set == name]) for name in sets},
        "not_in_the_input": absent,
    }
