"""Publishers' blocks and pages that are no articles: what is learned of them, and what a run does with them."""

from __future__ import annotations

import datetime
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup import detect
from dedup.text.boilerplate import LearnedBoilerplate, of_rows
from dedup.text.tokens import tokenise
from tests.learning import appended_to

Row = dict[str, Any]
LETTERS = {
    "english": "abcdefghijklmnopqrstuvwxyz",
    "russian": "абвгдежзиклмнопрстуфхцчшщэюя",
    "arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "japanese": "政府発表東京大阪気象経済会社新聞記者市場選挙議員道路電車病院学校研究技術環境農業海外国内",
}
SCRIPTS = tuple(LETTERS)


def prose(words: int, seed: str, script: str = "english") -> str:
    """Sentences of words that no other seed has; in Japanese without spaces, two characters to a word."""
    rng, letters = random.Random(f"{seed} {script}"), LETTERS[script]
    if script == "japanese":
        marks = ["".join(rng.choices(letters, k=min(20, 2 * words))) for _ in range(max(1, words // 10))]
        return "。".join(marks) + "。"
    made = ["".join(rng.choices(letters, k=7)) for _ in range(words)]
    return " ".join(f"{word}." if index % 12 == 11 else word for index, word in enumerate(made)) + "."


def article(name: str, publisher: str, text: str, day: int = 1, headline: str = "") -> Row:
    when = datetime.datetime(2025, 3, 1, tzinfo=datetime.UTC) + datetime.timedelta(days=day)
    headline = headline or prose(6, f"headline of {name}")
    return {"id": name, "publisher": publisher, "text": text, "headline": headline, "published": when.isoformat()}


def learned(rows: Sequence[Row]) -> LearnedBoilerplate:
    days = [datetime.datetime.fromisoformat(row["published"]).toordinal() for row in rows]
    texts, publishers, headlines = ([row[name] for row in rows] for name in ("text", "publisher", "headline"))
    return appended_to(texts, publishers, days, headlines)


def blocks(rows: Sequence[Row]) -> list[str]:
    return [row["phrase"] for row in learned(rows).table().to_pylist() if row["kind"] == "block"]


def covers(phrases: Sequence[str], text: str) -> bool:
    """Do the phrases stand all over a text, and nowhere else?"""
    words = len(tokenise(pa.array(phrases, pa.string())).hashes)
    return all(phrase in text for phrase in phrases) and words > len(tokenise(pa.array([text])).hashes)


def hung(script: str, count: int, apart: int, block: int = 60, own: int = 120) -> tuple[list[Row], str]:
    """So many articles of one publisher, days ``apart``, with one block under them."""
    box = prose(block, "box", script)
    return [
        article(f"a{n}", "ours", f"{prose(own, f'own {n}', script)}\n\n{box}", n * apart) for n in range(count)
    ], box


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_hangs_under_three_articles_with_nothing_else_in_common_is_a_block(script: str) -> None:
    rows, box = hung(script, 3, 3)
    assert covers(blocks(rows), box)


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_body_that_versions_of_one_story_share_is_no_block(script: str) -> None:
    body, top = prose(150, "body", script), prose(40, "the news", script)
    new = [prose(30, f"new {n}", script) for n in range(4)]
    under = [article(f"u{n}", "ours", f"{top} {more}\n\n{body}", 3 * n) for n, more in enumerate(new)]
    assert blocks(under) == []
    units = top.split("。" if script == "japanese" else " ")
    messages = [
        " ".join(random.Random(n).sample(units, len(units))) for n in range(4)
    ]  # the same words, other sentences
    over = [article(f"o{n}", "ours", f"{messages[n]} {more}\n\n{body}", 3 * n) for n, more in enumerate(new)]
    assert blocks(over) == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_two_articles_share_is_a_block_where_they_are_weeks_apart(script: str) -> None:
    far, box = hung(script, 2, 14)
    near, _ = hung(script, 2, 13)
    assert covers(blocks(far), box)
    assert blocks(near) == []


def test_a_gallery_of_hundreds_of_words_needs_two_articles_but_not_of_one_day() -> None:
    later, gallery = hung("english", 2, 3, block=500)
    assert covers(blocks(later), gallery)
    assert blocks(hung("english", 2, 0, block=500)[0]) == []  # a digest of the day holds the whole of a story


@pytest.mark.parametrize("script", SCRIPTS)
def test_pages_of_nothing_but_the_block_do_not_hide_it(script: str) -> None:
    rows, box = hung(script, 3, 3)
    pages = [article(f"page{n}", "ours", f"{prose(4, f'clip {n}', script)}\n\n{box}", n - 4) for n in range(4)]
    assert covers(blocks(pages + rows), box)
    assert blocks(pages) == []


def test_three_houses_that_print_one_story_have_no_block() -> None:
    story = prose(200, "story")
    rows = [article(f"p{n}", f"house {n}", f"{prose(60, f'own {n}')}\n\n{story}", 3 * n) for n in range(6)]
    assert blocks(rows) == []


def test_blocks_depend_on_no_order_and_on_no_part_of_the_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row | {"publisher": publisher} for publisher in ("ours", "theirs") for row in hung("english", 12, 2)[0]]
    first = learned(rows).table()
    assert learned(random.Random(1).sample(rows, len(rows))).table().equals(first)
    monkeypatch.setattr("dedup.text.boilerplate.blocks._AT_ONCE", 256)
    monkeypatch.setattr("dedup.text.boilerplate.runs._AT_ONCE", 512)
    assert learned(rows).table().equals(first)


def test_the_table_holds_what_was_learned() -> None:
    rows, _ = hung("english", 3, 3)
    rows += [article(f"login{n}", "ours", "Please log in to read on", n) for n in range(8)]
    result = learned(rows)
    assert len(result.blocks.hashes)
    assert len(result.pages.hashes) == 1
    again = of_rows(result.table().to_pylist())
    assert again.table().equals(result.table())
    assert {row["sampled"] for row in result.table().to_pylist()} == {11}


def stories(folder: Path, rows: Sequence[Row], **settings: Any) -> tuple[set[frozenset[str]], dict[str, str]]:
    """The stories of a run over the rows, as sets of ids, and what its rejects say of ids."""
    dump = folder / "dump.jsonl"
    dump.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    run = detect([dump], folder / "run", threads=2)
    members: dict[str, set[str]] = {}
    for row in pq.read_table(run.folder / "clusters.parquet").to_pylist():
        members.setdefault(row["cluster_id"], set()).add(row["article_id"])
    messages = pq.read_table(run.folder / "rejects.parquet").to_pylist()
    assert run.summary["counts"]["no_articles"] == sum(row["reason"].startswith("no article") for row in messages)
    return {frozenset(each) for each in members.values()}, {row["position"][3:]: row["reason"] for row in messages}


def spread(publishers: int, each: int, text: Callable[[str], str]) -> list[Row]:
    some = ((publisher, n) for publisher in range(publishers) for n in range(each))
    return [article(f"h{publisher}-{n}", f"house {publisher}", text(f"{publisher} {n}"), n) for publisher, n in some]


@pytest.mark.parametrize("script", ["english", "russian", "japanese"])
@pytest.mark.parametrize(("houses", "each"), [(10, 4), (8, 5)])
@pytest.mark.parametrize("where", ["opening", "disclaimer"])
def test_articles_of_many_publishers_with_the_same_opening_or_disclaimer_are_no_story(
    tmp_path: Path, script: str, houses: int, each: int, where: str
) -> None:
    opening = f"{prose(60, 'opening', script)}\n\n" if where == "opening" else ""
    end = f"\n\n{prose(150, 'disclaimer', script)}" if where == "disclaimer" else ""
    rows = spread(houses, each, lambda seed: f"{opening}{prose(220, f'own {seed}', script)}{end}")
    assert stories(tmp_path, rows)[0] == set()


@pytest.mark.parametrize("script", ["english", "russian", "japanese"])
def test_a_story_that_they_print_under_the_same_disclaimer_is_one(tmp_path: Path, script: str) -> None:
    end = f"\n\n{prose(150, 'disclaimer', script)}"
    rows = spread(10, 4, lambda seed: f"{prose(220, f'own {seed}', script)}{end}")
    wire = prose(220, "wire", script)
    rows += [article(f"wire{publisher}", f"house {publisher}", f"{wire}{end}", 1) for publisher in range(10)]
    assert stories(tmp_path, rows)[0] == {frozenset(f"wire{publisher}" for publisher in range(10))}


@pytest.mark.parametrize("script", ["english", "arabic", "japanese"])
def test_log_in_pages_are_listed_and_in_no_story(tmp_path: Path, script: str) -> None:
    page, story = prose(30, "log in", script), prose(200, "story", script)
    rows = [article(f"page{n}", "ours", page, n) for n in range(27)]
    rows += [article(f"again{n}", "ours", story, 1, "The bridge is closed for repairs") for n in range(3)]
    result, messages = stories(tmp_path, rows)
    assert result == {frozenset(f"again{n}" for n in range(3))}  # what a house prints again is a story
    assert {name for name, reason in messages.items() if reason.startswith("no article")} == {
        f"page{n}" for n in range(27)
    }


def test_pages_under_one_headline_are_pages_where_they_are_short_and_many(tmp_path: Path) -> None:
    rows = [article(f"page{n}", "ours", prose(30, "log in"), 1, "Log in") for n in range(8)]
    rows += [article(f"story{n}", "theirs", prose(200, "story"), 1, "The bridge is closed") for n in range(8)]
    result, messages = stories(tmp_path, rows)
    assert result == {frozenset(f"story{n}" for n in range(8))}
    assert len(messages) == 8


@pytest.mark.parametrize("script", ["english", "russian", "japanese"])
def test_a_page_of_blocks_is_no_article_and_an_article_above_a_block_is_one(tmp_path: Path, script: str) -> None:
    rows, box = hung(script, 4, 3, block=90)
    wire = prose(60, "wire", script)
    rows += [article(f"video{n}", "ours", f"{prose(4, f'clip {n}', script)}\n\n{box}", n) for n in range(3)]
    rows += [article("long", "ours", f"{wire}\n\n{box}", 2), article("other", "theirs", wire, 2)]
    rows += [article("brief", "ours", f"{prose(30, 'brief', script)}\n\n{box}", 2)]
    result, messages = stories(tmp_path, rows)
    assert result == {frozenset({"long", "other"})}
    assert set(messages) == {f"video{n}" for n in range(3)}
    assert all(reason.startswith("no article: hardly a word") for reason in messages.values())


def test_an_empty_corpus_has_no_blocks() -> None:
    assert learned([]).table().num_rows == 0


def test_a_daily_formula_is_an_article(tmp_path: Path) -> None:
    """A formula that fills most of a house's articles is learned as its phrases, which make no page."""
    frame = prose(60, "formula").split()
    rows = []
    for day in range(12):
        rng = random.Random(day)
        words = [str(rng.randint(10**4, 10**5)) if index % 6 == 5 else word for index, word in enumerate(frame)]
        rows.append(article(f"day{day}", "ours", " ".join(words), day, "The weather"))
    rows += [article(f"other{n}", "theirs", prose(100, f"own {n}"), n) for n in range(60)]
    assert stories(tmp_path, rows)[1] == {}
