"""Web pages and web archives: what a page says of itself, and what is no page."""

from __future__ import annotations

import gzip
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from dedup.article import Rejected
from dedup.errors import InputOutputError
from dedup.readers import pages

HEADERS = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
def read_article(tmp_path, everything):
    """The one article of a page."""

    def read(html, name="page.html"):
        (tmp_path / name).write_text(html, "utf-8")
        (article,), rejects = everything(tmp_path / name)
        assert not rejects
        return article

    return read


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [
        ('<meta property="og:title" content="From OpenGraph">', "headline", "From OpenGraph"),
        ("", "headline", "Title"),
        ('<meta property="og:site_name" content="The Post">', "publisher", "The Post"),
        ('<link rel="canonical" href="https://www.post.example/a">', "publisher", "post.example"),
        ('<link rel="canonical" href="https://www.post.example/a">', "url", "https://www.post.example/a"),
        ('<meta property="og:url" content="https://post.example/b">', "url", "https://post.example/b"),
        ('<meta name="AUTHOR" content="Ann Author">', "byline", "Ann Author"),
        ('<meta name="author" content=" "><meta name="byl" content="By Ann">', "byline", "By Ann"),
        ('<meta itemprop="author" content="Ann Author">', "byline", "Ann Author"),
        ('<meta property="og:locale" content="pt_BR">', "lang", "pt_BR"),
        ('<meta name="syndication-source" content="https://wire.example/1">', "agency", "https://wire.example/1"),
        ('<link rel="original-source" href="https://wire.example/1">', "agency", "https://wire.example/1"),
        ('<meta name="source" content="AFP">', "agency", "AFP"),
        ('<meta name="dc.source" content="AFP"><meta name="source" content="afp">', "agency", "afp"),
    ],
)
def test_what_the_head_says(read_article, head, field, value, page):
    assert read_article(page(head))[field] == value


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:author" content="https://social.example/ann">',  # a profile, no name
        '<meta name="source" content="The Post"><meta property="og:site_name" content="the post">',
        '<meta property="og:url" content="https://post.example/1"><link rel="canonical" href="https://post.example/2">',
        '<meta property="og:url" content="https://m.post.example/1"><link rel="canonical" href="https://post.example/1">',
        '<link rel="canonical" href="/relative">',
    ],
)
def test_what_says_nothing_of_another_is_neither_byline_nor_agency(read_article, head, page):
    assert not {"byline", "agency"} & read_article(page(head)).keys()


def test_an_address_on_another_site_says_whose_copy_it_is(read_article, page):
    head = (
        '<meta property="og:url" content="https://post.example/1"><link rel="canonical" href="https://wire.example/1">'
    )
    article = read_article(page(head))
    assert (article["url"], article["agency"]) == ("https://post.example/1", "https://wire.example/1")


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            {
                "@type": "NewsArticle",
                "headline": "H",
                "author": [{"name": "Ann"}, "Ben"],
                "inLanguage": "fr",
                "datePublished": "2025-06-03",
                "publisher": {"name": "Post"},
                "url": "https://post.example/1",
            },
            {"headline": "H", "byline": "Ann, Ben", "lang": "fr", "publisher": "Post", "url": "https://post.example/1"},
        ),
        (
            {"@graph": [{"@type": "WebPage", "name": "W"}, {"@type": ["ReportageNewsArticle"], "headline": "H"}]},
            {"headline": "H"},
        ),
        ([{"@type": "Organization", "name": "O"}, {"@type": "Article", "name": "N"}], {"headline": "N"}),
        (
            {"@graph": [{"@type": "Article", "headline": "H", "author": {"@id": "#p"}}, {"@id": "#p", "name": "Ann"}]},
            {"headline": "H", "byline": "Ann"},
        ),
        (
            {
                "@type": "NewsArticle",
                "publisher": {"name": "Post"},
                "copyrightHolder": {"name": "post"},
                "provider": [{"name": "AFP"}],
                "sourceOrganization": {"url": "https://wire.example"},
            },
            {"agency": "AFP; https://wire.example"},
        ),
        ({"@type": "NewsArticle", "isBasedOn": "https://wire.example/1"}, {"agency": "https://wire.example/1"}),
        ({"@type": "WebSite", "headline": "no article"}, {"headline": "Title"}),
        ({"@type": "NewsArticle", "headline": "half a pair: \ud83d"}, {"headline": "half a pair: \ufffd"}),
    ],
)
def test_what_json_ld_says(read_article, record, expected, page):
    article = read_article(page(record=record))
    assert {field: article[field] for field in expected} == expected


