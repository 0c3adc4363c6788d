"""What the report says of an article that is in two stories: it is one article, and both stories have it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import pytest

from dedup.credits import load_agencies
from dedup.report.misses import near_misses
from dedup.report.night import numbers
from dedup.report.pairs import why_not
from dedup.report.publishers import matrix, prints, publishers
from dedup.report.run_data import RunData, find
from jobs.folder import rows, summary
from tests.cli.conftest import ROWS, of_two_stories, write_run


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """The run by hand in which ``mirror`` is a witness of c0 and c1."""
    stories = [row for row in ROWS["stories"] if row["cluster_id"] != "c2"]
    return write_run(tmp_path / "run", {**of_two_stories(), "stories": stories})


@pytest.fixture
def found(both: Path) -> RunData:
    return find(functools.partial(rows, both), summary(both))


def test_it_counts_once(found: RunData) -> None:
    values = numbers(found, prints(found, load_agencies()))
    assert (values["stories"], values["witnesses"], values["copies"]) == (2, 4, 3)
    assert values["agency"] == ("Reuters", 4)


def test_it_counts_once_for_its_publisher_and_its_owner(found: RunData) -> None:
    printed = prints(found, load_agencies())
    assert len(printed) == 5
    mirror = next(each for each in publishers(printed, {"Mirror": 1}) if each.name == "Mirror")
    assert (mirror.witnesses, mirror.copies, sum(mirror.kinds.values()), len(mirror.clusters)) == (1, 1, 1, 2)
    assert [(each.owner, each.articles) for each in mirror.owned] == [("Reuters", 1)]
    assert sum(number for line in matrix(printed).cells for number in line) == 4


def test_a_match_that_joins_no_story_is_listed_with_its_reason(found: RunData) -> None:
    (apart,) = near_misses(found)
    assert (apart["a_id"], apart["b_id"], apart["counted"]) == ("gazette", "star", True)
    assert why_not(apart) == "common copy, but not that of a story that both are in"


def test_the_page_names_its_other_story_and_all_stories_of_a_near_miss(
    both: Path, report: Callable[[Path], str]
) -> None:
    html = report(both)
    assert html.count("Also a witness of <code>c0</code>, by another part of its text.") == 1
    assert html.count("Also a witness of <code>c1</code>, by another part of its text.") == 1
    assert "It counts, but the two are in no cluster together." in html
    notes = [line for line in html.splitlines() if "is in the story" in line]
    assert [note.partition(" is in")[0].rpartition(">")[2] for note in notes] == ["One", "The other"]
