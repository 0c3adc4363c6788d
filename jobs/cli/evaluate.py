"""``wirecopy evaluate``: the whole job on labelled articles, and how well its matches agree with the labels."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from jobs.cli import notices
from jobs.cli.folder import Row, rows
from jobs.cli.options import Job, Json, path_option, with_job
from jobs.cli.printing import columns, document
from jobs.evaluate import LABELS, PREDICTIONS, Key, Pair, outcomes, read_pairs, report

EXAMPLES = (
    "wirecopy evaluate articles.parquet --pairs pairs.csv",
    "wirecopy evaluate articles.parquet --pairs pairs.csv --seed 7 --json",
)


@with_job
def evaluate(
    job: Job,
    pairs: Annotated[Path, path_option(metavar="CSV", help="Labelled pairs: a_id, b_id, label and perhaps set.")],
    json: Json = False,
) -> None:
    """Run the whole job on articles and compare its matches with the labels that readers gave to pairs of them.

    Labels: WD wholly derived, PD partially derived, SE same event, TP template, UN unrelated. Copy is WD and PD against
    the rest; a match graded derived is counted apart. An id that several publishers share is written id@publisher.
    """
    labelled = read_pairs(pairs)
    with tempfile.TemporaryDirectory(prefix="wirecopy-") as folder:
        looked_at = Path(folder, "candidates.parquet")
        run = job.run(Path(folder, "run"), candidates_to=looked_at)
        notices.warn(notices.of(run.summary))
        matches, candidates = _matches(run.folder, labelled), _candidates(looked_at, labelled)
    days, shared = _days(job, labelled)
    found = outcomes(labelled, matches, candidates.__contains__, days, job.settings)
    result = report(labelled, found) | {"shared_ids": shared}
    document(result) if json else _print(result)


def _matches(folder: Path, pairs: Sequence[Pair]) -> dict[Key, Row]:
    from dedup.tables import MATCHES

    found = rows(folder, MATCHES, a_id=[pair.a_id for pair in pairs], b_id=[pair.b_id for pair in pairs])
    return {(row["a_id"], row["b_id"]): row for row in found}


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
        typer.echo(f"\n{absent} pairs name an article that is not in the input; --json lists them")
    if result["shared_ids"]:
        count, first = len(result["shared_ids"]), result["shared_ids"][0]
        typer.echo(f"{count} ids name articles of several publishers, first {first}; write them {first}@PUBLISHER")


def _confusion(part: str, counts: Mapping[str, Mapping[str, int]]) -> str:
    return columns(
        (f"{part}: label", *PREDICTIONS), [(label, *(counts[label][name] for name in PREDICTIONS)) for label in LABELS]
    )
