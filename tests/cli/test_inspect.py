"""``wirecopy inspect``: what a dump is read as, and what looks odd in it."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dedup.article import Article, record_batch
from dedup.readers.oddities import Oddities
from jobs.cli import app


def inspected(*arguments: str | Path) -> str:
    done = CliRunner().invoke(app, ["inspect", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_it_shows_columns_counts_and_records(tmp_path: Path) -> None:
    rows = [{"web_url": f"https://post.example/{n}", "body": f"Story {n}", "pub_date": "2025-06-03"} for n in range(5)]
    (tmp_path / "dump.jsonl").write_text("\n".join(map(json.dumps, [*rows, {"body": ""}])))
    lines = inspected(tmp_path / "dump.jsonl").splitlines()
    assert lines[0].startswith("1 file (jsonl 1), ")
    assert lines[1:3] == ["5 articles, 1 records rejected", "  1 x no text"]
    table = {line.split()[0]: line.split(maxsplit=2)[1:] for line in lines[5:14]}
    assert table["id"] == ["5", "derived from the address or the text"]
    assert table["published"] == ["5", "pub_date"]
    assert table["text"] == ["5", "body"]
    assert table["lang"] == ["0", "-"]
    assert sum(line.startswith("  text") for line in lines) == 3
    assert lines[-1] == "nothing looks unusual"


def test_it_reads_as_field_says(tmp_path: Path) -> None:
    (tmp_path / "dump.csv").write_text("id,words\na,One\n")
    seen = json.loads(inspected(tmp_path / "dump.csv", "--field", "text=words", "--json"))
    assert (seen["columns"], seen["records"]) == ({"id": ["id"], "text": ["words"]}, [{"id": "a", "text": "One"}])


def test_it_writes_nothing(samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    inspected(samples / "evening.csv")
    assert not list(tmp_path.iterdir())


def messages(count: int = 20, **fields: Any) -> list[str]:
    """What looks odd in so many articles; a field may be a function of their number."""
    odd = Oddities()
    common = {"published": None, "publisher": "Post", "text": "One.", "url": None} | fields
    for number in range(count):
        made = {name: value(number) if callable(value) else value for name, value in common.items()}
        odd.add(record_batch([Article(id=str(number), **made)]))
    return list(odd.messages())


DATE = datetime.datetime(2025, 6, 3, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"published": None}, "no article has a date"),
        ({"publisher": None}, "no article names a publisher"),
        ({"publisher": str}, "every article has a publisher of its own"),
        ({"text": "One ... [+4274 chars]"}, "20 of 20 texts are cut off"),
        ({"text": "One ...[truncated]"}, "20 of 20 texts are cut off"),
        ({"text": lambda n: "x" * (150_001 if n == 7 else 9)}, "a text of 150,001 characters, article 7"),
        ({"url": "https://post.example/", "text": str}, "19 of 20 articles have an address that another text has too"),
    ],
)
def test_what_looks_odd_is_told(fields: dict[str, Any], note: str) -> None:
    (message,) = messages(**({"published": DATE} | fields))
    assert message.startswith(note)


def test_what_is_usual_is_not_told() -> None:
    again = {"text": lambda n: f"Story {n} ...", "url": lambda n: f"https://post.example/{max(n, 3)}"}
    assert messages(published=DATE, **again) == []
    assert messages(count=5, publisher=str) == []
