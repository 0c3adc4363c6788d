"""Which words make an agency or outlet the source of a text's facts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Cited = Callable[..., list[str]]

CITATIONS = {
    "He was tired, he told AFP on Monday.": "afp",
    "The bridge is closed, The Express Tribune reported.": "The Express Tribune",
    "The bridge is closed, the Express Tribune reported.": "The Express Tribune",
    "*Express Tribune* reported that the bridge is closed.": "The Express Tribune",
    "Quoting an unnamed clerk, The Express Tribune said the bridge was closed.": "The Express Tribune",
    "The bridge was closed, reported a local media outlet, The Express Tribune, on Sunday.": "The Express Tribune",
    "The bridge is closed, according to a report in Dawn.": "Dawn",
    "The mayor was quoted by Reuters as saying so.": "reuters",
    "The mayor told The Wall Street Journal so.": "The Wall Street Journal",
    "The report in The Guardian says so.": "The Guardian",
    "In an interview with the BBC, she agreed.": "BBC News",
    "An AFP tally shows ten bridges.": "afp",
    "State-run Xinhua news agency also reported on Sunday that it fell.": "xinhua",
    "He told Russian news agency TASS so.": "tass",
    "The bridge fell, the Press Trust of India (PTI) news agency reported.": "pti",
    "She told the Hartford Courant so.": "The Hartford Courant",
    "She told the Puddleby Gazette so.": "Puddleby Gazette",
    "The Puddleby Gazette reported it first.": "Puddleby Gazette",
    "She told The Hill so.": "The Hill",
    "She told CNN’s “State of the Union” so.": "CNN",
    "She told the Times of Puddleby so.": "Times of Puddleby",
    "ونقلت وكالة رويترز عن مسؤول قوله ذلك.": "reuters",
    "وقال لـ«رويترز» إن الجسر مغلق.": "reuters",
    "وقال متحدث لوكالة الصحافة الفرنسية إن الجسر مغلق.": "afp",
    "ونقلت وكالة (رويترز) للأنباء ذلك.": "reuters",
    "وذكرت وكالة الأنباء السعودية «واس» ذلك.": "spa",
    "اے ایف پی کے مطابق پل بند ہے۔": "afp",
    "کلرک نے اے پی پی کو بتایا کہ پل بند ہے۔": "app",
}
NO_CITATIONS = (
    "PTI said it would march.",
    "He told PTI workers to march.",
    "according to PTI chairman Doe",
    "AAP told voters to come.",
    "Mayor Bloomberg said so.",
    "He told the Bloomberg School of Public Health so.",
    "according to Bloomberg School of Public Health figures",
    "People on the hill reported smoke.",
    "It was time, he told himself.",
    "In the nation, said he, all is well.",
    "He read The Express Tribune at breakfast.",
    "A crowd. (Photo: Jane Doe, AP) Story highlights",
    "Fox News said in a statement that the host would leave.",
    "(New England Journal of Medicine)",
    "تتحدث عن الحياة في الجزيرة",
    "ذهب إلى الشرق الأوسط",
)


def test_words_that_say_when_may_stand_before_by(cited_by: Cited) -> None:
    assert cited_by("It was first reported late on Tuesday by The New York Times.") == ["The New York Times"]
    assert cited_by("The paper was owned, as of Tuesday, by The New York Times.") == []


def test_a_line_over_an_article_cites_nobody(cited_by: Cited) -> None:
    assert cited_by("USA TODAY Published 5:57 a.m. ET July 16, 2018") == []
    assert cited_by("USA TODAY published the letter on Monday.") == ["USA Today"]


@pytest.mark.parametrize("text", CITATIONS)
def test_a_citation(text: str, cited_by: Cited) -> None:
    assert set(cited_by(text)) == {CITATIONS[text]}


@pytest.mark.parametrize("text", NO_CITATIONS)
def test_words_that_cite_nobody(text: str, cited_by: Cited) -> None:
    assert cited_by(text) == []


def test_initials_count_where_the_name_is_written_in_full(cited_by: Cited) -> None:
    assert cited_by("The Press Trust of India is a news agency. According to PTI, the bridge fell.") == ["pti"]
    assert cited_by("The bridge fell. According to PTI, the bridge fell.") == []


def test_a_short_name_is_the_outlet_named_before(cited_by: Cited) -> None:
    text = "She told The Washington Post so. {}She told the Post more."
    assert cited_by(text.format("")) == ["The Washington Post"] * 2
    between = "He told the New York Post otherwise. "
    assert cited_by(text.format(between)) == ["The Washington Post", "New York Post", "New York Post"]
    assert cited_by("She told the Post so.") == []


def test_nobody_cites_itself(cited_by: Cited) -> None:
    assert cited_by("She told the BBC so.", publisher="BBC News") == []
    assert cited_by("She told the BBC so.", url="https://www.bbc.co.uk/news/1") == []
    assert cited_by("She told the Puddleby Gazette so.", publisher="The Puddleby Gazette") == []
    assert cited_by("She told Reuters so.", publisher="Reuters") == []
    assert cited_by("She told the BBC so.", publisher="Reuters") == ["BBC News"]


def test_a_credit_is_not_counted_as_a_citation_too(cited_by: Cited) -> None:
    assert cited_by("LONDON (Reuters) - A clerk reported a fault. Reuters contributed to this report.") == []
