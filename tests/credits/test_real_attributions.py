"""Credits and citations of real articles; skipped where the development data is absent."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup.article import ARTICLES, Article, record_batch
from dedup.credits import Agencies, find
from dedup.text.tokens import tokenise

#: How Urdu newspapers write the agencies of the COUNTER corpus, as read from its 598 texts.
URDU = {
    "اے پی پی": "app",
    "آن لائن": "online",
    "ایجنسیاں": "agencies",
    "اینجسیاں": "agencies",
    "ثناء نیوز": "sana-pk",
    "آئی این پی": "inp",
    "این این آئی": "nni",
    "اے این این": "ann-pk",
    "رائٹرز": "reuters",
    "اے ایف پی": "afp",
}


def read(file: Path) -> pa.RecordBatch:
    if not file.exists():
        pytest.skip(f"needs {file.name} of the development data")
    table = pq.read_table(file).rename_columns({"article_id": "id"})
    columns = [
        pa.array(table[field.name].to_pylist(), field.type)
        if field.name in ("id", "publisher", "url", "text")
        else pa.array([False] * len(table))
        if field.name == "date_only"
        else pa.nulls(len(table), field.type)
        for field in ARTICLES
    ]
    return pa.RecordBatch.from_arrays(columns, schema=ARTICLES)


def attributions(batch: pa.RecordBatch, agencies: Agencies) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = find(batch, tokenise(batch["text"]), agencies).to_pylist()
    return result


def test_the_seeds_cite_the_tribune_and_one_is_the_press_trusts(data: Path, agencies: Agencies) -> None:
    files = sorted((data / "seeds").glob("*.txt"))
    result = attributions(record_batch([Article(file.stem[:3], file.read_text("utf-8")) for file in files]), agencies)
    cited = {row["article_id"] for row in result if row["kind"] == "citation" and row["name"] == "The Express Tribune"}
    assert cited == {"000", "001", "002", "003", "004"}
    credit = [row for row in result if row["kind"] == "credit"]
    assert [(row["article_id"], row["name"], row["position"]) for row in credit] == [("003", "pti", "tail")]
    assert {row["name"] for row in result if row["kind"] == "citation"} == {"The Express Tribune"}


def test_no_pakistani_article_is_the_press_trusts_for_the_partys_initials(data: Path, agencies: Agencies) -> None:
    result = attributions(read(data / "pakistan_2025_jan_apr.parquet"), agencies)
    assert not [row for row in result if row["kind"] == "credit" and row["name"] == "pti"]
    own = {row["article_id"] for row in result if row["name"] == "app" and row["position"] == "dateline"}
    assert len(own) > 4_900  # of the 4,963 of the APP wire


#: Lines that credit AP or Reuters with what follows them, written from the lines of 75 outlets and not from the code.
CREDIT_LINES = {
    agency: re.compile(
        rf"^[A-Z]{{3}}[^\n()]{{0,60}}\((?:{names})\) *[-—–] .*(?<!\.\.\.)$"
        rf"|^By\s[^\n()]{{0,120}}\b(?:{names})\b|^By (?:{names})$"
        rf"|^(?:[^\n]{{0,80}}(?:,|\bby) )?(?:The )?(?:{names})(?: [|•])?\n(?:Updated\n|July 1\d, 2018|\d+:\d\d)"
        rf"|(?:©|Copyright)[^\n]{{0,12}} (?:The )?(?:{names})|(?:{names})\b[^\n]{{0,120}}contributed to this report",
        re.MULTILINE,
    )
    for agency, names in (("ap", "Associated Press|AP"), ("reuters", "Thomson Reuters|Reuters"))
}


@pytest.mark.parametrize("break_", ["\n", " ### "])
def test_credit_lines_of_75_outlets_are_recognised(break_: str, data: Path, agencies: Agencies) -> None:
    batch = read(data / "us_outlets_helsinki.parquet")
    texts = batch["text"].to_pylist()
    written = pa.array([text.replace("\n", break_) for text in texts], ARTICLES.field("text").type)
    batch = batch.set_column(batch.schema.names.index("text"), ARTICLES.field("text"), written)
    result = {(row["article_id"], row["name"]) for row in attributions(batch, agencies) if row["kind"] == "credit"}
    for agency, lines in CREDIT_LINES.items():
        wanted = {(id, agency) for id, text in zip(batch["id"].to_pylist(), texts, strict=True) if lines.search(text)}
        assert len(wanted) >= {"ap": 120, "reuters": 15}[agency]
        assert len(wanted & result) >= 0.95 * len(wanted), wanted - result


def test_urdu_credits_are_found(data: Path, agencies: Agencies) -> None:
    batch = read(data / "counter_urdu_dev.parquet")
    unsigned = batch.set_column(1, ARTICLES.field("publisher"), pa.nulls(len(batch), pa.string()))
    result = {(row["article_id"], row["name"]) for row in attributions(unsigned, agencies) if row["kind"] == "credit"}
    wanted = {
        (article, name)
        for article, text in zip(batch["id"].to_pylist(), batch["text"].to_pylist(), strict=True)
        for words, name in URDU.items()
        if words in " ".join(bracket(text[:120]).split())
    }
    sources = {pair for pair in wanted if not pair[0].endswith("p")}
    assert len(sources) >= 270
    assert len(sources & result) >= 0.95 * len(sources)
    assert len(wanted & result) >= 0.95 * len(wanted)


def bracket(text: str) -> str:
    """What the first pair of brackets holds."""
    return text.partition("(")[2].partition(")")[0]
