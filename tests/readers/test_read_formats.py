"""Every format gives the same articles, whatever its columns are called."""

from __future__ import annotations

import datetime
import decimal
import uuid

import mmh3
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.errors import NoInputError, SettingsError

from ..processes import wirecopy

UTC = datetime.UTC
FORMATS = ("jsonl", "ndjson", "jsonl.gz", "jsonl.zst", "csv", "csv.gz", "csv.zst", "tsv", "tsv.gz", "parquet")
RECORD = {
    "id": "a1",
    "publisher": "The Valley Post",
    "published": "2022-04-24T10:15:00+02:00",
    "headline": "Bridge, closed",
    "url": "https://valley.example/1",
    "byline": "Ann Author",
    "lang": "en",
    "agency": "AFP",
    "text": 'The bridge, built "long ago",\r\nwas closed.\n\n\tSays who? ',
}
ARTICLE = {
    **RECORD,
    "published": datetime.datetime(2022, 4, 24, 8, 15, tzinfo=UTC),
    "date_only": False,
}


@pytest.mark.parametrize("ending", FORMATS)
def test_each_format_gives_the_article_as_it_was_written(ending, tmp_path, write, everything):
    path = write(tmp_path / f"dump.{ending}", [RECORD])
    assert everything(path) == ([ARTICLE], [])


def test_a_text_file_is_one_article_named_after_the_file(tmp_path, everything):
    (tmp_path / "0042_bridge.txt").write_bytes(b"\xef\xbb\xbfBridge closed\r\n\r\nThe bridge was closed.\n")
    assert everything(tmp_path) == (
        [{"id": "0042_bridge", "date_only": False, "text": "Bridge closed\r\n\r\nThe bridge was closed.\n"}],
        [],
    )


# What a dump can hold in every format: CSV knows no null, and no text without a letter; Parquet no half characters.
_said = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
_records = st.lists(
    st.fixed_dictionaries(
        dict.fromkeys(("id", "publisher", "published", "headline", "url", "byline", "lang", "agency"), _said)
        | {"text": _said | st.sampled_from(["a", "\u2028", "\x1c", 'say "no"', " x ", "a\r\nb\rc", "\ufeffb"])}
    ),
    max_size=8,
)


@given(_records)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_any_records_read_back_alike_from_every_format(tmp_path, write, everything, records):
    columns = [{"text": "first", **dict.fromkeys(("id", "published", "headline"), "")}, *records]
    read = {
        ending: everything(write(tmp_path / f"dump.{ending}", columns)) for ending in ("jsonl", "csv", "tsv", "parquet")
    }
    keep = [record for record in columns if record["text"] and not record["text"].isspace()]
    for articles, rejects in read.values():
        assert articles == read["parquet"][0]
        assert [article["text"] for article in articles] == [record["text"] for record in keep]
        assert [article.get("headline", "") for article in articles] == [
            record["headline"] if not record["headline"].isspace() else "" for record in keep
        ]
        assert {reject.reason.partition(";")[0] for reject in rejects} <= {"no text"}
        assert len(rejects) == len(columns) - len(keep)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        *[("id", name) for name in ("id", "article_id", "GUID", "uri", "_id")],
        *[("text", name) for name in ("text", "body", "content", "articleBody", "maintext", "Article_Text")],
        *[("headline", name) for name in ("title", "HEADLINE", "name")],
        *[("publisher", name) for name in ("publisher", "source", "source_domain", "outlet", "site", "newspaper")],
        *[("published", name) for name in ("date", "date_publish", "pubDate", "publish_date", "datePublished")],
        *[("published", name) for name in ("published_at", "publication_date", "timestamp")],
        *[("byline", name) for name in ("byline", "author", "Authors", "creator")],
        *[("lang", name) for name in ("lang", "language", "inLanguage")],
        *[("agency", name) for name in ("agency", "wire", "credit", "provider", "copyrightHolder")],
        *[("url", name) for name in ("url", "link", "canonical")],
    ],
)
@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_the_usual_names_of_a_column_are_found(field, name, ending, tmp_path, write, everything):
    record = {(name if field == own else own): values for own, values in RECORD.items()}
    assert everything(write(tmp_path / f"dump.{ending}", [record])) == ([ARTICLE], [])


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_a_named_column_comes_before_the_usual_ones(ending, tmp_path, write, everything):
    path = write(tmp_path / f"dump.{ending}", [{"id": "a", "text": "teaser", "Full Text": "the whole", "src": "Post"}])
    articles, _ = everything(path, fields={"text": "Full Text", "publisher": "src"})
    assert [(article["text"], article["publisher"]) for article in articles] == [("the whole", "Post")]


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_the_next_column_stands_in_where_one_says_nothing(ending, tmp_path, write, everything):
    path = write(tmp_path / f"dump.{ending}", [{"id": "a", "text": " ", "body": "long"}, {"id": "b", "text": "short"}])
    articles, rejects = everything(path)
    assert [(article["id"], article["text"]) for article in articles] == [("a", "long"), ("b", "short")]
    assert not rejects


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_a_named_column_that_is_nowhere_is_an_error_that_lists_the_columns(ending, tmp_path, write, everything):
    path = write(tmp_path / f"dump.{ending}", [{"id": "a", "text": "one"}])
    with pytest.raises(SettingsError, match=r"'src' named for 'publisher'.*id, text"):
        everything(path, fields={"publisher": "src"})
    other = write(tmp_path / "other.jsonl", [{"text": "two", "src": "Post"}])
    assert len(everything(path, other, fields={"publisher": "src"})[0]) == 2


