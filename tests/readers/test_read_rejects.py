"""A bad record is named with its place and its reason, and all others go on."""

from __future__ import annotations

import gzip
import os
import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.errors import BadDataError, NoInputError, WirecopyError
from dedup.readers import read, sources
from dedup.readers.bounds import most_articles
from dedup.readers.tally import limited
from tests.processes import wirecopy

GOOD = b'{"id":"good","text":"good"}\n'


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id":"a","text":"cut off', "broken JSON: "),
        (b"not json", "broken JSON: "),
        (b'["a"]', "not a JSON object but a list"),
        (b'{"id":"a","body_html":"x"}', "no text; the columns are id, body_html"),
        (b'{"id":"a","text":""}', "no text"),
        (b'{"id":"a","text":" \\n\\u00a0"}', "no text"),
        (b'{"id":"a","text":null}', "no text"),
        (b'{"id":"a","text":["x"]}', "the text is not a string but a list"),
        (b'{"id":"a","text":5}', "the text is not a string but a int"),
        (b'{"id":"a","text":"caf\xe9"}', "not UTF-8: invalid continuation byte at byte 21 of the line"),
        (b'{"id":"a","text":"\\ud83d and so on"}', "half a surrogate pair at character"),
        (b'{"id":"a","text":"' + b"x" * 2000 + b'"}', "larger than max_record (1000 bytes)"),
    ],
)
def test_a_bad_json_line_is_rejected_and_its_neighbours_are_not(line, reason, tmp_path, everything):
    path = tmp_path / "dump.jsonl"
    path.write_bytes(GOOD + b"\n" + line + b"\n" + GOOD)
    articles, (reject,) = everything(path, max_record=1000)
    assert [article["id"] for article in articles] == ["good", "good"]
    assert (reject.path, reject.position) == (str(path), "line 3")
    assert reject.reason.startswith(reason)


def test_a_record_of_exactly_the_limit_is_read(tmp_path, everything):
    for spare, count in ((0, 1), (-1, 0)):
        line = b'{"id":"a","text":"%s"}' % (b"x" * 100)
        (tmp_path / "dump.jsonl").write_bytes(line + b"\n")
        assert len(everything(tmp_path, max_record=len(line) + spare)[0]) == count


@pytest.mark.parametrize(
    ("record", "position", "reason"),
    [
        (b'a,"",2022\n', "line 4", "no text"),
        (b"a,one,two,2022\n", "line 4", "4 fields where the header names 3"),
        (b"a,one\n", "line 4", "2 fields where the header names 3"),
        (b"a,\xcf\xf0\xe8\xe2,2022\n", "line 4", "not UTF-8: invalid continuation byte at byte 2 of line 4"),
        (b'a,"say "no" now",2022\n', "line 4", "',' expected after '\"'"),
        (b"a," + b"x" * 2000 + b",2022\n", "line 4", "larger than max_record (1000 bytes)"),
        (b'a,"never closed,2022\n', "line 4", "',' expected after '\"'"),
    ],
)
def test_a_bad_csv_record_is_rejected_with_its_first_line(record, position, reason, tmp_path, everything):
    path = tmp_path / "dump.csv"
    good = b'good,"two\nlines",2022\n'
    path.write_bytes(b"id,text,date\n" + good + record + good.replace(b"good", b"last"))
    articles, (reject,) = everything(path, max_record=1000)
    assert [article["id"] for article in articles] == ["good", "last"]
    assert {article["text"] for article in articles} == {"two\nlines"}
    assert (reject.path, reject.position) == (str(path), position)
    assert reject.reason.startswith(reason)


@pytest.mark.parametrize("limit", [1000, 1_000_000])
def test_a_quotation_mark_that_is_never_closed_costs_one_line(limit, tmp_path, everything):
    lines = [b"id,text", b"a,one", b'b,"two', *(b"%d,good" % number for number in range(500))]
    (tmp_path / "dump.csv").write_bytes(b"\n".join(lines))
    articles, (reject,) = everything(tmp_path, max_record=limit)
    assert len(articles) == 501
    assert reject.position == "line 3"


