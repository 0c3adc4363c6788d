"""``wirecopy explain``: what two articles share, and what that makes them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from dedup.errors import BadDataError, NoInputError, UsageError
from jobs.cli.files import whole
from jobs.cli.folder import Row, check, plain, read_again, rows, setting
from jobs.cli.options import Json, path_option, word_argument
from jobs.cli.pair import compare
from jobs.cli.printing import cell, columns, document, printable, show

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


@dataclasses.dataclass(frozen=True, slots=True)
class _Explanation:
    """``a`` and ``b``: rows of ARTICLES_OUT with ``cluster_id`` (of an article in several, all with a space between).

    ``note``: why the run has no match, if it has none.
    """

    a: Row
    b: Row
    match: Row
    passages: Sequence[Row]
    attributions: Sequence[Row]
    note: str | None = None


def explain(
    a: Annotated[str, word_argument(metavar="A", help="The id of an article, or without --run a text file.")],
    b: Annotated[str, word_argument(metavar="B", help="The other one.")],
    run: Annotated[Path | None, path_option(metavar="DIR", help="The folder of the run that has the ids.")] = None,
    html: Annotated[
        Path | None,
        path_option(metavar="FILE", help="Write it as a page of HTML with the texts side by side."),
    ] = None,
    json: Json = False,
) -> None:
    """Show what two articles share, passage by passage, and the grade that follows, with its reasons.

    Of two articles of a run it tells what the run found; a pair that the run did not write down is graded on the spot.
    Two text files are graded with the shipped phrases of furniture only.
    """
    found = _of_files(Path(a), Path(b)) if run is None else _of_run(run, a, b)
    if html is not None:
        _write_page(found, run, html)
    elif json:
        document(dataclasses.asdict(found))
    else:
        _print(found)


def _write_page(found: _Explanation, run: Path | None, out: Path) -> None:
    """The view of the report for this pair."""
    from dedup.report import pair_page
    from dedup.tables import FURNITURE

    publishers = [str(side.get("publisher")) for side in (found.a, found.b)]
    furniture = rows(run, FURNITURE, publisher=publishers) if run else []
    shingle = setting(run, "shingle") if run else 3
    page = pair_page(
        found.a, found.b, found.match, found.passages, found.attributions,
        furniture=furniture, shingle=shingle, note=found.note,
    )  # fmt: skip
    with whole(out) as file:
        file.write(page.encode())


def _of_files(a: Path, b: Path) -> _Explanation:
    from dedup.article import Article, record_batch

    texts = [_text(file) for file in (a, b)]
    found = compare(record_batch(Article(name, text) for name, text in zip("ab", texts, strict=True)))
    one, other = ({"id": str(file), "text": text} for file, text in zip((a, b), texts, strict=True))
    (match,) = plain(found.match)
    match["joined"] = match["counted"]
    attributions = plain(found.attributions)
    for row in (match, *attributions):
        row |= {name: str(a) if row[name] == "a" else str(b) for name in ("a_id", "b_id", "article_id") if name in row}
    return _Explanation(one, other, match, plain(found.passages), attributions)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise NoInputError(f"{file} cannot be read: {error.strerror}; for ids name their run: --run DIR") from None
    except UnicodeDecodeError as error:
        raise BadDataError(f"{file} is not UTF-8: {error.reason} at byte {error.start}") from None


def _of_run(run: Path, one: str, other: str) -> _Explanation:
    from dedup.tables import ARTICLES_OUT, ATTRIBUTIONS, CLUSTERS, MATCHES, PASSAGES

    check(run)
    a, b = sorted((one, other), key=str.encode)
    if a == b:
        raise UsageError(f"{a} is one article; explain needs two")
    sides = {row["id"]: row for row in rows(run, ARTICLES_OUT, id=[a, b])}
    for row in rows(run, CLUSTERS, article_id=[a, b]):
        side = sides.setdefault(row["article_id"], {"text": None})
        side["cluster_id"] = " ".join(filter(None, (side.get("cluster_id"), row["cluster_id"])))
    match = rows(run, MATCHES, a_id=a, b_id=b)
    if not match:
        return _unmatched(run, a, b, sides)
    passages = rows(run, PASSAGES, a_id=a, b_id=b)
    return _Explanation(sides[a], sides[b], match[0], passages, rows(run, ATTRIBUTIONS, article_id=[a, b]))


def _unmatched(run: Path, a: str, b: str, sides: Mapping[str, Row]) -> _Explanation:
    """A pair that the run did not write down, graded now with the furniture and the settings of the run.

    Texts that the run did not keep are read again from its inputs.
    """
    from dedup.article import Article, record_batch
    from dedup.furniture import ANYONE, of_rows
    from dedup.tables import FURNITURE

    shingle, window = setting(run, "shingle"), setting(run, "window")
    lacking = [name for name in (a, b) if sides.get(name, {}).get("text") is None]
    again = read_again(run, lacking) if lacking else {}
    known = {name: {**sides.get(name, {}), **again.get(name, {})} for name in (a, b)}
    publishers = [known[name]["publisher"] or ANYONE for name in (a, b)]
    names = [field.name for field in dataclasses.fields(Article)]
    articles = [Article(**{name: row[name] for name in names if name in row}) for row in (known[a], known[b])]
    found = compare(
        record_batch(articles),
        learned=of_rows(rows(run, FURNITURE, publisher=[ANYONE, *publishers])),
        shingle=shingle,
        min_score=setting(run, "min_score"),
    )
    (match,) = plain(found.match)
    one, other = (set((row.get("cluster_id") or "").split()) for row in (known[a], known[b]))
    match["joined"] = bool(one & other)
    near = _within(known[a], known[b], window)
    note = _why_not(match, near, window)
    return _Explanation(known[a], known[b], match, plain(found.passages), plain(found.attributions), note)


def _within(one: Row, other: Row, window: int) -> bool:
    """Whether the days of two articles are within the window, as the search counts them."""
    import pyarrow as pa

    from dedup import rules
    from dedup.arrays import day_numbers

    here, there = day_numbers(pa.array([one.get("published"), other.get("published")], pa.timestamp("us", "UTC")))
    return bool(rules.within_days(int(here), int(there), window))


def _why_not(match: Row, near: bool, window: int) -> str:
    from dedup.tables import COUNTED_GRADES, GRADES

    if not near:
        return f"Not in matches.parquet: the two are more than {window} days apart. Graded now:"
    if match["grade"] in GRADES and match["grade"] not in COUNTED_GRADES:
        return f"Not in matches.parquet: a pair graded {match['grade']} is written with --related only. Graded now:"
    if match["counted"]:
        return "Not in matches.parquet: the two were no candidate pair, the run never looked at them. Graded now:"
    return "Not in matches.parquet: no candidate pair, or too little in common to be written. Graded now:"


def _print(found: _Explanation) -> None:
    facts = {name: name for name in ("id", "publisher", "published", "headline")} | {"cluster": "cluster_id"}
    typer.echo(columns(("", *facts), [(name, *map(side.get, facts.values())) for name, side in _sides(found)]))
    typer.echo(f"\n{found.note}" if found.note else "")
    typer.echo(_told(found.match))
    _print_passages(found)
    if found.attributions:
        ids = {side["id"]: name for name, side in _sides(found)}
        names = ("kind", "name", "position", "strength", "evidence")
        lines = [(ids[row["article_id"]], *map(row.get, names)) for row in found.attributions]
        typer.echo("\n" + columns(("", *names), lines))


def _sides(found: _Explanation) -> tuple[tuple[str, Row], tuple[str, Row]]:
    return ("A", found.a), ("B", found.b)


def _told(match: Row) -> str:
    """The grade, why, and what was measured."""
    said = _STANDING[match["counted"], match["joined"]]
    grade = match["grade"] or "none, too little in common"
    reasons = [f"  - {printable(reason)}" for reason in match["reasons"]]
    whole = ("all words", match["containment_a_in_b"], match["containment_b_in_a"])
    copy = ("without quotes and furniture", match["copy_a_in_b"], match["copy_b_in_a"])
    shares = columns(("share of shingles", "of A in B", "of B in A"), [whole, copy])
    days = "dates unknown" if match["days_apart"] is None else f"{match['days_apart']:.1f} days apart"
    words = f"longest passage {match['longest_passage']} words, {match['shared_quotes']} quoted words in both"
    lines = [f"grade: {grade} ({said}; score {cell(match['score'])})", *reasons, "", shares]
    return "\n".join([*lines, f"resemblance {match['resemblance']:.2f}, {words}, {days}", ""])


def _print_passages(found: _Explanation) -> None:
    from rich.table import Table

    if not found.passages:
        typer.echo("no passage in common")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="")
    table.add_column("passage")
    for name in ("in A", "in B"):
        table.add_column(name, ratio=1, overflow="fold")
    for row in found.passages:
        table.add_row(row["kind"], *(_passage(side, row, name) for name, side in _sides(found)))
    show(table, _WIDTH)


def _passage(side: Row, row: Row, name: str) -> str:
    """The characters of a passage in A or B with their places; without a text the places alone."""
    start, end = row[f"{name.lower()}_start"], row[f"{name.lower()}_end"]
    words = "" if side["text"] is None else f" {printable(side['text'][start:end])}"
    return f"[{start}-{end}]{words}"