def test_a_field_that_articles_do_not_have_is_an_error(tmp_path, write, everything):
    with pytest.raises(SettingsError, match=r"no field 'body'.*text"):
        everything(write(tmp_path / "dump.jsonl", [RECORD]), fields={"body": "text"})


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_table_without_a_text_column_is_an_error_that_lists_the_columns(ending, tmp_path, write, everything):
    with pytest.raises(NoInputError, match=r"--field text=COLUMN") as caught:
        everything(write(tmp_path / f"dump.{ending}", [{"id": "a", "label": "x"}]))
    assert "label" in str(caught.value)


def test_missing_ids_are_made_from_the_url_else_from_the_text(tmp_path, write, everything):
    records = [{"text": "one", "url": "https://x.example/1"}, {"text": "two", "id": " "}, {"text": "three", "id": "3"}]
    for ending in ("jsonl", "csv", "parquet"):
        articles, _ = everything(write(tmp_path / f"dump.{ending}", records))
        made = [mmh3.hash_bytes(values).hex() for values in ("https://x.example/1", "two")]
        assert [article["id"] for article in articles] == [*made, "3"]


def test_nested_values_of_json_lines_are_read_by_their_names(tmp_path, everything):
    record = {
        "_id": {"$oid": "62655"},
        "source": {"@type": "Organization", "name": "The Valley Post", "id": 7},
        "authors": [{"name": "Ann"}, "Ben", None, " "],
        "agency": [],
        "inLanguage": ["en"],
        "datePublished": {"$date": "2022-04-24T08:15:00Z"},
        "articleBody": "words",
        "extra": {"deep": [[1]]},
    }
    (tmp_path / "dump.jsonl").write_bytes(orjson.dumps(record))
    assert everything(tmp_path)[0] == [
        {
            "id": "62655",
            "publisher": "The Valley Post",
            "byline": "Ann, Ben",
            "lang": "en",
            "published": ARTICLE["published"],
            "date_only": False,
            "text": "words",
        }
    ]


def test_numbers_become_strings_unless_two_would_become_one(tmp_path, everything):
    lines = b'{"id":7,"text":"a"}\n{"id":8.0,"text":"b"}\n{"id":8.5,"text":"c"}\n{"id":true,"text":"d"}\n'
    (tmp_path / "dump.jsonl").write_bytes(lines + b'{"id":123456789012345678901234567890,"text":"e"}')
    made = [mmh3.hash_bytes(text).hex() for text in ("d", "e")]
    assert [article["id"] for article in everything(tmp_path)[0]] == ["7", "8", "8.5", *made]


