"""A store and published nights at addresses, against a server that speaks S3."""

from __future__ import annotations

import datetime
import json
import os
import signal
import socket
from pathlib import Path
from typing import Any

import pytest
from pyarrow import fs

import dedup
from dedup import addresses
from dedup.errors import BadDataError, BusyError, CannotWriteError, NoInputError, UsageError
from dedup.settings import Settings
from dedup.store.shared import SharedStore
from jobs.nightly import Job, Outcome, nightly
from jobs.nightly.maintenance import expire, publish_again, status, verify
from jobs.nightly.query import ask
from tests.processes import wirecopy

from .conftest import FIRST, Nights, read_samples

CLOCKS = ("timings", "peak_memory", "versions", "digest", "files")


class Remote:
    """A store and published nights in a bucket of their own."""

    def __init__(self, bucket: Any, name: str) -> None:
        self.bucket, self.name = bucket, name
        self.store, self.out = f"s3://{name}/store", f"s3://{name}/out"
        bucket.create_dir(name)

    def run(self, dump: Path, day: int, **more: Any) -> Outcome:
        as_of = FIRST + datetime.timedelta(day)
        return nightly(Job([dump], threads=2), self.store, self.out, as_of=as_of, **more)

    def objects(self) -> dict[str, bytes]:
        """All that is there, but for clock times and what the catalogue's objects are called."""
        result = {}
        for info in self.bucket.get_file_info(fs.FileSelector(self.name, recursive=True)):
            if info.type == fs.FileType.File:
                name = info.path.removeprefix(f"{self.name}/")
                with self.bucket.open_input_stream(info.path) as file:
                    content = file.read()
                if name.startswith("store/catalogue/"):
                    continue
                if name.endswith("run.json"):
                    values = {key: value for key, value in json.loads(content).items() if key not in CLOCKS}
                    content = json.dumps(values, sort_keys=True).encode()
                result[name] = content
        return result


@pytest.fixture
def bucket(s3_endpoint: str) -> Any:
    return fs.S3FileSystem(
        endpoint_override=s3_endpoint,
        scheme="http",
        allow_bucket_creation=True,
        allow_bucket_deletion=True,
        region="us-east-1",
    )


@pytest.fixture
def remote(bucket: Any, request: pytest.FixtureRequest) -> Remote:
    return Remote(
        bucket, "".join(letter if letter.isalnum() else "-" for letter in request.node.name)[:60].strip("-").lower()
    )


def local_files(nights: Nights) -> dict[str, bytes]:
    """The files of local nights that the objects at an address are compared with."""
    result = {}
    for path in sorted(nights.folder.rglob("*")):
        name = path.relative_to(nights.folder).as_posix()
        if path.is_file() and not name.startswith("out/latest"):
            content = path.read_bytes()
            if path.name == "run.json":
                values = {key: value for key, value in json.loads(content).items() if key not in CLOCKS}
                content = json.dumps(values, sort_keys=True).encode()
            result[name] = content
    for name in ("catalogue.sqlite", "catalogue.digest", "lock", "wirecopy-store.json"):
        del result[f"store/{name}"]
    return result


def test_nights_at_an_address_are_the_local_ones(remote: Remote, nights: Nights, dumps: list[Path]) -> None:
    for day, dump in enumerate(dumps):
        nights.run(dump, day=day)
        done = remote.run(dump, day)
    assert done.folder == f"{remote.out}/{done.summary['run_id']}"
    objects = remote.objects()
    assert json.loads(objects.pop("out/latest.json")) == {"run_id": done.summary["run_id"]}
    assert objects == local_files(nights)
    assert remote.run(dumps[0], 2).summary is None, "what was read before is no night"


@pytest.mark.parametrize(
    "point", ["locked", "searched", "written", "announced", "moved", "ledger added", "committed", "staged", "linked"]
)
def test_a_night_killed_anywhere_ends_like_any_other(
    point: str, remote: Remote, nights: Nights, dumps: list[Path], tmp_path: Path
) -> None:
    for day, dump in enumerate(dumps):
        nights.run(dump, day=day)
    remote.run(dumps[0], 0)
    command = ["nightly", dumps[1], "--store", remote.store, "--out", remote.out, "--as-of", "2025-05-10"]
    assert wirecopy(tmp_path, *command, WIRECOPY_KILL_AT=point).returncode == -signal.SIGKILL
    again = wirecopy(tmp_path, *command)
    assert again.returncode == 0, again.stderr
    objects = remote.objects()
    del objects["out/latest.json"]
    assert objects == local_files(nights)


def test_of_two_runs_that_commit_at_once_one_is_refused(remote: Remote, dumps: list[Path]) -> None:
    remote.run(dumps[0], 0)

    def overtake(point: str) -> None:
        if point == "written":
            remote.bucket.delete_file(f"{remote.name}/store/lock")
            remote.run(dumps[1], 1)

    with pytest.raises(BusyError, match="another run has changed"):
        remote.run(dumps[1], 2, failpoint=overtake)
    assert remote.run(dumps[1], 3).summary is None


