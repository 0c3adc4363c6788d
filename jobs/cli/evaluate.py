"""``wirecopy evaluate``: the whole job on labelled articles, and how well its matches agree with the labels."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from dedup.errors import BadDataError, UsageError
from dedup.settings import Settings
from jobs.cli import notices
from jobs.cli.options import (
    Agencies,
    Fields,
    Inputs,
    Json,
    Publishers,
    Threads,
    make_job,
    path_option,
    with_settings,
)
from jobs.cli.printing import columns, document
from jobs.cli.progress import progress
from jobs.folder import Row, RunPath, is_run, opened, rows, setting
from jobs.labels import LABELS, Pair, read_pairs

if TYPE_CHECKING:
    from jobs.evaluate import Key, Outcome
    from jobs.stages import Job

EXAMPLES = (
    "wirecopy evaluate articles.parquet --pairs pairs.csv",
    "wirecopy evaluate articles.parquet --pairs pairs.csv --seed 7 --json",
    "wirecopy evaluate run --pairs sheet.csv",
)


@with_settings
def evaluate(
    inputs: Inputs,
    pairs: Annotated[
        Path,
        path_option(metavar="CSV", help="Labelled pairs (a_id, b_id, label, optionally set), or a labelled sheet."),
    ],
    field: Fields = None,
    threads: Threads = 0,
    agencies: Agencies = None,
    publishers: Publishers = None,
    json: Json = False,
    **flags: Any,
) -> None:
    """Compare matches with labelled pairs, and print precision and recall.

    Labels: WD wholly derived, PD partially derived, SE same event, TP template, UN unrelated. WD and PD count as
    copy, the others do not. Matches graded derived are counted separately. Write an id that several publishers
    share as id@publisher.

    If INPUT is a dump, wirecopy runs on it first. If INPUT is the folder of a finished run, its matches are used.
    If CSV is a sheet of wirecopy sample, estimates for the whole run are printed too: precision and recall of copy
    with 90 % confidence intervals, the share of witnesses that belong in their story, and a suggested min_score.
    Recall refers to the pairs that the run wrote, near misses included; a pair that was never compared is in no
    sheet.
    """
    from jobs.audit import estimates
    from jobs.evaluate import report

    sheet = read_pairs(pairs)
    labelled = [pair for pair in sheet if pair.label]
    if not labelled:
        raise BadDataError(f"{pairs} has no labels; label some pairs with one of: {', '.join(LABELS)}")
    judged = _judged(make_job(inputs, field, threads, agencies, publishers, flags), labelled)
    result = report(labelled, judged.outcomes) | {"shared_ids": judged.shared_ids}
    if any(pair.stratum for pair in sheet):
        result["estimates"] = estimates(sheet, judged.outcomes, judged.matches, judged.min_score)
    document(result) if json else _print(result)


class _Judged(NamedTuple):
    """The outcomes of pairs, the matches among them, the setting ``min_score`` of the run, and ids that name none."""

    outcomes: list[Outcome]
    matches: dict[Key, Row]
    min_score: float
    shared_ids: list[str]


def _judged(job: Job, labelled: Sequence[Pair]) -> _Judged:
    from jobs.evaluate import outcomes
    from jobs.local import detect

    first, *others = job.inputs
    run_folder = opened(str(first))
    if not others and is_run(run_folder):
        return _of_run(run_folder, labelled, job.settings)
    with tempfile.TemporaryDirectory(prefix="wirecopy-") as folder:
        looked_at = Path(folder, "candidates.parquet")
        with progress() as show_progress:
            run = detect(job, Path(folder, "run"), candidates_to=looked_at, progress=show_progress)
        notices.warn(notices.of(run.summary))
        matches, candidates = _matches(run.folder, labelled), _candidates(looked_at, labelled)
    days, shared = _days(job, labelled)
    result = outcomes(labelled, matches, candidates.__contains__, days, job.settings)
    return _Judged(result, matches, job.settings.min_score, shared)


def _of_run(run: RunPath, labelled: Sequence[Pair], settings: Settings) -> _Judged:
    """The same of a finished run, which knows its matches only: a candidate is what it wrote, a date is not known."""
    from dedup.arrays import NO_DAY
    from dedup.tables import ARTICLES_OUT
    from jobs.evaluate import outcomes

    names = {name for pair in labelled for name in (pair.a_id, pair.b_id)}
    if not rows(run, ARTICLES_OUT, columns=["id"], id=sorted(names)):
        raise UsageError(f"{run} has none of the articles of these pairs; give the run or the dump that they are from")
    matches = _matches(run, labelled)
    result = outcomes(labelled, matches, lambda key: False, dict.fromkeys(names, NO_DAY), settings)
    return _Judged(result, matches, setting(run, "min_score"), [])


def _matches(folder: RunPath, pairs: Sequence[Pair]) -> dict[Key, Row]:
    from dedup.tables import MATCHES

    result = rows(folder, MATCHES, a_id=[pair.a_id for pair in pairs], b_id=[pair.b_id for pair in pairs])
    return {(row["a_id"], row["b_id"]): row for row in result}


def _candidates(file: Path, pairs: Sequence[Pair]) -> set[Key]:
    from pyarrow import parquet

    near = [("a_id", "in", [pair.a_id for pair in pairs]), ("b_id", "in", [pair.b_id for pair in pairs])]
    return {(row["a_id"], row["b_id"]) for row in parquet.read_table(file, filters=near).to_pylist()}


def _days(job: Job, pairs: Sequence[Pair]) -> tuple[dict[str, int], list[str]]:
    """The day number of every article of a pair that is in the input; of several versions the latest counts.

    Articles are called as in the run. Also those ids of pairs that several publishers share, and so name none.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    from dedup.arrays import day_numbers
    from dedup.article import ARTICLES, distinct
    from dedup.readers import read

    schema = pa.schema([ARTICLES.field(name) for name in ("id", "publisher", "published")])
    batches = read(job.inputs, fields=job.fields, max_record=job.settings.max_record)
    articles = pa.Table.from_batches([batch.articles.select(schema.names) for batch in batches], schema)
    latest = articles.group_by(["id", "publisher"]).aggregate([("published", "max")]).combine_chunks()
    ids = latest["id"].combine_chunks()
    names = distinct(ids, latest["publisher"].combine_chunks())
    wanted = pa.array(sorted({name for pair in pairs for name in (pair.a_id, pair.b_id)}), pa.string())
    here = pc.is_in(names, wanted)
    days = day_numbers(latest["published_max"].filter(here)).tolist()
    shared = wanted.filter(pc.and_(pc.is_in(wanted, ids), pc.invert(pc.is_in(wanted, names))))
    return dict(zip(names.filter(here).to_pylist(), days, strict=True)), shared.to_pylist()


