"""A night on the disk: its files, and the one transaction that makes them count."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup import manifest
from dedup.arrays import NO_DAY, pair_keys
from dedup.article import ARTICLES
from dedup.corpus import Corpus
from dedup.errors import BadDataError, SettingsError
from dedup.output import write_table
from dedup.settings import Settings
from dedup.store import Catalogue, Input, Member, Night
from dedup.store.files import ALIGNED, IDS, ORIGINS, RUNS, TABLES, digests, notes, runs_of, signatures, write
from dedup.store.folder import WORK
from dedup.tables import ATTRIBUTIONS, CLUSTERS, MATCHES, PASSAGES, SCHEMA_VERSION, Table
from dedup.writing import sync_files, sync_folder
from jobs.ledger import Event
from jobs.nightly.failpoints import Failpoint

_SIGNING, _TABLES = "signing", "tables"  # what the catalogue keeps of settings and versions
_CHUNK = 8192  # articles at a time


class NightPayload(NamedTuple):
    """What is stored of a night.

    ``origins``, ``groups``, ``fully_compared`` are of the rows of ``corpus``; ``matches`` and ``aligned`` are those of
    its new articles; ``tables`` is what is published.
    """

    corpus: Corpus
    origins: pa.Table
    groups: np.ndarray[Any, np.dtype[np.uint64]]
    fully_compared: np.ndarray[Any, np.dtype[np.bool_]]
    matches: pa.Table
    aligned: pa.Table
    tables: dict[Table, pa.Table]
    summary: dict[str, Any]


class NightResult(NamedTuple):
    """A night as it would be committed.

    ``signing``: fingerprint of the settings that change signatures; ``members``: the articles whose clusters or
    components it touches; ``events`` of these clusters; ``replaced``: (number of an earlier night, id) of the versions
    that are replaced. ``at_hand``: the articles of the night, and the stored ones that it has read, to be published.
    """

    payload: NightPayload
    signing: str
    members: list[Member]
    events: list[Event]
    replaced: list[tuple[int, str]]
    at_hand: Corpus


def write_night(
    folder: Path, payload: NightPayload, settings: Settings, judging: str, threads: Executor, failpoint: Failpoint
) -> None:
    """Write all files of a night into a new folder, down to the disk; ``judging`` as :class:`Night` has it."""
    folder.mkdir()
    corpus = payload.corpus
    order = _order(payload)
    ids = pa.record_batch([corpus.ids, pa.array(corpus.signatures.digests)], schema=IDS).take(pa.array(order))
    files = {
        "articles": (ARTICLES, (corpus.take(rows, ARTICLES.names) for rows in _chunks(order))),
        "signatures": (signatures(settings.num_perm), _signed(payload, order, settings)),
        "ids": (IDS, [ids]),
        "origins": (ORIGINS, payload.origins.take(pa.array(order)).to_batches()),
        "runs": (RUNS, (runs_of(corpus, rows) for rows in _chunks(order))),
        "matches": (MATCHES.schema, payload.matches.to_batches()),
        "passages": (ALIGNED, payload.aligned.to_batches()),
        "attributions": (ATTRIBUTIONS.schema, corpus.attributions.to_batches()),
    }
    tables, known = folder / TABLES, notes(settings, judging)
    tables.mkdir()
    stored = [
        threads.submit(write, folder / f"{name}.parquet", schema, batches, known)
        for name, (schema, batches) in files.items()
    ]
    published = [threads.submit(write_table, tables, table, rows, settings) for table, rows in payload.tables.items()]
    for name, written in zip(files, stored, strict=True):
        written.result()
        failpoint(f"{name} written")
    for table in published:
        table.result()
    (tables / manifest.SUMMARY).write_bytes(manifest.dumped(payload.summary))
    failpoint("tables written")
    sync_files(tables)
    sync_folder(folder)
    failpoint("written")


def _order(payload: NightPayload) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The order of a night's articles: those in clusters first, each half by content.

    Of stored articles the few in clusters are wanted most often, and of all others those with the smallest digests, to
    learn from; what is wanted together stands together.
    """
    corpus, clusters = payload.corpus, payload.tables[CLUSTERS]
    clustered = np.asarray(pc.is_in(corpus.ids, clusters["article_id"].combine_chunks()))
    return np.lexsort((np.arange(len(corpus)), corpus.signatures.digests, ~clustered))