def test_teasers_of_other_articles_in_json_ld_are_not_taken_for_the_article(read_article, page):
    teaser = {"@type": "NewsArticle", "headline": "Teaser", "url": "https://post.example/other"}
    own = {"@type": "NewsArticle", "headline": "Own", "mainEntityOfPage": {"@id": "https://post.example/1"}}
    head = '<link rel="canonical" href="https://post.example/1">'
    assert (
        read_article(page(head, record={"@graph": [{"@type": "ItemList", "item": [teaser]}, own]}))["headline"] == "Own"
    )
    assert read_article(page(head, record=[teaser, own]))["headline"] == "Own"


@pytest.mark.parametrize("script", ["{", "7", "[" * 100_000, '{"@type": "Article", "headline": 1' + "0" * 5000 + "}"])
def test_json_ld_that_is_none_does_no_harm(read_article, script, page):
    assert read_article(page(f'<script type="application/ld+json">{script}</script>'))["headline"] == "Title"


def test_a_page_without_an_article_is_rejected(tmp_path, everything):
    (tmp_path / "empty.html").write_text("<html><body><img src='/x.png'></body></html>")
    (tmp_path / "none.html").write_bytes(b"")
    (tmp_path / "no.htm").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 9)
    articles, rejects = everything(tmp_path)
    assert not articles
    assert len({reject.path for reject in rejects}) == 3


def test_the_address_and_the_name_of_a_record_of_an_archive_are_the_article_s(tmp_path, everything, page, warc):
    (tmp_path / "news.warc").write_bytes(warc([page(story=1).encode()]))
    (article,), _ = everything(tmp_path)
    assert (article["id"], article["url"], article["publisher"]) == (
        "urn:uuid:00000000-0000-0000-0000-000000000000",
        "https://post.example/0",
        "post.example",
    )


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
def test_an_archive_reads_alike_however_it_is_packed(packing, tmp_path, everything, pack, page, warc):
    (tmp_path / "news.warc").write_bytes(warc([page(story=number).encode() for number in range(5)]))
    if packing:
        pack(tmp_path / "news.warc", tmp_path / f"news.warc{packing}")
    articles, rejects = everything(tmp_path / f"news.warc{packing}")
    assert [article["text"].partition(" says")[0] for article in articles] == [
        f"Sentence 0 of story {number}" for number in range(5)
    ]
    assert not rejects


def test_an_archive_packed_record_by_record_is_read_whole(tmp_path, everything, page, packed_warc):
    packed_warc(tmp_path / "news.warc.gz", [page(story=number).encode() for number in range(5)])
    assert len(everything(tmp_path)[0]) == 5


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)],
)
def test_answers_that_the_site_sent_packed_are_unpacked(encoding, packed, tmp_path, everything, page, warc):
    answer = (packed(page().encode()), {**HEADERS, "Content-Encoding": encoding})
    (tmp_path / "news.warc").write_bytes(warc([answer]))
    assert len(everything(tmp_path)[0]) == 1


def test_answers_sent_in_chunks_are_put_together(tmp_path, everything, page, warc):
    body = page().encode()
    chunks = b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (100, body[:100], len(body) - 100, body[100:])
    (tmp_path / "news.warc").write_bytes(warc([(chunks, {**HEADERS, "Transfer-Encoding": "chunked"})]))
    assert len(everything(tmp_path)[0]) == 1


@pytest.mark.parametrize("kind", ["image/png", "application/pdf", "text/plain", "application/json", ""])
def test_answers_that_are_no_pages_are_passed_over(kind, tmp_path, everything, page, warc):
    answer = (page().encode(), {"Content-Type": kind})
    (tmp_path / "news.warc").write_bytes(warc([answer, page().encode()]))
    articles, rejects = everything(tmp_path)
    assert ([article["url"] for article in articles], rejects) == (["https://post.example/1"], [])


@pytest.mark.parametrize("status", ["404 Not Found", "301 Moved Permanently", "500 Oops", "206 Partial Content"])
def test_answers_other_than_200_are_passed_over(status, tmp_path, everything, page, warc):
    (tmp_path / "news.warc").write_bytes(warc([page().encode()], status))
    assert everything(tmp_path) == ([], [])


