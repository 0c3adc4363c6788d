"""What two articles of a run share, and what that makes them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from dedup.errors import UsageError
from dedup.readers.inputs import Input
from jobs.folder import Row, RunPath, check, plain, read_again, rows, setting
from jobs.pair import compare


@dataclasses.dataclass(frozen=True, slots=True)
class Explanation:
    """Two articles and what they share.

    ``a`` and ``b``: rows of ARTICLES_OUT with ``cluster_id`` (of an article in several, all with a space between).
    ``match``, ``passages`` and ``attributions``: rows of their tables. ``note``: why the run has no match, if none.
    """

    a: Row
    b: Row
    match: Row
    passages: Sequence[Row]
    attributions: Sequence[Row]
    note: str | None = None


def of_run(run: RunPath, one: str, other: str, inputs: Sequence[Input] | None = None) -> Explanation:
    """What a run says of two of its articles; a pair that it did not write down is graded now.

    Texts that it did not keep are read again from ``inputs`` (None: those that it names). Raises
    :class:`~dedup.errors.UsageError` where one of the two is not to be found.
    """
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
        return _unmatched(run, a, b, sides, inputs)
    passages = rows(run, PASSAGES, a_id=a, b_id=b)
    return Explanation(sides[a], sides[b], match[0], passages, rows(run, ATTRIBUTIONS, article_id=[a, b]))


def _unmatched(run: RunPath, a: str, b: str, sides: Mapping[str, Row], inputs: Sequence[Input] | None) -> Explanation:
    """A pair that the run did not write down, graded now with the boilerplate and the settings of the run.

    Texts that the run did not keep are read again from its inputs.
    """
    from dedup.article import Article, record_batch
    from dedup.tables import BOILERPLATE
    from dedup.text.boilerplate import ANYONE, of_rows

    shingle, window = setting(run, "shingle"), setting(run, "window")
    lacking = [name for name in (a, b) if sides.get(name, {}).get("text") is None]
    again = read_again(run, lacking, inputs) if lacking else {}
    known = {name: {**sides.get(name, {}), **again.get(name, {})} for name in (a, b)}
    publishers = [known[name]["publisher"] or ANYONE for name in (a, b)]
    names = [field.name for field in dataclasses.fields(Article)]
    articles = [Article(**{name: row[name] for name in names if name in row}) for row in (known[a], known[b])]
    result = compare(
        record_batch(articles),
        learned=of_rows(rows(run, BOILERPLATE, publisher=[ANYONE, *publishers])),
        shingle=shingle,
        min_score=setting(run, "min_score"),
    )
    (match,) = plain(result.match)
    one, other = (set((row.get("cluster_id") or "").split()) for row in (known[a], known[b]))
    match["joined"] = bool(one & other)
    near = _within(known[a], known[b], window)
    note = _why_not(match, near, window)
    return Explanation(known[a], known[b], match, plain(result.passages), plain(result.attributions), note)


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
