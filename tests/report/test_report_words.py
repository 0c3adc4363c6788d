"""How dates, shares, names and links are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.report.words import days, headline, link, named, share, spread, when

NOON = datetime(2025, 5, 12, 12, 30, tzinfo=UTC)


def test_dates() -> None:
    assert when(NOON) == "12 May 2025, 12:30"
    assert when(datetime(2025, 5, 12, tzinfo=UTC)) == "12 May 2025"
    assert when(None) == "no date"
    assert days(NOON, NOON + timedelta(hours=3)) == "12 May 2025"
    assert days(NOON, NOON + timedelta(days=2)) == "12–14 May 2025"
    assert days(NOON - timedelta(days=40), NOON) == "2 Apr – 12 May 2025"
    assert days(NOON - timedelta(days=365), NOON) == "12 May 2024 – 12 May 2025"


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(0), "at once"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=5, minutes=10), "5 hours"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_spreads(gap: timedelta, words: str) -> None:
    assert spread(NOON, NOON + gap) == words


def test_a_spread_needs_two_dates() -> None:
    assert spread(None, NOON) == spread(NOON, None) == ""


def test_only_nothing_is_told_as_nothing_and_only_all_as_all() -> None:
    assert [share(part) for part in (0.0, 0.001, 0.424, 0.999, 1.0, None)] == [
        "0 %",
        "1 %",
        "42 %",
        "99 %",
        "100 %",
        "",
    ]


def test_names() -> None:
    assert named("afp") == named("external:afp") == "Agence France-Presse"
    assert named("The Halvermouth Beacon") == "The Halvermouth Beacon"
    assert named("agencies") == "an agency not named"
    assert named(None) == ""


def test_an_article_without_a_headline_is_called_by_its_beginning() -> None:
    assert headline({"id": "a", "headline": "H", "text": "T"}) == "H"
    assert (
        headline({"id": "a", "text": "Skip to content\n\nThe ferry of Ormskerry is closed."})
        == "The ferry of Ormskerry is closed."
    )
    assert headline({"id": "a", "text": "word " * 60}).endswith("word …")
    assert headline({"id": "a", "text": None}) == headline({"article_id": "a", "text": "short"}) == "a"


@given(
    st.one_of(
        st.none(),
        st.text(),
        st.sampled_from(["javascript", "data", "file", "vbscript", "JAVAscript"]).map(lambda s: f"{s}:x//y"),
    )
)
def test_a_link_leads_to_the_web_or_nowhere(url: str | None) -> None:
    result = link(url)
    assert result is None or result.lower().startswith(("http://", "https://"))


@pytest.mark.parametrize(
    "url", ["java\nscript:alert(1)", " javascript:alert(1)", "https:", "http://[", "//host/path", "ftp://h/x"]
)
def test_what_is_no_address_of_the_web_is_no_link(url: str) -> None:
    assert link(url) is None


def test_an_address_of_the_web_stays_as_it_is() -> None:
    assert link("https://beacon.example/a?b=c#d") == "https://beacon.example/a?b=c#d"
