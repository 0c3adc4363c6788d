"""Articles in memory give what the same articles in files give, and a run in Python says what its tables say."""

from __future__ import annotations

import datetime
import gc
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dedup
from dedup.errors import NoInputError, UsageError
from dedup.readers import in_memory

COPY = (
    "The harbour council of Ormskerry voted on Tuesday to close the northern ferry for good after eleven years of "
    "losses. Its clerk counted nine votes against four. The two boats are to be sold before the winter."
)
ARTICLES: list[dict[str, Any]] = [
    {"id": name, "publisher": name.title(), "published": f"2025-05-0{day}T06:00:00Z", "text": f"{COPY} {more}"}
    for day, (name, more) in enumerate({"gazette": "", "herald": "(Reuters)", "mirror": "Fares rise."}.items(), 1)
]
TABLES = ("stories", "clusters", "matches", "copies", "lineage")


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dedup.Run:
    """The run of the articles as a Parquet file."""
    folder = tmp_path_factory.mktemp("files")
    pq.write_table(pa.Table.from_pylist(ARTICLES), folder / "dump.parquet")
    return dedup.detect(folder / "dump.parquet", folder / "run", threads=2)


def as_articles() -> list[dedup.Article]:
    times = [datetime.datetime.fromisoformat(row["published"]) for row in ARTICLES]
    return [dedup.Article(**{**row, "published": time}) for row, time in zip(ARTICLES, times, strict=True)]


def as_pandas() -> Any:
    return pytest.importorskip("pandas", reason="needs pandas").DataFrame(ARTICLES)


def as_polars() -> Any:
    return pytest.importorskip("polars", reason="needs polars").DataFrame(ARTICLES)


KINDS: dict[str, Callable[[], Any]] = {
    "dicts": lambda: ARTICLES,
    "generator": lambda: (row for row in ARTICLES),
    "articles": as_articles,
    "table": lambda: pa.Table.from_pylist(ARTICLES),
    "two tables": lambda: [pa.Table.from_pylist(ARTICLES[:1]), pa.Table.from_pylist(ARTICLES[1:])],
    "batch": lambda: pa.RecordBatch.from_pylist(ARTICLES),
    "reader": lambda: pa.Table.from_pylist(ARTICLES).to_reader(),
    "pandas": as_pandas,
    "polars": as_polars,
}


@pytest.mark.parametrize("kind", KINDS)
def test_articles_in_memory_give_the_run_of_a_file(kind: str, expected: dedup.Run) -> None:
    run = dedup.detect(KINDS[kind](), threads=2)
    assert run.matches.num_rows == 3
    for table in TABLES:
        assert getattr(run, table).equals(getattr(expected, table)), table
    assert {source["path"] for source in run.summary["inputs"]} == {in_memory.NAME}


def test_a_date_without_a_time_and_a_bad_record_are_taken_as_a_file_s_would_be() -> None:
    day = datetime.datetime(2025, 5, 1, tzinfo=datetime.UTC)
    articles: list[Any] = [dedup.Article(row["id"], row["text"], published=day, date_only=True) for row in ARTICLES]
    run = dedup.detect([*articles, {"id": "none"}, {"id": "bad", "text": "\ud800"}, {1: 2, "text": COPY}], threads=2)
    assert run.summary["counts"]["read"] == 4
    reasons = {row["position"]: row["reason"] for row in run.rejects.to_pylist()}
    assert set(reasons) == {"line 4", "line 5"}
    (batch,) = dedup.read(in_memory.inputs(articles))
    assert batch.articles["date_only"].to_pylist() == [True] * 3


@pytest.mark.parametrize("articles", [3, None, [3], [ARTICLES[0], "dump.csv"]])
def test_what_holds_no_articles_is_told(articles: Any) -> None:
    with pytest.raises(UsageError, match="give paths, dicts, Articles, an Arrow table or a data frame"):
        dedup.detect(articles)


def test_nothing_in_memory_is_no_article() -> None:
    with pytest.raises(NoInputError, match="hold no article"):
        dedup.detect([])


def test_a_run_without_a_folder_goes_with_its_object() -> None:
    run = dedup.detect(ARTICLES, threads=2)
    folder, source = run.folder, run._inputs[0]
    assert folder.is_dir()
    del run
    gc.collect()
    assert not folder.exists()
    assert source.path.exists()  # held by the name above


