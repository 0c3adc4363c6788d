"""Taking articles down, dropping old nights, alarms, and what is told to others."""

from __future__ import annotations

import datetime
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest

from dedup.corpus import gather, measured
from dedup.errors import AlarmError, UsageError
from dedup.readers import read
from dedup.settings import Settings
from dedup.store import Catalogue, load
from dedup.store.files import NightFiles
from dedup.store.learning import provider
from jobs.ledger import Event, members
from jobs.nightly import Alarms
from jobs.nightly.forget import forget
from jobs.nightly.maintenance import expire, publish_again, status, verify
from jobs.nightly.metrics import write_metrics
from jobs.nightly.query import ask
from jobs.steps import learn_boilerplate

from .conftest import FIRST, Nights, read_samples, write_dump


@pytest.fixture
def two(nights: Nights, dumps: list[Path]) -> Nights:
    """The two samples as two nights."""
    nights.all(dumps)
    return nights


def texts(folder: Path) -> list[str]:
    """Every string in every column of every table below a folder."""
    result = []
    for path in folder.rglob("*.parquet"):
        if path.stem != "clusters_ledger":
            result += [str(value) for column in pq.read_table(path).columns for value in column.to_pylist()]
    return result


def test_a_forgotten_article_is_in_no_file_and_stays_out(two: Nights, dumps: list[Path], tmp_path: Path) -> None:
    article = read_samples(dumps)["ledger-bridge"]
    words = article["text"][200:260]
    assert any(words in text for text in texts(two.folder))
    runs, _ = forget(two.store, "ledger-bridge", "test")
    assert len(runs) == 2
    held = texts(two.folder)
    assert not any("ledger-bridge" in text for text in held)
    assert sum(article["text"] == text for text in held) == 0
    assert verify(two.store) == []
    assert two.out.joinpath("latest").readlink().as_posix() == runs[-1]
    again = two.run(write_dump(tmp_path / "again.jsonl", [article]), day=2)
    assert again.summary is not None and again.summary["counts"]["new"] == 0
    assert two.published("rejects")[0]["reason"] == "an article that was taken down"
    assert not any("ledger-bridge" in text for text in texts(two.folder))


def test_a_sentence_shown_in_the_words_of_a_forgotten_article_stays_without_words(two: Nights) -> None:
    before = two.published("copies")
    forget(two.store, "eastholm-bridge", "test")
    after = two.published("copies")
    assert len(after) == len(before)
    assert {row["article_id"] for row in before} - {row["article_id"] for row in after} == {"eastholm-bridge"}
    for row, known in zip(after, before, strict=True):
        left = [name for name in known["article_ids"] if name != "eastholm-bridge"]
        assert (row["article_ids"], row["witnesses"]) == (left, len(left))
        assert row["witnesses"] == row["same_wording"] + len(row["reworded_ids"])
        lost = known["article_id"] == "eastholm-bridge"
        assert [row[name] for name in ("sentence", "start")] == [
            None if lost else known[name] for name in ("sentence", "start")
        ]


def test_the_others_of_its_cluster_stay_together(two: Nights, dumps: list[Path], tmp_path: Path) -> None:
    (cluster,) = [name for name, articles in two.clusters().items() if "marlow-bridge" in articles]
    before = two.clusters()[cluster]
    forget(two.store, "marlow-bridge", "test")
    more = {**read_samples(dumps)["eastholm-bridge"], "id": "more"}
    two.run(write_dump(tmp_path / "more.jsonl", [more]), day=2)
    assert two.clusters()[cluster] == before - {"marlow-bridge"} | {"more"}


def test_nobody_forgets_what_was_never_known(two: Nights) -> None:
    before = two.picture()
    with pytest.raises(UsageError, match="knows no article"):
        forget(two.store, "marlow", "test")
    assert two.picture() == before


def test_old_nights_are_dropped_whole_and_their_clusters_closed(two: Nights, dumps: list[Path], tmp_path: Path) -> None:
    before = two.clusters()
    (dropped,) = expire(two.store, FIRST + datetime.timedelta(1), "test")
    assert not (two.store / "nights" / dropped).exists()
    gone = {row["id"] for row in map(dict, read_samples(dumps[:1]).values())}
    left = {name: articles - gone for name, articles in before.items()}
    assert two.clusters() == {name: articles for name, articles in left.items() if len(articles) > 1}
    with Catalogue(two.store) as catalogue:
        query = "SELECT event, cluster_id, article_id, other_id FROM clusters_ledger ORDER BY number, position"
        messages = members(Event(*row) for row in catalogue.ask(query))
    assert messages == {name: articles for name, articles in left.items() if articles}
    assert two.run(dumps[0], day=3).folder is None, "its inputs were read"
    expire(two.store, FIRST + datetime.timedelta(9), "test")
    assert (status(two.store)["nights"], status(two.store)["articles"], two.clusters()) == (0, 0, {})
    cable = {**read_samples(dumps)["ledger-cable"], "id": "again"}
    also = {**read_samples(dumps)["marlow-cable"], "id": "also"}
    two.run(write_dump(tmp_path / "new.jsonl", [cable, also]), day=9)
    assert not two.clusters().keys() & before.keys(), "the names of closed clusters are not used again"


