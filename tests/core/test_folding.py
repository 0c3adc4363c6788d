"""The folding table as shipped: what it was made from, and what it promises for every code point."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from importlib import resources

import numpy as np
import pyarrow as pa
import pytest

from dedup.kernels import folding
from dedup.kernels.folding import EXPANDS, IGNORED, KIND_SHIFT, SEPARATOR, UPPER, build, fold
from dedup.minhash import minhash_texts

UNICODE = str(np.load(str(resources.files(folding.__package__).joinpath("folding.npz")))["unicode"])
ASSIGNED = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Co", "Cs")]
LETTERS = [character for character in ASSIGNED if unicodedata.category(character)[0] == "L"]

same_unicode = pytest.mark.skipif(
    unicodedata.unidata_version != UNICODE,
    reason=f"the table is of Unicode {UNICODE}, this Python knows {unicodedata.unidata_version}",
)


def unequal(characters: list[str], other: Callable[[str], str]) -> Iterator[str]:
    """The characters that make other tokens when ``other`` is done to them, between letters or between digits."""
    for before, after in ("ab", "12"):
        texts = [before + character + after for character in characters]
        others = [before + other(character) + after for character in characters]
        one, two = (minhash_texts(pa.array(column, pa.large_string())) for column in (texts, others))
        yield from (characters[index] for index in np.flatnonzero(one.digests != two.digests))


@same_unicode
def test_the_shipped_table_is_the_one_that_is_built() -> None:
    for shipped, built in zip(folding.folding(), build(), strict=True):
        assert shipped.dtype == built.dtype
        assert np.array_equal(shipped, built)


def test_the_shipped_table_says_of_a_code_point_what_folding_says() -> None:
    table = folding.folding()
    for character in "aÀßıﬁ漢がขำ٣½ \u00ad'.“각\U0001d400":
        entry = int(table.entries[table.pages[ord(character) >> 8], ord(character) & 0xFF])
        kind, values = fold(ord(character))
        value = entry & folding.VALUE
        count = int(table.expansions[value]) if kind == EXPANDS else 0
        result = table.expansions[value + 1 : value + 1 + count].tolist() if kind == EXPANDS else [value]
        assert (entry >> KIND_SHIFT, result) == (kind, list(values) or [0])
        assert bool(entry & UPPER) is (unicodedata.category(character) in ("Lu", "Lt"))


@same_unicode
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_canonically_equivalent_characters_are_the_same(form: str) -> None:
    assert set(unequal(ASSIGNED, lambda character: unicodedata.normalize(form, character))) <= {"\u1026"}


@same_unicode
@pytest.mark.parametrize("form", ["NFKC", "NFKD"])
def test_compatible_characters_are_the_same_but_for_symbols_and_what_holds_a_separator(form: str) -> None:
    def several(character: str) -> bool:
        parts = unicodedata.normalize(form, character)
        return len(parts) > 1 and any(fold(ord(part))[0] == SEPARATOR for part in parts)

    digraphs = {"\u0edc", "\u0edd", "\u1026", "\u309f", "\u30ff"}  # of scripts without spaces: one character each
    result = set(unequal(ASSIGNED, lambda character: unicodedata.normalize(form, character))) - digraphs
    assert {each for each in result if unicodedata.category(each)[0] != "S" and not several(each)} == set()


@same_unicode
@pytest.mark.parametrize("change", [str.upper, str.lower, str.title, str.casefold])
def test_upper_and_lower_case_are_the_same(change: Callable[[str], str]) -> None:
    # Turkish dotless i, the apostrophe in U+0149, and the Greek iota subscript, which is a letter in capitals.
    apart = {"\u0131", "\u0149"} | {each for each in LETTERS if "\u0345" in unicodedata.normalize("NFD", each)}
    assert set(unequal(LETTERS, change)) <= apart


def test_what_is_unassigned_private_or_a_control_parts_words() -> None:
    for code in (0x00, 0x1F, 0x7F, 0x0378, 0xE000, 0xFFFE, 0x10FFFF):
        assert fold(code)[0] == SEPARATOR


def test_marks_that_are_not_seen_are_ignored() -> None:
    for code in (0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x202A, 0x2060, 0x2066, 0xFEFF, 0xFE0F, 0x061C):
        assert fold(code)[0] == IGNORED
