"""``wirecopy evaluate``: the whole job on labelled articles, and how well its matches agree with the labels."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from jobs.cli.folder import Row, rows
from jobs.cli.options import Job, Json, path_option, with_job
from jobs.cli.printing import columns, document
from jobs.evaluate import LABELS, PREDICTIONS, Key, Pair, outcomes, read_pairs, report

EXAMPLES = (
    "wirecopy evaluate articles.parquet --pairs pairs.csv",
    "wirecopy evaluate articles.parquet --pairs pairs.csv --seed 7 --json",
)
_DAY = 86_400  # seconds


@with_job
def evaluate(
    job: Job,
    pairs: Annotated[Path, path_option(metavar="CSV", help="Labelled pairs: a_id, b_id, label and perhaps set.")],
    json: Json = False,
) -> None:
    """Run the whole job on articles and compare its matches with the labels that readers gave to pairs of them.

    Labels: WD wholly derived, PD partially derived, SE same event, TP template, UN unrelated. Copy is WD and PD against
    the rest; a match graded derived is counted apart.
    """
    labelled = read_pairs(pairs)
    with tempfile.TemporaryDirectory(prefix="wirecopy-") as folder:
        looked_at = Path(folder, "candidates.parquet")
        run = job.run(Path(folder, "run"), candidates_to=looked_at)
        matches, candidates = _matches(run.folder, labelled), _candidates(looked_at, labelled)
    found = outcomes(labelled, matches, candidates.__contains__, _days(job, labelled), job.settings.window)
    result = report(labelled, found)
    document(result) if json else _print(result)


def _matches(folder: Path, pairs: Sequence[Pair]) -> dict[Key, Row]:
    from dedup.tables import MATCHES

    found = rows(folder, MATCHES, a_id=[pair.a_id for pair in pairs], b_id=[pair.b_id for pair in pairs])
    return {(row["a_id"], row["b_id"]): row for row in found}


def _candidates(file: Path, pairs: Sequence[Pair]) -> set[Key]:
    from pyarrow import parquet

    near = [("a_id", "in", [pair.a_id for pair in pairs]), ("b_id", "in", [pair.b_id for pair in pairs])]
    return {(row["a_id"], row["b_id"]) for row in parquet.read_table(file, filters=near).to_pylist()}


def _days(job: Job, pairs: Sequence[Pair]) -> dict[str, int | None]:
    """The day of every article of a pair that is in the input, since 1970; of several versions the latest counts."""
    from dedup.readers import read

    wanted = {name for pair in pairs for name in (pair.a_id, pair.b_id)}
    days: dict[str, int | None] = {}
    for batch in read(job.inputs, fields=job.fields, max_record=job.settings.max_record):
        ids, dates = (batch.articles[name].to_pylist() for name in ("id", "published"))
        for name, date in zip(ids, dates, strict=True):
            if name in wanted:
                day = None if date is None else int(date.timestamp() // _DAY)
                days[name] = max((known for known in (day, days.get(name)) if known is not None), default=None)
    return days


def _print(result: Mapping[str, Any]) -> None:
    parts = {"all": result["all"], **result["sets"]}
    names = ("pairs", "copies", "precision", "recall", "f1", "macro_f1", "candidate_recall", "copies_outside_window")
    head = ("", *(name.replace("_", " ") for name in names))
    typer.echo(columns(head, [(part, *(numbers[name] for name in names)) for part, numbers in parts.items()]))
    for part, numbers in parts.items():
        typer.echo("\n" + _confusion(part, numbers["confusion"]))
    if result["not_in_the_input"]:
        absent = len(result["not_in_the_input"])
        typer.echo(f"\n{absent} pairs name an article that is not in the input; --json lists them")


def _confusion(part: str, counts: Mapping[str, Mapping[str, int]]) -> str:
    return columns(
        (f"{part}: label", *PREDICTIONS), [(label, *(counts[label][name] for name in PREDICTIONS)) for label in LABELS]
    )