def test_what_lies_outside_the_window_is_not_compared(nights: Nights, dumps: list[Path], tmp_path: Path) -> None:
    articles = read_samples(dumps)
    undated = [{**articles[name], "published": None} for name in ("ledger-cable", "marlow-cable")]
    for day, article in ((0, undated[0]), (8, undated[1])):
        nights.run(write_dump(tmp_path / f"{day}.jsonl", [article]), day=day, settings=Settings(window=7))
    assert nights.clusters() == {}
    third = {**undated[1], "id": "third"}
    nights.run(write_dump(tmp_path / "3.jsonl", [third]), day=7, settings=Settings(window=7))
    assert list(nights.clusters().values()) == [{"ledger-cable", "marlow-cable", "third"}], "a window to both sides"


@pytest.mark.parametrize(
    ("alarms", "message"),
    [
        (Alarms(largest=3), r"a cluster has \d articles \(--alarm-largest 3\)"),
        (Alarms(overflow=-0.1), "0% of bucket members"),
    ],
)
def test_an_alarm_ends_the_night_before_anything_is_kept(
    alarms: Alarms, message: str, nights: Nights, dumps: list[Path]
) -> None:
    nights.run(dumps[0])
    before = nights.picture()
    with pytest.raises(AlarmError, match=message):
        nights.run(dumps[1], day=1, alarms=alarms)
    assert nights.picture() == before


def test_too_many_bad_records_are_an_alarm(nights: Nights, dumps: list[Path], tmp_path: Path) -> None:
    dump = tmp_path / "bad.jsonl"
    dump.write_text(dumps[0].read_text("utf-8") + "{broken\n" * 11, "utf-8")
    with pytest.raises(AlarmError, match="12 of 32 records are bad"):
        nights.run(dump)


def test_a_text_is_asked_about_without_a_trace(two: Nights, dumps: list[Path], tmp_path: Path) -> None:
    before = two.picture()
    asked = tmp_path / "ledger-bridge.txt"
    asked.write_text(read_samples(dumps)["ledger-bridge"]["text"], "utf-8")
    result = ask([asked], two.store, settings=Settings()).matches.to_pylist()
    first = [result[0][name] for name in ("article_id", "grade", "asked_id")]
    assert first == ["ledger-bridge", "identical", "ledger-bridge"]
    (cluster,) = [name for name, articles in two.clusters().items() if "ledger-bridge" in articles]
    assert result[0]["cluster_id"] == cluster
    assert all(row["score"] <= result[0]["score"] for row in result)
    assert two.picture() == before


def test_nothing_is_learned_for_a_question_where_the_settings_say_so(nights: Nights, tmp_path: Path) -> None:
    chance = random.Random(1)
    box = "Subscribe to our morning letter and read all about the harbour and its boats before anybody else does."

    def article(number: int) -> dict[str, str]:
        words = " ".join("".join(chance.choices("abcdefgh", k=6)) for _ in range(40))
        return {"id": f"a{number}", "publisher": "Herald", "published": "2025-05-08", "text": f"{words}. {box}"}

    nights.run(write_dump(tmp_path / "dump.jsonl", [article(number) for number in range(20)]))
    asked = write_dump(tmp_path / "asked.jsonl", [article(20)])
    with Catalogue(nights.store) as catalogue, ThreadPoolExecutor(1) as threads:
        window = load(NightFiles(catalogue), catalogue.nights(), set())
        corpus, _ = gather(read([asked]), tmp_path, measured, threads, 1)
        articles = provider(window, corpus, tmp_path, threads)
        learned, none = (
            learn_boilerplate(lambda: articles, Settings(learn_furniture=learn), threads).phrases
            for learn in (True, False)
        )
    assert any("morning letter" in phrase for phrase in learned)
    assert none == ()


def test_no_id_in_the_store_is_taken_for_one_that_is_asked_about(
    nights: Nights, dumps: list[Path], tmp_path: Path
) -> None:
    article = read_samples(dumps)["ledger-bridge"]
    stored = [{**article, "id": name} for name in ("asked:x0", "asked:asked:x1")]
    nights.run(write_dump(tmp_path / "dump.jsonl", stored))
    asked = tmp_path / "asked:x0.txt"
    asked.write_text(article["text"], "utf-8")
    result = ask([asked], nights.store, settings=Settings()).matches.to_pylist()
    assert [(row["article_id"], row["grade"]) for row in result] == [
        ("asked:asked:x1", "identical"),
        ("asked:x0", "identical"),
    ]
    assert {row["asked_id"] for row in result} == {"asked:x0"}


def test_a_lost_folder_is_published_again_as_it_was(two: Nights) -> None:
    before = two.picture()
    first, _ = sorted(path.name for path in two.out.iterdir() if not path.is_symlink())
    for path in (two.out / first).iterdir():
        path.unlink()
    (two.out / first).rmdir()
    publish_again(two.store, first, two.out, "test")
    assert two.picture() == before


def test_metrics_are_what_prometheus_reads(two: Nights, tmp_path: Path) -> None:
    file = tmp_path / "wirecopy.prom"
    summary = orjson.loads((two.out / "latest" / "run.json").read_bytes())
    write_metrics(file, 0, summary)
    values = dict(line.rsplit(" ", 1) for line in file.read_text("utf-8").splitlines() if not line.startswith("#"))
    assert values["wirecopy_articles_new"] == "23" and values["wirecopy_exit_code"] == "0"
    assert values['wirecopy_matches{grade="reprint"}'] == str(summary["counts"]["grades"]["reprint"])
    assert all(float(value) >= 0 for value in values.values())
    assert [path.name for path in tmp_path.iterdir() if "prom" in path.name] == ["wirecopy.prom"]
