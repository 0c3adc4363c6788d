"""``wirecopy keep``: a dump without its copies, for those who build corpora."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dedup.errors import UsageError
from jobs.cli.files import check_file, whole
from jobs.cli.folder import Row, check, rows, setting
from jobs.cli.options import Fields, Inputs, RunFolder, fields, path_option

if TYPE_CHECKING:
    import pyarrow as pa

EXAMPLES = (
    "wirecopy keep run samples/morning.jsonl samples/evening.csv -o kept.parquet",
    "wirecopy keep run 'dumps/*.parquet' --policy longest -o kept.parquet",
)


class Policy(enum.StrEnum):
    """Which article of a cluster stays."""

    ORIGIN = "origin"
    EARLIEST = "earliest"
    LONGEST = "longest"


def keep(
    run: RunFolder,
    inputs: Inputs,
    out: Annotated[Path, path_option("--out", "-o", metavar="FILE", help="The Parquet file to write.")],
    policy: Annotated[Policy, typer.Option(help="Which article of a cluster stays.")] = Policy.ORIGIN,
    field: Fields = None,
) -> None:
    """Write the articles of a dump without the copies that a run found, and which cluster every article was in.

    Of the articles of a cluster that are in the inputs one stays: the origin, the earliest or the longest. Where the
    origin is not in the inputs, the earliest stays. All other articles are written as they were read, in their order.
    Beside kept.parquet, kept.map.parquet has article_id, cluster_id and kept_article_id of every article in a cluster.
    """
    check(run)
    check_file(out)
    from dedup import readers
    from dedup.tables import CLUSTERS

    _check_apart([source.name for source in readers.sources(inputs)], out)
    dump = _Dump(inputs, fields(field or ()), setting(run, "max_record"))
    witnesses = rows(run, CLUSTERS)
    lengths = dump.lengths([row["article_id"] for row in witnesses])
    present = [row for row in witnesses if row["article_id"] in lengths]
    if witnesses and not present:
        raise UsageError(f"no article of a cluster of {run} is in the inputs; name the dumps that the run was made of")
    kept = chosen(present, lengths, policy)
    copies = [row["article_id"] for row in present if kept[row["cluster_id"]] != row["article_id"]]
    of_all, of_map = dump.write(out, copies), out.with_name(f"{out.stem}.map{out.suffix}")
    _write_map(of_map, present, kept)
    print(f"kept {of_all - len(copies):,} of {of_all:,} articles; {out} has them, {of_map} which cluster each was in")


def chosen(witnesses: Iterable[Row], lengths: Mapping[str, int], policy: Policy) -> dict[str, str]:
    """The article of every cluster that stays, of ``witnesses`` (rows of CLUSTERS); ``lengths`` are their characters.

    Of equals the origin stays, then the earliest (the undated come last), then that of the smallest id.
    """

    def rank(row: Row) -> tuple[Any, ...]:
        undated, origin = row["published"] is None, row["role"] != "origin"
        date = 0.0 if undated else row["published"].timestamp()
        first = {Policy.ORIGIN: (), Policy.EARLIEST: (undated, date), Policy.LONGEST: (-lengths[row["article_id"]],)}
        return (*first[policy], origin, undated, date, row["article_id"].encode())

    return {row["cluster_id"]: row["article_id"] for row in sorted(witnesses, key=rank, reverse=True)}


class _Dump:
    """The inputs, read twice: to see what is there, and to write what stays."""

    def __init__(self, inputs: Sequence[str], columns: Mapping[str, str], max_record: int) -> None:
        self._how = (inputs, columns, max_record)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        from dedup.readers import read

        inputs, columns, max_record = self._how
        return (batch.articles for batch in read(inputs, fields=columns, max_record=max_record))

    def lengths(self, ids: Sequence[str]) -> dict[str, int]:
        """Characters of those of the articles ``ids`` that are there (of several versions of the longest)."""
        import pyarrow as pa
        import pyarrow.compute as pc

        found: dict[str, int] = {}
        for batch in self._batches():
            wanted = batch.filter(pc.is_in(batch["id"], pa.array(ids, pa.string())))
            pairs = zip(wanted["id"].to_pylist(), pc.utf8_length(wanted["text"]).to_pylist(), strict=True)
            for name, length in pairs:
                found[name] = max(length, found.get(name, 0))
        return found

    def write(self, out: Path, left_out: Sequence[str]) -> int:
        """Write all articles but those to ``out``; the number of articles there were."""
        import pyarrow as pa
        import pyarrow.compute as pc
        from pyarrow import parquet

        from dedup.article import ARTICLES

        without = pa.array(left_out, pa.string())
        number = 0
        with whole(out) as file, parquet.ParquetWriter(file, ARTICLES, compression="zstd") as writer:
            for batch in self._batches():
                number += batch.num_rows
                writer.write_batch(batch.filter(pc.invert(pc.is_in(batch["id"], without))))
        return number


def _write_map(out: Path, witnesses: Sequence[Row], kept: Mapping[str, str]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    names, clusters = ([row[name] for row in witnesses] for name in ("article_id", "cluster_id"))
    stays = [kept[cluster] for cluster in clusters]
    columns = [pa.array(values, pa.string()) for values in (names, clusters, stays)]
    table = pa.table(columns, ["article_id", "cluster_id", "kept_article_id"])
    with whole(out) as file:
        parquet.write_table(table, file, compression="zstd")


def _check_apart(sources: Sequence[str], out: Path) -> None:
    """An input must not be overwritten."""
    if out.resolve() in {Path(source).resolve() for source in sources}:
        raise UsageError(f"{out} is one of the inputs; choose another --out")
