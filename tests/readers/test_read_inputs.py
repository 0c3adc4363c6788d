"""Which files are read, in which order, and what articles in files of their own are called."""

from __future__ import annotations

import random

import mmh3
import pytest

from dedup.errors import NoInputError
from dedup.readers import digest, read, sources


@pytest.fixture
def tree(tmp_path, write):
    for folder in ("a", "a/deep", "b", ".hidden", "empty", "odd"):
        (tmp_path / folder).mkdir()
    write(tmp_path / "a" / "one.jsonl", [{"id": "one", "text": "one"}])
    write(tmp_path / "a" / "deep" / "two.CSV".lower(), [{"id": "two", "text": "two"}])
    write(tmp_path / "b" / "three.parquet", [{"id": "three", "text": "three"}])
    write(tmp_path / ".hidden" / "no.jsonl", [{"id": "no", "text": "no"}])
    (tmp_path / "b" / "four.TXT").write_text("four")
    (tmp_path / "b" / "._four.txt").write_text("no")
    (tmp_path / "odd" / "README.md").write_text("no")
    return tmp_path


def ids(result):
    return [article["id"] for article in result[0]]


def test_files_folders_and_globs_are_read_in_the_order_of_their_paths(tree, everything):
    inputs = [tree / "b", str(tree / "a" / "**" / "*.csv"), tree / "a" / "one.jsonl"]
    for _ in range(4):
        random.Random(1).shuffle(inputs)
        assert ids(everything(*inputs)) == ["two", "one", "four", "three"]
    assert ids(everything(tree)) == ["two", "one", "b/four", "three"]


def test_a_file_named_twice_is_read_once(tree, everything, monkeypatch):
    monkeypatch.chdir(tree)
    (tree / "link.jsonl").symlink_to(tree / "a" / "one.jsonl")
    names = ("a/one.jsonl", "./a/../a/one.jsonl", tree / "a/one.jsonl", "a/*.jsonl", "link.jsonl")
    assert ids(everything(*names)) == ["one"]


def test_links_are_followed_and_lead_round_only_once(tree, everything):
    (tree / "empty" / "up").symlink_to(tree)
    (tree / "empty" / "story.txt").symlink_to(tree / "b" / "four.TXT")
    articles = ids(everything(tree / "empty"))
    assert sorted(articles) == ["one", "story", "three", "two"]


def test_a_name_with_brackets_is_a_file_before_it_is_a_pattern(tmp_path, write, everything):
    write(tmp_path / "dump[1].jsonl", [{"id": "x", "text": "x"}])
    assert ids(everything(tmp_path / "dump[1].jsonl")) == ["x"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("missing.jsonl", "does not exist"),
        ("a/*.parquet", "nothing that can be read matches"),
        ("odd/*", "nothing that can be read matches"),
        ("empty", "holds no file that can be read"),
        ("odd", "holds no file that can be read"),
        ("odd/README.md", "no reader for this ending; known are .jsonl"),
    ],
)
def test_an_input_that_cannot_be_read_is_an_error_before_anything_is_read(given, message, tree, monkeypatch):
    monkeypatch.chdir(tree)
    with pytest.raises(NoInputError, match=message):
        read(["a", given])


def test_no_input_at_all_is_an_error():
    with pytest.raises(NoInputError, match="no input was given"):
        sources([])


def test_sources_name_path_format_size_and_digest(tree):
    result = sources([tree])
    assert [(source.path.name, source.format) for source in result] == [
        ("two.csv", "csv"),
        ("one.jsonl", "jsonl"),
        ("four.TXT", "text"),
        ("three.parquet", "parquet"),
    ]
    assert [source.size for source in result] == [source.path.stat().st_size for source in result]
    assert [digest(source) for source in result] == [
        mmh3.hash_bytes(source.path.read_bytes()).hex() for source in result
    ]


def test_a_text_file_is_called_by_its_path_within_the_input_whatever_else_there_is(tmp_path, everything):
    for path in ("in/a/001.txt", "in/b/001.txt", "in/002.txt"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    assert sorted(ids(everything(tmp_path / "in"))) == ["002", "a/001", "b/001"]
    (tmp_path / "in/b/001.txt").unlink()
    assert sorted(ids(everything(tmp_path / "in"))) == ["002", "a/001"]
    assert ids(everything(tmp_path / "in/a/001.txt")) == ["001"]


def test_text_files_whose_names_clash_are_called_by_their_paths(tmp_path, everything):
    for path in ("x/story.txt", "y/deep/story.txt", "y/other.v2.txt", "z/same.txt", "z/same.TXT"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    articles, _ = everything(tmp_path / "x", tmp_path / "y", tmp_path / "z")
    assert {article["text"]: article["id"] for article in articles} == {
        "x/story.txt": "story",
        "y/deep/story.txt": "deep/story",
        "y/other.v2.txt": "other.v2",
        "z/same.txt": "z/same.txt",
        "z/same.TXT": "z/same.TXT",
    }


def test_the_development_data_is_read_whole(data, everything):
    articles, rejects = everything(data / "seeds", data / "clough_stevenson.parquet", data / "event_news.parquet")
    assert len(articles) + len(rejects) == 5 + 100 + 419
    assert {reject.reason for reject in rejects} == {"no text"}
    assert not any("published_text" in article for article in articles)
