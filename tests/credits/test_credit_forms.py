"""Which words make a text an agency's, and where they must stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Credits = Callable[..., set[tuple[str, str]]]

HEADS = {
    "LONDON, April 24 (Reuters) - The council met.": ("reuters", "dateline"),
    "MULTAN (AP) — The council met.": ("ap", "dateline"),
    "ISLAMABAD, Jan 2 (APP):The council met.": ("app", "dateline"),
    "MINSK (Belarus), Apr 10 (APP):The council met.": ("app", "dateline"),
    "SPRINGFIELD, Ill. (AP) — The council met.": ("ap", "dateline"),
    "A headline here\n\n(Reuters) - The council met.": ("reuters", "dateline"),
    "New Delhi, Apr 24 (PTI) The council met.": ("pti", "dateline"),
    "Rio de Janeiro, 3 May (EFE).- The council met.": ("efe", "dateline"),
    "BEIJING, March 3 (Xinhua/APP): The council met.": ("app", "dateline"),
    "KARACHI: (Web Desk/APP) — The council met.": ("app", "dateline"),
    "NEW DELHI: IANS\nThe council met.": ("ians", "dateline"),
    "لاہور ۔ 12 مئی (اے پی پی) کونسل کا اجلاس ہوا۔": ("app", "dateline"),
    "کراچی (آن لائن+ نمائندہ خصوصی) کونسل کا اجلاس ہوا۔": ("online", "dateline"),
    "طوكيو - «رويترز»: اجتمع المجلس.": ("reuters", "dateline"),
    "د ب أ- برلين: اجتمع المجلس.": ("dpa", "dateline"),
    "جدة – واس\nاجتمع المجلس.": ("spa", "dateline"),
    "A headline here\nBy Our Correspondent / PTI\nThe council met.": ("pti", "byline"),
    "By JANE DOE, Associated Press\n\nThe council met.": ("ap", "byline"),
    "By Reuters\n\nThe council met.": ("reuters", "byline"),
    "A headline here\n\nAFP\n\nThe council met.": ("afp", "byline"),
    "By            JANE DOE Associated Press\nMay 14, 2018 — 3:25pm": ("ap", "byline"),
    "By JANE DOE AP National Security Writer\nThe council met.": ("ap", "byline"),
    "JOE ROE, JIM POE and JANE DOE / AP\nThe council met.": ("ap", "byline"),
    "Jane Doe, Associated Press\nUpdated\n5:58 am PDT, Monday, May 16, 2018\nThe council met.": ("ap", "byline"),
    "The Associated Press | Monday, May 16, 2018, 7:24 a.m.\nThe council met.": ("ap", "byline"),
    "The Associated Press — By JANE DOE - Associated Press\nThe council met.": ("ap", "byline"),
    "Posted 5:57 am, May 16, 2018, by Associated Press , Updated at 06:00\nThe council met.": ("ap", "byline"),
    "Заголовок\n\nРейтер\n12.05.2018 14:30\nСовет собрался.": ("reuters", "byline"),
    "标题\n\n路透社 2018年5月12日\n委员会开会。": ("reuters", "byline"),
}
TAILS = {
    "\n\n(PTI)\n\nMore For You\n\nAnother story": ("pti", "tail"),
    "\n\n(PTI) ABC DEF": ("pti", "tail"),
    "\n\n— IANS": ("ians", "tail"),
    "\n Reuter": ("reuters", "tail"),
    "\nPA": ("pa", "tail"),
    "\nThe Associated Press contributed to this report.": ("ap", "tail"),
    "\nMaterial from Reuters was used in this article.": ("reuters", "tail"),
    "\nFox News' Jo Doe and Reuters contributed to this report.": ("reuters", "tail"),
    "\nWith inputs from agencies": ("agencies", "tail"),
    "\nAdditional reporting from AFP\n\nPublished in Somewhere, May 3rd": ("afp", "tail"),
    "\nContributing: Jo Doe, USA TODAY; The Associated Press": ("ap", "tail"),
    "\n• This article is based in part on wire service reports.": ("agencies", "tail"),
    "\nSource: ANI": ("ani", "tail"),
    "\nCopyright 2018 The Associated Press. All rights reserved.": ("ap", "copyright"),
    "\n© 2019 Thomson/Reuters. All rights reserved.": ("reuters", "copyright"),
}
NO_CREDITS = (
    "The talks went on. (AP Photo/Jane Doe)",
    "A crowd in the square. (Jane Doe/Reuters)",
    "A crowd in the square AFP / Jane DOE",
    "A crowd in the square — Reuters/File",
    "Image copyright Reuters\n\nThe talks went on.",
    "(Photo: AFP via Getty Images)",
    "Photo: Reuters",
    "Enlarge this image toggle caption Jane Doe/AP",
    "Pakistan Tehreek-e-Insaf (PTI) has called for talks.",
    "ISLAMABAD, Feb 11 (XYZ):Pakistan Tehreek-e-Insaf (PTI) Senator Doe spoke.",
    "ISLAMABAD, Feb 07 (XYZ):Chief of the Naval Staff (CNS) Admiral Doe spoke.",
    "The Chief of the Naval Staff (CNS) - a sailor - spoke.",
    "He joined Awaam Pakistan (AP), a party.",
    "PTI workers get bail",
    "PTI",
    "The app (APP) is new.",
    "JANE DOE/AP",
    "PUDDLEBY BRIDGE IS SAFE, SAY ENGINEERS: AP",
    "The bridge ©Jane Doe (Pool/AFP)",
    "SOURCE: GADGETS/APP ANNIE",
    "Additional information leaked later suggests that western news agencies knew.",
    "By Monday, Reuters reported, all was well.",
    "A crowd in the square. Jane Doe AP\nThe talks went on.",
    "Jane Doe | AP\nA crowd in the square.",
    "Trump and Putin / AP\nA crowd in the square.",
    "The Associated Press published a misleading article\nThe council met.",
    "The AP updated its tally on Monday.",
    "The Associated Press may be fined\nThe council met in May 2018.",
    "An app that Reuters on Monday, May 16 wrote of came out.",
    "Что пишет Рейтер\nСовет собрался.",
    "路透社的记者\n委员会开会。",
)


@pytest.mark.parametrize("head", HEADS)
def test_a_credit_at_the_head(head: str, credits_of: Credits, body: str) -> None:
    assert HEADS[head] in credits_of(f"{head}\n{body}")


@pytest.mark.parametrize("tail", TAILS)
def test_a_credit_at_the_tail(tail: str, credits_of: Credits, body: str) -> None:
    assert TAILS[tail] in credits_of(body + tail)


@pytest.mark.parametrize("words", NO_CREDITS)
@pytest.mark.parametrize("text", ["{words}\n\n{body}", "{body}\n\n{words}\n\n{body}"])
def test_words_that_are_no_credit(words: str, text: str, credits_of: Credits, body: str) -> None:
    assert credits_of(text.format(words=words, body=body)) == set()


ENDS = {
    "\n\nReuters, AFP": {"reuters", "afp"},
    "\n\nReuters/AFP": {"reuters", "afp"},
    "\nAP, AFP and Reuters": {"ap", "afp", "reuters"},
    "\nWith Reuters": {"reuters"},
    "\n(With AP and The Guardian)": {"ap", "The Guardian"},
    "\n\nAgencies": {"agencies"},
    "\nNYT News Service": {"The New York Times"},
    "\n\nWashington Post": {"The Washington Post"},
    "\n\nAFP-JIJI": {"afp", "jiji"},
    "\n(c) 2025, The Washington Post": {"The Washington Post"},
    "\nThis article originally appeared in The New York Times.": {"The New York Times"},
    "\nThis story was first published by the Guardian.": {"The Guardian"},
    "\n\n- Herald": {"Herald"},
    "\n\n— Puddleby Herald": {"Puddleby Herald"},
    "\n\n— Hartford Courant": {"The Hartford Courant"},
    "\n\nРейтер, Франс Пресс": {"reuters", "afp"},
    "\n\nРейтер/Франс Пресс": {"reuters", "afp"},
    "\n\n(路透社、法新社)": {"reuters", "afp"},
    "\n\nرويترز، فرانس برس": {"reuters", "afp"},
    "\n\n(رويترز / د ب أ)": {"reuters", "dpa"},
}
NO_ENDS = (
    "\nHe had heard it on the radio and read it in Reuters, AFP",
    "\nShe spoke with Reuters",
    "\nThe minister met heads of Reuters, AFP.",
    "\nHe said so to the agencies",
    "\nHe sold the Washington Post",
    "\nShe reads The Washington Post, he the Herald",
    "\nThe article in The New York Times made him angry.",
    "\nThis article is about The New York Times.",
    "\nThis story of a reporter at first amused The Guardian.",
    "\nHerald",
    "\nShare this:\n\nEmail\n\nPrint",
    "\nImage copyright CBS News",
    "\nPhoto: AFP-JIJI",
    "\nМинистр встретился с Рейтер, Франс Пресс и другими",
    "\n部长会见了路透社、法新社",
    "\nالتقى الوزير رؤساء رويترز، فرانس برس وغيرهما",
)


@pytest.mark.parametrize("end", ENDS)
def test_credits_of_a_last_line(end: str, credits_of: Credits, body: str) -> None:
    assert {name for name, _ in credits_of(body + end)} == ENDS[end]


@pytest.mark.parametrize("end", NO_ENDS)
def test_last_lines_that_are_no_credit(end: str, credits_of: Credits, body: str) -> None:
    assert credits_of(body + end) == set()


def test_an_outlet_is_not_credited_with_what_it_publishes_itself(credits_of: Credits, body: str) -> None:
    text = f"{body}\n(c) 2025, The Washington Post"
    assert credits_of(text, publisher="The Washington Post") == set()
    assert credits_of(text, url="https://www.washingtonpost.com/a") == set()
    assert credits_of(f"{body}\n\n- Herald", publisher="The New Zealand Herald") == set()
    assert credits_of(text, publisher="Hartford Courant") == {("The Washington Post", "copyright")}
    line = f"By JANE DOE, The Washington Post\n{body}"
    assert credits_of(line, publisher="Hartford Courant") == {("The Washington Post", "byline")}
    assert credits_of(line, publisher="washingtonpost.com") == set()


def test_a_dateline_behind_a_pages_menus_is_a_credit_and_in_its_list_of_other_stories_none(
    credits_of: Credits, body: str
) -> None:
    item = "HELSINKI (AP) — The council met on Monday and heard about the bridge"
    assert credits_of(f"{body}\n{body}\n{item}.\n{body}{body}") == {("ap", "dateline")}
    assert credits_of(f"{body}\n{body}\n{item} ...\n{body}{body}") == set()
    assert credits_of(f"{body * 4}\nRead more\n{item}.\n{body}") == set()
    assert credits_of(f"{body}\n{body}\nThe report says:\n\n{item}.\n{body}{body}") == set()
    assert credits_of(f"{body}\n{body}\n“{item}.\n{body}{body}") == set()
    assert credits_of(f"{body}\n{body}\nPutin and Trump in Hamburg (AP) — and others — met.\n{body}") == set()


def test_two_agencies_in_one_bracket_are_two_credits(credits_of: Credits, body: str) -> None:
    assert credits_of(f"{body}\njm/dm (AFP, dpa)") == {("afp", "tail"), ("dpa", "tail")}


def test_initials_alone_on_a_line_are_the_agency_and_in_a_sentence_the_party(credits_of: Credits, body: str) -> None:
    party = "The chairman of the Pakistan Tehreek-e-Insaf (PTI) said that the PTI (PTI leaders too) would come. "
    assert credits_of(body + party) == set()
    assert credits_of(f"{body}{party}\n\n(PTI)\n\n{party}") == {("pti", "tail")}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"agency": "AFP"}, {("afp", "metadata")}),
        ({"agency": "Online"}, {("online", "metadata")}),
        ({"byline": "By Jane Doe, Reuters"}, {("reuters", "byline")}),
        ({"byline": "Our Correspondent / PTI"}, {("pti", "byline")}),
        ({"byline": "Jane Doe | Staff Writer"}, set()),
        ({"publisher": "Associated Press of Pakistan"}, {("app", "metadata")}),
        ({"publisher": "www.dpa-international.com"}, {("dpa", "metadata")}),
        ({"url": "https://www.reuters.com/world/a-story"}, {("reuters", "metadata")}),
        ({"url": "https://notreuters.com/world/"}, set()),
        ({"publisher": "The Daily Herald", "url": "https://herald.example/reuters.com"}, set()),
    ],
)
def test_a_credit_in_the_metadata(
    fields: dict[str, Any], expected: set[tuple[str, str]], credits_of: Credits, body: str
) -> None:
    assert credits_of(body, **fields) == expected


def test_an_agencys_own_article_is_no_credit_to_another(credits_of: Credits, body: str) -> None:
    text = f"{body}\nReuters contributed to this report."
    assert credits_of(text) == {("reuters", "tail")}
    assert credits_of(text, publisher="AFP") == {("afp", "metadata")}


def test_an_agency_that_relays_anothers_copy_says_so_in_the_dateline(credits_of: Credits, body: str) -> None:
    result = credits_of(f"BEIJING, March 3 (Xinhua) -- The council met.\n{body}", publisher="APP")
    assert result == {("app", "metadata"), ("xinhua", "dateline")}


def test_a_stronger_form_has_the_greater_strength(attribute: Callable[..., list[dict[str, Any]]], body: str) -> None:
    text = f"LONDON (Reuters) - {body}\nThe Associated Press contributed to this report."
    result = attribute(text, agency="AFP")
    assert [row["name"] for row in result] == ["afp", "reuters", "ap"]
    strengths = [row["strength"] for row in result]
    assert strengths == sorted(strengths, reverse=True)
    assert len(set(strengths)) == 3


@pytest.mark.parametrize("mark", [" ### ", "¶", "<br>", "</p><p>", r"\n", r"\r\n\r\n", " | ", " • "])
def test_the_lines_of_exports_carry_the_credits_that_lines_do(mark: str, attribute: Any, body: str) -> None:
    """Head, body and end of an article in one line, with the marks in which databases write line breaks."""
    paragraphs = [sentence + "." for sentence in body.split(". ")[:12]]
    for lines, credit in (
        (["A headline here", "By Reuters", *paragraphs], "By Reuters"),
        (["A headline here", "LONDON (Reuters) - The council met.", *paragraphs], "LONDON (Reuters)"),
        (["A headline here", *paragraphs, "© 2019 Thomson/Reuters"], "© 2019 Thomson/Reuters"),
        (["عنوان", "طوكيو - «رويترز»: اجتمع المجلس.", *paragraphs], "طوكيو - «رويترز"),
        (["标题", *paragraphs, "(路透社)"], "(路透社)"),
    ):
        (result,) = [row for row in attribute(mark.join(lines)) if row["kind"] == "credit"]
        assert (result["name"], result["evidence"].strip("»")) == ("reuters", credit)
