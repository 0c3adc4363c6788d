"""``wirecopy keep``: a dump without its copies, for those who build corpora."""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dedup.errors import UsageError
from jobs.cli import notices
from jobs.cli.files import atomic_output, check_file
from jobs.cli.options import Fields, Inputs, RunFolder, fields, path_option
from jobs.folder import Row, check, rows, setting

if TYPE_CHECKING:
    from dedup.article import Batch
    from dedup.corpus import Corpus
    from dedup.credits import Agencies
    from dedup.readers.tally import Reading

EXAMPLES = (
    "wirecopy keep run samples/morning.jsonl samples/evening.csv -o kept.parquet",
    "wirecopy keep run 'dumps/*.parquet' --policy longest -o kept.parquet",
)
_ROWS = 4096  # articles at a time
_AHEAD = 4  # batches that are looked at side by side


class Policy(enum.StrEnum):
    """Which article of a cluster stays."""

    NONE = "none"
    WIRE = "wire"
    ORIGIN = "origin"
    EARLIEST = "earliest"
    LONGEST = "longest"


def keep(
    run: RunFolder,
    inputs: Inputs,
    out: Annotated[Path, path_option("--out", "-o", metavar="FILE", help="The Parquet file to write.")],
    policy: Annotated[Policy, typer.Option(help="Which article of a cluster to keep.")] = Policy.ORIGIN,
    field: Fields = None,
) -> None:
    """Write the articles of a dump without the copies that a run found.

    One article of each cluster is kept: the origin, the earliest, the longest, or with wire the agency's own
    article, else the one with most of the copy. With none, no article of a cluster is kept. If the origin is not in
    the inputs, the earliest article is kept. An article of several clusters, such as a round-up, is removed only if
    it is kept for none of them. All other articles are written in their order, each once and in its latest version.
    An id that several publishers share is written as id@publisher.

    Beside kept.parquet, kept.map.parquet has the columns article_id, cluster_id and kept_article_id, with a row for
    each article and cluster.
    """
    check(run)
    check_file(out)
    from dedup import readers
    from dedup.tables import CLUSTERS

    by_name, names = readers.find(inputs), readers.Names(fields(field or ()))
    _check_apart([source.name for source in by_name.sources], out)
    witnesses = rows(run, CLUSTERS)
    batches = readers.read_sources(by_name.sources, names, max_record=setting(run, "max_record"))
    with _gathered(batches) as (corpus, reading):
        notices.warn(notices.of_reading(by_name, names, reading))
        dump = _Dump(corpus, witnesses)
        lengths = dump.lengths([row["article_id"] for row in witnesses])
        present = [row for row in witnesses if row["article_id"] in lengths]
        if witnesses and not present:
            raise UsageError(
                f"no article of a cluster of {run} is in the inputs; give the dumps that the run was made from"
            )
        chosen_ids = chosen(present, lengths, policy)
        stays = set(chosen_ids.values())
        written = dump.write(out, {row["article_id"] for row in present} - stays)
    of_map = out.with_name(f"{out.stem}.map{out.suffix}")
    _write_map(of_map, present, chosen_ids)
    print(f"kept {written:,} of {dump.read:,} articles in {out}; {of_map} maps articles to clusters")


@contextlib.contextmanager
def _gathered(batches: Iterable[Batch]) -> Iterator[tuple[Corpus, Reading]]:
    """The articles as a run takes them: each once, in its latest version."""
    import tempfile
    from concurrent.futures import ThreadPoolExecutor

    from dedup.corpus import gather, measured

    with tempfile.TemporaryDirectory(prefix="wirecopy-") as folder, ThreadPoolExecutor() as threads:
        yield gather(batches, Path(folder), measured, threads, _AHEAD)


