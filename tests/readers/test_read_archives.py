"""Archives are read member by member, as the folder that they were made of would be, and nothing in them does harm."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.errors import WirecopyError
from dedup.readers import archives, read

MEMBERS = {
    "dumps/a.jsonl": b'{"id":"1","text":"One story.","date":"13/11/2025"}\n'
    b'{"id":"2","text":"Two.","date":"12/11/2025"}\n',
    "dumps/b.csv": "id;text\n3;Drei Köche\n".encode("windows-1252"),
    "c.jsonl.gz": gzip.compress(b'{"id":"4","text":"Four stories."}\n{}\n'),
    "d/e.txt": b"Five stories and more.",
    "photo.pdf": b"%PDF",
    ".hidden.txt": b"hidden",
    "inner.zip": b"PK\x03\x04",
}
PACKED = {"tar": bytes, "tar.gz": gzip.compress, "tgz": gzip.compress, "tar.bz2": bz2.compress, "tar.xz": lzma.compress}


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def taped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


@pytest.mark.parametrize("ending", ["zip", *PACKED])
def test_each_member_is_read_as_the_file_that_it_is(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"dump.{ending}"
    path.write_bytes(zipped(MEMBERS) if ending == "zip" else PACKED[ending](taped(MEMBERS)))
    result = list(read([path]))
    articles = [row for batch in result for row in batch.articles.to_pylist()]
    assert [row["text"] for row in articles] == [
        "One story.",
        "Two.",
        "Drei Köche",
        "Four stories.",
        "Five stories and more.",
    ]
    assert [row["id"] for row in articles[:4]] == ["1", "2", "3", "4"]
    assert len(articles[4]["id"]) == 32, "made of the text: another archive may have the same name in it"
    assert articles[1]["published"].month == 11, "another date of the same member settles the order of day and month"
    (reject,) = [each for batch in result for each in batch.rejects]
    assert (reject.path, reject.position) == (f"{path}:c.jsonl.gz", "line 2")
    notes = {note.path.rpartition(":")[2]: note.words for batch in result for note in batch.notes}
    assert notes.pop("dumps/b.csv").startswith("not UTF-8")
    assert notes == {
        "photo.pdf": "passed over within an archive (no reader for .pdf)",
        ".hidden.txt": "passed over within an archive (hidden)",
        "inner.zip": "passed over within an archive (an archive in an archive)",
    }


@pytest.mark.parametrize("ending", ["jsonl.bz2", "jsonl.xz", "csv.bz2", "html.xz"])
def test_other_packings_are_unpacked(ending: str, tmp_path: Path, everything: Callable[..., Any]) -> None:
    text = "The ferry of Ormskerry closes for good after eleven years of losses, its clerk said on Tuesday. " * 3
    plain = {
        "jsonl": json.dumps({"text": text}) + "\n",
        "csv": f'text\n"{text}"\n',
        "html": f"<html><head><title>T</title></head><body><article><p>{text}</p></article></body></html>",
    }[ending.partition(".")[0]].encode()
    pack = bz2.compress if ending.endswith("bz2") else lzma.compress
    (tmp_path / f"dump.{ending}").write_bytes(pack(plain[:20]) + pack(plain[20:]))
    articles, rejects = everything(tmp_path)
    assert ([row["text"].strip() for row in articles], rejects) == ([text.strip()], [])
    (tmp_path / f"dump.{ending}").write_bytes(pack(plain)[:-9])
    _, rejects = everything(tmp_path)
    assert "cut short or damaged" in rejects[-1].reason


def test_paths_of_members_are_names_and_nothing_is_written_there(
    tmp_path: Path, everything: Callable[..., Any]
) -> None:
    odd = ["../../up.jsonl", "/abs.jsonl", "a/../../b.jsonl", "C:\\x.jsonl", "x" * 300 + ".jsonl", "nl\n.jsonl"]
    members = {name: json.dumps({"id": str(index), "text": "One."}).encode() for index, name in enumerate(odd)}
    for name, data in (("a.zip", zipped(members)), ("b.tar", taped(members))):
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_bytes(data)
        articles, rejects = everything(folder)
        assert ([row["id"] for row in articles], rejects) == ([str(index) for index in range(len(odd))], [])
        assert [each.name for each in folder.iterdir()] == [name]


def test_links_and_devices_in_a_tar_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        for kind, name in ((tarfile.SYMTYPE, "link.jsonl"), (tarfile.FIFOTYPE, "fifo.jsonl")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    (batch,) = read([path])
    assert {note.words for note in batch.notes} == {"passed over within an archive (no regular file)"}
    assert not batch.articles.num_rows


def test_an_archive_that_swells_is_given_up(
    tmp_path: Path, everything: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "FREE_BYTES", 100_000)
    members = {"a.jsonl": b'{"text":"one"}\n', "b.jsonl": b'{"text":"' + b"a" * 5_000_000 + b'"}\n', "c.jsonl": b"{}"}
    (tmp_path / "a.zip").write_bytes(zipped(members))
    articles, rejects = everything(tmp_path)
    assert [row["text"] for row in articles][:1] == ["one"]
    assert any("it swells to more than 100 times its size" in each.reason and each.damage for each in rejects)


def test_a_header_of_a_tar_is_not_read_without_end(tmp_path: Path, everything: Callable[..., Any]) -> None:
    info = tarfile.TarInfo("a.jsonl")
    info.pax_headers = {"comment": "x" * 3_000_000}
    info.size = 2
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info, io.BytesIO(b"{}"))
    _, (reject,) = everything(tmp_path)
    assert reject.reason.endswith("a header of more than a megabyte")


def test_an_encrypted_member_is_a_reject_and_its_neighbours_are_read(
    tmp_path: Path, everything: Callable[..., Any]
) -> None:
    data = bytearray(zipped({"a.jsonl": b'{"text":"secret"}', "b.jsonl": b'{"text":"open"}'}))
    data[6] |= 1  # the flag in the member's own header,
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    (tmp_path / "a.zip").write_bytes(data)
    articles, (reject,) = everything(tmp_path)
    assert [row["text"] for row in articles] == ["open"]
    assert (reject.path.rpartition(":")[2], reject.reason[:9]) == ("a.jsonl", "encrypted")


def test_a_cut_archive_gives_what_stands_before_the_cut(tmp_path: Path, everything: Callable[..., Any]) -> None:
    members = {f"{n}.jsonl": json.dumps({"id": str(n), "text": os.urandom(500).hex()}).encode() for n in range(9)}
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(taped(members))[:-2000])
    articles, rejects = everything(tmp_path)
    assert 4 <= len(articles) <= 8
    assert any(each.damage for each in rejects)


def damaged() -> Iterator[Any]:
    for name, data in (("a.zip", zipped(MEMBERS)), ("a.tar", taped(MEMBERS)), ("a.txz", lzma.compress(taped(MEMBERS)))):
        yield pytest.param(name.replace("txz", "tar.xz"), data, id=name)


@pytest.mark.parametrize(("name", "whole"), list(damaged()))
@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_damage_of_any_kind_gives_rejects_or_an_error_that_says_what_is_wrong(
    name: str, whole: bytes, tmp_path: Path, everything: Callable[..., Any], data: Any
) -> None:
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 20)))
    (tmp_path / name).write_bytes(whole[:start] + data.draw(st.binary(max_size=20)) + whole[end:])
    try:
        everything(tmp_path / name, max_record=1000)
    except WirecopyError as error:
        assert str(tmp_path / name) in str(error)