def test_a_store_that_is_held_is_said_with_its_holder(remote: Remote, dumps: list[Path]) -> None:
    said = rf"process 7 on {socket.gethostname()}.* remove s3://.*/store/lock"
    with SharedStore(remote.store).locked("process 7"), pytest.raises(BusyError, match=said):
        remote.run(dumps[0], 0)
    assert remote.objects() == {}


def test_damage_at_an_address_is_said(remote: Remote, dumps: list[Path]) -> None:
    remote.run(dumps[0], 0)
    (catalogue,) = [
        info
        for info in remote.bucket.get_file_info(fs.FileSelector(f"{remote.name}/store/catalogue"))
        if info.path.endswith(".sqlite")
    ][-1:]
    (signatures,) = [
        info for info in addresses.listed(f"{remote.store}/nights") if info.path.endswith("signatures.parquet")
    ]
    for path, word in ((signatures.path, "damaged"), (catalogue.path, "catalogue of .* is damaged")):
        with remote.bucket.open_input_stream(path) as file:
            content = bytearray(file.read())
        content[len(content) // 2] ^= 1
        with remote.bucket.open_output_stream(path) as file:
            file.write(bytes(content))
        with pytest.raises(BadDataError, match=word):
            remote.run(dumps[1], 1)


def test_a_store_at_an_address_is_looked_at_asked_and_cut(remote: Remote, dumps: list[Path], tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match="is no store"):
        status(remote.store)
    for day, dump in enumerate(dumps):
        remote.run(dump, day)
    state = status(remote.store)
    assert (state["nights"], state["not_published"], state["held_by"]) == (2, [], None)
    (tmp_path / "asked.txt").write_text(read_samples(dumps)["ledger-bridge"]["text"], "utf-8")
    store = dedup.Store(remote.store, remote.out, threads=2)
    assert store.stories().num_rows == 5
    server = os.environ["AWS_ENDPOINT_URL"]
    named = dedup.Store(remote.store, endpoint=server)
    assert named.stories().num_rows == 5
    assert str(named.out).startswith(f"{remote.store}-nights?endpoint_override=")
    assert store.add([{"id": "new", "text": "Nothing that anybody has written before."}]) is not None
    answers = ask([tmp_path / "asked.txt"], remote.store, settings=Settings()).matches.to_pylist()
    assert answers[0]["article_id"] == "ledger-bridge"
    (run,) = expire(remote.store, FIRST + datetime.timedelta(1), "test")
    assert status(remote.store)["nights"] == 2
    assert not [name for name in remote.objects() if name.startswith(f"store/nights/{run}/")]


def test_a_store_at_an_address_is_verified_and_its_nights_are_published_again(
    remote: Remote, dumps: list[Path], tmp_path: Path
) -> None:
    night = str(remote.run(dumps[0], 0).folder)
    run = night.rpartition("/")[2]
    assert verify(remote.store, remote.out) == []
    remote.bucket.delete_file(f"{remote.name}/out/{run}/stories.parquet")
    (lacking,) = verify(remote.store, remote.out)
    assert f"{night}/stories.parquet is missing" in lacking
    assert publish_again(remote.store, run, remote.out, "test") == night
    assert verify(remote.store, remote.out) == []
    assert publish_again(remote.store, run, tmp_path / "here", "test") == tmp_path / "here" / run
    assert (tmp_path / "here" / "latest" / "stories.parquet").exists()
    path = f"{remote.name}/store/nights/{run}/tables/matches.parquet"
    with remote.bucket.open_input_stream(path) as file:
        content = bytearray(file.read())
    content[len(content) // 2] ^= 1
    with remote.bucket.open_output_stream(path) as file:
        file.write(bytes(content))
    done = wirecopy(tmp_path, "store", "verify", "--store", remote.store)
    assert done.returncode == 65
    assert f"{remote.store}/nights/{run}/tables/matches.parquet has been damaged" in done.stdout
    with pytest.raises(BadDataError, match=f"rebuild --store {remote.store} --without {run}"):
        publish_again(remote.store, run, tmp_path / "there", "test")


def test_what_does_not_go_is_refused(remote: Remote, dumps: list[Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="made only if they are absent"):
        nightly(Job(dumps), "hdfs://host/store", tmp_path / "out", as_of=FIRST)
    with pytest.raises(CannotWriteError, match="lies in the store"):
        nightly(Job(dumps), remote.store, f"{remote.store}/out", as_of=FIRST)


def test_the_command_takes_addresses(remote: Remote, dumps: list[Path], tmp_path: Path) -> None:
    command = ["nightly", dumps[0], "--store", remote.store, "--out", remote.out, "--as-of", "2025-05-09"]
    done = wirecopy(tmp_path, *command)
    assert f"published {remote.out}/2025-05-09-" in done.stdout, done.stderr
