"""Texts to signatures: kernel == plain Python == datasketch, for any text, and as the documentation says."""

from __future__ import annotations

import re
from pathlib import Path

import mmh3
import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.minhash import Signatures, finalised, minhash_texts, minhash_tokens, permutations
from dedup.settings import Settings
from dedup.text.tokens import tokenise
from tests import reference
from tests.core.texts import columns, prose, texts

PAGE = Path(__file__).parents[2] / "docs" / "signatures.md"
settings_of_a_run = st.builds(
    Settings,
    num_perm=st.sampled_from([16, 64, 128]),
    seed=st.sampled_from([0, 1, 42, 2**32 - 1]),
    shingle=st.integers(1, 5),
)


def one(text: str, run: Settings) -> list[int]:
    return minhash_texts(pa.array([text]), run).values[0].tolist()


@settings(max_examples=300)
@given(texts | prose, settings_of_a_run)
def test_a_signature_is_that_of_datasketch_and_of_plain_python(text: str, run: Settings) -> None:
    made = one(text, run)
    assert made == reference.minhash(text, run).hashvalues.tolist()
    assert made == reference.signature(text, run)


@pytest.mark.parametrize("text", ["a" * 1_000_000, "漢" * 333_333, " ".join(f"w{k}" for k in range(50_000))])
def test_a_megabyte_is_signed_as_datasketch_signs_it(text: str) -> None:
    assert one(text, Settings()) == reference.minhash(text, Settings()).hashvalues.tolist()


@given(st.text(st.characters(max_codepoint=127)) | prose)
def test_the_lines_of_the_documentation_make_the_same_signature(text: str) -> None:
    lines, ours = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    names = {"re": re, "mmh3": mmh3, "MinHash": MinHash, "text": text, "dedup": dedup, "pyarrow": pa}
    exec(lines, names)
    assert len(lines.splitlines()) == 5
    assert eval(ours, names).tolist() == names["signature"].hashvalues.tolist()  # type: ignore[attr-defined]


@given(columns)
def test_a_column_is_signed_text_by_text(column: list[str | None]) -> None:
    result = minhash_texts(pa.array(column, pa.string()))
    assert result.values.shape == (len(column), 128)
    for row, text in enumerate(column):
        alone = minhash_texts(pa.array([text or ""]))
        assert result.values[row].tolist() == alone.values[0].tolist()
        assert result.sizes[row] == alone.sizes[0] == len(reference.tokens(text or ""))
        assert result.digests[row] == alone.digests[0]


def test_more_texts_than_are_signed_at_a_time_are_signed_text_by_text() -> None:
    rng = np.random.default_rng(1)
    column = [" ".join(map(str, rng.integers(0, 50, size))) for size in rng.integers(0, 90, 300)]
    result = minhash_texts(pa.array(column))
    assert all(result.values[row].tolist() == one(column[row], Settings()) for row in range(0, 300, 7))


def test_a_text_without_tokens_has_the_largest_value_everywhere() -> None:
    for text in ("", " \n", "…!", "\u200d\x00"):
        assert one(text, Settings()) == [2**32 - 1] * 128


@given(texts, texts)
def test_digests_are_equal_where_the_tokens_are(text: str, other: str) -> None:
    result = minhash_texts(pa.array([text, other, text + "…", f"{text} unheardof"]))
    same = [t.word for t in reference.tokens(text)] == [t.word for t in reference.tokens(other)]
    assert (result.digests[0] == result.digests[1]) == same
    assert result.digests[0] == result.digests[2]
    assert result.digests[0] != result.digests[3]


@given(st.lists(st.text("abcdef", min_size=3, max_size=3), min_size=1, max_size=20))
def test_signatures_are_equal_where_the_same_shingles_are_and_agree_nowhere_where_no_shingle_is(
    words: list[str],
) -> None:
    twice, thrice = (" ".join([*words * times, *words[:2]]) for times in (2, 3))
    result = minhash_texts(pa.array([twice, thrice, twice.replace("a", "g").replace(" ", "z ")]))
    assert result.values[0].tolist() == result.values[1].tolist()
    assert not (result.values[0] == result.values[2]).any()


@given(st.lists(st.integers(0, 2**32 - 1), max_size=20), settings_of_a_run)
def test_a_value_tells_the_shingle_it_came_from(shingles: list[int], run: Settings) -> None:
    made = permutations(run)
    hashes = finalised(np.array(shingles, np.uint32))
    values = made.factors[:, None] * hashes + made.summands[:, None]
    assert ((values - made.summands[:, None]) * made.inverses()[:, None] == hashes).all()


@pytest.mark.parametrize("run", [Settings(), Settings(seed=2), Settings(num_perm=64)])
def test_the_permutations_are_those_of_datasketch(run: Settings) -> None:
    made = MinHash(num_perm=run.num_perm, seed=run.seed, scheme="affine32").permutations
    for ours, theirs in zip(permutations(run), made, strict=True):
        assert ours.tolist() == theirs.tolist()


def test_rows_are_taken_together() -> None:
    result = minhash_texts(pa.array(["one two three", "four", ""]))
    rows = np.array([2, 0])
    taken = result.take(rows)
    assert isinstance(taken, Signatures)
    for part, full in zip(taken, result, strict=True):
        assert part.tolist() == full[rows].tolist()


def test_signing_tokens_is_signing_texts() -> None:
    column = pa.array(["one two three four", "五六七"])
    for one_part, other in zip(minhash_tokens(tokenise(column), Settings()), minhash_texts(column), strict=True):
        assert one_part.tolist() == other.tolist()
