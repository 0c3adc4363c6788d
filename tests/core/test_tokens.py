"""Tokens of Arrow columns: of every string type, sliced, in chunks, with nulls, empty."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.text.tokens import Tokens, text_buffers, tokenise
from tests import reference
from tests.core.texts import columns

TYPES = [pa.string(), pa.large_string(), pa.string_view()]


def assert_tokens_of(result: Tokens, texts: Sequence[str | None]) -> None:
    wanted = [[token.hashed for token in reference.tokens(text or "")] for text in texts]
    assert [part.tolist() for part in np.split(result.hashes, result.offsets[1:-1])] == wanted or not texts
    assert np.diff(result.offsets).tolist() == [len(text) for text in wanted]
    assert len(result.tails) == len(texts)


@given(columns, st.sampled_from(TYPES))
def test_a_column_is_its_texts_one_by_one(texts: list[str | None], kind: pa.DataType) -> None:
    assert_tokens_of(tokenise(pa.array(texts, kind)), texts)


@given(columns, st.sampled_from(TYPES), st.data())
def test_a_slice_is_its_own_texts_alone(texts: list[str | None], kind: pa.DataType, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(texts)))
    count = data.draw(st.integers(0, len(texts) - first))
    full, part = pa.array(texts, kind), texts[first : first + count]
    assert_tokens_of(tokenise(full.slice(first, count)), part)
    for one, other in zip(tokenise(full.slice(first, count)), tokenise(pa.array(part, kind)), strict=True):
        assert one.dtype == other.dtype
        assert one.tolist() == other.tolist()


@given(st.lists(columns, max_size=4))
def test_chunks_are_one_column(chunks: list[list[str | None]]) -> None:
    column = pa.chunked_array([pa.array(chunk, pa.string()) for chunk in chunks], pa.string())
    assert_tokens_of(tokenise(column), [text for chunk in chunks for text in chunk])


def test_what_lies_behind_a_null_is_not_read() -> None:
    full = pa.array(["secret words", "seen"], pa.large_string())
    hidden = pa.Array.from_buffers(pa.large_string(), 2, [pa.py_buffer(b"\x02"), *full.buffers()[1:]])
    assert hidden.to_pylist() == [None, "seen"]
    assert_tokens_of(tokenise(hidden), [None, "seen"])


def test_an_empty_column_may_have_no_offsets() -> None:
    nothing = [None, pa.py_buffer(b""), pa.py_buffer(b"")]
    assert_tokens_of(tokenise(pa.Array.from_buffers(pa.large_string(), 0, nothing)), [])


def test_a_large_string_is_not_copied() -> None:
    column = pa.array(["one", "two", "three"], pa.large_string())
    data, offsets = text_buffers(column[1:])
    assert data.ctypes.data == column.buffers()[2].address
    assert [bytes(data[begin:end]).decode() for begin, end in itertools.pairwise(offsets)] == [
        "two",
        "three",
    ]


@pytest.mark.parametrize("cut", [b"\xc3", b"\xe2\x80", b"\xf0\x9f\x98", b"\xff\xff", b"\x80\x80"])
def test_bytes_that_are_not_utf8_do_no_harm(cut: bytes) -> None:
    # Arrow does not check what a buffer holds; a reader's bug must not read behind a text.
    offsets = np.array([0, len(cut) + 2, len(cut) + 6], np.int64)
    column = pa.Array.from_buffers(
        pa.large_string(), 2, [None, pa.py_buffer(offsets), pa.py_buffer(b"a " + cut + b"next")]
    )
    result = tokenise(column)
    assert result.hashes[result.offsets[1] :].tolist() == tokenise(pa.array(["next"])).hashes.tolist()
    assert (result.ends[: result.offsets[1]] <= len(cut) + 2).all()