def _chunks(order: np.ndarray[Any, Any]) -> Iterator[np.ndarray[Any, Any]]:
    for first in range(0, len(order), _CHUNK):
        yield order[first : first + _CHUNK]


def _signed(payload: NightPayload, order: np.ndarray[Any, Any], settings: Settings) -> Iterator[pa.RecordBatch]:
    corpus, schema = payload.corpus, signatures(settings.num_perm)
    for rows in _chunks(order):
        signed, days = corpus.signatures.take(rows), corpus.days[rows]
        values = np.ascontiguousarray(signed.values, "<u4")
        columns = [
            corpus.ids.take(pa.array(rows)),
            corpus.publishers.take(pa.array(rows)),
            pa.array(days, mask=days == NO_DAY),
            pa.array(signed.sizes),
            pa.array(signed.digests),
            pa.array(payload.groups[rows]),
            pa.array(payload.fully_compared[rows]),
            pa.Array.from_buffers(schema.field("values").type, len(rows), [None, pa.py_buffer(values)]),
        ]
        yield pa.record_batch(columns, schema=schema)


def check_settings(catalogue: Catalogue, settings: Settings) -> None:
    """Raise :class:`~dedup.errors.SettingsError` where a store cannot be used with these settings, or this wirecopy."""
    stored, store = catalogue.settings(), catalogue.folders.store
    if stored.get(_SIGNING, settings.signing_fingerprint()) != settings.signing_fingerprint():
        raise SettingsError(
            f"the signatures of {store} were made with other settings (num_perm, seed, shingle); use those, or make "
            f"them anew: wirecopy store rebuild --store {store} --num-perm {settings.num_perm} --seed {settings.seed} "
            f"--shingle {settings.shingle}"
        )
    if stored.get(_TABLES, _tables_version()) != _tables_version():
        raise SettingsError(
            f"tables in {store} are of version {stored[_TABLES]}, and this wirecopy writes {_tables_version()}; make "
            f"them anew: wirecopy store rebuild --store {store}"
        )


def _tables_version() -> str:
    """The schema version, and a digest of the schemas of what a night reads again."""
    schemas = "\n".join(
        schema.to_string(show_field_metadata=False)
        for schema in (MATCHES.schema, PASSAGES.schema, ATTRIBUTIONS.schema, RUNS)
    )
    return f"{SCHEMA_VERSION}-{hashlib.sha256(schemas.encode()).hexdigest()[:8]}"


def clean(catalogue: Catalogue) -> None:
    """Remove what a run left that did not come to its end, and the folders that the catalogue says do not count."""
    shutil.rmtree(catalogue.store / WORK, ignore_errors=True)
    catalogue.folders.sweep()
    folders = [folder for (folder,) in catalogue.ask("SELECT folder FROM removable")]
    for folder in folders:
        catalogue.folders.remove(folder)
    if folders:
        with catalogue.transaction():
            catalogue.run("DELETE FROM removable")


def unknown(catalogue: Catalogue) -> list[str]:
    """Folders of nights that the catalogue does not know, as one that is an older copy may not."""
    known = {night.folder.relative_to(catalogue.store).as_posix() for night in catalogue.nights()}
    known |= {folder for (folder,) in catalogue.ask("SELECT folder FROM removable")}
    return [folder for folder in catalogue.folders.names() if folder not in known]


