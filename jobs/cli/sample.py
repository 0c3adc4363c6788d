"""``wirecopy sample``: pairs of a run drawn at random, as a sheet on which people judge them."""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dedup.errors import UsageError
from jobs.cli.files import atomic_output, check_file
from jobs.cli.options import RunFolder, path_option
from jobs.folder import Row, RunPath, check, read_again, rows, summary, table
from jobs.labels import MEANINGS, guarded

if TYPE_CHECKING:
    from dedup.tables import Table
    from jobs.sampling import Drawn

EXAMPLES = (
    "wirecopy sample run -o sheet.html",
    "wirecopy sample run -n 300 --seed 7 -o to-judge.csv",
)


def sample(
    run: RunFolder,
    out: Annotated[Path, path_option("--out", "-o", metavar="FILE", help="The sheet to write: .html or .csv.")],
    size: Annotated[int, typer.Option("--size", "-n", min=10, max=100_000, help="Approximate number of pairs.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Random seed.")] = 0,
) -> None:
    """Draw a random sample of pairs and stories of a run, as a sheet to be labelled by people.

    Four in five pairs are rows of matches.parquet, near misses included, in strata by grade and score; the others
    pair an article of a story with its origin. At least two pairs of each stratum are drawn, and each pair has a
    weight. The sheet does not show how the run graded a pair. The HTML page works offline: read, press 1 to 5, and
    save the CSV file at the end. To learn about recall and lower thresholds, use a run with --min-score 0.2.

    Then wirecopy evaluate RUN --pairs sheet.csv prints how much of the run is right, and a suggested min_score.
    """
    check(run)
    check_file(out)
    if out.suffix.lower() not in (".html", ".csv"):
        raise UsageError(f"{out} ends neither in .html nor in .csv; choose one of them")
    drawn = _drawn(run, size, seed)
    if not drawn:
        raise UsageError(f"{run} has neither matches nor stories; there is nothing to label")
    made = _page(run, drawn) if out.suffix.lower() == ".html" else _csv(run, drawn)
    with atomic_output(out) as file:
        file.write(made.encode())
    filled = out if out.suffix.lower() == ".csv" else "sheet.csv"  # what the page calls it
    typer.echo(f"{len(drawn)} pairs; label them, then: wirecopy evaluate {run} --pairs {filled}")


def _drawn(run: RunPath, size: int, seed: int) -> list[Drawn]:
    from dedup.tables import CLUSTERS, MATCHES
    from jobs import sampling

    matches, witnesses = (
        table(run, kind, columns=columns)
        for kind, columns in ((MATCHES, sampling.MATCH_COLUMNS), (CLUSTERS, sampling.WITNESS_COLUMNS))
    )
    return sampling.sample(matches, witnesses, size, seed)


def _lines(drawn: Sequence[Drawn]) -> list[dict[str, str]]:
    """The columns that the evaluation needs. Strata have numbers, or their names would say what the run thinks."""
    strata = {name: f"{code:02}" for code, name in enumerate(sorted({(one.set, one.stratum) for one in drawn}), 1)}
    return [
        {
            "set": one.set,
            "stratum": strata[one.set, one.stratum],
            "weight": f"{one.weight:.6f}",
            "a_id": guarded(one.a_id),
            "b_id": guarded(one.b_id),
        }
        for one in drawn
    ]


def _page(run: RunPath, drawn: Sequence[Drawn]) -> str:
    from dedup.report import sheet

    pairs = [(one.a_id, one.b_id) for one in drawn]
    return sheet(functools.partial(_fetch, run), summary(run), pairs, _lines(drawn), MEANINGS)


def _fetch(run: RunPath, kind: Table, **equal: str | Sequence[str]) -> list[Row]:
    """Rows of the run; texts that it did not keep are read again from its inputs."""
    from dedup.tables import ARTICLES_OUT

    result = rows(run, kind, **equal)
    lacking = [row["id"] for row in result if kind is ARTICLES_OUT and row["text"] is None]
    again = read_again(run, lacking) if lacking else {}
    return [{**row, "text": again[row["id"]]["text"]} if row.get("id") in again else row for row in result]


def _csv(run: RunPath, drawn: Sequence[Drawn]) -> str:
    from dedup.tables import ARTICLES_OUT

    ids = sorted({name for one in drawn for name in (one.a_id, one.b_id)})
    articles = {row["id"]: row for row in _fetch(run, ARTICLES_OUT, id=ids)}
    shown = ("publisher", "published", "headline", "url", "text")
    names = [f"{side}_{name}" for name in shown for side in ("a", "b")]
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, ["set", "stratum", "weight", "a_id", "b_id", "label", "note", *names])
    writer.writeheader()
    for one, line in zip(drawn, _lines(drawn), strict=True):
        sides = (("a", articles[one.a_id]), ("b", articles[one.b_id]))
        texts = {f"{side}_{name}": _cell(row[name]) for side, row in sides for name in shown}
        writer.writerow({**line, "label": "", "note": "", **texts})
    return "\ufeff" + sheet.getvalue()


def _cell(value: Any) -> str:
    return "" if value is None else guarded(str(value))
