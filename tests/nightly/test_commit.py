"""A store is known by what wirecopy made, loses nothing of it, and says what is no longer as it was written."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dedup.errors import BadDataError, CannotWriteError, InputOutputError
from dedup.settings import Settings
from dedup.store import Catalogue
from jobs.nightly import Job, Policy, nightly
from jobs.nightly.maintenance import expire, publish_again, status, verify
from jobs.nightly.rebuild import rebuild

from .conftest import FIRST, Nights, in_child, write_dump


def flip(file: Path, index: int) -> None:
    content = bytearray(file.read_bytes())
    content[index % len(content)] ^= 0x10
    file.write_bytes(content)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_folder_that_is_no_store_is_refused_and_left_alone(tmp_path: Path, dumps: list[Path], dry_run: bool) -> None:
    folder = tmp_path / "mine"
    for name in ("work/thesis.txt", "nights/letters/one.txt", "notes.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("mine", "utf-8")
    before = contents(folder)
    with pytest.raises(CannotWriteError, match="is no store and not empty"):
        nightly(Job(dumps[:1]), folder, tmp_path / "out", as_of=FIRST, policy=Policy(dry_run=dry_run))
    assert contents(folder) == before
    assert not (tmp_path / "out").exists()


def test_what_others_put_into_a_store_stays(nights: Nights, dumps: list[Path]) -> None:
    nights.run(dumps[0])
    (nights.store / "nights" / "letters").mkdir()
    (nights.store / "nights" / "letters" / "one.txt").write_text("mine", "utf-8")
    nights.run(dumps[1], day=1)
    expire(nights.store, FIRST.replace(day=10), "test")
    assert (nights.store / "nights" / "letters" / "one.txt").read_text("utf-8") == "mine"


@pytest.mark.parametrize("empty", [False, True])
def test_nights_without_their_catalogue_are_kept_and_made_a_store_again(
    nights: Nights, dumps: list[Path], empty: bool
) -> None:
    nights.all(dumps)
    clusters, matches = nights.clusters(), nights.matches()
    (nights.store / "catalogue.sqlite").unlink()
    if empty:
        (nights.store / "catalogue.sqlite").touch()
    before = contents(nights.store)
    for ask in (lambda: nights.run(dumps[1], day=1), lambda: status(nights.store), lambda: verify(nights.store)):
        with pytest.raises(BadDataError, match=r"no catalogue .*store rebuild"):
            ask()
    assert contents(nights.store) == before
    done = rebuild(nights.store, settings=None)
    assert len(done.runs) == 2 and done.lost
    assert (nights.clusters(), nights.matches(), verify(nights.store)) == (clusters, matches, [])
    assert nights.run(dumps[0], day=3).folder is None, "its inputs are known again"


def test_nights_that_an_older_catalogue_does_not_know_are_not_swept_away(
    nights: Nights, dumps: list[Path], tmp_path: Path
) -> None:
    nights.run(dumps[0])
    names = ("catalogue.sqlite", "catalogue.digest")
    for name in names:
        shutil.copy(nights.store / name, tmp_path / name)
    nights.run(dumps[1], day=1)
    clusters = nights.clusters()
    for name in names:
        shutil.copy(tmp_path / name, nights.store / name)
    before = contents(nights.store)
    with pytest.raises(BadDataError, match=r"does not know .*2025-05-10-.*store rebuild"):
        nights.run(dumps[1], day=1)
    assert contents(nights.store) == before
    (fault,) = verify(nights.store)
    assert "is not known to the catalogue" in fault
    assert len(rebuild(nights.store, settings=None).taken_in) == 1
    assert nights.clusters() == clusters


def test_a_run_given_again_after_a_rebuild_is_published_anew(nights: Nights, dumps: list[Path]) -> None:
    first, second = (done.folder for done in nights.all(dumps))
    assert first and second
    mine = second / "report.html"
    mine.write_text("mine", "utf-8")
    rebuild(nights.store, settings=Settings(), without=[second.name])
    other = Settings(related=True)
    assert nights.run(dumps[1], day=1, settings=other).folder == second
    assert pq.read_schema(second / "matches.parquet").metadata[b"wirecopy.settings"].decode() == other.fingerprint()
    assert verify(nights.store, nights.out) == []
    assert mine.read_text("utf-8") == "mine"


@pytest.mark.parametrize("harm", ["flip", "cut", "lost", "summary"])
def test_a_damaged_published_night_is_seen_and_mended(nights: Nights, dumps: list[Path], harm: str) -> None:
    folder = nights.run(dumps[0]).folder
    assert folder
    before = contents(folder)
    file = folder / ("run.json" if harm == "summary" else "clusters.parquet")
    if harm == "flip":
        flip(file, 300)
    elif harm == "cut":
        file.write_bytes(file.read_bytes()[:-10])
    elif harm == "lost":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes().replace(b'"read": 20', b'"read": 30'))
    assert any(file.name in fault for fault in verify(nights.store, nights.out))
    publish_again(nights.store, folder.name, nights.out, "test")
    assert contents(folder) == before
    assert verify(nights.store, nights.out) == []


def test_inputs_of_dropped_nights_stay_known_when_the_store_is_made_anew(nights: Nights, dumps: list[Path]) -> None:
    nights.all(dumps)
    expire(nights.store, FIRST.replace(day=10), "test")
    rebuild(nights.store, settings=None)
    again = nights.run(*dumps, day=2)
    assert (again.folder, len(again.seen)) == (None, 2)


def test_no_flipped_byte_of_the_catalogue_goes_unseen(nights: Nights, dumps: list[Path]) -> None:
    nights.run(dumps[0])
    file = nights.store / "catalogue.sqlite"
    full = file.read_bytes()
    for index in range(40, len(full), len(full) // 40):
        flip(file, index)
        with pytest.raises((BadDataError, InputOutputError)):
            Catalogue(nights.store)
        with pytest.raises((BadDataError, InputOutputError)):
            Catalogue(nights.store, write=True)
        file.write_bytes(full)
    assert verify(nights.store) == []


def _die_within_a_commit(file: Path) -> None:
    base = sqlite3.connect(file, isolation_level=None)
    base.execute("PRAGMA cache_size = 1")
    base.execute("BEGIN IMMEDIATE")
    for number in range(20_000):  # more than the cache holds, so that pages reach the disk before the commit
        base.execute("INSERT INTO forgotten VALUES (?)", (f"{number:060}",))
    os._exit(9)


def test_readers_recover_what_a_killed_writer_left(nights: Nights, dumps: list[Path]) -> None:
    nights.run(dumps[0])
    before = nights.picture()
    assert in_child(lambda: _die_within_a_commit(nights.store / "catalogue.sqlite")) == 9
    assert (nights.store / "catalogue.sqlite-journal").stat().st_size
    assert status(nights.store)["articles"] == 20
    assert verify(nights.store) == []
    assert {name: now for name, now in nights.picture().items() if "journal" not in name} == before


def test_a_night_that_others_graded_is_told_and_graded_anew(nights: Nights, dumps: list[Path], tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[[agency]]\nid = "hpa"\nname = "Halvermouth Press Agency"\ncountry = "GB"\naliases = ["HPA"]\n', "utf-8"
    )
    first = nights.run(dumps[0], agencies=[own])
    assert first.folder
    second = nights.run(dumps[1], day=1)
    assert second.summary and second.summary["graded_otherwise"] == [first.folder.name]
    rebuild(nights.store, settings=None)
    with Catalogue(nights.store) as catalogue:
        assert len({night.judging for night in catalogue.nights()}) == 1
        kinds = {
            pq.read_schema(file).metadata[b"wirecopy.judging"].decode()
            for night in catalogue.nights()
            for file in night.folder.glob("*.parquet")
        }
        assert kinds == {catalogue.nights()[0].judging}
    more = write_dump(tmp_path / "more.jsonl", [{"id": "x", "text": "Quite another text of a few words, and alone."}])
    third = nights.run(more, day=2)
    assert third.summary and third.summary["graded_otherwise"] == []


@pytest.mark.parametrize("inside", ["", "nights", "some/where"])
def test_nights_are_never_published_into_the_store(inside: str, nights: Nights, dumps: list[Path]) -> None:
    made = nights.run(dumps[0])
    assert made.folder is not None
    before = nights.picture()
    with pytest.raises(CannotWriteError, match="lies in the store"):
        nightly(Job([dumps[1]]), nights.store, nights.store / inside, as_of=FIRST)
    with pytest.raises(CannotWriteError, match="lies in the store"):
        publish_again(nights.store, made.folder.name, nights.store / inside, "")
    assert nights.picture() == before
    assert verify(nights.store, None) == []
