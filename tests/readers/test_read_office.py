"""Word documents and spreadsheets, as people save them and as databases export them."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.errors import NoInputError, WirecopyError
from dedup.readers import read, xlsx

openpyxl = pytest.importorskip("openpyxl", reason="pip install 'wirecopy[office]'")

Everything = Callable[..., Any]
SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DOCUMENT = """
A ferry waits
Coastal Ledger
June 3, 2025 Tuesday 9:20 AM GMT

Copyright 2025 Coastal Ledger, all rights reserved

Section:\u00a0NEWS; Version:2
Length:\u00a0355 words
Byline:\u00a0Edda Marsh
Body

Both boats of the northern line are to be sold.

The clerk said so.

Classification
Language:\u00a0ENGLISH
Load-Date:\u00a0June 4, 2025

End of Document
"""


def word(text: str) -> bytes:
    """A document with a line a paragraph."""
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.splitlines())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("word/document.xml", f'<w:document xmlns:w="{SPACE}"><w:body>{paragraphs}</w:body></w:document>')
    return buffer.getvalue()


def workbook(*sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_document_is_an_article_called_by_its_path(tmp_path: Path, everything: Everything) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "ferry.docx").write_bytes(word("A ferry waits\n\nBoth boats are to be sold."))
    articles, rejects = everything(tmp_path)
    assert [(one["id"], one["text"]) for one in articles] == [
        ("a/ferry", "A ferry waits\n\nBoth boats are to be sold.")
    ]
    assert rejects == []


@pytest.mark.parametrize("ending", ["docx", "txt"])
def test_an_export_of_lexis_is_parted(ending: str, tmp_path: Path, everything: Everything) -> None:
    cover = "Date and Time: Friday, 5. July 2019 09:31:00 CEST\nDocuments (2)\n"
    content = cover + DOCUMENT + DOCUMENT.replace("June 3", "June 5").replace("Copyright 2025", "(c) 2025")
    (tmp_path / f"export.{ending}").write_bytes(word(content) if ending == "docx" else content.encode())
    articles, _ = everything(tmp_path)
    assert [one["id"] for one in articles] == ["export#1", "export#2"]
    assert [one["published"].isoformat() for one in articles] == [
        "2025-06-03T09:20:00+00:00",
        "2025-06-05T09:20:00+00:00",
    ]
    assert {(one["publisher"], one["headline"], one["byline"], one["text"]) for one in articles} == {
        (
            "Coastal Ledger",
            "A ferry waits",
            "Edda Marsh",
            "Both boats of the northern line are to be sold.\n\nThe clerk said so.",
        )
    }


ROWS = [
    ["id", "Publisher", "Date", "Text"],
    [1, "Herald", datetime.datetime(2025, 5, 1, 12, 30), "One story,\nof two lines."],
    [None, None, None, None],
    ["b", "Post", datetime.date(2025, 5, 2), "Another"],
    ["c", "Post", "2025-05-03"],
]


def test_a_spreadsheet_is_read_from_the_first_sheet_that_has_texts(tmp_path: Path, everything: Everything) -> None:
    (tmp_path / "dump.xlsx").write_bytes(workbook([["About"], ["made by hand"]], ROWS))
    articles, (reject,) = everything(tmp_path)
    assert [(one["id"], one["publisher"], one["published"].isoformat()) for one in articles] == [
        ("1", "Herald", "2025-05-01T12:30:00+00:00"),
        ("b", "Post", "2025-05-02T00:00:00+00:00"),
    ]
    assert articles[0]["text"] == "One story,\nof two lines."
    assert (reject.position, reject.reason) == ("row 5", "no text")


def test_texts_that_fill_a_cell_are_told_as_cut(tmp_path: Path) -> None:
    (tmp_path / "dump.xlsx").write_bytes(workbook([["text"], ["x" * 32_767]]))
    (batch,) = read([tmp_path])
    assert "32,767" in batch.notes[0].words


def test_a_spreadsheet_without_texts_names_its_columns(tmp_path: Path, everything: Everything) -> None:
    (tmp_path / "dump.xlsx").write_bytes(workbook([["a", "b"]], [["c"]]))
    with pytest.raises(NoInputError, match="has no column of texts: the columns are a, b, c"):
        everything(tmp_path)


def test_a_workbook_that_swells_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_BYTES", 1_000)
    (tmp_path / "dump.xlsx").write_bytes(workbook(ROWS))
    with pytest.raises(NoInputError, match="which is too much for a workbook; save it as CSV"):
        list(read([tmp_path]))


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.docx", b"no zip", "no Word document, or damaged"),
        ("a.docx", workbook(ROWS), "no Word document: it has no word/document.xml"),
        ("a.docx", word("a & b"), "not well-formed XML in it"),
        ("a.docx", word("x" * 20_000), "larger than max_record (1000 bytes)"),
    ],
)
def test_what_is_no_document_is_a_reject(
    name: str, data: bytes, reason: str, tmp_path: Path, everything: Everything
) -> None:
    (tmp_path / name).write_bytes(data)
    _, (reject,) = everything(tmp_path, max_record=1000)
    assert reject.reason.startswith(reason)


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.zip"])
def test_a_version_of_zip_that_is_not_known_is_told(name: str, tmp_path: Path, everything: Everything) -> None:
    whole = {"a.docx": word(DOCUMENT), "a.xlsx": workbook(ROWS), "a.zip": workbook(ROWS)}[name]
    data = bytearray(whole)
    data[data.index(b"PK\x01\x02") + 6] = 250  # "version needed" in the directory
    (tmp_path / name).write_bytes(data)
    try:
        articles, rejects = everything(tmp_path)
    except NoInputError as error:
        assert "zip file version 25.0" in str(error)
    else:
        assert (articles, "zip file version 25.0" in rejects[0].reason) == ([], True)


@pytest.mark.parametrize(("name", "whole"), [("a.docx", word(DOCUMENT)), ("a.xlsx", workbook(ROWS))])
@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_damage_of_any_kind_gives_rejects_or_an_error_that_says_what_is_wrong(
    name: str, whole: bytes, tmp_path: Path, everything: Everything, data: Any
) -> None:
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 20)))
    (tmp_path / name).write_bytes(whole[:start] + data.draw(st.binary(max_size=20)) + whole[end:])
    try:
        everything(tmp_path / name)
    except WirecopyError as error:
        assert str(tmp_path / name) in str(error)
