"""A file that is cut short or damaged is told apart from a record that is bad."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from dedup import detect
from jobs.cli import notices

STORY = "The council met on Tuesday and voted for the new bridge over the river, {} to four, after two hours of talk."


def records(count=60):
    return [{"id": str(number), "text": STORY.format(number)} for number in range(count)]


def lines():
    return b"".join(orjson.dumps(record) + b"\n" for record in records())


NEWSML = (
    '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet><newsItem guid="a"><contentSet><inlineXML>'
    "<html><body><p>One story.</p></body></html></inlineXML></contentSet></newsItem></itemSet></newsMessage>"
)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("dump.jsonl.gz", gzip.compress(lines(), mtime=0)[:-40]),
        ("dump.csv.gz", gzip.compress(b"id,text\n" + b"a,one two\n" * 5000, mtime=0)[:-8]),
        ("dump.json.gz", gzip.compress(orjson.dumps(records()), mtime=0)[:-40]),
        ("dump.jsonl", lines()[:-30]),
        ("dump.csv", b"id,text,lang\na,one,en\nb,two"),
        ("dump.json", orjson.dumps(records())[:-30]),
        ("dump.json", b'{"id":"a","text":"one"} and so on'),
        ("items.xml", NEWSML[:-70].encode()),
    ],
)
def test_what_is_lost_behind_a_place_is_damage(name, data, tmp_path, everything):
    (tmp_path / name).write_bytes(data)
    _, rejects = everything(tmp_path)
    assert [reject.damage for reject in rejects][-1:] == [True]
    assert sum(reject.damage for reject in rejects) == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("dump.jsonl", lines() + b"not json\n{}\n" + lines()),
        ("dump.jsonl", lines() + b'{"id":"a"}'),
        ("dump.csv", b"id,text,lang\na,one\nb,two,en\n"),
        ("dump.json", b'[{"id":"a","text":5},{"id":"b","text":"b"}]'),
        ("items.xml", b"<NewsML/>"),
        ("items.xml", NEWSML.replace("One story.", "One & story.").encode()),
    ],
)
def test_a_bad_record_is_no_damage(name, data, tmp_path, everything):
    (tmp_path / name).write_bytes(data)
    _, rejects = everything(tmp_path)
    assert rejects
    assert not any(reject.damage for reject in rejects)


def test_a_run_over_a_cut_archive_says_so_in_its_summary_and_in_words(tmp_path):
    (tmp_path / "dump.jsonl.gz").write_bytes(gzip.compress(lines())[:-40])
    run = detect([tmp_path / "dump.jsonl.gz"], tmp_path / "run", threads=1)
    assert 0 < run.summary["counts"]["read"] < len(records())
    (damaged,) = run.summary["damaged_inputs"]
    assert damaged["path"] == str(tmp_path / "dump.jsonl.gz")
    message, *_ = notices.of(run.summary)
    assert message.startswith(f"damaged: {damaged['path']}, {damaged['position']}: the file is cut short or damaged")


PROGRAM = """
import sys, resource
from pathlib import Path
from dedup import detect
from dedup.errors import WirecopyError
from dedup.settings import Settings
try:
    detect([sys.argv[1]], sys.argv[2], settings=Settings(max_rejects=float(sys.argv[3])), threads=1)
except WirecopyError as error:
    print(error)
print(next(int(line.split()[1]) // 1000 for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc to measure memory")
def test_memory_does_not_grow_with_the_records_that_are_bad(tmp_path):
    peaks = {}
    for count in (10_000, 400_000):
        with gzip.open(tmp_path / "dump.jsonl.gz", "wb") as file:
            file.write(b'{"id":"a","text":"one"}\n' + b"{}\n" * count)
        run = [sys.executable, "-c", PROGRAM, str(tmp_path / "dump.jsonl.gz"), str(tmp_path / "run"), "0.05"]
        message, peaks[count] = subprocess.run(run, check=True, capture_output=True, text=True).stdout.splitlines()
        assert " of the first records are bad, which is too many whatever follows" in message
    assert int(peaks[400_000]) - int(peaks[10_000]) < 30


def test_where_no_article_is_left_the_first_reason_is_told(tmp_path):
    (tmp_path / "dump.jsonl").write_text(json.dumps({"id": "a", "words": "one"}) + "\n")
    run = [sys.executable, "-c", PROGRAM, str(tmp_path / "dump.jsonl"), str(tmp_path / "run"), "0.05"]
    values = subprocess.run(run, check=True, capture_output=True, text=True).stdout.splitlines()[0]
    assert values == (
        f"the inputs hold no article: 1 records were rejected, first {tmp_path / 'dump.jsonl'}, line 1: no text; "
        "the columns are id, words"
    )
