"""Bytes of any encoding, whatever their headers say."""

from __future__ import annotations

import codecs
import encodings.aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.readers import read
from dedup.readers.decoding import WESTERN, decode, forced, sound, western

WORDS = {
    "utf-8": "Übergabe — “quoted” 橋",
    "windows-1252": "naïve “quoted” café",
    "iso-8859-1": "naïve café über",
    "iso-8859-2": "Příliš žluťoučký kůň",
    "windows-1251": "Съешь ещё этих мягких булок",
    "koi8-r": "Съешь ещё этих мягких булок",
    "windows-1256": "الجسر مغلق اليوم",
    "gb2312": "桥梁今天关闭",
    "gbk": "橋梁今天關閉",
    "big5": "橋樑今天關閉",
    "shift_jis": "橋は閉鎖された",
    "euc-jp": "橋は閉鎖された",
    "iso-2022-jp": "橋は閉鎖された",
    "euc-kr": "다리가 폐쇄되었다",
}


@pytest.mark.parametrize("encoding", WORDS)
def test_an_encoding_that_is_told_is_read(encoding):
    data = f"<p>{WORDS[encoding]}</p>".encode(encoding)
    assert decode(data, [encoding]) == f"<p>{WORDS[encoding]}</p>"
    assert decode(data, ["", "no such", f" '{encoding.upper()}' "]) == f"<p>{WORDS[encoding]}</p>"


@pytest.mark.parametrize("encoding", WORDS)
def test_what_is_utf_8_is_read_as_utf_8_whatever_is_told(encoding):
    assert decode(WORDS[encoding].encode(), ["iso-8859-1", encoding]) == WORDS[encoding]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declared", ["", "iso-8859-1", "utf-8"])
def test_unicode_shows_itself(encoding, declared):
    text = "<p>words, naïve and some more in plain letters</p>"
    assert decode(text.encode(encoding), [declared]) == text


def test_a_few_broken_characters_do_not_make_utf_8_something_else():
    data = ("naïve café über " * 10).encode() + b"\xe9"
    assert decode(data, ["iso-8859-1"]) == "naïve café über " * 10 + "\ufffd"


def test_what_nothing_tells_is_not_guessed_but_may_be_forced():
    assert decode(b"caf\xe9 au lait", []) is None
    assert decode(b"caf\xe9 au lait", ["utf-8", "ascii-no", "\0", "é"]) is None
    assert decode(b"\x81\x8d", ["windows-1252"]) is None
    assert forced(b"caf\xe9 au lait" + b" and more" * 100) == "caf\ufffd au lait" + " and more" * 100
    assert forced(b"\xe9\xe8" * 100) is None


def test_codecs_that_are_no_encodings_of_text_are_not_run():
    """Among Python's codecs are some that unpack, turn escapes into anything, or (punycode) would take hours here."""
    data = b"\xe9" + b"a" * 300_000 + b"-" + b"z9" * 100_000
    for name in sorted({*encodings.aliases.aliases.values(), "punycode", "idna", "unicode_escape", "zlib_codec"}):
        text = decode(data, [name])
        assert text is None or (len(text) <= len(data) and codecs.lookup(name).name not in ("punycode", "idna"))


@given(st.binary(max_size=200), st.lists(st.sampled_from([*WORDS, "utf-16", "punycode", "hex"]), max_size=3))
def test_any_bytes_are_decoded_or_not(data, declared):
    text = decode(data, declared)
    assert text is None or sound(text) == text
    assert decode(data, declared) == text


@given(st.text())
def test_text_in_utf_8_comes_back(text):
    marked = text.encode().startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    many_zeros = text.count("\0") * 3 >= len(text.encode())
    assert marked or many_zeros or decode(text.encode(), []) == text.removeprefix("\ufeff")


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_halves_of_pairs_become_the_replacement_character_and_whole_pairs_their_character(text):
    assert sound(text).encode().decode() == text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


ROWS = [("id", "text"), ("1", "Le café de la gare, 5 € — « fermé »"), ("2", "Üben, üben; und\nnochmal")]


def table(delimiter: str, line_end: str = "\n") -> str:
    return "".join(delimiter.join(f'"{value}"' for value in row) + line_end for row in ROWS)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_a_spreadsheet_is_read_whatever_its_country_writes(delimiter, encoding, ending, tmp_path, everything):
    path = tmp_path / f"dump.{ending}"
    path.write_bytes(table(delimiter, "\r\n").encode(encoding))
    articles, rejects = everything(path)
    assert ([(one["id"], one["text"]) for one in articles], rejects) == (ROWS[1:], [])
    notes = [note.words for batch in read([path]) for note in batch.notes]
    assert notes == ([WESTERN] if encoding == "windows-1252" else [])


def test_delimiters_at_the_end_of_lines_are_no_fields(tmp_path, everything):
    (tmp_path / "dump.csv").write_text("id;text\n1;one;\n2;two;;\n3;three;x\n4\n")
    articles, rejects = everything(tmp_path)
    assert [one["text"] for one in articles] == ["one", "two"]
    assert [each.reason[:8] for each in rejects] == ["3 fields", "1 fields"]


def test_excel_says_what_parts_its_fields(tmp_path, everything):
    (tmp_path / "dump.csv").write_text("sep=%\nid%text\n1%Words, and; more\n")
    articles, rejects = everything(tmp_path / "dump.csv")
    assert ([one["text"] for one in articles], rejects) == (["Words, and; more"], [])


@pytest.mark.parametrize(("encoding", "note"), [("utf-16", []), ("windows-1252", [WESTERN])])
def test_a_text_of_another_encoding_is_read_and_told(encoding, note, tmp_path, everything):
    path = tmp_path / "one.txt"
    path.write_bytes(ROWS[1][1].encode(encoding))
    assert [one["text"] for one in everything(path)[0]] == [ROWS[1][1]]
    assert [each.words for batch in read([path]) for each in batch.notes] == note


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "windows-1256", "gbk", "big5", "shift_jis", "euc-kr"])
def test_letters_of_other_alphabets_are_not_taken_for_western_ones(encoding):
    assert western(WORDS[encoding].encode(encoding)) is None


def test_polish_is_not_taken_for_western(tmp_path):
    assert western("Zażółć gęślą jaźń, powiedział wójt w Łodzi".encode("windows-1250")) is None
