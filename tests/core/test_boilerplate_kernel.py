"""Which tokens are furniture: learned shingles, and lines that shipped phrases name."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels.annotate import BOILERPLATE, QUOTED, STOCK_PHRASE
from dedup.kernels.blocks import mark_blocks, own_tokens
from dedup.kernels.bloom import bloom_filter
from dedup.kernels.phrases import SKIPPED
from dedup.text.boilerplate import ANYONE, LearnedBoilerplate, empty, mark, shingled
from dedup.text.boilerplate.counting import Hashes
from dedup.text.boilerplate.stock_phrases import WORDS, runs
from dedup.text.tokens import tokenise

BODY = " ".join(f"body{number}" for number in range(40))


def learned(*phrases: str, size: int = 3) -> LearnedBoilerplate:
    """Furniture of one publisher, ``ours``."""
    tokens = tokenise(pa.array(phrases))
    shingles = np.unique(shingled(tokens.hashes, tokens.offsets, size)[0])
    return empty()._replace(names=("ours",), offsets=np.array([0, len(shingles)], np.int64), shingles=shingles)


def marked(text: str, boilerplate: LearnedBoilerplate = empty(), code: int = -1, size: int = 3) -> list[str]:  # noqa: B008  # immutable
    """The marked words of a text."""
    tokens = tokenise(pa.array([text]))
    masks = np.full(len(tokens.hashes), QUOTED, np.uint8)
    mark(masks, tokens, np.array([code], np.int32), boilerplate, size)
    assert (masks & QUOTED).all()  # other marks stay
    raw = text.encode()
    spans = zip(tokens.starts.tolist(), tokens.ends.tolist(), (masks & BOILERPLATE != 0).tolist(), strict=True)
    return [raw[start:end].decode() for start, end, is_marked in spans if is_marked]


def test_every_token_of_a_learned_shingle_is_marked() -> None:
    boilerplate = learned("sign up for our newsletter")
    text = f"{BODY}. Sign up for our Newsletter! {BODY}"
    assert marked(text, boilerplate, 0) == ["Sign", "up", "for", "our", "Newsletter"]
    assert marked(f"{BODY} up for our {BODY}", boilerplate, 0) == ["up", "for", "our"]
    assert marked(f"{BODY} for our paper {BODY}", boilerplate, 0) == []


def test_a_publisher_has_its_own_furniture_alone() -> None:
    boilerplate = learned("sign up for our newsletter")
    assert marked("Please sign up for our newsletter", boilerplate, -1) == []
    assert marked("Please sign up for our newsletter", empty(), -1) == []


@given(
    st.lists(st.sampled_from("abcde"), max_size=30),
    st.lists(st.sampled_from("abcde"), min_size=1, max_size=6),
    st.integers(1, 4),
)
def test_marked_is_what_a_learned_shingle_covers(words: list[str], phrase: list[str], size: int) -> None:
    width = min(size, len(phrase))
    wanted = {tuple(phrase[k : k + width]) for k in range(len(phrase) - width + 1)}
    own = min(size, len(words))
    covered = {
        index + k
        for index in range(len(words) - own + 1)
        if tuple(words[index : index + own]) in wanted
        for k in range(own)
    }
    text = " ".join(words)
    assert marked(text, learned(" ".join(phrase), size=size), 0, size) == [words[index] for index in sorted(covered)]


LONG = " ".join(f"word{number}" for number in range(70))  # an article proper
TAIL = "Other story one\n\nOther story two"


@pytest.mark.parametrize(
    "phrase",
    ["Related Posts", "MORE FOR YOU:", "• You may also like", "اقرأ أيضاً", "Das könnte Sie auch interessieren"],
)
def test_a_line_that_is_a_rest_phrase_takes_all_behind_it(phrase: str) -> None:
    heading = tokenise(pa.array([phrase])).offsets[-1]
    assert len(marked(f"{LONG}\n\n{phrase}\n\n{TAIL}")) == heading + 6
    assert marked(f"{LONG}\n\n{phrase}\n\n{TAIL}")[-6:] == TAIL.split()


def test_a_rest_phrase_takes_the_rest_only_late_in_a_text() -> None:
    early = f"First words\n\nMost popular\n\n{LONG}"
    assert marked(early) == []
    assert marked(f"one two three\n\nMost popular\n\n{TAIL}") == []
    assert marked("one two three four five six\n\nMost popular\n\nanother")[-1] == "another"  # the second half


def test_a_rest_phrase_is_a_line_of_its_own() -> None:
    assert marked(f"{LONG}\n\nMost popular were the red ones\n\n{TAIL}") == []
    assert marked(f"{LONG}. Most popular. {TAIL}") == []


def test_a_line_phrase_takes_its_line_wherever_it_stands() -> None:
    text = f"Advertisement\n{LONG}\nRead more: another story altogether\n{LONG}"
    assert marked(text) == ["Advertisement", "Read", "more", "another", "story", "altogether"]
    assert marked(f"We read more every day\n{LONG}") == []


def test_a_text_without_line_breaks_is_no_line() -> None:
    text = f"Copyright 1995 by us. The {LONG} {LONG}. The end."
    assert marked(text) == ["Copyright", "1995", "by", "us"]


def test_nothing_is_marked_where_there_is_nothing() -> None:
    assert marked("") == []
    assert marked("…") == []


def _runs(words: list[str], size: int = WORDS) -> Hashes:
    tokens = tokenise(pa.array([" ".join(words)]))
    return runs(tokens.hashes, tokens.offsets, size)[0]


@given(st.lists(st.sampled_from("abc"), max_size=40), st.lists(st.sampled_from("abc"), min_size=WORDS, max_size=9))
def test_set_phrases_are_marked_whoever_prints_them(words: list[str], phrase: list[str]) -> None:
    hashes = np.unique(_runs(phrase))
    hashes = hashes[hashes & SKIPPED == 0]
    result = _runs(words)
    covered = {start + k for start in np.flatnonzero(np.isin(result, hashes)) for k in range(WORDS)}
    boilerplate = empty()._replace(names=(ANYONE,), offsets=np.array([0, len(hashes)], np.int64), shingles=hashes)
    tokens = tokenise(pa.array(["x x x", " ".join(words)]))
    masks = np.zeros(len(tokens.hashes), np.uint8)
    mark(masks, tokens, np.full(2, -1, np.int32), boilerplate, 3)
    assert set(np.flatnonzero(masks == STOCK_PHRASE) - 3) == covered
    assert not (masks & ~np.uint8(STOCK_PHRASE)).any()


@given(st.lists(st.lists(st.sampled_from("ab"), max_size=30), max_size=4), st.lists(st.sampled_from("ab"), max_size=9))
def test_a_text_s_own_tokens_are_those_of_long_stretches_that_no_block_covers(
    texts: list[list[str]], block: list[str]
) -> None:
    size, blocks = 3, np.unique(_runs(block, 3))
    tokens = tokenise(pa.array([" ".join(words) for words in texts], pa.large_string()))
    publishers = (np.arange(len(texts)) % 2 - 1).astype(np.int32)  # of every other text it is unknown
    learned = np.array([0, len(blocks)]), blocks, bloom_filter(blocks)
    masks, own = np.zeros(len(tokens.hashes), np.uint8), np.empty(len(texts), np.int32)
    mark_blocks(tokens.hashes, tokens.offsets, size, publishers, *learned, BOILERPLATE, masks)
    own_tokens(tokens.hashes, tokens.offsets[:-1], tokens.offsets[1:], size, publishers, *learned, own)
    for number, result in enumerate(own.tolist()):
        marked = "".join("x" if mask else "." for mask in masks[tokens.offsets[number] : tokens.offsets[number + 1]])
        stretches = [len(stretch) for stretch in marked.split("x") if len(stretch) >= size]
        assert result == (sum(stretches) if "x" in marked else -1)
