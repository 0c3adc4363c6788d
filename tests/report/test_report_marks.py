"""Texts cut into their parts: nothing is lost, and every character has the kind that was asked for."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dedup.report.highlights import KINDS, Span, paragraphs, unshared
from dedup.text.boilerplate import LearnedBoilerplate, of_rows
from tests.learning import learned_from

texts = st.text(st.sampled_from("ab \n\t“”é😀"), max_size=60)
places = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (min(pair), max(pair)))
kinds = st.sampled_from(["copy", "quote", "furniture"])


@given(
    texts, st.lists(places, max_size=4), st.lists(st.tuples(places, kinds), max_size=4), st.lists(places, max_size=2)
)
def test_the_parts_are_the_lines_of_the_text(
    text: str, own: list[tuple[int, int]], shared: list[tuple[tuple[int, int], str]], credits: list[tuple[int, int]]
) -> None:
    passages = [(start, end, kind) for (start, end), kind in shared]
    cut = paragraphs(text, [Span(start, end, 1) for start, end in own], passages, credits)
    assert ["".join(part.words for part in line) for line in cut] == [line for line in text.split("\n") if line.strip()]
    assert all(part.words and part.kind in KINDS for line in cut for part in line)


def test_shared_copy_covers_quotations_and_a_credit_covers_all() -> None:
    text = "He said one two three (AFP)"
    cut = paragraphs(text, [Span(8, 21, 1)], [(12, 21, "copy"), (22, 27, "copy")], [(22, 27)])
    assert [(part.words, part.kind, part.passage) for part in cut[0]] == [
        ("He said ", "own", None),
        ("one ", "quote", None),
        ("two three", "shared copy", 0),
        (" ", "own", None),
        ("(AFP)", "credit", 1),
    ]


def test_passages_that_touch_stay_apart() -> None:
    (line,) = paragraphs("onetwo", [], [(0, 3, "copy"), (3, 6, "copy")], [])
    assert [(part.words, part.passage) for part in line] == [("one", 0), ("two", 1)]


def test_quotations_and_furniture_are_found_in_characters() -> None:
    text = "Élan — “we shall not move” said she.\n\nNewsletter box of the day é"
    boilerplate = [
        {"publisher": "P", "kind": "phrase", "shingle": shingle}
        | {"articles": 9, "sampled": 9, "elsewhere": 0, "phrase": ""}
        for shingle in _shingles("Newsletter box of the day é")
    ]
    rows = [{"id": "a", "text": text, "publisher": "P"}, {"id": "b", "text": None, "publisher": None}]
    spans = unshared(rows, of_rows(boilerplate), 3)
    assert set(spans) == {"a"}
    assert [(text[span.start : span.end], KINDS[span.kind]) for span in spans["a"]] == [
        ("we shall not move", "quote"),
        ("Newsletter box of the day é", "furniture"),
    ]


def _shingles(text: str) -> list[int]:
    return sorted(
        int(shingle) for shingle in _learn([text] * 20 + [f"{n} quite another text {n}" for n in range(20)]).shingles
    )


def _learn(given: list[str]) -> LearnedBoilerplate:
    publishers = ["P"] * 20 + [f"Q{number}" for number in range(20)]
    return learned_from(given, publishers, 3)


def test_the_furniture_of_a_run_is_read_back_as_it_was_learned() -> None:
    result = _learn(["Newsletter box of the day"] * 20 + [f"{n} quite another text {n}" for n in range(20)])
    again = of_rows(result.table().to_pylist())
    assert again.names == ("P",)
    assert again.shingles.tolist() == result.shingles.tolist()
    assert again.phrases == result.phrases
    assert again.codes(pa.array(["P", "Q1", None])).tolist() == [0, -1, -1]
