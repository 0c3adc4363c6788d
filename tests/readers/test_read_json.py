"""JSON that is not in lines, and the kinds of JSON that newsrooms and researchers write."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ITEM = {"uri": "urn:1", "headline": "H", "body_text": "one\ntwo"}


@pytest.fixture
def read(tmp_path, everything):
    """The articles and rejects of some bytes as a JSON file."""

    def reader(data, name="dump.json", **options):
        (tmp_path / name).write_bytes(data)
        return everything(tmp_path / name, **options)

    return reader


@pytest.fixture
def read_article(read):
    """The one article of a record."""

    def one(record):
        (article,), rejects = read(orjson.dumps(record))
        assert not rejects
        return article

    return one


@pytest.mark.parametrize(
    "layout",
    [
        b'[{"id":"a","text":"one"},{"id":"b","text":"two"}]',
        b'\xef\xbb\xbf [\n {"id":"a","text":"one"} ,\n {"id":"b","text":"two"}\n]\n',
        b'{"id":"a","text":"one"}\n{"id":"b","text":"two"}\n',
        b'{"id":"a","text":"one"}{"id":"b","text":"two"}',
        b'{"status":"ok","articles":[{"id":"a","text":"one"},{"id":"b","text":"two"}]}',
    ],
)
def test_a_list_a_sequence_and_the_answer_to_a_search_read_alike(layout, read):
    articles, rejects = read(layout)
    assert [(article["id"], article["text"]) for article in articles] == [("a", "one"), ("b", "two")]
    assert not rejects


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_a_packed_file_reads_like_a_plain_one(ending, tmp_path, everything, pack):
    (tmp_path / "dump.json").write_bytes(b'[{"id":"a","text":"one"}]')
    pack(tmp_path / "dump.json", tmp_path / f"dump.json{ending}")
    assert [article["id"] for article in everything(tmp_path / f"dump.json{ending}")[0]] == ["a"]


_values = st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(), st.lists, max_leaves=5)


@given(st.lists(st.dictionaries(st.text(max_size=5), _values, max_size=4), max_size=6), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_list_of_objects_reads_like_the_same_objects_in_lines(read, records, indented):
    named = [{**record, "text": f"text {number}", "id": str(number)} for number, record in enumerate(records)]
    full = orjson.dumps(named, option=orjson.OPT_INDENT_2 if indented else None)
    lines = b"\n".join(map(orjson.dumps, named))
    assert read(full)[0] == read(lines, "dump.jsonl")[0] == read(lines)[0]


def test_a_list_longer_than_a_record_may_be_is_read_piece_by_piece(read):
    records = [{"id": str(number), "text": "x" * number} for number in range(1, 3000)]
    articles, rejects = read(orjson.dumps(records), max_record=4000)
    assert len(articles) == 2999
    assert not rejects


@pytest.mark.parametrize(
    ("data", "position", "reason"),
    [
        (b'[{"id":"a","text":"one"},{"id":"b","te', "item 2", "the file ends inside of this object"),
        (b'[{"id":"a","text":"one"},{"id":"b",}]', "item 2", "broken JSON"),
        (b'[{"id":"a","text":"one"},{"id":"b"}]', "item 2", "no text"),
        (b'[{"id":"a","text":"one"},{"id":"b","text":"\\ud83d"}]', "item 2", "half a surrogate pair"),
        (b'[{"id":"a","text":"one"},{"id":"b","text":"\xff"}]', "item 2", "not UTF-8"),
        (b'[{"id":"a","text":"one"},"b"]', "item 2", "neither a JSON object nor a list of objects"),
        (b'[{"id":"a","text":"one"},{"text":"' + b"x" * 2000 + b'"}]', "item 2", "larger than max_record"),
        (b'[{"id":"a","text":"one"},' + b'{"a":' * 5000 + b"1" + b"}" * 5000, "item 2", "larger than max_record"),
        (b'[{"id":"a","text":"one"},' + b'{"a":' * 150 + b"1" + b"}" * 150 + b"]", "item 2", "no text"),
    ],
)
def test_a_bad_object_is_named_and_those_before_it_are_read(data, position, reason, read):
    articles, (reject,) = read(data, max_record=1000)
    assert [article["id"] for article in articles] == ["a"]
    assert (reject.position, reject.reason[: len(reason)]) == (position, reason)


def test_objects_behind_a_broken_one_are_read(read):
    articles, (reject,) = read(b'[{"id":"a",,},{"id":"b","text":"two"}]')
    assert ([article["id"] for article in articles], reject.position) == (["b"], "item 1")


@pytest.mark.parametrize("data", [b"<html>", b'"text"', b"12", b"null", b"[1, 2]", b"\x1f\x8b\x08"])
def test_a_file_that_is_something_else_says_so(data, read):
    articles, (reject,) = read(data)
    assert (articles, reject.position) == ([], "item 1")


def test_the_user_s_names_hold_for_files_too(read):
    (article,), _ = read(b'[{"id":"a","words":"one"}]', fields={"text": "words"})
    assert article["text"] == "one"


@pytest.mark.parametrize(
    ("more", "field", "value"),
    [
        ({}, "id", "urn:1"),
        ({}, "text", "one\ntwo"),
        ({"uri": "https://wire.example/1"}, "url", "https://wire.example/1"),
        ({"versioncreated": "2025-06-03T05:58:00Z", "firstcreated": "2025-06-01"}, "published", "2025-06-03"),
        ({"byline": "Ann"}, "byline", "Ann"),
        ({"by": "Ann"}, "byline", "Ann"),
        ({"copyrightholder": "AFP"}, "agency", "AFP"),
        ({"copyrightHolder": "AFP"}, "publisher", "AFP"),
        ({"source": "APP", "copyrightholder": "AFP"}, "publisher", "APP"),
        ({"source": "APP", "copyrightholder": "AFP"}, "agency", "AFP; APP"),
        ({"infosource": [{"name": "DPA"}, {"literal": "x"}]}, "agency", "DPA"),
        ({"infoSources": [{"name": "DPA"}], "copyrightHolder": "Post"}, "agency", "DPA; Post"),
        ({"headlines": [{"role": "sub", "value": "S"}, {"role": "main", "value": "M"}]}, "headline", "M"),
        ({"headlines": [{"value": "S"}]}, "headline", "S"),
        ({"headlines": ["odd", 7]}, "headline", "H"),
        ({"body_xhtml": "<p>one</p><p>two</p>"}, "text", "one\ntwo"),
        ({"body_text": "one two", "body_xhtml": "<p>one</p><p>two</p>"}, "text", "one\n\ntwo"),
        ({"body_text": "one two", "body_xhtml": " "}, "text", "one two"),
        ({"body_text": None, "body_html": "<p>one &amp; two"}, "text", "one & two"),
        ({"body_text": "", "bodies": [{"contentType": "text/plain", "value": "one"}]}, "text", "one"),
        ({"body_text": "", "bodies": [{"contenttype": "text/html", "value": "<p>one<br>two"}]}, "text", "one\ntwo"),
    ],
)
def test_ninjs_of_any_version(read_article, more, field, value):
    assert str(read_article({**ITEM, **more})[field]).startswith(value)


def test_a_picture_in_ninjs_is_no_article(read):
    _, (reject,) = read(orjson.dumps({"uri": "urn:1", "type": "picture", "description_text": "A bridge."}))
    assert reject.reason.startswith("no text; the columns are uri, type")


def test_ninjs_and_stories_of_media_cloud_may_come_in_lines(read):
    story = {"stories_id": 7, "media_name": "Post", "story_text": "two", "ap_syndicated": 1}
    articles, rejects = read(orjson.dumps(ITEM) + b"\n" + orjson.dumps(story) + b"\n", "dump.jsonl")
    assert [(article["id"], article.get("agency")) for article in articles] == [
        ("urn:1", None),
        ("7", "Associated Press"),
    ]
    assert not rejects


@pytest.mark.parametrize("flag", [False, 0, None, "false"])
def test_a_story_that_is_not_the_associated_press_s_has_no_agency(read_article, flag):
    assert "agency" not in read_article({"stories_id": 7, "story_text": "two", "ap_syndicated": flag})


@pytest.mark.parametrize("odd", [None, 7, "x", [], [7], [{"name": 7}], {"name": "x"}])
def test_members_of_another_type_than_the_format_s_do_no_harm(read_article, odd):
    names = ("headlines", "infosource", "infosources", "copyrightholder", "byline", "bodies", "versioncreated")
    assert read_article({**ITEM, **dict.fromkeys(names, odd)})["text"] == "one\ntwo"
    members = dict.fromkeys(("story_text", "media_name", "story_sentences"), odd)
    assert read_article({"stories_id": 7, "text": "t", **members})["text"]
