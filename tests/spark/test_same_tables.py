"""Spark's tables are the local engine's, row for row and column for column."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup import detect
from dedup.errors import BadDataError, SettingsError
from dedup.settings import Settings
from dedup.tables import TABLES
from jobs.spark import Job, Spark

from .killing import Killer, executors

COUNTED = (
    "inputs",
    "passed_over",
    "fields",
    "settings",
    "schema_version",
    "counts",
    "damaged_inputs",
    "unread_dates",
)
# pyspark leaves the pipe to its own gateway to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def assert_same(inputs: list[Path], folder: Path, settings: Settings, **more: Any) -> dict[str, Any]:
    """Run both engines on the inputs; returns what Spark counted."""
    local = detect(inputs, folder / "local", settings=settings, threads=2)
    on_spark = Spark().detect(Job(inputs, settings), str(folder / "spark"), **more)
    for table in TABLES:
        one, other = (pq.read_table(folder / run / f"{table.name}.parquet") for run in ("local", "spark"))
        assert other.schema.equals(one.schema, check_metadata=True), table.name
        assert other.to_pylist() == one.to_pylist(), table.name
    for values in COUNTED:
        assert on_spark.summary[values] == local.summary[values], values
    columns = ({field: sorted(names) for field, names in run.summary["columns"].items()} for run in (on_spark, local))
    assert next(columns) == next(columns)
    assert sorted(path.name for path in (folder / "spark").iterdir()) == sorted(
        path.name for path in (folder / "local").iterdir()
    )
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
    return dict(on_spark.summary["counts"])


@pytest.mark.usefixtures("spark")
def test_the_samples(samples: Path, tmp_path: Path) -> None:
    bundle = samples / "formats" / "bundle.zip"
    counts = assert_same([samples / "morning.jsonl", samples / "evening.csv", bundle], tmp_path, Settings())
    assert counts["stories"] == 5
    here, there = (json.loads((tmp_path / run / "run.json").read_bytes())["oddities"] for run in ("local", "spark"))
    assert [each for each in here if str(bundle) in each] == there
    assert len(there) == 1


def odd_pile(samples: Path, folder: Path) -> list[Path]:
    """The samples with articles that come again, lines that are no articles, and a Parquet file in two row groups."""
    lines = (samples / "morning.jsonl").read_text("utf-8").splitlines()
    articles = [json.loads(line) for line in lines if line.endswith("}")]
    theirs = [
        dict(articles[number], publisher=publisher) for number, publisher in ((0, "Post"), (4, "Post"), (4, None))
    ]
    again = [*theirs, dict(articles[0]), dict(articles[1], text=articles[1]["text"] + " More of it.")]
    copies = [dict(articles[2], id=f"copy {number}") for number in range(4)]
    short = [{"id": f"short {number}", "text": "The bridge is closed."} for number in range(2)]
    (folder / "lines.jsonl").write_text(
        "\ufeff" + "\n".join(["", lines[0], "{broken", *map(json.dumps, [*again, *copies]), '{"id": "no text"}']),
        encoding="utf-8",
    )
    rows = [{"guid": each["id"], "body": each["text"], "source": each.get("publisher")} for each in [*articles, *short]]
    rows.insert(3, {"guid": "empty", "body": " ", "source": None})
    page = "Log in to read the rest of this page, or go back to the front page of the Post."
    rows += [  # one page, of which the article with the smallest id comes last and is spelled another way
        {"guid": f"page {8 - number}", "body": page.upper() if number == 7 else page, "source": "Post"}
        for number in range(8)
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "rows.parquet", row_group_size=10)
    return [folder / "lines.jsonl", folder / "rows.parquet", samples / "evening.csv"]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the executors in /proc")
def test_an_odd_pile_with_an_executor_killed_on_the_way(spark: Any, samples: Path, tmp_path: Path) -> None:
    killer = Killer(spark)
    killer.start()

    def tell(stage: str, done: int, total: int) -> None:
        if stage == "candidates":
            killer.begun.set()

    inputs = odd_pile(samples, tmp_path)
    (tmp_path / "runs").mkdir()
    settings = Settings(max_bucket_size=2, group_members=2, related=True, max_rejects=1.0, texts=False)
    counts = assert_same(inputs, tmp_path / "runs", settings, progress=tell)
    assert killer.killed is not None
    assert killer.killed not in executors()
    for name in ("skipped_buckets", "implied", "rejected", "repeated", "shared_ids", "too_short"):
        assert counts[name] > 0, name


@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        ({"text": "nowhere"}, SettingsError, "no input has the column 'nowhere'"),
        ({}, BadDataError, r"11 of 12 records are bad, first .*dump.jsonl, line 1[0-9]*: broken JSON"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_left(
    tmp_path: Path, fields: dict[str, str], error: type[Exception], message: str
) -> None:
    (tmp_path / "dump.jsonl").write_text('{"id": "a", "text": "so many words"}\n' + "{broken\n" * 11)
    with pytest.raises(error, match=message):
        Spark().detect(Job([tmp_path / "dump.jsonl"], fields=fields), str(tmp_path / "run"))
    assert [path.name for path in tmp_path.iterdir()] == ["dump.jsonl"]


@pytest.mark.usefixtures("spark")
def test_the_five_seeds_among_four_months_of_two_papers(data: Path, tmp_path: Path) -> None:
    inputs = [*sorted((data / "seeds").iterdir()), data / "pakistan_2025_jan_apr.parquet"]
    assert_same(inputs, tmp_path, Settings())