def test_a_page_that_the_crawler_cut_off_is_rejected(tmp_path, everything, page, warc):
    full = warc([page().encode(), page().encode()])
    index = full.rindex(b"WARC-Type: response")
    (tmp_path / "news.warc").write_bytes(full[:index] + b"WARC-Truncated: length\r\n" + full[index:])
    articles, (reject,) = everything(tmp_path)
    assert len(articles) == 1
    assert (reject.position, reject.reason) == ("record 3", "the crawler cut the page off: length")


@pytest.mark.parametrize("ending", ["warc", "warc.gz"])
def test_an_archive_cut_anywhere_gives_the_records_before_the_cut(ending, tmp_path, everything, page, packed_warc):
    path = tmp_path / f"news.{ending}"
    packed_warc(path, [page(story=number).encode() for number in range(3)])
    full = path.read_bytes() if ending.endswith("gz") else gzip.decompress(path.read_bytes())
    path.write_bytes(full)
    ends = [record["text"] for record in everything(path)[0]]
    for cut in range(1, len(full) - 1, 37):
        path.write_bytes(full[:cut])
        articles, rejects = everything(path)
        assert [article["text"] for article in articles] == ends[: len(articles)]
        assert len(articles) == 3 or len(rejects) <= 1
        if len(articles) < 3 and not rejects:  # cut between two records
            assert full[cut:].startswith((b"WARC/1.0", b"\x1f\x8b", b"\r\nWARC", b"\n\r\nWARC", b"\r\n\r\nWARC"))


def test_the_order_and_the_articles_are_the_same_with_any_number_of_processes(page):
    result = [
        Rejected("a", f"record {number}", "odd")
        if number % 7 == 3
        else pages.Page("a", f"record {number}", str(number), page(story=number).encode())
        for number in range(pages.ALONE + 40)
    ]
    alone = list(pages.rows(result, processes=1))
    assert alone == list(pages.rows(iter(result), processes=2))
    assert [row.position for row in alone] == [page.position for page in result]


def test_a_process_that_dies_is_an_error_and_leaves_no_other_running(monkeypatch, page):
    result = [pages.Page("a", str(number), "", page().encode()) for number in range(pages.ALONE)]
    monkeypatch.setenv("PYTHONHOME", "/nowhere")  # so that no other interpreter can start
    with pytest.raises(InputOutputError, match="a process that reads pages died"):
        list(pages.rows(result, processes=2))


def test_a_reader_that_is_left_early_ends_its_processes(page):
    result = (pages.Page("a", str(number), "", page(story=number).encode()) for number in range(10**9))
    rows = pages.rows(result, processes=2)
    assert next(rows).position == "0"
    rows.close()


STUCK = """
import multiprocessing, sys, time
from dedup.readers import pages

if __name__ == "__main__":
    page = sys.stdin.read().encode()
    rows = pages.rows((pages.Page("a", str(number), "", page) for number in range(10**9)), processes=2)
    next(rows)
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux's /proc to look for processes")
def test_the_processes_that_read_pages_end_with_a_reader_that_is_killed(tmp_path, page):
    (tmp_path / "stuck.py").write_text(STUCK)
    run = [sys.executable, str(tmp_path / "stuck.py")]
    with subprocess.Popen(run, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        reader.stdin.write(page().encode())
        reader.stdin.close()
        children = [Path("/proc", pid) for pid in reader.stdout.readline().decode().split()]
        assert [child.exists() for child in children] == [True, True]
        reader.kill()
    deadline = time.monotonic() + 20
    while any(map(alive, children)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, children))


def alive(process):
    """Is there such a process, other than one that has ended and that nobody asked for?"""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize(("heading", "kept"), [("A  Ferry Waits", False), ("A ferry waits for the tide", True)])
def test_the_headline_does_not_stand_in_the_text(heading, kept, tmp_path, everything, page):
    head = '<meta property="og:title" content="A ferry waits">'
    html = page(head).replace("<article>", f"<article><h2>{heading}</h2>")
    (tmp_path / "page.html").write_text(html)
    (article,) = everything(tmp_path)[0]
    assert article["headline"] == "A ferry waits"
    assert (heading in article["text"], "Sentence 0 of story 0" in article["text"]) == (kept, True)