def check_known(catalogue: Catalogue) -> None:
    """Raise :class:`~dedup.errors.BadDataError` where the store has nights that its catalogue does not know."""
    lost, folders = unknown(catalogue), catalogue.folders
    if lost:
        raise BadDataError(
            f"the catalogue of {folders.store} does not know {folders.location(lost[0])}"
            f"{' and others' if lost[1:] else ''}; it may be an older copy: put back the newest one, or take the "
            f"nights in: wirecopy store rebuild --store {folders.store}"
        )


def withdrawn(catalogue: Catalogue, folder: Path) -> None:
    """Write down, inside a transaction, that a folder of a night does not count and can be removed."""
    catalogue.write("removable", [(folder.relative_to(catalogue.store).as_posix(),)])


def counts_now(catalogue: Catalogue, folder: Path) -> None:
    """Write down, inside a transaction, that a folder of a night is not to be removed."""
    catalogue.run("DELETE FROM removable WHERE folder = ?", (folder.relative_to(catalogue.store).as_posix(),))


def beside(folder: Path) -> Path:
    """A free name for what is to replace a night's folder, as the name of such a folder goes."""
    number, run = 1, folder.name.partition(".")[0]
    while (free := folder.with_name(f"{run}.{number}")).exists():
        number += 1
    return free


def align(passages: pa.Table, matches: pa.Table, ids: pa.Array) -> pa.Table:
    """Passages by the rows of their ``matches`` (sorted by their two ids, all of them among the ascending ``ids``)."""
    keys = []
    for table in (matches, passages):
        left, right = (pc.index_in(table[side], ids).to_numpy().astype(np.int64) for side in ("a_id", "b_id"))
        keys.append(pair_keys(left, right))
    rows = pa.array(np.searchsorted(keys[0], keys[1]))
    return pa.table([rows, *passages.columns[2:]], schema=ALIGNED).sort_by([("match", "ascending")])


def commit(
    catalogue: Catalogue,
    night: Night,
    built: Path,
    inputs: Sequence[Input],
    night_result: NightResult,
    failpoint: Failpoint,
) -> None:
    """Make the folder ``built`` the folder of the ``night``, and then all of it valid at once."""
    files = digests(built)
    number, folder = night.number, night.folder.relative_to(catalogue.store).as_posix()
    with catalogue.transaction():
        withdrawn(catalogue, night.folder)
    failpoint("announced")
    catalogue.folders.put(built, folder)
    failpoint("moved")
    with catalogue.transaction():
        counts_now(catalogue, night.folder)
        row = (number, night.run_id, night.as_of, folder, night.articles, night.settings, 1, None, night.judging)
        catalogue.write("nights", [row])
        catalogue.write("files", [(number, *file) for file in files])
        catalogue.write("settings", [(_SIGNING, night_result.signing), (_TABLES, _tables_version())])
        failpoint("night added")
        catalogue.write("inputs", [(one.digest, number, one.name, one.bytes) for one in inputs])
        catalogue.write("replaced", night_result.replaced)
        failpoint("inputs added")
        base = catalogue.ask("SELECT coalesce(max(component), -1) + 1 FROM members")[0][0]
        catalogue.put_members(one._replace(component=base + one.component) for one in night_result.members)
        failpoint("members added")
        record(catalogue, number, night_result.events)
        failpoint("ledger added")
    failpoint("committed")


def record(catalogue: Catalogue, number: int, events: list[Event]) -> None:
    """Write events of a night after those that it has, and what they make of the clusters."""
    query = "SELECT coalesce(max(position), -1) + 1 FROM clusters_ledger WHERE number = ?"
    first = catalogue.ask(query, (number,))[0][0]
    catalogue.write("clusters_ledger", [(number, first + index, *event) for index, event in enumerate(events)])
    for event, cluster, _, other in events:
        if event == "made":
            catalogue.write("clusters", [(cluster, number, None, None)])
        elif event == "merged":
            catalogue.run("UPDATE clusters SET merged_into = ? WHERE cluster_id = ?", (cluster, other))
        elif event == "closed":
            catalogue.run("UPDATE clusters SET closed = ? WHERE cluster_id = ?", (number, cluster))
