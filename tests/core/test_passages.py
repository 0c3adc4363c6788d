"""What two texts share word for word: places in the original texts, kinds, and no trouble with any text."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.article import Article, record_batch
from dedup.grading import compare
from dedup.grading.passages import located
from dedup.kernels.annotate import BOILERPLATE, PERSONAL, QUOTED
from dedup.kernels.columns import SHORTEST
from dedup.tables import PASSAGES
from dedup.text.tokens import tokenise
from tests.core.texts import texts

Row = dict[str, object]


def passages(
    articles: pa.RecordBatch, masks: npt.NDArray[np.uint8], left: npt.NDArray[np.int32], right: npt.NDArray[np.int32]
) -> pa.Table:
    """The passages of pairs of articles; ``masks`` are those of their tokens."""
    tokens = tokenise(articles["text"])
    spans = compare(articles, tokens, masks, left, right).spans
    return located(articles["text"], tokens, left, right, spans).table(articles["id"], left, right)


def found(first: str, second: str, marks: dict[int, int] | None = None) -> list[Row]:
    """The passages of two texts, ``a`` and ``b``; ``marks``: bits of tokens of the first."""
    articles = record_batch([Article("a", first), Article("b", second)])
    tokens = tokenise(articles["text"])
    masks = np.zeros(len(tokens.hashes), np.uint8)
    for token, bits in (marks or {}).items():
        masks[token] = bits
    table = passages(articles, masks, np.zeros(1, np.int32), np.ones(1, np.int32))
    assert table.schema.equals(PASSAGES.schema)
    table.validate(full=True)
    return table.to_pylist()


def slices(row: Row, first: str, second: str) -> tuple[str, str]:
    return first[row["a_start"] : row["a_end"]], second[row["b_start"] : row["b_end"]]  # type: ignore[misc]


def words(*numbers: int) -> str:
    return " ".join(f"w{number}" for number in numbers)


COMMON = "the minister said on Monday that talks had failed"


def test_a_passage_is_told_in_characters_of_both_originals() -> None:
    first = f"Zürich – „{COMMON.upper()}“, 漢字."
    second = f"👍 So: {COMMON.replace(' ', '  ')}!"
    (row,) = found(first, second)
    assert slices(row, first, second) == (COMMON.upper(), COMMON.replace(" ", "  "))
    assert (row["a_id"], row["b_id"], row["kind"]) == ("a", "b", "copy")


@settings(max_examples=300)
@given(texts, texts, texts, texts, texts)
def test_both_places_of_a_passage_hold_the_same_words(
    before: str, common: str, behind: str, head: str, tail: str
) -> None:
    # Separators on both sides, since a word of the common part may go on outside it.
    first, second = f"{before}\n{common}\n{behind}", f"{head}\n{common}\n{tail}"
    for row in found(first, second):
        one, other = slices(row, first, second)
        assert tokenise(pa.array([one])).hashes.tolist() == tokenise(pa.array([other])).hashes.tolist()
        assert one == one.strip()
        assert one


@given(texts)
def test_a_text_is_in_itself_from_its_first_word_to_its_last(text: str) -> None:
    tokens = tokenise(pa.array([text]))
    raw = text.encode()
    rows = found(text, text)
    if len(tokens.hashes) < SHORTEST:
        assert rows == []
    else:
        (row,) = rows
        span = (len(raw[: tokens.starts[0]].decode()), len(raw[: tokens.ends[-1]].decode()))
        assert (row["a_start"], row["a_end"]) == (row["b_start"], row["b_end"]) == span


orders = st.lists(st.integers(0, 60), unique=True, max_size=40)


@given(orders, orders, st.integers(0, 60), st.integers(0, 30))
def test_passages_are_the_longest_runs_and_the_same_from_either_side(
    one: list[int], other: list[int], first: int, size: int
) -> None:
    # Words that stand once in a text leave no choice: a passage is a run that cannot be made longer.
    common = [number for number in range(first, first + size) if number not in one + other]
    one, other = [*one[:20], *common, *one[20:]], [*other[:10], *common, *other[10:]]
    runs = []
    for index, word in enumerate(one):
        if word in other and (index == 0 or other[: other.index(word)][-1:] != [one[index - 1]]):
            pairs = zip(one[index:], other[other.index(word) :], strict=False)
            run = [number for number, _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)]
            runs += [words(*run)] if len(run) >= SHORTEST else []
    forth, back = found(words(*one), words(*other)), found(words(*other), words(*one))
    assert [slices(row, words(*one), words(*other)) for row in forth] == [(run, run) for run in runs]
    assert sorted(slices(row, words(*other), words(*one)) for row in back) == sorted((run, run) for run in runs)


def test_a_passage_has_six_words_or_more() -> None:
    assert found(words(*range(5), 99), words(88, *range(5))) == []
    assert len(found(words(*range(6), 99), words(88, *range(6)))) == 1


def test_moved_parts_are_found_in_the_order_of_the_first_text() -> None:
    one, other = words(*range(20)), words(*range(10, 20), *range(10))
    assert [slices(row, one, other)[1] for row in found(one, other)] == [words(*range(10)), words(*range(10, 20))]


@given(st.lists(st.sampled_from([0, QUOTED, PERSONAL, BOILERPLATE, QUOTED | BOILERPLATE]), min_size=12, max_size=12))
def test_a_passage_is_cut_where_quoted_speech_or_furniture_begins_or_ends(masks: list[int]) -> None:
    text = words(*range(12))
    rows = found(text, text, dict(enumerate(masks)))
    kinds = ["furniture" if mask & BOILERPLATE else "quote" if mask & QUOTED else "copy" for mask in masks]
    wanted = [(kind, len(list(run))) for kind, run in itertools.groupby(kinds)]
    assert [(row["kind"], len(slices(row, text, text)[0].split())) for row in rows] == wanted
    assert " ".join(slices(row, text, text)[0] for row in rows) == text


def test_of_places_that_hold_as_much_the_first_is_told() -> None:
    six = words(*range(6))
    assert [row["b_start"] for row in found(six, f"{six} x {six} y {six}")] == [0]
    assert [row["b_start"] for row in found(f"{six} z", f"{six} x {six} z {six}")] == [len(six) + 3]


def test_the_marks_of_the_second_text_do_not_matter() -> None:
    text = words(*range(12))
    assert [row["kind"] for row in found(text, text, dict.fromkeys(range(12, 24), QUOTED))] == ["copy"]


def test_pairs_follow_one_another_and_texts_may_be_empty() -> None:
    listed = [words(*range(10)), "", words(*range(4, 20)), "one two"]
    articles = record_batch([Article(str(number), text) for number, text in enumerate(listed)])
    tokens = tokenise(articles["text"])
    masks = np.zeros(len(tokens.hashes), np.uint8)
    left, right = np.array([2, 0, 1, 0, 3, 0], np.int32), np.array([2, 1, 2, 2, 3, 3], np.int32)
    rows = passages(articles, masks, left, right).to_pylist()
    assert [(row["a_id"], row["b_id"]) for row in rows] == [("2", "2"), ("0", "2")]
    assert [slices(row, listed[0], listed[2]) for row in rows[1:]] == [(words(*range(4, 10)),) * 2]
    none = np.empty(0, np.int32)
    assert passages(articles, masks, none, none).num_rows == 0


def test_more_passages_than_there_is_room_for_at_first_are_all_found() -> None:
    # Room is made for 16 a pair, and for as many as the longest text has tokens: 2,000 for 8,000 passages.
    block = [words(*range(10 * k, 10 * k + 10)) for k in range(200)]
    texts = [" ".join(block), " ".join(reversed(block))] * 40
    articles = record_batch(Article(f"{index:02}", text) for index, text in enumerate(texts))
    masks = np.zeros(80 * 2000, np.uint8)
    left, right = np.arange(0, 80, 2, dtype=np.int32), np.arange(1, 80, 2, dtype=np.int32)
    rows = passages(articles, masks, left, right).to_pylist()
    assert [row["a_id"] for row in rows] == [f"{index:02}" for index in left for _ in block]
    assert {row["a_end"] - row["a_start"] for row in rows} == {len(each) for each in block}


HOSTILE = {  # two texts, and how many characters of the first are common at least
    "one word": ("a " * 200_000, "a " * 200_000, 399_999),
    "one word, then another": ("a " * 200_000 + "b", "a " * 199_999 + "c", 399_997),
    "two words in turn": ("a b " * 100_000, "b a " * 100_000, 399_997),
    "a phrase that breaks off": ("a b c d e x " * 100_000, "a b c d e y " * 100_000, 0),
    "the words of another in turn": ("a b c d e f " * 30_000, "f e d c b a " * 30_000, 0),
    "one letter of Han": ("漢" * 200_000, "漢" * 199_999, 199_998),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_repeated_words_are_no_trouble(name: str) -> None:
    # Were the time to grow with the square of the length, none of these would end.
    one, other, common = HOSTILE[name]
    assert sum(len(slices(row, one, other)[0]) for row in found(one, other)) >= common
