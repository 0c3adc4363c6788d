"""The same dump again, a dump under another name, and articles that come again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .conftest import Nights, read_samples, write_dump


def test_the_same_dump_again_changes_nothing(nights: Nights, dumps: list[Path]) -> None:
    done = nights.all(dumps)
    before = nights.picture()
    again = nights.run(dumps[0], day=5)
    assert (again.folder, again.summary, again.late) == (None, None, ())
    assert again.seen == ((str(dumps[0]), done[0].folder.name if done[0].folder else ""),)
    assert nights.picture() == before


def test_the_same_content_under_another_name_is_the_same_dump(
    nights: Nights, dumps: list[Path], tmp_path: Path
) -> None:
    nights.run(dumps[0])
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(dumps[0].read_bytes())
    assert nights.run(copy, day=1).folder is None


def test_a_fresh_dump_beside_an_old_one_is_read_alone(nights: Nights, dumps: list[Path]) -> None:
    nights.run(dumps[0])
    both = nights.run(*dumps, day=1)
    assert both.summary is not None
    assert (both.summary["counts"]["read"], len(both.seen)) == (len(read_samples(dumps[1:])), 1)
    assert [one["path"] for one in both.summary["inputs"]] == [str(dumps[1])]


def test_two_text_files_of_one_content_are_two_articles(nights: Nights, tmp_path: Path) -> None:
    words = "The council of Ormskerry voted on Tuesday to close the northern ferry for good after years of losses. "
    for name in ("gazette", "herald"):
        (tmp_path / f"{name}.txt").write_text(words * 3, "utf-8")
    nights.run(tmp_path / "gazette.txt")
    nights.run(tmp_path / "herald.txt", day=1)
    assert list(nights.clusters().values()) == [{"gazette", "herald"}]


def test_an_article_that_comes_again_as_it_was_is_no_copy_of_itself(
    nights: Nights, dumps: list[Path], tmp_path: Path
) -> None:
    nights.run(dumps[0])
    one = read_samples(dumps)["beacon-bridge"]
    again = nights.run(write_dump(tmp_path / "again.jsonl", [one]), day=1)
    assert again.summary is not None
    assert (again.summary["counts"]["new"], again.summary["counts"]["repeated"]) == (0, 1)
    assert nights.published("rejects")[0]["reason"] == "came again with the same text"
    assert nights.published("matches") == []


@pytest.fixture
def edited(nights: Nights, dumps: list[Path], tmp_path: Path) -> Nights:
    """Two nights, and a third that brings a witness again, with a text that has nothing to do with the old."""
    nights.all(dumps)
    one = read_samples(dumps)["sahil-bell"]
    text = "The harbour office of Sorrel will repaint its doors in grey next week, a clerk said, asking for patience. "
    nights.run(write_dump(tmp_path / "edited.jsonl", [{**one, "text": text * 3}]), day=2)
    return nights


def test_a_changed_text_under_an_old_id_is_a_new_version_kept_in_its_cluster(edited: Nights) -> None:
    assert {"minaa-bell", "sahil-bell"} in edited.clusters().values()
    ledger = edited.published("clusters_ledger")
    assert [(row["event"], row["article_id"]) for row in ledger] == [("version", "sahil-bell")]
    (match,) = edited.published("matches")
    assert match["reasons"][-1] == "of an earlier version of one of the two"
    assert edited.published("passages") == [], "places in a text that is gone"


def test_what_comes_later_meets_the_new_version_and_not_the_old(
    edited: Nights, dumps: list[Path], tmp_path: Path
) -> None:
    old = read_samples(dumps)["sahil-bell"]
    edited.run(write_dump(tmp_path / "more.jsonl", [{**old, "id": "third-bell"}]), day=3)
    pairs = {(row["a_id"], row["b_id"]) for row in edited.published("matches")}
    assert ("minaa-bell", "third-bell") in pairs
    assert ("sahil-bell", "third-bell") not in pairs
    texts = {row["id"]: row["text"] for row in edited.published("articles")}
    assert texts["sahil-bell"].startswith("The harbour office")


def test_an_older_version_that_comes_late_is_left_out(nights: Nights, dumps: list[Path], tmp_path: Path) -> None:
    nights.run(dumps[0])
    one = read_samples(dumps)["beacon-bridge"]
    before = {**one, "published": "2025-01-01T00:00:00+00:00", "text": one["text"] + " An earlier ending."}
    late = nights.run(write_dump(tmp_path / "late.jsonl", [before]), day=1)
    assert late.summary is not None
    assert (late.summary["counts"]["new"], late.summary["counts"]["versions"]) == (0, 0)
    assert nights.published("rejects")[0]["reason"] == "came again with another text; the latest is kept"


def test_a_dry_run_tells_the_numbers_and_leaves_no_trace(nights: Nights, dumps: list[Path]) -> None:
    dry = nights.run(dumps[0], dry_run=True)
    assert not nights.store.exists() and not nights.out.exists()
    nights.run(dumps[0])
    before = nights.picture()
    also = nights.run(dumps[1], day=1, dry_run=True)
    assert nights.picture() == before
    real = nights.run(dumps[1], day=1)
    assert dry.summary is not None and also.summary is not None and real.summary is not None
    assert also.summary["counts"] == real.summary["counts"]


def test_a_night_that_was_lost_from_the_folder_is_published_again(nights: Nights, dumps: list[Path]) -> None:
    nights.all(dumps)
    before = nights.picture()
    shutil.rmtree(nights.out)
    assert len(nights.run(dumps[1], day=2).late) == 1
    now = nights.picture()
    assert {name: now[name] for name in now if "/2025-05-10" in name or name.startswith("out/latest")} == {
        name: before[name] for name in before if "/2025-05-10" in name or name.startswith("out/latest")
    }


def test_an_id_that_another_publisher_has_is_another_article(nights: Nights, dumps: list[Path], tmp_path: Path) -> None:
    words = read_samples(dumps)
    herald = {**words["ledger-bridge"], "id": "1", "publisher": "Herald"}
    post = {**words["sahil-bell"], "id": "1", "publisher": "Post"}
    gazette = {**words["minaa-bell"], "id": "1", "publisher": "Gazette"}
    marlow = {**words["marlow-bridge"], "id": "2", "publisher": "Herald"}
    nights.run(write_dump(tmp_path / "0.jsonl", [herald, marlow]))
    both = nights.run(write_dump(tmp_path / "1.jsonl", [post, gazette, herald]), day=1)
    assert both.summary is not None
    counts = both.summary["counts"]
    assert (counts["new"], counts["repeated"], counts["versions"], counts["shared_ids"]) == (2, 1, 0, 1)
    assert sorted(map(sorted, nights.clusters().values())) == [["1", "2"], ["1@Gazette", "1@Post"]]
    assert {row["id"]: row["publisher"] for row in nights.published("articles")} == {
        "1@Gazette": "Gazette",
        "1@Post": "Post",
    }
    edited = {**post, "text": post["text"] + " A last word.", "published": "2026-01-01T00:00:00+00:00"}
    again = nights.run(write_dump(tmp_path / "2.jsonl", [edited, gazette]), day=2)
    assert again.summary is not None
    assert (again.summary["counts"]["new"], again.summary["counts"]["versions"]) == (1, 1)
    assert [row["article_id"] for row in nights.published("clusters_ledger")] == ["1@Post"]
    assert len(nights.clusters()) == 2
