"""Pairs of articles that people labelled: what the labels mean, and how they stand in a CSV file.

The labels are those of METER's scale and its surroundings: ``WD`` wholly derived, ``PD`` partially derived, ``SE`` same
event, ``TP`` template, ``UN`` unrelated. *Copy* is WD and PD.
"""

from __future__ import annotations

import csv
import dataclasses
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from dedup.errors import BadDataError, NoInputError

MEANINGS = {
    "WD": "wholly derived: the shorter text is (nearly) all in the other one, word for word or reworded",
    "PD": "partially derived: three sentences or more, or a fifth of the shorter text, are common copy",
    "SE": "same event, written independently",
    "TP": "template: the same formula or furniture, other events or figures",
    "UN": "unrelated: other news",
}
LABELS = tuple(MEANINGS)
COPY = LABELS[:2]

_FORMULA = re.compile(r"'*\s*[=+\-@＝＋－＠]")  # what a spreadsheet runs, however often it was guarded


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
        raise BadDataError(f"{where}: the weight {text!r} is not a positive number; draw the sheet again")
    return weight


def guarded(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula; :func:`unguarded` gives it back."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text that was :func:`guarded`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def _refuse_repetition(pairs: Iterable[Pair], file: Path) -> None:
    seen: set[tuple[str, ...]] = set()
    for pair in pairs:
        key = (pair.a_id, pair.b_id, pair.set if pair.stratum else "")  # a sheet may draw one for each of its sets
        if key in seen:
            raise BadDataError(f"{file}: the pair {pair.a_id}, {pair.b_id} is there twice; keep one of them")
        seen.add(key)