def chosen(witnesses: Iterable[Row], lengths: Mapping[str, int], policy: Policy) -> dict[str, str]:
    """The article of every cluster that stays, of ``witnesses`` (rows of CLUSTERS); ``lengths`` are their characters.

    Of equals the origin stays, then the earliest (the undated come last), then that of the smallest id.
    """
    from dedup.credits import load_agencies

    agencies = load_agencies()

    def rank(row: Row) -> tuple[Any, ...]:
        undated, origin = row["published"] is None, row["role"] != "origin"
        date = 0.0 if undated else row["published"].timestamp()
        first: dict[Policy, Callable[[], tuple[Any, ...]]] = {
            Policy.WIRE: lambda: (not _is_agencys(row, agencies), -(row["copy_share"] or 0.0)),
            Policy.EARLIEST: lambda: (undated, date),
            Policy.LONGEST: lambda: (-lengths[row["article_id"]],),
        }
        return (*first.get(policy, tuple)(), origin, undated, date, row["article_id"].encode())

    if policy is Policy.NONE:
        return {}
    return {row["cluster_id"]: row["article_id"] for row in sorted(witnesses, key=rank, reverse=True)}


def _is_agencys(row: Row, agencies: Agencies) -> bool:
    """Whether a witness is the agency's own article."""
    from dedup.credits import own_agency

    return own_agency(row["publisher"], row["url"], agencies) is not None


class _Dump:
    """The articles of the inputs, each once, in the order in which they came; ``read``: how many records there were."""

    def __init__(self, corpus: Corpus, witnesses: Iterable[Row]) -> None:
        """``witnesses``: rows of CLUSTERS, whose names count where the inputs hold fewer articles than the run had."""
        from dedup.article import qualified

        known = {(row["article_id"], row["publisher"]) for row in witnesses}
        columns = (corpus.read_ids, qualified(corpus.read_ids, corpus.publishers), corpus.publishers, corpus.ids)
        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        self._corpus = corpus
        self._names = [
            next((name for name in (read, full) if (name, publisher) in known), own)
            for read, full, publisher, own in rows
        ]
        self.read = len(corpus) + len(corpus.repeated) + len(corpus.superseded)

    def lengths(self, ids: Collection[str]) -> dict[str, int]:
        """Characters of those of the articles ``ids`` that are there."""
        import numpy as np
        import pyarrow.compute as pc

        wanted = set(ids)
        here = np.array([row for row, name in enumerate(self._names) if name in wanted], np.int64)
        by_name: dict[str, int] = {}
        for first in range(0, len(here), _ROWS):
            rows = here[first : first + _ROWS]
            sizes = pc.utf8_length(self._corpus.take(rows, ("text",))["text"]).to_pylist()
            by_name |= {self._names[row]: size for row, size in zip(rows.tolist(), sizes, strict=True)}
        return by_name

    def write(self, out: Path, left_out: Collection[str]) -> int:
        """Write all articles but those to ``out``; returns how many."""
        import numpy as np
        import pyarrow as pa
        from pyarrow import parquet

        from dedup.article import ARTICLES

        without = set(left_out)
        order = np.argsort(self._corpus.positions, kind="stable")
        order = order[[self._names[row] not in without for row in order.tolist()]] if len(order) else order
        with atomic_output(out) as file, parquet.ParquetWriter(file, ARTICLES, compression="zstd") as writer:
            for first in range(0, len(order), _ROWS):
                rows = order[first : first + _ROWS]
                names = pa.array([self._names[row] for row in rows.tolist()], pa.string())
                writer.write_batch(self._corpus.take(rows).set_column(0, ARTICLES.field("id"), names))
        return len(order)


def _write_map(out: Path, witnesses: Sequence[Row], choice: Mapping[str, str]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    names, clusters = ([row[name] for row in witnesses] for name in ("article_id", "cluster_id"))
    stays = [choice.get(cluster) for cluster in clusters]
    columns = [pa.array(values, pa.string()) for values in (names, clusters, stays)]
    table = pa.table(columns, ["article_id", "cluster_id", "kept_article_id"])
    with atomic_output(out) as file:
        parquet.write_table(table, file, compression="zstd")


def _check_apart(sources: Sequence[str], out: Path) -> None:
    """An input must not be overwritten."""
    if out.resolve() in {Path(source).resolve() for source in sources}:
        raise UsageError(f"{out} is one of the inputs; choose another --out")