def _print(result: Mapping[str, Any]) -> None:
    parts = {"all": result["all"], **result["sets"]}
    names = ("pairs", "copies", "precision", "recall", "f1", "macro_f1", "candidate_recall", "copies_outside_window")
    head = ("", *(name.replace("_", " ") for name in names))
    typer.echo(columns(head, [(part, *(numbers[name] for name in names)) for part, numbers in parts.items()]))
    for part, numbers in parts.items():
        typer.echo("\n" + _confusion(part, numbers["confusion"]))
    if result["not_in_the_input"]:
        absent = len(result["not_in_the_input"])
        typer.echo(f"\n{absent} pairs name an article that is not in the input; use --json to list them")
    if result["shared_ids"]:
        count, first = len(result["shared_ids"]), result["shared_ids"][0]
        typer.echo(f"{count} ids are shared by several publishers, first {first}; write {first}@PUBLISHER")
    if "estimates" in result:
        typer.echo("\n" + _estimated(result["estimates"]))


#: What the estimates are called: set, name -> heading.
_ESTIMATES = {
    ("pairs", "precision"): "of the pairs counted as copy are copy",
    ("pairs", "recall"): "of the copies among the written pairs are counted as copy",
    ("pairs", "derived"): "of the pairs graded derived report the same news",
    ("stories", "copy"): "of the witnesses share copy with the origin of their story",
    ("stories", "same_news"): "of the witnesses report the same news as that origin",
}


def _estimated(result: Mapping[str, Any]) -> str:
    shares = [(result[part][name], words) for (part, name), words in _ESTIMATES.items()]
    lines = [
        (one["share"], f"{one['low']:.2f} to {one['high']:.2f}", one["pairs"], words) for one, words in shares if one
    ]
    best = result["min_score"]
    parts = [columns(("share", "90 % interval", "labels", "of the whole run"), lines)]
    parts += [columns(tuple(best["table"][0]), [tuple(row.values()) for row in best["table"]])]
    if best["suggested"] is None:
        parts.append("no pair is labelled copy, so no min_score can be suggested")
    elif best["suggested"] != best["now"]:
        parts.append(f"suggested: min_score {best['suggested']:.2f} instead of {best['now']:.2f}")
    else:
        parts.append(f"suggested: keep min_score {best['now']:.2f}; no other value is clearly better by these labels")
    if result["unlabelled"]:
        parts.append(
            f"{result['unlabelled']} pairs of the sheet have no label; labelled pairs of their strata represent them"
        )
    if result["strata_without_label"]:
        parts.append(
            f"{len(result['strata_without_label'])} strata have no labels and are not included in these shares"
        )
    return "\n\n".join(parts)


def _confusion(part: str, counts: Mapping[str, Mapping[str, int]]) -> str:
    from jobs.evaluate import PREDICTIONS

    return columns(
        (f"{part}: label", *PREDICTIONS), [(label, *(counts[label][name] for name in PREDICTIONS)) for label in LABELS]
    )
