"""What is not read is named, with the way out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dedup.errors import NoInputError
from dedup.readers import find
from dedup.readers.unread import UNREAD

MAIL = "Return-Path: <a@b.example>\nReceived: by b.example\nMIME-Version: 1.0\nSubject: News\n\nA letter of news."
EVENTS = "\t".join(["410412347", "20250501", *["x"] * 59])


@pytest.mark.parametrize("ending", UNREAD)
def test_a_file_that_is_named_outright_is_refused_with_the_way_out(ending: str, tmp_path: Path) -> None:
    (tmp_path / f"a{ending}").write_bytes(b"x")
    (tmp_path / "b.jsonl").write_bytes(b"{}")
    with pytest.raises(NoInputError, match=f"a{ending} is not read: "):
        find([tmp_path / f"a{ending}"])
    (passed,) = find([tmp_path]).passed_over
    assert passed.reason == f"no reader for {ending}"


def test_a_packed_file_must_say_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "dump.gz").write_bytes(b"")
    with pytest.raises(NoInputError, match=r"no reader for \.gz alone: the name must tell the format too"):
        find([tmp_path / "dump.gz"])


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", MAIL, "e-mail, with its headers"),
        ("a.xml", '<alto xmlns="x"><Layout/></alto>', "ALTO holds the words of a scanned page"),
        ("a.xml", '<mets:mets xmlns:mets="x"/>', "METS holds the words of a scanned page"),
        ("a.xml", "<XMLNewsQueuedResponse/>", "the answer of Ritzau's old interface"),
        ("a.xml", "<urlset/>", "a list of addresses without texts"),
    ],
)
def test_a_format_that_is_known_and_not_read_is_named(
    name: str, content: str, reason: str, tmp_path: Path, everything: Callable[..., Any]
) -> None:
    (tmp_path / name).write_text(content)
    articles, (reject,) = everything(tmp_path)
    assert (articles, reject.reason.startswith(reason)) == ([], True)


@pytest.mark.parametrize(
    "content",
    [f"{EVENTS}\n", "GLOBALEVENTID,SQLDATE,SOURCEURL\n1,2,3\n", "name,description\nGLOBALEVENTID,what it is\n"],
)
@pytest.mark.parametrize("ending", ["csv", "tsv", "export.CSV"])
def test_tables_of_gdelt_hold_no_texts(
    content: str, ending: str, tmp_path: Path, everything: Callable[..., Any]
) -> None:
    (tmp_path / f"20250501.{ending}").write_text(content)
    with pytest.raises(NoInputError, match="is a GDELT table, which has events and addresses but no texts"):
        everything(tmp_path)


def test_a_text_that_speaks_of_headers_is_no_mail(tmp_path: Path, everything: Callable[..., Any]) -> None:
    (tmp_path / "a.txt").write_text("Received: a letter.\nThe council of Ormskerry voted on Tuesday.")
    articles, rejects = everything(tmp_path)
    assert (len(articles), rejects) == (1, [])
