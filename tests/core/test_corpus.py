"""The articles of a run: the same corpus however they arrive, and all of it on disk."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.arrays import NO_DAY
from dedup.article import ARTICLES, Article, Batch, Rejected, distinct, record_batch
from dedup.corpus import Analysed, Corpus, gather
from dedup.minhash import minhash_tokens
from dedup.settings import Settings
from dedup.tables import ATTRIBUTIONS
from dedup.text.tokens import tokenise

RUN = Settings(num_perm=16)
DAY = datetime(2025, 3, 1, tzinfo=UTC)


def analyse(articles: pa.RecordBatch) -> Analysed:
    """As a run does it, with the first and the last word of every text for attributions."""
    tokens = tokenise(articles["text"])
    rows = [
        {
            "article_id": row["id"],
            "name": word,
            "kind": "credit",
            "position": "body",
            "evidence": row["text"][:20],
            "start": None,
            "end": None,
            "strength": 1.0,
        }
        for row in articles.to_pylist()
        for word in row["text"].split()[:: max(len(row["text"].split()) - 1, 1)]
    ]
    return Analysed(tokens.hashes, minhash_tokens(tokens, RUN), pa.Table.from_pylist(rows, schema=ATTRIBUTIONS.schema))


def gathered(batches: Sequence[Sequence[Article]], threads: Executor, ahead: int = 3) -> tuple[Corpus, dict[str, Any]]:
    """A corpus, and everything in it as Python objects, read while its files are there."""
    with tempfile.TemporaryDirectory() as folder:
        corpus, reading = gather((Batch(record_batch(each)) for each in batches), Path(folder), analyse, threads, ahead)
        assert not reading.rejected
        rows = np.arange(len(corpus))
        spans = zip(corpus.begins.tolist(), corpus.signatures.sizes.tolist(), strict=True)
        return corpus, {
            "ids": corpus.ids.to_pylist(),
            "publishers": corpus.publishers.to_pylist(),
            "days": corpus.days.tolist(),
            "hashes": [corpus.hashes[begin : begin + size].tolist() for begin, size in spans],
            "signatures": [part.tolist() for part in corpus.signatures],
            "attributions": corpus.attributions.to_pylist(),
            "articles": corpus.take(rows).to_pylist(),
            "repeated": sorted(corpus.repeated),
            "superseded": sorted(corpus.superseded),
        }


words = st.sampled_from(["", "one", "two words", "three words here", "漢字", "ÉTÉ"])
articles = st.builds(
    Article,
    id=st.sampled_from(["a", "b", "B", "é", "10", "9", "long id"]),
    text=words,
    publisher=st.sampled_from([None, "x", "y"]),
    published=st.none() | st.integers(-400, 400).map(lambda hours: DAY + timedelta(hours=hours)),
    headline=st.none() | words.filter(bool),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(listed=st.lists(articles, max_size=12), data=st.data())
def test_the_same_corpus_however_articles_arrive(listed: list[Article], data: st.DataObject, threads: Executor) -> None:
    shuffled = data.draw(st.permutations(listed))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(listed)), max_size=4)))
    split = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(listed)], strict=True)]
    _, one = gathered([listed], threads)
    _, other = gathered(split, threads, ahead=data.draw(st.integers(1, 5)))
    assert one == other


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(listed=st.lists(articles, max_size=12))
def test_rows_are_in_the_order_of_the_ids_and_hold_the_latest_version(listed: list[Article], threads: Executor) -> None:
    corpus, seen = gathered([listed], threads)
    assert seen["ids"] == sorted(set(seen["ids"]), key=lambda name: name.encode())
    keys = {(article.id, article.publisher) for article in listed}
    assert sorted(corpus.read_ids.to_pylist()) == sorted(name for name, _ in keys)
    for row, name in enumerate(seen["ids"]):
        keep = seen["articles"][row]
        key = (corpus.read_ids[row].as_py(), seen["publishers"][row])
        versions = [article for article in listed if (article.id, article.publisher) == key]
        dates = [article.published for article in versions if article.published is not None]
        assert keep["published"] == max(dates, default=None)
        assert (keep["id"], keep["publisher"]) == (name, seen["publishers"][row])
        assert Article(**{**keep, "id": key[0]}) in versions
        assert seen["days"][row] == (
            NO_DAY if keep["published"] is None else (keep["published"] - datetime(1970, 1, 1, tzinfo=UTC)).days
        )
        tokens = tokenise(pa.array([keep["text"]]))
        assert seen["hashes"][row] == tokens.hashes.tolist()
        assert [part[row] for part in seen["signatures"]] == [part[0].tolist() for part in minhash_tokens(tokens, RUN)]
        assert {a["evidence"] for a in seen["attributions"] if a["article_id"] == name} <= {keep["text"]}
    assert [a["article_id"] for a in seen["attributions"]] == [
        article["id"]
        for article in seen["articles"]
        for _ in {*article["text"].split()[:1], *article["text"].split()[-1:]}
    ]


def article(name: str, text: str = "some text", **fields: Any) -> Article:
    return Article(name, text, **fields)


def test_an_id_again_is_one_article_and_reported(threads: Executor) -> None:
    later = DAY + timedelta(hours=1)
    _, seen = gathered(
        [
            [article("a", "Same text."), article("b", "old", published=DAY), article("c")],
            [article("a", "same TEXT"), article("b", "new", published=later), article("b", "older")],
        ],
        threads,
    )
    assert (seen["repeated"], seen["superseded"]) == (["a"], ["b", "b"])
    assert [each["text"] for each in seen["articles"]][1:] == ["new", "some text"]


def test_an_equal_record_again_changes_nothing(threads: Executor) -> None:
    one = article("a", published=DAY)
    _, seen = gathered([[one], [one, one]], threads)
    assert (seen["ids"], seen["repeated"], seen["superseded"]) == (["a"], ["a", "a"], [])


def test_rows_are_taken_from_any_batch_with_the_columns_asked_for(tmp_path: Path, threads: Executor) -> None:
    batches = [Batch(record_batch([article(f"{a}{b}", f"text {a}{b}") for a in range(3)])) for b in range(4)]
    corpus, _ = gather(iter(batches), tmp_path, analyse, threads, 2)
    taken = corpus.take(np.array([11, 0, 5, 5]), ("text", "id"))
    assert taken.to_pylist() == [{"text": f"text {name}", "id": name} for name in ("23", "00", "11", "11")]
    assert corpus.take(np.array([], np.int64)).schema.equals(ARTICLES)
    assert corpus.take(np.array([], np.int64)).num_rows == 0


def test_articles_and_tokens_are_on_disk_and_not_in_memory(tmp_path: Path, threads: Executor) -> None:
    text = "word " * 1_000_000
    before = pa.total_allocated_bytes()
    corpus, _ = gather([Batch(record_batch([article(name, text)])) for name in "abcd"], tmp_path, analyse, threads, 1)
    assert pa.total_allocated_bytes() - before < len(text)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) > 4 * len(text) + 4 * 4_000_000
    assert corpus.take(np.array([2]))["text"][0].as_py() == text


def contents(corpus: Corpus) -> list[dict[str, Any]]:
    """What a corpus says of each of its articles."""
    rows = corpus.take(np.arange(len(corpus))).to_pylist()
    assert [row["id"] for row in rows] == corpus.ids.to_pylist()
    assert [row["publisher"] for row in rows] == corpus.publishers.to_pylist()
    return [
        {
            "article": article,
            "day": int(corpus.days[row]),
            "hashes": corpus.hashes[corpus.begins[row] : corpus.begins[row] + corpus.signatures.sizes[row]].tolist(),
            "signature": [part[row].tolist() for part in corpus.signatures],
            "attributions": [a for a in corpus.attributions.to_pylist() if a["article_id"] == article["id"]],
        }
        for row, article in enumerate(rows)
    ]


def gathered_in(folder: Path, listed: list[Article], threads: Executor) -> Corpus:
    folder.mkdir()
    return gather([Batch(record_batch(listed))], folder, analyse, threads, 2)[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(listed=st.lists(articles, max_size=10, unique_by=lambda article: article.id), data=st.data())
def test_parts_of_a_corpus_make_the_whole_again(listed: list[Article], data: st.DataObject, threads: Executor) -> None:
    chosen = data.draw(st.sets(st.sampled_from([article.id for article in listed]))) if listed else set()
    with tempfile.TemporaryDirectory() as name:
        corpus = gathered_in(Path(name) / "whole", listed, threads)
        rows = np.flatnonzero([each in chosen for each in corpus.ids.to_pylist()])
        one = gathered_in(Path(name) / "one", [article for article in listed if article.id in chosen], threads)
        other = gathered_in(Path(name) / "other", [article for article in listed if article.id not in chosen], threads)
        assert contents(corpus.select(rows)) == contents(one)
        assert contents(one.joined(other, Path(name) / "both.u32")) == contents(corpus)


def test_no_articles_are_a_corpus_too(threads: Executor) -> None:
    for batches in ([], [[]], [[], []]):
        corpus, seen = gathered(batches, threads)
        assert len(corpus) == 0
        assert not any(seen[name] for name in ("ids", "articles", "attributions", "repeated"))
        assert corpus.attributions.schema.equals(ATTRIBUTIONS.schema)


def test_rejects_are_handed_on_in_their_order(tmp_path: Path, threads: Executor) -> None:
    bad = [Rejected("f", f"line {line}", "broken") for line in range(3)]
    batches = [Batch(record_batch([]), (bad[0],)), Batch(record_batch([article("a")]), (bad[1], bad[2]))]
    corpus, reading = gather(batches, tmp_path, analyse, threads, 2)
    assert (len(corpus), reading.rejected, reading.first) == (1, 3, bad[0])
    assert reading.rejects()["position"].to_pylist() == [each.position for each in bad]


def test_what_goes_wrong_in_a_batch_is_raised(tmp_path: Path, threads: Executor) -> None:
    def broken(articles: pa.RecordBatch) -> Analysed:
        raise ValueError("no good")

    with pytest.raises(ValueError, match="no good"):
        gather([Batch(record_batch([article("a")]))], tmp_path, broken, threads, 2)


def test_days_are_counted_before_1970_too(threads: Executor) -> None:
    dates = [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
    ]
    _, seen = gathered([[article(str(k), published=date) for k, date in enumerate(dates)]], threads)
    assert seen["days"] == [0, -1, -719162]


def test_a_corpus_is_immutable(threads: Executor) -> None:
    corpus, _ = gathered([[article("a")]], threads)
    with pytest.raises(dataclasses.FrozenInstanceError):
        corpus.days = np.zeros(1, np.int32)  # type: ignore[misc]


def test_an_id_is_one_within_a_publisher(threads: Executor) -> None:
    _, seen = gathered(
        [
            [article("1", "Of the Herald.", publisher="Herald"), article("2", "Alone.", publisher="Herald")],
            [article("1", "Of the Post.", publisher="Post"), article("1", "OF THE POST", publisher="Post")],
            [article("1", "Of nobody.")],
        ],
        threads,
    )
    assert seen["ids"] == ["1@", "1@Herald", "1@Post", "2"]
    assert [each["id"] for each in seen["articles"]] == seen["ids"]
    assert seen["publishers"] == [None, "Herald", "Post", "Herald"]
    assert (seen["repeated"], seen["superseded"]) == (["1@Post"], [])


odd_names = st.text("1@%A", min_size=1, max_size=4)


@given(keys=st.lists(st.tuples(odd_names, st.none() | odd_names), min_size=1, unique=True), data=st.data())
def test_names_tell_all_articles_apart_whatever_their_order(
    keys: list[tuple[str, str | None]], data: st.DataObject
) -> None:
    def named(pairs: list[tuple[str, str | None]]) -> dict[tuple[str, str | None], str]:
        ids, publishers = (pa.array(column, pa.string()) for column in zip(*pairs, strict=True))
        return dict(zip(pairs, distinct(ids, publishers).to_pylist(), strict=True))

    result = named(keys)
    assert len(set(result.values())) == len(keys)
    assert named(data.draw(st.permutations(keys))) == result
    if len({name for name, _ in keys}) == len(keys):
        assert all(result[key] == key[0] for key in keys), "an id that one publisher has stays as it is"
