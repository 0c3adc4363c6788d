"""Inputs in a bucket and a run published into one, against a server that speaks S3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pyarrow import fs

import dedup
from dedup import addresses, detect, readers
from dedup.errors import CannotWriteError, InputOutputError, NoInputError, UsageError
from dedup.settings import Settings
from tests.processes import wirecopy


@pytest.fixture(scope="module")
def s3(s3_endpoint: str, samples: Path) -> Any:
    """A server with a bucket ``news`` that holds the samples."""
    store = fs.S3FileSystem(
        endpoint_override=s3_endpoint, scheme="http", allow_bucket_creation=True, region="us-east-1"
    )
    store.create_dir("news")
    for source, target in (
        ("morning.jsonl", "dumps/morning.jsonl"),
        ("evening.csv", "dumps/more/evening.csv"),
        ("README.md", "dumps/README.md"),
    ):
        with store.open_output_stream(f"news/{target}") as file:
            file.write((samples / source).read_bytes())
    return store


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Path:
    folder = tmp_path_factory.mktemp("local") / "run"
    detect([samples / "morning.jsonl", samples / "evening.csv"], folder, threads=2)
    return folder


def names(address: str) -> list[str]:
    return [source.name for source in readers.sources([address])]


def test_files_folders_and_patterns_are_found(s3: Any) -> None:
    both = ["s3://news/dumps/more/evening.csv", "s3://news/dumps/morning.jsonl"]
    assert names("s3://news/dumps") == names("s3://news/dumps/") == both
    assert names("s3://news/dumps/morning.jsonl") == both[1:]
    assert names("s3a://news/dumps/*.csv") == both[:1]
    with pytest.raises(NoInputError, match="s3://news/none names no file that can be read"):
        readers.sources(["s3://news/none"])
    with pytest.raises(UsageError, match=r"addresses begin with s3://"):
        readers.sources(["ftp://news/none"])


def test_an_endpoint_may_stand_in_the_address(s3: Any, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    query = f"?endpoint_override={s3_endpoint}&scheme=http"
    assert names(f"s3://news/dumps/morning.jsonl{query}") == [f"s3://news/dumps/morning.jsonl{query}"]


def test_python_takes_an_endpoint(s3: Any, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    server = f"http://{s3_endpoint}"
    run = dedup.detect("s3://news/dumps", "s3://news/runs/endpoint", threads=2, endpoint=server)
    assert run.stories.num_rows == 5
    again = dedup.Run("s3://news/runs/endpoint", endpoint=server)
    assert again.story("93dac66047ef18b2").row["size"] == 8
    assert not again.explain("beacon-bridge", "radio-bridge").match["counted"]


def test_a_run_from_and_to_a_bucket_is_the_run_of_files(s3: Any, expected: Path) -> None:
    run = dedup.detect(["s3://news/dumps"], "s3://news/runs/one", threads=2)
    assert {source["path"] for source in run.summary["inputs"]} == {
        "s3://news/dumps/more/evening.csv",
        "s3://news/dumps/morning.jsonl",
    }
    for table in ("stories", "clusters", "matches", "copies", "lineage", "passages", "attributions"):
        assert pq.read_table(f"news/runs/one/{table}.parquet", filesystem=s3).equals(
            pq.read_table(expected / f"{table}.parquet")
        ), table
    assert s3.get_file_info("news/runs/one/run.json").size > 0


def test_a_run_is_not_written_over_unless_it_is_to_be(s3: Any) -> None:
    dedup.detect(["s3://news/dumps"], "s3://news/runs/two", threads=2)
    with pytest.raises(CannotWriteError, match="holds a finished run"):
        dedup.detect(["s3://news/dumps"], "s3://news/runs/two", threads=2)
    dedup.detect(["s3://news/dumps"], "s3://news/runs/two", settings=Settings(texts=False), replace=True, threads=2)
    assert pq.read_table("news/runs/two/articles.parquet", filesystem=s3)["text"].null_count > 0
    with pytest.raises(CannotWriteError, match=r"also holds README\.md"):
        dedup.detect(["s3://news/dumps"], "s3://news/dumps", threads=2)


def test_a_run_from_python_is_put_at_an_address_and_kept(s3: Any, expected: Path) -> None:
    run = dedup.detect("s3://news/dumps/morning.jsonl", "s3://news/runs/python", threads=2)
    assert pq.read_table("news/runs/python/stories.parquet", filesystem=s3).equals(run.stories)
    again = dedup.Run("s3://news/runs/python")
    assert again.stories.equals(run.stories)
    assert again.summary == run.summary


def test_an_address_without_a_run_is_an_error(s3: Any) -> None:
    with pytest.raises(NoInputError, match="s3://news/none is not the folder of a run"):
        dedup.Run("s3://news/none")
    with pytest.raises(NoInputError, match="s3://news/dumps is not the folder of a run"):
        dedup.Run("s3://news/dumps")


def test_what_was_put_half_way_is_no_run(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables are there before run.json is, and an upload that breaks off leaves none."""
    put: list[str] = []
    copy = addresses.shutil.copyfileobj  # type: ignore[attr-defined]

    def break_off(source: Any, target: Any, size: int) -> None:
        put.append(Path(source.name).name)
        if len(put) == 3:
            raise OSError("the line went dead")
        copy(source, target, size)

    dead = pytest.raises(InputOutputError, match="the line went dead")
    with dead, addresses.publishing("s3://news/runs/half") as folder:
        folder.mkdir()
        for name in ("a.parquet", "b.parquet", "c.parquet", "run.json"):
            (folder / name).write_text(name)
        monkeypatch.setattr(addresses.shutil, "copyfileobj", break_off)  # type: ignore[attr-defined]
    assert put == ["a.parquet", "b.parquet", "c.parquet"]
    assert s3.get_file_info("news/runs/half/run.json").type == fs.FileType.NotFound


def test_the_command_takes_addresses(s3: Any, s3_endpoint: str, tmp_path: Path) -> None:
    done = wirecopy(tmp_path, "detect", "s3://news/dumps/", "--out", "s3://news/runs/command", "--threads", "2")
    assert done.returncode == 0, done.stderr
    assert "stories" in done.stdout
    assert s3.get_file_info("news/runs/command/run.json").size > 0
    assert "Tarn Bridge" in done.stdout
    done = wirecopy(
        tmp_path, "--endpoint", f"http://{s3_endpoint}", "show", "s3://news/runs/command", AWS_ENDPOINT_URL=""
    )
    assert (done.returncode, "Tarn Bridge" in done.stdout) == (0, True), done.stderr
    done = wirecopy(tmp_path, "show", "s3://news/runs/none")
    assert (done.returncode, "is not the folder of a run" in done.stderr) == (66, True)
    done = wirecopy(tmp_path, "detect", "s3://none/dumps/", "--out", "run", AWS_ENDPOINT_URL="http://127.0.0.1:1")
    assert done.returncode in (66, 74), done.stderr


def test_a_file_address_is_a_file(samples: Path, tmp_path: Path) -> None:
    (source,) = readers.sources([(samples / "evening.csv").absolute().as_uri()])
    assert source.path.read_bytes() == (samples / "evening.csv").read_bytes()
    with addresses.publishing((tmp_path / "out").as_uri()) as folder:
        folder.mkdir()
        (folder / "run.json").write_text("{}")
    assert (tmp_path / "out" / "run.json").read_text() == "{}"