def test_a_story_a_pair_and_a_report_of_articles_in_memory(tmp_path: Path) -> None:
    run = dedup.detect(iter(ARTICLES), settings=dedup.Settings(texts=False), threads=2)
    (name,) = run.stories["cluster_id"].to_pylist()
    story = run.story(name)
    assert sorted(row["article_id"] for row in story.witnesses) == run.clusters["article_id"].to_pylist()
    assert story.text == ""  # texts were not kept
    assert "3 articles" in repr(story)
    assert dedup.detect(ARTICLES, threads=2).story(name).text.startswith("The harbour council")
    result = run.explain("gazette", "mirror")
    assert result.match["counted"]
    with pytest.raises(UsageError, match="neither in"):
        run.explain("gazette", "nobody")
    assert "<html" in run.report(tmp_path / "report.html").read_text("utf-8")
    with pytest.raises(UsageError, match="no cluster"):
        run.story("none")


def test_a_run_shows_itself_escaped(tmp_path: Path) -> None:
    articles = [{**row, "headline": "<script>alert(1)</script>"} for row in ARTICLES]
    run = dedup.detect(articles, threads=2)
    assert "3 articles" in repr(run)
    shown = run._repr_html_()
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown
    with pytest.raises(NoInputError, match="is not the folder of a run"):
        dedup.Run(tmp_path)


def test_fields_name_columns_of_articles_in_memory() -> None:
    table = pa.Table.from_pylist(ARTICLES).rename_columns(["key", "house", "day", "words"])
    run = dedup.detect(table, fields={"id": "key", "publisher": "house", "text": "words"}, threads=2)
    assert run.clusters["publisher"].to_pylist() == ["Gazette", "Herald", "Mirror"]


def test_a_pair_of_articles_is_graded_with_all_that_is_known_of_it() -> None:
    one, other, _ = as_articles()
    result = dedup.grade(one, other)
    texts = dedup.grade(
        one.text, other.text, publisher=("Gazette", "Herald"), published=(one.published, other.published)
    )
    assert result == texts
    assert result.days_apart == 1


def test_a_store_takes_nights_and_tells_what_it_has(tmp_path: Path) -> None:
    store = dedup.Store(tmp_path / "store", threads=2)
    with pytest.raises(NoInputError, match="no store"):
        store.stories()
    first = store.add(ARTICLES[:2], as_of=datetime.date(2025, 5, 2))
    assert first is not None
    assert first.stories["size"].to_pylist() == [2]
    second = store.add(pa.Table.from_pylist(ARTICLES[2:]), as_of=datetime.date(2025, 5, 3))
    assert second is not None
    assert second.folder.parent == tmp_path / "store-nights"
    assert store.add(pa.Table.from_pylist(ARTICLES[2:]), as_of=datetime.date(2025, 5, 4)) is None
    assert store.stories()["size"].to_pylist() == [3]
    assert store.stories(datetime.date(2025, 5, 3))["size"].to_pylist() == [3]
    assert store.stories(datetime.date(2025, 5, 4)).num_rows == 0
    shutil.rmtree(tmp_path / "store-nights")  # what is published may go at any time
    assert store.stories()["size"].to_pylist() == [3]
    answer = store.match(COPY)
    assert sorted(answer["article_id"].to_pylist()) == ["gazette", "herald", "mirror"]
    assert store.match("The price of rope rose again before the autumn storms had even begun.").num_rows == 0


def test_what_is_kept_of_a_table_is_bounded_by_its_batches(tmp_path: Path) -> None:
    """A reader is written batch by batch: what was handed out before is not asked for again."""
    schema = pa.schema([("id", pa.string()), ("text", pa.string())])
    alive: list[int] = []

    def batches() -> Any:
        for number in range(20):
            alive.append(number)
            yield pa.record_batch([[f"{number}"], [f"text {number}"]], schema=schema)

    (source,) = in_memory.inputs(pa.RecordBatchReader.from_batches(schema, batches()))
    assert alive == list(range(20))
    assert pq.read_table(source.path).num_rows == 20
    assert json.dumps(str(source)) == f'"{in_memory.NAME}"'