def test_a_csv_field_may_be_longer_than_the_csv_module_allows_at_first(tmp_path, everything):
    (tmp_path / "dump.csv").write_bytes(b"id,text\na," + b"x" * 300_000)
    assert len(everything(tmp_path)[0][0]["text"]) == 300_000


def test_a_csv_header_that_cannot_be_read_is_an_error(tmp_path, everything):
    (tmp_path / "dump.csv").write_bytes("ид,text\na,b\n".encode("cp1251"))
    with pytest.raises(NoInputError, match="header cannot be read: not UTF-8"):
        everything(tmp_path)


def test_bad_parquet_rows_are_rejected_with_their_numbers(tmp_path, everything):
    texts = pa.array([b"one", None, b"  ", b"caf\xe9", b"x" * 2000, b"six"], pa.binary())
    titles = pa.array([b"t"] * 5 + [b"\xff"], pa.binary())
    ids = [str(number) for number in range(6)]
    pq.write_table(pa.table({"id": ids, "text": texts, "title": titles}), tmp_path / "dump.parquet", row_group_size=2)
    articles, rejects = everything(tmp_path, max_record=1000)
    assert [article["id"] for article in articles] == ["0"]
    assert [(reject.position, reject.reason) for reject in rejects] == [
        ("row 2", "no text"),
        ("row 3", "no text"),
        ("row 4", "text is not UTF-8"),
        ("row 5", "larger than max_record (1000 bytes)"),
        ("row 6", "headline is not UTF-8"),
    ]


def test_strings_that_parquet_only_claims_to_be_utf8_are_checked(tmp_path, everything):
    claimed = pa.array([b"fine", b"\xff\xfe"], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"text": claimed}), tmp_path / "dump.parquet")
    articles, (reject,) = everything(tmp_path)
    assert [article["text"] for article in articles] == ["fine"]
    assert (reject.position, reject.reason) == ("row 2", "text is not UTF-8")


@pytest.mark.parametrize(
    ("data", "position", "reason"),
    [
        (b"", "byte 0", "no text"),
        (b" \n\t", "byte 0", "no text"),
        (b"\xcf\xf0\xe8\xe2\xe5\xf2", "byte 0", "not UTF-8: invalid continuation byte"),
        (b"\xff\xfea", "byte 2", "not UTF-16-LE: truncated data"),
        (b"\xef\xbb\xbfcaf\xe9", "byte 6", "not UTF-8: unexpected end of data"),
        (b"x" * 2000, "byte 0", "larger than max_record (1000 bytes)"),
    ],
)
def test_bad_text_files_are_rejected(data, position, reason, tmp_path, everything):
    (tmp_path / "bad.txt").write_bytes(data)
    (tmp_path / "good.txt").write_bytes(b"good")
    articles, (reject,) = everything(tmp_path, max_record=1000)
    assert [article["id"] for article in articles] == ["good"]
    assert (reject.position, reject.reason) == (position, reason)


