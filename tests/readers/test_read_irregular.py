"""What is no regular file, what wirecopy made itself, and standard input."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dedup import detect
from dedup.errors import InputOutputError, NoInputError, UsageError
from dedup.readers import Names, find, read, read_sources, sources
from dedup.readers.finding import OWN
from dedup.readers.inputs import digest

LINE = b'{"id":"a","text":"one two three"}\n'


@pytest.fixture
def odd(tmp_path):
    """A folder of one dump among what is none."""
    (tmp_path / "dump.jsonl").write_bytes(LINE)
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "loop.jsonl").symlink_to("loop.jsonl")
    (tmp_path / "lost.jsonl").symlink_to("nowhere.jsonl")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    (tmp_path / ".dump.jsonl").write_bytes(LINE)
    (tmp_path / "notes.rtf").write_bytes(b"PK")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "sock.jsonl"))
    return tmp_path


def test_what_is_no_regular_file_is_passed_over_in_a_folder_and_named(odd):
    result = find([odd])
    assert [source.path.name for source in result.sources] == ["dump.jsonl"]
    assert {(Path(each.name).name, each.reason) for each in result.passed_over} == {
        ("pipe.jsonl", "a FIFO"),
        ("sock.jsonl", "a socket"),
        ("zero.csv", "a device"),
        ("loop.jsonl", "a link that leads to itself"),
        ("lost.jsonl", "a link that leads nowhere"),
        (".dump.jsonl", "hidden"),
        ("notes.rtf", "no reader for .rtf"),
    }
    assert find([odd / "*.jsonl"]).sources == result.sources


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("pipe.jsonl", "is a FIFO"),
        ("sock.jsonl", "is a socket"),
        ("zero.csv", "is a device"),
        ("loop.jsonl", "is a link that leads to itself"),
        ("lost.jsonl", "is a link that leads nowhere"),
    ],
)
def test_what_is_no_regular_file_is_an_error_where_it_is_named(name, message, odd):
    with pytest.raises(NoInputError, match=message):
        sources([odd / name])


def test_an_empty_path_is_a_wrong_call():
    with pytest.raises(UsageError, match="empty path"):
        sources([""])


def test_the_runs_and_stores_among_the_inputs_are_passed_over(samples, tmp_path, everything):
    dump = tmp_path / "dump.csv"
    dump.write_bytes((samples / "evening.csv").read_bytes())
    first = detect([tmp_path], tmp_path / "deep" / "run", threads=1)
    (tmp_path / "store" / "nights").mkdir(parents=True)
    (tmp_path / "store" / "catalogue.sqlite").touch()
    (tmp_path / "store" / "nights" / "x.jsonl").write_bytes(LINE)
    again = detect([tmp_path], tmp_path / "deep" / "again", threads=1)
    assert again.summary["counts"] == first.summary["counts"]
    assert again.summary["passed_over"] == [
        {"reason": "a store", "count": 1, "first": str(tmp_path / "store")},
        {"reason": "the folder of a run", "count": 1, "first": str(tmp_path / "deep" / "run")},
    ]
    with pytest.raises(NoInputError, match="again was passed over: the folder of a run"):
        everything(tmp_path / "deep")
    assert {path.name for path in (tmp_path / "deep" / "run").iterdir()} >= OWN["the folder of a run"]


PROGRAM = """
import sys
from dedup.readers import read
for batch in read(sys.argv[1:]):
    for row in batch.articles.to_pylist():
        print(row["id"], row["text"].strip())
    for reject in batch.rejects:
        print(reject)
"""


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
@pytest.mark.parametrize(
    "data",
    [
        LINE,
        gzip.compress(LINE, mtime=0),
        b'[{"id":"a",\n"text":"one two three"}]',
        b"id,text\na,one two three\n",
        b"id\ttext\na\tone two three\n",
        b"id;text\na;one two three\n",
        "id;text\na;one two three\n".encode("utf-16"),
        bz2.compress(LINE),
        lzma.compress(LINE),
    ],
)
def test_standard_input_is_read_in_the_format_that_its_bytes_show(name, data, tmp_path):
    done = subprocess.run([sys.executable, "-c", PROGRAM, name], input=data, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"a one two three\n", b"")


def test_a_text_on_standard_input_is_called_after_its_content():
    program = [sys.executable, "-c", PROGRAM, "-"]
    names = [
        subprocess.run(program, input=text, capture_output=True, check=True).stdout.split()[0]
        for text in (b"One text.", b"One text.", b"Another text.")
    ]
    assert len(names[0]) == 32
    assert names[0] == names[1] != names[2]


def test_a_file_that_changes_after_it_was_named_is_an_error(tmp_path):
    dump = tmp_path / "dump.jsonl"
    dump.write_bytes(LINE * 3)
    named = sources([dump])
    with dump.open("ab") as file:
        file.write(LINE)
    with pytest.raises(InputOutputError, match="changed while it was read"):
        list(read_sources(named, Names({})))
    with pytest.raises(InputOutputError, match="changed while it was read"):
        digest(named[0])
    assert len(list(read([dump]))) == 1


def test_a_file_that_is_replaced_by_another_one_of_its_size_and_time_is_an_error(tmp_path):
    dump, other = tmp_path / "dump.jsonl", tmp_path / "other"
    dump.write_bytes(LINE)
    named = sources([dump])
    other.write_bytes(LINE.replace(b"one", b"six"))
    os.utime(other, ns=(dump.stat().st_atime_ns, dump.stat().st_mtime_ns))
    other.replace(dump)
    with pytest.raises(InputOutputError, match="changed while it was read"):
        list(read_sources(named, Names({})))


def test_what_a_change_makes_of_a_file_is_told_as_the_change(tmp_path, write):
    path = write(tmp_path / "dump.parquet", [{"id": "a", "text": "one"}])
    named = sources([path])
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(InputOutputError, match="changed while it was read"):
        list(read_sources(named, Names({})))


SAMPLES = Path(__file__).parents[2] / "samples" / "formats"


@pytest.mark.parametrize("name", ["bundle.zip", "bundle.tar.gz", "lexis.docx", "monitoring.xlsx"])
def test_archives_and_office_files_are_read_from_standard_input(name, everything):
    if name.endswith("xlsx"):
        pytest.importorskip("openpyxl", reason="pip install 'wirecopy[office]'")
    program = [sys.executable, "-c", PROGRAM, "-"]
    done = subprocess.run(program, input=(SAMPLES / name).read_bytes(), capture_output=True, check=True)
    articles, _ = everything(SAMPLES / name)
    printed = done.stdout.decode()
    assert articles
    assert all(one["text"].strip() in printed for one in articles)
