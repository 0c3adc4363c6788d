"""``wirecopy explain``: what two articles share, and what that makes them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from dedup.errors import BadDataError, NoInputError
from jobs.cli.files import atomic_output
from jobs.cli.options import Json, path_option, run_path, word_argument
from jobs.cli.printing import cell, columns, document, printable, show
from jobs.explanation import Explanation, of_run
from jobs.folder import Row, RunPath, plain, rows, setting
from jobs.pair import compare

EXAMPLES = (
    "wirecopy explain marlow-bridge newsbolt-bridge --run run",
    "wirecopy explain one.txt other.txt",
    "wirecopy explain one.txt other.txt --json",
    "wirecopy explain one.txt other.txt --html pair.html",
)
_WIDTH = 110  # of the passages side by side, where the width is not known
#: What a match does, by whether it counts and whether both articles are in one cluster.
_STANDING = {
    (True, True): "counts: it makes a cluster",
    (True, False): "counts, but the two are in no cluster together",
    (False, True): "does not count, but the two are in one cluster",
    (False, False): "does not count: it makes no cluster",
}


def explain(
    a: Annotated[str, word_argument(metavar="A", help="The id of an article; without --run, a text file.")],
    b: Annotated[str, word_argument(metavar="B", help="The other article.")],
    run: Annotated[
        Path | None,
        typer.Option(parser=run_path, metavar="DIR", help="The folder of the run with these articles, or its address."),
    ] = None,
    html: Annotated[
        Path | None,
        path_option(metavar="FILE", help="Write an HTML page with the texts side by side."),
    ] = None,
    json: Json = False,
) -> None:
    """Show the passages that two articles share, their grade, and the reasons for it.

    With --run, A and B are ids of articles of that run; a pair that is not in its tables is compared now. Without
    --run, A and B are text files, and only the furniture phrases that come with wirecopy are known.
    """
    explanation = _of_files(Path(a), Path(b)) if run is None else of_run(run, a, b)
    if html is not None:
        _write_page(explanation, run, html)
    elif json:
        document(dataclasses.asdict(explanation))
    else:
        _print(explanation)


def _write_page(explanation: Explanation, run: RunPath | None, out: Path) -> None:
    """The view of the report for this pair."""
    from dedup.report import pair_page
    from dedup.tables import BOILERPLATE

    publishers = [str(side.get("publisher")) for side in (explanation.a, explanation.b)]
    boilerplate = rows(run, BOILERPLATE, publisher=publishers) if run else []
    shingle = setting(run, "shingle") if run else 3
    page = pair_page(
        explanation.a,
        explanation.b,
        explanation.match,
        explanation.passages,
        explanation.attributions,
        boilerplate=boilerplate,
        shingle=shingle,
        note=explanation.note,
    )
    with atomic_output(out) as file:
        file.write(page.encode())


def _of_files(a: Path, b: Path) -> Explanation:
    from dedup.article import Article, record_batch

    texts = [_text(file) for file in (a, b)]
    comparison = compare(record_batch(Article(name, text) for name, text in zip("ab", texts, strict=True)))
    one, other = ({"id": str(file), "text": text} for file, text in zip((a, b), texts, strict=True))
    (match,) = plain(comparison.match)
    match["joined"] = match["counted"]
    attributions = plain(comparison.attributions)
    for row in (match, *attributions):
        row |= {name: str(a) if row[name] == "a" else str(b) for name in ("a_id", "b_id", "article_id") if name in row}
    return Explanation(one, other, match, plain(comparison.passages), attributions)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise NoInputError(f"{file} cannot be read: {error.strerror}; to compare article ids, add --run DIR") from None
    except UnicodeDecodeError as error:
        raise BadDataError(f"{file} is not UTF-8: {error.reason} at byte {error.start}") from None


def _print(explanation: Explanation) -> None:
    facts = {name: name for name in ("id", "publisher", "published", "headline")} | {"cluster": "cluster_id"}
    typer.echo(columns(("", *facts), [(name, *map(side.get, facts.values())) for name, side in _sides(explanation)]))
    typer.echo(f"\n{explanation.note}" if explanation.note else "")
    typer.echo(_grade_text(explanation.match))
    _print_passages(explanation)
    if explanation.attributions:
        ids = {side["id"]: name for name, side in _sides(explanation)}
        names = ("kind", "name", "position", "strength", "evidence")
        lines = [(ids[row["article_id"]], *map(row.get, names)) for row in explanation.attributions]
        typer.echo("\n" + columns(("", *names), lines))


def _sides(explanation: Explanation) -> tuple[tuple[str, Row], tuple[str, Row]]:
    return ("A", explanation.a), ("B", explanation.b)


def _grade_text(match: Row) -> str:
    """The grade, why, and what was measured."""
    verdict = _STANDING[match["counted"], match["joined"]]
    grade = match["grade"] or "none, too little in common"
    reasons = [f"  - {printable(reason)}" for reason in match["reasons"]]
    all_words = ("all words", match["containment_a_in_b"], match["containment_b_in_a"])
    copy = ("without quotes and furniture", match["copy_a_in_b"], match["copy_b_in_a"])
    shares = columns(("share of shingles", "of A in B", "of B in A"), [all_words, copy])
    days = "dates unknown" if match["days_apart"] is None else f"{match['days_apart']:.1f} days apart"
    words = f"longest passage {match['longest_passage']} words, {match['shared_quotes']} quoted words in both"
    lines = [f"grade: {grade} ({verdict}; score {cell(match['score'])})", *reasons, "", shares]
    return "\n".join([*lines, f"resemblance {match['resemblance']:.2f}, {words}, {days}", ""])


def _print_passages(explanation: Explanation) -> None:
    from rich.table import Table

    if not explanation.passages:
        typer.echo("no passage in common")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="")
    table.add_column("passage")
    for name in ("in A", "in B"):
        table.add_column(name, ratio=1, overflow="fold")
    for row in explanation.passages:
        table.add_row(row["kind"], *(_passage(side, row, name) for name, side in _sides(explanation)))
    show(table, _WIDTH)


def _passage(side: Row, row: Row, name: str) -> str:
    """The characters of a passage in A or B with their places; without a text the places alone."""
    start, end = row[f"{name.lower()}_start"], row[f"{name.lower()}_end"]
    words = "" if side["text"] is None else f" {printable(side['text'][start:end])}"
    return f"[{start}-{end}]{words}"
