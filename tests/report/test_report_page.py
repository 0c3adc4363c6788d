"""The page as bytes: what it may fetch and run, that it is the same every time, and that it does not grow too big."""

from __future__ import annotations

import base64
import datetime
import functools
import hashlib
import re
import sys
from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dedup import detect
from dedup import report as reports
from dedup.errors import SettingsError
from dedup.report import page, pair_page
from dedup.settings import Settings
from dedup.tables import CLUSTERS, COPIES, PUBLISHERS, STORIES, Table
from jobs.folder import Row, rows, summary

Report = Callable[[Path], str]
VOID = {"meta", "input"}


class Page(HTMLParser):
    """Elements with their attributes, and what they hold of script and style."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.held: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.held[self.open[-1]] = self.held.get(self.open[-1], "") + data


def digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@pytest.fixture(scope="module", params=["sample_run", "hostile_run"])
def made(request: pytest.FixtureRequest, report: Report) -> Page:
    return Page(report(request.getfixturevalue(request.param)))


def test_what_is_opened_is_closed(made: Page) -> None:
    assert made.open == []


def test_the_policy_lets_its_own_script_and_style_run_and_nothing_else(made: Page) -> None:
    (policy,) = [
        attributes["content"]
        for _, attributes in made.elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == f"'sha256-{digest(made.held['script'])}'"
    assert rules["style-src"] == f"'sha256-{digest(made.held['style'])}'"
    tags = [tag for tag, _ in made.elements]
    assert (tags.count("script"), tags.count("style")) == (1, 1)
    assert tags.index("style") > tags.index("meta")


def test_nothing_is_fetched_and_no_element_runs_or_styles_itself(made: Page) -> None:
    assert not {"link", "img", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in made.elements}
    for tag, attributes in made.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "srcset")], tag
        address = attributes.get("href")
        if address is not None:
            assert tag == "a"
            assert re.match(r"#|https?://", address)
    assert not re.search(r"url\(|@import", made.held["style"])


def test_equal_runs_have_equal_pages(sample_run: Path, report: Report) -> None:
    assert report(sample_run) == report(sample_run)


def test_every_story_and_witness_is_in_it(sample_run: Path, report: Report) -> None:
    html = report(sample_run)
    stories, witnesses = rows(sample_run, STORIES), rows(sample_run, CLUSTERS)
    assert all(html.count(f'<section class="view story" id="story-{row["cluster_id"]}"') == 1 for row in stories)
    assert html.count('<details class="witness"') == len(witnesses)
    assert "are in this file" not in html


def test_a_story_shows_its_copy_and_who_did_what_to_it(sample_run: Path, report: Report) -> None:
    html = report(sample_run)
    copies = rows(sample_run, COPIES)
    assert html.count('<li><span class="carry">') == len(copies) > 40
    sentence = next(row for row in copies if row["reworded_ids"] and row["sentence"].startswith("HALVERMOUTH"))
    line = re.search(r'<li><span class="carry">(\d) <small>(\d) reworded</small></span> <bdi>HALVERMOUTH', html)
    assert line is not None
    assert line.groups() == (str(sentence["witnesses"]), str(len(sentence["reworded_ids"])))
    inland = re.search(r'<tr><th scope="row"><bdi>Inland Daily</bdi></th>(<td>.*)</tr>', html)
    assert inland is not None
    assert re.findall(r"<td>(.*?)</td>", inland[1]) == ["62 %", "4, 9, 13-17", "1", "12 %"]


def test_a_page_that_would_grow_too_big_lists_the_rest_and_says_so(
    sample_run: Path, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = report(sample_run)
    monkeypatch.setattr(reports, "_BYTES", 40_000)
    capped = report(sample_run)
    shown = capped.count('<section class="view story"')
    assert 0 < shown < full.count('<section class="view story"')
    assert f"The texts of {shown} stories are in this file" in re.sub(r"\s+", " ", capped)
    linked = set(re.findall(r'href="#(story-[0-9a-f]+)"', capped))
    assert linked == set(re.findall(r'id="(story-[0-9a-f]+)"', capped))
    assert capped.count("<tr data-s=") == full.count("<tr data-s=")


def test_a_run_without_stories_has_a_page(tmp_path: Path, report: Report) -> None:
    (tmp_path / "one.txt").write_text("One lonely article about nothing that anybody else wrote about.", "utf-8")
    detect([tmp_path / "one.txt"], tmp_path / "run", threads=1)
    html = report(tmp_path / "run")
    assert "No story was printed more than once." in html
    assert Page(html).open == []


def test_a_run_without_texts_says_that_they_were_not_kept(tmp_path: Path, samples: Path, report: Report) -> None:
    detect([samples / "morning.jsonl"], tmp_path / "run", settings=Settings(texts=False), threads=1)
    html = report(tmp_path / "run")
    assert "The run did not keep the texts" in html
    assert "<mark data-p" not in html


@pytest.mark.parametrize("absent", ["jinja2", "matplotlib"])
def test_without_the_extra_it_says_how_to_install_it(
    sample_run: Path, monkeypatch: pytest.MonkeyPatch, absent: str
) -> None:
    monkeypatch.setitem(sys.modules, absent, None)
    with pytest.raises(SettingsError, match=rf"{absent} .* pip install 'wirecopy\[report\]'"):
        page(functools.partial(rows, sample_run), summary(sample_run))


def test_a_pair_has_the_same_view() -> None:
    text = "Nine of the thirteen councillors voted to close the ferry for good."
    a, b = (
        {"id": "a", "text": f"{text} <b>Own</b> words."},
        {"id": "b", "text": f"Other. {text}", "publisher": "<i>B</i>"},
    )
    shares = ("score", "resemblance", "containment_a_in_b", "containment_b_in_a", "copy_a_in_b", "copy_b_in_a")
    counts = dict.fromkeys(("longest_passage", "passages", "shared_quotes"), 12)
    match = {
        "a_id": "a",
        "b_id": "b",
        "grade": "rewrite",
        "counted": True,
        "joined": True,
        "days_apart": None,
        "reasons": ["<u>?</u>"],
        **dict.fromkeys(shares, 0.5),
        **counts,
    }
    passage = {
        "a_id": "a",
        "b_id": "b",
        "a_start": 0,
        "a_end": len(text),
        "b_start": 7,
        "b_end": 7 + len(text),
        "kind": "copy",
    }
    html = pair_page(a, b, match, [passage], [], note="A <note>.")
    assert html.count(f'<mark data-p="0">{text}</mark>') == 2
    for escaped in (
        "&lt;b&gt;Own&lt;/b&gt; words.",
        "&lt;i&gt;B&lt;/i&gt;",
        "&lt;u&gt;?&lt;/u&gt;",
        "A &lt;note&gt;.",
    ):
        assert escaped in html
    assert Page(html).open == []


def test_where_the_run_counted_them_shares_are_of_all_that_a_publisher_printed(sample_run: Path) -> None:
    def text(counts: dict[str, int], night: datetime.date | None = None) -> str:
        def fetch(kind: Table, **equal: str | Sequence[str]) -> list[Row]:
            made = [{"night": night, "publisher": name, "articles": number} for name, number in counts.items()]
            return made if kind is PUBLISHERS else rows(sample_run, kind, **equal)

        html = page(fetch, summary(sample_run))
        view = html.partition('id="publishers"')[2].partition("</section>")[0]
        return " ".join(re.sub(r"<[^>]+>", " ", view).split())

    counts = {"Inland Daily": 50, "Coastal Ledger": 300}
    counted = text(counts)
    assert "Inland Daily 50 1 1 2 %" in counted
    assert "Coastal Ledger 300 3 3 1 %" in counted
    assert "did not count" not in counted
    uncounted = text(counts, datetime.date(2025, 5, 14))
    assert "Inland Daily 1 1 100 %" in uncounted
    assert "The run did not count the articles of each publisher" in uncounted
