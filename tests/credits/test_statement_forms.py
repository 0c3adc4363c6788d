from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from dedup.article import Article, record_batch
from dedup.credits import Agencies, find, load_agencies
from dedup.credits.issuers import STATEMENT, UNNAMED_ISSUER
from dedup.errors import SettingsError
from dedup.grading.citing import CitingSentences
from dedup.grading.retelling import common_origins
from dedup.text.quotes import annotate
from dedup.text.tokens import tokenise

Attribute = Callable[..., list[dict[str, object]]]

ISPR, PMO, FO = "Inter-Services Public Relations", "Prime Minister's Office", "Foreign Ministry"


@pytest.fixture(scope="session")
def issuers(attribute: Attribute) -> Callable[[str], list[tuple[object, object]]]:
    """Name and words of the statements that a text tells of."""

    def messages(text: str) -> list[tuple[object, object]]:
        rows = [row for row in attribute(text) if row["kind"] == "citation" and row["strength"] == STATEMENT]
        assert {row["position"] for row in rows} <= {"body"}
        return [(row["name"], row["evidence"]) for row in rows]

    return messages


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("The army chief met him, the Foreign Office said in a statement.", FO, "Foreign Office said in a statement"),
        ("He was received there, said a press release issued by ISPR.", ISPR, "press release issued by ISPR."),
        ("According to a statement issued here on Friday by the PM Office, it was so.", PMO, None),
        ("Five died, an ISPR news release said.", ISPR, "ISPR news release"),
        ("In a statement, the Foreign Office said it was so.", FO, "In a statement, the Foreign Office"),
        ("In a statement issued on Friday, Interior Minister Mohsin Naqvi lauded them.", "Interior Ministry", None),
        ("The White House issued a statement saying it agreed.", "White House", None),
        ("ISPR, in a statement, said that it was so.", ISPR, None),
        ("President Secretariat’s press wing, in a press release, quoted him.", "President's Office", None),
        ("It was so, according to the Prime Minister’s Office.", PMO, None),
        ("The CDA in a statement emphasised that it was so.", "CDA", None),
        ("Full text of the PMO press release after the meeting.", PMO, "PMO press release"),
        ("It was so, according to the statement of the Supreme Court of Pakistan.", "Supreme Court", None),
        ("The Kremlin later said in a statement that it was so.", "Kremlin", None),
        ("The spokesperson of the Foreign Office said in a written statement that it was so.", FO, None),
        ("It was so, according to the ISPR.", ISPR, "according to the ISPR"),
        ("It was so, PM Office Media Wing said.", PMO, None),
        # names that are not listed, as they are written
        ("The Detroit Federation of Teachers released a statement on Monday.", "Detroit Federation of Teachers", None),
        ("It was so, said a statement from the Edhi Centre.", "Edhi Centre", None),
        ("CDA spokesperson Shahid Kiani said in a statement that it was so.", "CDA", None),
        ("A statement from the Rawalpindi police said they were held.", "Rawalpindi police", None),
        ("Karachi Press Club President Fazil Jamili said in a statement.", "Karachi Press Club", None),
        # Arabic
        ("قالت وزارة الداخلية في بيان لها إن الحادث وقع أمس.", "Interior Ministry", "وزارة الداخلية في بيان"),
        ("وقال بيان لوزارة الدفاع العراقية إن الجانبين بحثا الأمر.", "Defence Ministry", None),
        ("وذكر بيان صادر عن الديوان الملكي أن الملك غادر.", "Royal Court", None),
        ("وأعلنت شركة الاتصالات السعودية في بيان أن الأمر كذلك.", "شركة الاتصالات السعودية", None),
        ("وجاء في بيان شركة الاتصالات، أن الأمر كذلك.", "شركة الاتصالات", None),
        # Urdu
        ("پاکستان کرکٹ بورڈ کی طرف سے جاری کردہ بیان کے مطابق وہ کھیلیں گے۔", "Pakistan Cricket Board", None),
        ("آئی ایس پی آر کے مطابق تین دہشت گرد ہلاک ہوئے۔", ISPR, None),
        ("وزارت خزانہ نے اپنے اعلامیہ میں نئی قیمتوں کا اعلان کیا۔", "Finance Ministry", None),
    ],
)
def test_the_issuer_of_a_statement_is_cited(
    issuers: Callable[[str], list[tuple[object, object]]], text: str, name: str, words: str | None
) -> None:
    ((result, evidence),) = issuers(text)
    assert result == name
    assert words is None or evidence == words


