"""Exports of press databases: one article a document, or a reject that says what the file is."""

from __future__ import annotations

import re

import pytest

from dedup.readers import databases


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("March 14, 2013 Thursday 11:21 AM GMT", "2013-03-14T11:21Z"),
        ("27. Februar 2012 Montag 9:50 PM GMT+1", "2012-02-27T21:50+01:00"),
        ("December 19, 1991, Sunday, An Edition", "1991-12-19"),
        ("31 May 2018", "2018-05-31"),
        ("9 Januar 1993", "1993-01-09"),
        ("29 décembre 2011", "2011-12-29"),
        ("1er août 2019", "2019-08-01"),
        ("12 de octubre de 2020", "2020-10-12"),
        ("12:05 AM GMT", ""),
        ("Chapter 12 of 2020", ""),
        ("40 May 2018 people", "2018-05-40"),
    ],
)
def test_dates_of_exports_are_read_in_their_languages(words, day):
    assert databases.date(words) == day


def test_a_text_export_of_nexis_is_parted_too(tmp_path, everything):
    document = """
                         {n} of 2 DOCUMENTS

                               Coastal Ledger

                         June 3, 2025 Tuesday

A ferry waits

BYLINE: Edda Marsh

LENGTH: 12 words

Line one of a paragraph
goes on here.

Line two.

LOAD-DATE: June 4, 2025
"""
    (tmp_path / "export.txt").write_text("".join(document.format(n=n) for n in (1, 2)))
    articles, _ = everything(tmp_path)
    assert [article["id"] for article in articles] == ["export#1", "export#2"]
    assert {article["text"] for article in articles} == {"Line one of a paragraph goes on here.\n\nLine two."}
    assert {(article["publisher"], article["headline"]) for article in articles} == {
        ("Coastal Ledger", "A ferry waits")
    }


def test_an_article_that_speaks_of_documents_is_one_article(tmp_path, everything):
    (tmp_path / "a.txt").write_text("The court has seen\n3 of 7 documents\n\nand wants 1 of 2 DOCUMENTS\nmore.")
    assert [article["id"] for article in everything(tmp_path)[0]] == ["a"]


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("Yomidasu", "<title>ヨミダス歴史館</title>"),
        ("Integrum", "<title>Report 12.05.2021 15:50:05</title>"),
        ("ProQuest", "<p>ProQuest document ID: 1</p><p>ProQuest document ID: 2</p>"),
    ],
)
def test_an_export_that_cannot_be_parted_is_a_reject_that_names_it(name, mark, tmp_path, everything, page):
    (tmp_path / "export.html").write_text(page(head=mark))
    articles, (reject,) = everything(tmp_path)
    assert not articles
    assert reject.reason.startswith(f"an export of {name}, whose documents are not told apart here")


@pytest.mark.parametrize(
    "piece", ['<p class="articleParagraph">', '<div id="article-x" ', "<b>HD</b></td><td>", "1 of 2 DOCUMENTS\n"]
)
def test_hostile_exports_take_no_time(piece):
    content = '<div class="article enArticle"><p class="articleParagraph">' + piece * 40_000
    assert sum(1 for _ in databases.documents(content) or ()) >= 0


REAL = {"nexis-afp*": 74, "nexis-spiegel*": 49, "factiva-chosun*": 58, "factiva-nyt*": 26}


@pytest.mark.parametrize("pattern", REAL)
def test_real_exports_are_one_article_a_document_with_date_and_publisher(pattern, data, everything):
    (path, *_) = [*(data / "formats").glob(f"12_*/{pattern}"), None]
    if path is None:
        pytest.skip("needs the real files of data/formats")
    articles, rejects = everything(path)
    assert (len(articles), rejects) == (REAL[pattern], [])
    assert all({"published", "publisher", "headline"} <= set(article) for article in articles)
    assert not [article["id"] for article in articles if re.search("LOAD-DATE|All Rights Reserved|</", article["text"])]
