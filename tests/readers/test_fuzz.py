"""Damaged samples of every format: whatever was done to a file, it ends in articles, rejects or a plain error."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.errors import WirecopyError

SAMPLES = {path.name: path.read_bytes() for path in sorted(Path(__file__).parents[2].glob("samples/formats/*"))}
SAMPLES["news.warc"] = gzip.decompress(SAMPLES["news.warc.gz"])
SAMPLES |= {f"{name}.gz": gzip.compress(SAMPLES[name], mtime=0) for name in ("page.html", "feed.rss", "ninjs-1.json")}
LIMIT = 100_000

#: What parsers stumble over.
PIECES = [
    *(b"<", b">", b"</", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"&", b"&#0;", b"&#xD83D;", b"&#99999999999999999999;"),
    *(b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1b$B", b"<script>", b"<table><tr>", b"<svg>"),
    *(b"{", b"}", b"[", b"]", b'"', b"\\", b"\\u0000", b"\\ud83d", b"null", b"1e999", b"[" * 2000, b'{"a":' * 2000),
    *(b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<?xml version='1.0' encoding='utf-7'?>", b'charset="punycode"'),
    *(b"xml:base='http://['", b"<base href='//['>", b"http://[x", b" xmlns='a b'", b"<div>" * 300, b"<item>"),
    *(b"<entry>", b"WARC/1.0\r\n", b"\r\n\r\n", b"Content-Length: 99999999999999999999\r\n", b"Content-Length: -1\r\n"),
    *(b"Content-Encoding: gzip\r\n", b"Transfer-Encoding: chunked\r\n", b"ffffffffffffffff\r\n", b"HTTP/9.9 \r\n"),
]

_places = st.floats(0, 1, exclude_max=True)
_edits = st.lists(
    st.tuples(_places, st.sampled_from([0, 0, 1, 20, 500]), st.sampled_from(PIECES) | st.binary(max_size=4)), max_size=6
)


def damaged(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    """The bytes with some of them taken out and others put in at several places."""
    for index, length, piece in edits:
        at = int(index * len(data))
        data = data[:at] + piece + data[at + length :]
    return data


@pytest.fixture
def hold(tmp_path, everything):
    """Read a file of some bytes and hold the outcome to what every reader promises; how it ended, twice alike."""

    def check(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        outcomes = [_outcome(everything, path) for _ in range(2)]
        assert outcomes[0] == outcomes[1]
        return outcomes[0]

    return check


def _outcome(everything, path):
    try:
        articles, rejects = everything(path, max_record=LIMIT)
    except WirecopyError as error:
        assert str(path) in str(error)
        return str(error)
    for article in articles:
        assert article["text"].strip()
        assert len(article["text"].encode()) <= LIMIT
    for reject in rejects:
        assert reject.path == str(path) or reject.path.startswith(f"{path}:")
        assert reject.position
        assert 0 < len(reject.reason) < 1500
    return articles, rejects


@pytest.mark.parametrize("name", SAMPLES)
@given(_edits)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_a_damaged_sample(name, hold, edits):
    if name.endswith(".xlsx"):
        pytest.importorskip("openpyxl", reason="pip install 'wirecopy[office]'")
    hold(name, damaged(SAMPLES[name], edits))


@given(_edits, st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, gzip", "x"]), st.sampled_from(["chunked", "x"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_a_damaged_answer_in_a_sound_archive_leaves_its_neighbours_alone(hold, warc, page, edits, packing, sent):
    headers = {"Content-Type": "text/html", "Content-Encoding": packing, "Transfer-Encoding": sent}
    good = page(story=1).encode()
    odd = damaged(gzip.compress(page(story=2).encode(), mtime=0), edits)
    articles, _ = hold("news.warc", warc([good, (odd, headers), good]))
    assert [article["url"][-1] for article in articles if article["url"][-1] != "1"] == ["0", "2"]


#: Inputs that once broke a reader: an exception, half a surrogate pair in a column, minutes, or words lost in silence.
FOUND = {
    "feedparser encodes half a pair.xml": b"<rss><channel><item><description>a & b &#xD83D;</description></item></rss>",
    "feedparser decodes the declaration.xml": b'<?xml version="1.0" encoding="\xb9tf-8"?><rss><item></item></rss>',
    "feedparser splits the namespace.xml": b"<rss xmlns='a b c'><channel><item><x>y</x></item></channel></rss>",
    "feedparser takes any number for a character.xml": b"<rss><item><title>& &#99999999999999999;</title></item></rss>",
    "feedparser puts one date for another.xml": b"<rss><channel><item><pubDate>x</pubDate></item></channel></rss>",
    "lxml compares all attributes.html": b"<p " + b" ".join(b"a%d=1" % number for number in range(9000)) + b">words",
    "json-ld with an endless number.html": b"<html><script type=ld+json>1" + b"0" * 9000 + b"</script><p>words</p>",
    "canonical address that is none.html": b"<html><link rel=canonical href='http://['><p>words and words</p></html>",
    "archive cut in a header.warc": b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\n",
    "archive cut in a body.warc": b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 10\r\n\r\nHTTP",
    "archive with a broken answer.warc": (
        b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: 47\r\n\r\n"
        b"HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n\r\nWARC/1.0\r\n"
    ),
    "archive cut in a request.warc": b"WARC/1.0\r\nWARC-Type: request\r\nContent-Length: 10\r\n\r\nGET",
    "text of a number.json": b'{"stories_id": 1, "text": "one", "story_text": 7}',
    "two bodies, one empty.json": b'{"uri": "a", "body_text": "", "bodies": [{"value": "one"}]}',
}


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_once_is_held(name, hold):
    outcome = hold(name.replace(" ", "-"), FOUND[name])
    assert not isinstance(outcome, str)
    assert any(outcome)