@pytest.mark.parametrize(
    "text",
    [
        "The minister welcomed them, said a press release.",
        "It was so, according to a statement issued here on Tuesday.",
        "The company said in a statement that it was so.",
        "In a statement, the minister praised the police.",
        "وأضاف البيان أن الأمر كذلك.",
    ],
)
def test_a_statement_can_be_told_of_without_its_issuer(
    issuers: Callable[[str], list[tuple[object, object]]], text: str
) -> None:
    assert [name for name, _ in issuers(text)] == [UNNAMED_ISSUER]


@pytest.mark.parametrize(
    "text",
    [
        "“We won,” Nancy Pelosi said in a statement.",
        "Sen. Chuck Schumer, D-N.Y., said in a statement that it was wrong.",
        "“We won,” he said in a statement.",
        "No statement was issued by the ISPR on the matter.",
        "He read the bank statement and found a misstatement of facts.",
        "A statement of assets is due every year.",
        "The Express Tribune said in a statement that it stood by its report.",
        "The foreign office is in the old town, a handout photo shows.",
    ],
)
def test_persons_outlets_and_other_statements_are_no_issuers(
    issuers: Callable[[str], list[tuple[object, object]]], text: str
) -> None:
    assert issuers(text) == []


def test_a_named_issuer_makes_the_unnamed_superfluous(issuers: Callable[[str], list[tuple[object, object]]]) -> None:
    messages = issuers(
        "It was so, said a press release.\nThe FO said in a statement that it was.\nThe statement added more."
    )
    assert [name for name, _ in messages] == [FO]


def test_initials_count_in_capitals_only(issuers: Callable[[str], list[tuple[object, object]]]) -> None:
    assert [name for name, _ in issuers("A statement issued by WHO said so.")] == ["World Health Organization"]
    assert "World Health Organization" not in dict(issuers("A statement issued by those who left said so."))


def test_a_common_statement_is_no_common_origin(agencies: Agencies) -> None:
    texts = [
        "The ISPR said in a statement that five men died.",
        "Five are dead, according to a statement issued by ISPR.",
    ]
    batch = record_batch([Article(str(k), text) for k, text in enumerate(texts)])
    tokens = tokenise(batch["text"])
    result = pa.Table.from_batches([find(batch, tokens, agencies)])
    assert set(result["name"].to_pylist()) == {ISPR}
    sentences = CitingSentences(batch["text"], tokens, annotate(tokens))
    origins = common_origins(batch, result, sentences, np.array([0], np.int32), np.array([1], np.int32))
    assert origins.name == [None]


def test_users_add_issuers(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[[issuer]]\nname = "The Guild"\naliases = ["gilde der bäcker"]\nvoice = ["GDB"]\n', "utf-8")
    agencies = load_agencies([file])
    for text in ("The Gilde der Bäcker said in a statement that it rose.", "According to GDB, it rose."):
        batch = record_batch([Article("x", text)])
        assert find(batch, tokenise(batch["text"]), agencies)["name"].to_pylist() == ["The Guild"]
    file.write_text('[[issuer]]\nname = "The Guild"\ncolour = "red"\n', "utf-8")
    with pytest.raises(SettingsError, match="colour"):
        load_agencies([file])


@pytest.mark.parametrize("unit", ["in a statement ", "statement by the ", "ISPR said in a statement. ", "بيان لها "])
def test_a_text_of_nothing_else_is_read(attribute: Attribute, unit: str) -> None:
    names = {row["name"] for row in attribute(unit * 20_000)}
    assert names <= {ISPR, UNNAMED_ISSUER}