def test_parquet_columns_of_every_kind_are_read(tmp_path, everything):
    table = pa.table(
        {
            "id": pa.array([decimal.Decimal(12345678901234567890123), None]),
            "source": pa.array([{"name": "Post"}, {"name": None}]),
            "authors": pa.array([["Ann", "Ben"], []]),
            "lang": pa.array(["en", "en"]).dictionary_encode(),
            "title": pa.array([1.0, None]),
            "wire": pa.nulls(2),
            "url": pa.array(["u:1", "u:2"]).cast(pa.string_view()),
            "date": pa.array([datetime.date(2022, 4, 24), None]),
            "text": pa.array([b"one", b"two"]),
        }
    )
    pq.write_table(table, tmp_path / "dump.parquet")
    assert everything(tmp_path)[0] == [
        {
            "id": "12345678901234567890123",
            "publisher": "Post",
            "byline": "Ann, Ben",
            "lang": "en",
            "headline": "1",
            "url": "u:1",
            "published": datetime.datetime(2022, 4, 24, tzinfo=UTC),
            "date_only": True,
            "text": "one",
        },
        {"id": mmh3.hash_bytes("u:2").hex(), "lang": "en", "url": "u:2", "date_only": False, "text": "two"},
    ]


def test_blank_lines_marks_and_nul_bytes_do_no_harm(tmp_path, everything):
    body = b'\xef\xbb\xbf\n  \r\n{"id":"a","text":"one\\u0000two"}\r\n\n{"id":"b","text":"b"}'
    (tmp_path / "dump.jsonl").write_bytes(body)
    (tmp_path / "dump.csv").write_bytes(b'\xef\xbb\xbfid,text\r\n\r\nc,"one\0two"\r\n\r\n')
    articles, rejects = everything(tmp_path)
    assert [(article["id"], article["text"]) for article in articles] == [
        *[("c", "one\0two")],
        *[("a", "one\0two"), ("b", "b")],
    ]
    assert not rejects


RAW = [uuid.UUID(int=number * 7**40 % 2**128) for number in range(1, 40)]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([one.bytes for one in RAW], pa.binary(16)),
        pa.array([one.bytes for one in RAW], pa.binary()),
        pa.array([one.bytes for one in RAW], pa.binary(16)).cast(pa.binary()).dictionary_encode(),
        pa.ExtensionArray.from_storage(pa.uuid(), pa.array([one.bytes for one in RAW], pa.binary(16))),
        pa.array([str(one).encode() for one in RAW], pa.binary(36)),
    ],
    ids=["fixed", "binary", "dictionary", "uuid", "ascii"],
)
def test_ids_in_bytes_tell_articles_of_one_address_apart(column, tmp_path, everything):
    table = pa.table({"id": column, "url": ["https://post.example/"] * len(RAW), "text": list(map(str, RAW))})
    pq.write_table(table, tmp_path / "dump.parquet")
    articles, rejects = everything(tmp_path)
    assert [article["id"] for article in articles] == list(map(str, RAW))
    assert not rejects


def test_ids_of_other_sizes_are_hex_digits(tmp_path, everything):
    pq.write_table(pa.table({"id": pa.array([b"\xff\x00\x01"], pa.binary(3)), "text": ["x"]}), tmp_path / "a.parquet")
    assert everything(tmp_path)[0][0]["id"] == "ff0001"


def test_what_is_collapsed_is_counted(tmp_path):
    rows = [f'{{"url":"https://post.example/","text":"{number} one two"}}' for number in (1, 2, 3, 3)]
    (tmp_path / "dump.jsonl").write_text("\n".join(rows))
    done = wirecopy(tmp_path, "detect", "dump.jsonl", "--out", "run", "--threads", "1")
    assert done.returncode == 0
    lines = dict(line.rsplit(maxsplit=1) for line in done.stdout.splitlines()[:5])
    assert lines["articles read"] == "1"
    assert sum(int(lines.get(f"articles {name}", 0)) for name in ("repeated", "superseded")) == 3