@pytest.mark.parametrize("ending", ["jsonl.gz", "jsonl.zst", "csv.gz", "csv.zst"])
def test_a_packed_file_that_is_cut_short_gives_what_stands_before_the_cut(ending, tmp_path, write, everything):
    records = [{"id": str(number), "text": os.urandom(40).hex()} for number in range(10_000)]
    path = write(tmp_path / f"dump.{ending}", records)
    full = path.read_bytes()
    path.write_bytes(full[: len(full) // 2])
    articles, (reject,) = everything(path)
    assert len(articles) > 1000
    assert [article["text"] for article in articles] == [record["text"] for record in records[: len(articles)]]
    header = ending.startswith("csv")
    assert reject.position == f"line {len(articles) + 1 + header}"
    assert "cut short or damaged" in reject.reason


def test_a_file_that_is_not_packed_at_all_is_one_reject(tmp_path, everything):
    (tmp_path / "dump.jsonl.gz").write_bytes(GOOD)
    (tmp_path / "dump.jsonl.zst").write_bytes(GOOD)
    articles, rejects = everything(tmp_path)
    assert (articles, [reject.position for reject in rejects]) == ([], ["line 1", "line 1"])


def test_a_packed_file_of_several_parts_is_read_to_its_end(tmp_path, everything):
    (tmp_path / "dump.jsonl.gz").write_bytes(gzip.compress(GOOD) + gzip.compress(GOOD))
    assert len(everything(tmp_path)[0]) == 2


def test_a_parquet_file_that_is_cut_short_is_an_error(tmp_path, write, everything):
    path = write(tmp_path / "dump.parquet", [{"text": "one"}])
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(NoInputError, match="cannot be opened as Parquet"):
        everything(path)


def test_a_damaged_row_group_is_rejected_and_the_next_is_read(tmp_path, everything):
    texts = [os.urandom(500).hex() for _ in range(300)]
    path = tmp_path / "dump.parquet"
    pq.write_table(pa.table({"text": texts}), path, row_group_size=100, compression="zstd", use_dictionary=False)
    data = bytearray(path.read_bytes())
    second = pq.ParquetFile(path).metadata.row_group(1).column(0)
    data[second.data_page_offset : second.data_page_offset + 40] = b"\xff" * 40
    path.write_bytes(data)
    articles, (reject,) = everything(path)
    assert [article["text"] for article in articles] == texts[:100] + texts[200:]
    assert (reject.position, reject.reason[:28]) == ("row 101", "rows 101 to 200 cannot be de")


@pytest.mark.parametrize(("command", "code"), [("detect", 65), ("nightly", 76)])
def test_reading_stops_once_too_many_records_are_bad_whatever_follows(command, code, tmp_path):
    with gzip.open(tmp_path / "many.jsonl.gz", "wb") as file:
        for _ in range(30):
            file.write(b"{}\n" * 100_000)
    store = [] if command == "detect" else ["--store", "store"]
    ended = wirecopy(tmp_path, command, "many.jsonl.gz", "--out", "out", *store)
    assert ended.returncode == code, ended.stderr
    messages = re.search(r"(\d+) of the first records are bad, .* line 1: no text", ended.stderr)
    assert messages is not None and int(messages[1]) < 100_000, ended.stderr


def test_reading_goes_on_where_what_follows_may_be_good(tmp_path):
    good = b'{"text":"a"}\n'
    path = tmp_path / "dump.jsonl"
    path.write_bytes(b"{}\n" * 5_000 + good * 95_000)
    batches = list(limited(read([path]), most_articles(sources([path])), 0.05, BadDataError))
    assert sum(len(batch.rejects) for batch in batches) == 5_000
    with pytest.raises(BadDataError, match="5000 of the first records"):
        list(limited(read([path]), 94_999, 0.05, BadDataError))


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "jsonl.zst", "csv", "tsv", "parquet"])
@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_damage_of_any_kind_gives_rejects_or_an_error_that_says_what_is_wrong(
    ending, tmp_path, write, everything, data
):
    records = [{"id": str(number), "text": f'caf\u00e9 "{number}",\nmore'} for number in range(10)]
    path = write(tmp_path / f"dump.{ending}", records)
    full = path.read_bytes()
    start = data.draw(st.integers(0, len(full)))
    end = data.draw(st.integers(start, min(len(full), start + 20)))
    path.write_bytes(full[:start] + data.draw(st.binary(max_size=20)) + full[end:])
    try:
        articles, rejects = everything(path, max_record=1000)
    except WirecopyError as error:
        assert str(path) in str(error)
    else:
        assert articles or rejects
