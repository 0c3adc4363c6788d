"""Every command that reads a run reads one at an address alike, and fetches what it needs of it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dedup
from dedup.addresses import RemoteFolder, at_endpoint
from dedup.errors import BadDataError, NoInputError, UsageError
from jobs.cli import app

CLUSTER = "93dac66047ef18b2"
CALLS: dict[str, Sequence[str]] = {
    "show": ["show", "RUN"],
    "one story": ["show", "RUN", CLUSTER, "--json"],
    "copy": ["show", "RUN", CLUSTER, "--copy"],
    "lineage": ["lineage", "RUN", CLUSTER],
    "explain": ["explain", "beacon-bridge", "marlow-bridge", "--run", "RUN"],
    "explain what was not written": ["explain", "beacon-bridge", "radio-bridge", "--run", "RUN", "--json"],
    "diff": ["diff", "RUN", "RUN"],
    "evaluate": ["evaluate", "RUN", "--pairs", "pairs.csv"],
}
WRITING: dict[str, Sequence[str]] = {
    "report": ["report", "RUN", "-o", "OUT/report.html"],
    "export": ["export", "RUN", "--csv", "-o", "OUT"],
    "keep": ["keep", "RUN", "morning.jsonl", "evening.csv", "-o", "OUT/kept.parquet"],
    "sample": ["sample", "RUN", "-o", "OUT/sheet.csv"],
}


@pytest.fixture(scope="module")
def sample_run(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Path:
    folder = tmp_path_factory.mktemp("samples") / "run"
    dedup.detect([samples / "morning.jsonl", samples / "evening.csv"], folder, threads=2)
    return folder


@pytest.fixture(autouse=True)
def working_folder(samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("morning.jsonl", "evening.csv"):
        shutil.copy(samples / name, tmp_path)
    (tmp_path / "pairs.csv").write_text(
        "a_id,b_id,label\nbeacon-bridge,marlow-bridge,PD\nbeacon-bridge,radio-bridge,SE\n"
    )
    monkeypatch.chdir(tmp_path)


def printed(call: Sequence[str], run: str, out: Path) -> str:
    """What a call prints, whatever it calls its run and its target."""
    out.mkdir(exist_ok=True)
    done = CliRunner().invoke(app, [word.replace("RUN", run).replace("OUT", str(out)) for word in call])
    assert done.exit_code == 0, done.output
    return done.stdout.replace(run, "RUN").replace(str(out), "OUT")


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_an_address_answers_like_the_folder(call: Sequence[str], sample_run: Path, tmp_path: Path) -> None:
    there, here = (printed(call, run, tmp_path / "out") for run in (sample_run.as_uri(), str(sample_run)))
    assert there == here
    assert there.strip()


@pytest.mark.parametrize("call", WRITING.values(), ids=WRITING)
def test_what_is_written_of_it_is_the_same(call: Sequence[str], sample_run: Path, tmp_path: Path) -> None:
    outs = tmp_path / "there", tmp_path / "here"
    there, here = (
        printed(call, run, out) for run, out in zip((sample_run.as_uri(), str(sample_run)), outs, strict=True)
    )
    assert there == here
    files = [{path.name: path.read_bytes() for path in out.iterdir()} for out in outs]
    assert files[0] == files[1]
    assert files[0]


def test_only_what_is_read_is_fetched(sample_run: Path) -> None:
    run = dedup.Run(sample_run.as_uri())
    assert [path.name for path in run.folder.iterdir()] == ["run.json"]
    assert run.stories.num_rows == 5
    assert sorted(path.name for path in run.folder.iterdir()) == ["run.json", "stories.parquet"]
    assert sample_run.as_uri() in repr(run)
    folder = run.folder
    del run
    assert not folder.exists()


def test_a_table_in_parts_is_fetched_whole(sample_run: Path, tmp_path: Path) -> None:
    run = shutil.copytree(sample_run, tmp_path / "run")
    part = run / "stories.parquet" / "part-00000.parquet"
    (run / "stories.parquet").rename(run / "whole")
    part.parent.mkdir()
    (run / "whole").rename(part)
    assert dedup.Run(run.as_uri()).stories.equals(dedup.Run(sample_run).stories)


def test_what_is_wrong_there_is_told_by_the_address(sample_run: Path, tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match=f"{tmp_path.as_uri()}/none is not the folder of a run"):
        dedup.Run(f"{tmp_path.as_uri()}/none")
    run = shutil.copytree(sample_run, tmp_path / "run")
    (run / "stories.parquet").unlink()
    with pytest.raises(BadDataError, match=f"{run.as_uri()}/stories.parquet is missing"):
        _ = dedup.Run(run.as_uri()).stories
    (run / "run.json").write_text("{")
    with pytest.raises(BadDataError, match=f"{run.as_uri()}/run.json is damaged"):
        dedup.Run(run.as_uri())


def test_a_missing_file_of_a_folder_is_a_path_with_nothing_there(tmp_path: Path) -> None:
    folder = RemoteFolder(tmp_path.as_uri())
    assert "pairs.csv" in folder.files
    assert folder.file("pairs.csv").read_text().startswith("a_id")
    assert not folder.file("none").exists()


def test_the_newest_night_is_found_where_there_are_no_links(sample_run: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_run, tmp_path / "nights" / "2025-05-14-5b168bdd")
    latest = f"{(tmp_path / 'nights').as_uri()}/latest"
    with pytest.raises(NoInputError, match=f"{latest} is not the folder of a run"):
        dedup.Run(latest)
    (tmp_path / "nights" / "latest.json").write_text('{"run_id": "2025-05-14-5b168bdd"}')
    assert dedup.Run(latest).stories.num_rows == 5
    assert "Tarn Bridge" in printed(["show", "RUN"], f"{latest}/", tmp_path / "out")
    (tmp_path / "nights" / "latest.json").write_text("[]")
    with pytest.raises(BadDataError, match=r"latest\.json is damaged"):
        dedup.Run(latest)


def test_a_store_that_only_fsspec_knows_is_read_and_written(sample_run: Path) -> None:
    fsspec = pytest.importorskip("fsspec", reason="needs fsspec: pip install fsspec")
    memory = fsspec.filesystem("memory")
    memory.put(str(Path("morning.jsonl")), "/dumps/morning.jsonl")
    memory.put(str(Path("evening.csv")), "/dumps/evening.csv")
    run = dedup.detect("memory://dumps/*", "memory://runs/one", threads=2)
    assert run.stories.equals(dedup.Run(sample_run).stories)
    assert memory.exists("/runs/one/run.json")
    assert dedup.Run("memory://runs/one").clusters.equals(dedup.Run(sample_run).clusters)


def test_an_endpoint_is_written_into_an_address() -> None:
    assert at_endpoint("s3://a/b?region=x", "https://host") == "s3://a/b?region=x&endpoint_override=host&scheme=https"
    for address, endpoint in (
        ("s3://a/b", "host:9000"),
        ("s3://a/b", "http://host/path"),
        ("file:///a", "http://host"),
    ):
        with pytest.raises(UsageError, match=r"endpoint|server"):
            at_endpoint(address, endpoint)


def test_where_a_path_must_be_one_of_this_machine_an_address_is_refused(sample_run: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["report", str(sample_run), "-o", "s3://bucket/report.html"])
    assert (done.exit_code, "is an address" in done.stderr) == (2, True)
