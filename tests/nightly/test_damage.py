"""Files that are not what was written: said, never used; and how to go on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from dedup.errors import BadDataError, NoInputError, SettingsError
from dedup.settings import Settings
from jobs.nightly.maintenance import status, verify
from jobs.nightly.rebuild import rebuild

from .conftest import Nights

USED = ("ids", "signatures", "origins", "runs", "articles", "matches", "passages", "attributions")


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


@pytest.mark.parametrize(("harm", "name"), [*((flip, name) for name in USED), (cut, "articles"), (Path.unlink, "ids")])
def test_a_damaged_file_ends_the_night_by_its_name(
    harm: Callable[[Path], None], name: str, nights: Nights, dumps: list[Path]
) -> None:
    first = nights.run(dumps[0]).folder
    assert first is not None
    harm(nights.store / "nights" / first.name / f"{name}.parquet")
    before = nights.picture()
    with pytest.raises(BadDataError, match=rf"{name}\.parquet .*--without {first.name}"):
        nights.run(dumps[1], day=1)
    assert nights.picture() == before
    (wrong,) = verify(nights.store)
    assert f"{name}.parquet" in wrong


def test_a_damaged_night_can_be_left_out_and_given_again(nights: Nights, dumps: list[Path]) -> None:
    nights.all(dumps)
    full = nights.clusters()
    runs = sorted(path.name for path in (nights.store / "nights").iterdir())
    flip(nights.store / "nights" / runs[0] / "articles.parquet")
    assert rebuild(nights.store, settings=Settings(), without=[runs[0]]).runs == [runs[1]]
    assert verify(nights.store) == []
    nights.run(dumps[0], day=2)
    assert set(map(frozenset, nights.clusters().values())) == set(map(frozenset, full.values()))


def test_a_store_made_anew_is_the_same_store(nights: Nights, dumps: list[Path], tmp_path: Path) -> None:
    nights.all(dumps)
    again = tmp_path / "again.jsonl"  # a night that brings nothing new
    again.write_text(dumps[0].read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    nights.run(again, day=2)
    clusters, matches = nights.clusters(), nights.matches()
    rebuild(nights.store, settings=Settings())
    assert (nights.clusters(), nights.matches(), verify(nights.store)) == (clusters, matches, [])
    assert nights.run(dumps[0], day=3).folder is None


def test_settings_that_change_signatures_are_refused_until_the_store_is_made_anew(
    nights: Nights, dumps: list[Path]
) -> None:
    nights.run(dumps[0])
    other = Settings(num_perm=64)
    with pytest.raises(SettingsError, match=r"store rebuild .*--num-perm 64"):
        nights.run(dumps[1], day=1, settings=other)
    rebuild(nights.store, settings=other)
    nights.run(dumps[1], day=1, settings=other)
    assert len(nights.clusters()) == 5


def test_a_catalogue_of_another_version_is_told_from_a_damaged_one(nights: Nights, dumps: list[Path]) -> None:
    nights.run(dumps[0])
    file = nights.store / "catalogue.sqlite"
    base = sqlite3.connect(file)
    base.execute("PRAGMA user_version = 99")
    base.close()
    (nights.store / "catalogue.digest").unlink()
    with pytest.raises(SettingsError, match="has the store version 99"):
        nights.run(dumps[1], day=1)
    file.write_bytes(b"no database" * 100)
    with pytest.raises(BadDataError, match="is damaged"):
        nights.run(dumps[1], day=1)


def test_tables_of_another_version_are_made_anew(nights: Nights, dumps: list[Path]) -> None:
    nights.run(dumps[0])
    base = sqlite3.connect(nights.store / "catalogue.sqlite")
    base.execute("UPDATE settings SET value = '0' WHERE name = 'tables'")
    base.execute("DELETE FROM files WHERE name = 'runs.parquet'")  # which an older wirecopy did not write
    base.commit()
    base.close()
    (nights.store / "catalogue.digest").unlink()
    for file in nights.store.rglob("runs.parquet"):
        file.unlink()
    with pytest.raises(SettingsError, match=r"are of version 0, .*store rebuild"):
        nights.run(dumps[1], day=1)
    rebuild(nights.store, settings=Settings())
    assert nights.run(dumps[1], day=1).folder is not None
    assert verify(nights.store) == []


def test_what_is_no_store_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match="is no store"):
        status(tmp_path)
