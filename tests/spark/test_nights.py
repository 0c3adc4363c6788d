"""Nights on Spark are the local nights, row for row, also where the two engines take turns on one store."""

from __future__ import annotations

import datetime
import json
import random
import signal
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from dedup.errors import BadDataError, UsageError
from dedup.settings import Settings
from jobs.nightly import Job, Policy, nightly
from tests.processes import wirecopy

from .conftest import CONF
from .killing import Killer, executors

# pyspark leaves the pipe to its own gateway to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
FIRST = datetime.date(2025, 1, 1)
CLOCKS = ("timings", "peak_memory", "versions", "digest", "files")  # the digest of run.json is over its clock times too


def nights(folder: Path, dumps: Sequence[Path], engines: Sequence[Any], settings: Settings) -> dict[str, Any]:
    """A night a dump, each on its engine (None: threads): all that is stored and published, but for clock times."""
    for number, (dump, engine) in enumerate(zip(dumps, engines, strict=True)):
        day = FIRST + datetime.timedelta(number)
        done = nightly(Job([dump], settings, threads=2), folder / "store", folder / "out", as_of=day, engine=engine)
        assert done.folder is not None
    return left(folder)


def left(folder: Path) -> dict[str, Any]:
    """Every file of the nights in a folder, and every row of their catalogue."""
    result: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.name == "run.json":
            result[name] = {key: value for key, value in json.loads(path.read_bytes()).items() if key not in CLOCKS}
        elif path.is_file() and path.suffix == ".parquet":
            result[name] = path.read_bytes()
    return result


@pytest.fixture(scope="module")
def on_spark(spark: Any) -> Any:
    from jobs.spark.nights import NightsOnSpark  # noqa: PLC0415  # needs pyspark

    return NightsOnSpark(spark)


def test_four_real_nights_on_engines_that_take_turns(on_spark: Any, data: Path, tmp_path: Path) -> None:
    articles = pq.read_table(data / "pakistan_2025_jan_apr.parquet")
    dumps = []
    for day in ("01", "02", "03", "04"):
        dumps.append(tmp_path / f"{day}.parquet")
        pq.write_table(articles.filter(pc.match_substring(articles["article_id"], f"/2025/01/{day}/")), dumps[-1])
    local = nights(tmp_path / "local", dumps, [None] * 4, Settings())
    assert nights(tmp_path / "turns", dumps, [None, on_spark, on_spark, on_spark], Settings()) == local


def dump(file: Path, articles: Iterable[dict[str, Any]]) -> Path:
    """A dump in JSON lines."""
    file.write_text("".join(json.dumps(article) + "\n" for article in articles), "utf-8")
    return file


def odd_nights(folder: Path) -> list[Path]:
    """Three nights of stories that are told again, with full buckets, new versions, and boxes under the articles."""
    chance = random.Random(18)
    words = ["".join(chance.choices("abcdefghiklmnoprstu", k=5)) for _ in range(400)]
    stories = [chance.choices(words, k=60) for _ in range(8)]
    box = "Subscribe to our morning letter and read all about the harbour and its boats before anybody else does."

    def article(number: int, day: int) -> dict[str, Any]:
        told, rewritten = chance.choice(stories), chance.random() < 0.7
        text = [chance.choice(words) if rewritten and chance.random() < 0.05 else word for word in told]
        publisher = chance.choice(["Herald", "Post", "Ledger", None])
        body = f"{' '.join(text)}, the Herald reported. {' '.join(chance.choices(words, k=30 if rewritten else 2))}."
        body += f"\n\n{box}" if publisher == "Post" else ""
        return {"id": f"a{number}", "publisher": publisher, "published": f"2025-01-{day:02}", "text": body}

    first, second, third = ([article(number, day) for number in range(40 * day, 40 * day + 40)] for day in (1, 2, 3))
    second += [{**first[0], "text": first[0]["text"] + " More of it."}, first[1]]
    third += [{**second[0], "published": "2024-12-01", "text": "Older words."}, {**first[2], "publisher": "Mirror"}]
    return [dump(folder / f"{number}.jsonl", one) for number, one in enumerate((first, second, third))]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the executors in /proc")
def test_odd_nights_with_full_buckets_and_an_executor_killed(spark: Any, on_spark: Any, tmp_path: Path) -> None:
    dumps, settings = odd_nights(tmp_path), Settings(max_bucket_size=3, group_members=2, related=True, max_rejects=0.5)
    local = nights(tmp_path / "local", dumps, [None] * 3, settings)
    killer = Killer(spark)
    killer.start()

    def show_progress(stage: str, done: int, total: int) -> None:
        if stage == "candidates":
            killer.begun.set()

    nights(tmp_path / "turns", dumps[:2], [on_spark, None], settings)
    last = tmp_path / "turns" / "store", tmp_path / "turns" / "out"
    day = FIRST + datetime.timedelta(2)
    nightly(Job(dumps[2:], settings, threads=2), *last, as_of=day, engine=on_spark, progress=show_progress)
    assert killer.killed is not None
    assert killer.killed not in executors()
    assert left(tmp_path / "turns") == local
    counts = [what["counts"] for name, what in local.items() if name.endswith("run.json")]
    for name in ("skipped_buckets", "implied", "new_matches", "versions", "shared_ids"):
        assert sum(night[name] for night in counts) > 0, name


def test_a_dry_run_is_refused(on_spark: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--dry-run works in a folder that"):
        nightly(Job([]), tmp_path / "s", tmp_path / "o", as_of=FIRST, engine=on_spark, policy=Policy(dry_run=True))


@pytest.mark.parametrize("table", ["signatures", "runs"])
def test_a_damaged_file_of_the_store_is_said(table: str, on_spark: Any, tmp_path: Path) -> None:
    dumps = odd_nights(tmp_path)
    nights(tmp_path / "nights", dumps[:1], [None], Settings(max_rejects=0.5))
    (stored,) = (tmp_path / "nights" / "store").glob(f"nights/*/{table}.parquet")
    content = bytearray(stored.read_bytes())
    content[len(content) // 2] ^= 1
    stored.write_bytes(content)
    with pytest.raises(BadDataError, match=rf"^\S+{table}\.parquet is damaged"):
        nightly(Job(dumps[1:2]), tmp_path / "nights/store", tmp_path / "nights/out", as_of=FIRST, engine=on_spark)


def test_a_driver_that_is_killed_and_the_same_command_again(
    on_spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second time with results that are too large to come to the driver together."""
    dumps = odd_nights(tmp_path)
    local = nights(tmp_path / "local", dumps[:2], [None] * 2, Settings())
    nights(tmp_path / "turns", dumps[:1], [None], Settings())
    command = ["nightly", dumps[1], "--store", "turns/store", "--out", "turns/out", "--as-of", "2025-01-02"]
    command += ["--threads", "2", "--engine", "spark", "--master", "local[2]"]
    command += [word for name, value in CONF.items() for word in ("--conf", f"{name}={value}")]
    done = wirecopy(tmp_path, *command, WIRECOPY_KILL_AT="moved", SPARK_LOCAL_IP="127.0.0.1")
    assert done.returncode == -signal.SIGKILL, done.stderr
    monkeypatch.setattr("jobs.spark.nights._AT_ONCE", -1)
    where = tmp_path / "turns" / "store", tmp_path / "turns" / "out"
    nightly(Job(dumps[1:2], threads=2), *where, as_of=FIRST + datetime.timedelta(1), engine=on_spark)
    assert left(tmp_path / "turns") == local
