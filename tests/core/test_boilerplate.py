"""What is learned as a publisher's furniture, from which articles, and what is told of it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.tables import BOILERPLATE
from dedup.text.boilerplate import MANY, LearnedBoilerplate, empty, of_rows, sample, shingled
from dedup.text.tokens import tokenise
from tests import reference
from tests.learning import learned_from

BANNER = "Subscribe to our daily briefing"
OWN = 3  # shingles of the banner


def articles(count: int, extra: str, seed: int, share: float = 1.0) -> list[str]:
    """Articles of words of their own; a share of them, the first ones, end with ``extra``."""
    rng = np.random.default_rng(seed)
    bodies = [" ".join(f"w{word}" for word in rng.integers(0, 10**6, 60)) for _ in range(count)]
    return [f"{body}. {extra}." if row < share * count else f"{body}." for row, body in enumerate(bodies)]


def learned(parts: dict[str, list[str]], size: int = 3) -> LearnedBoilerplate:
    texts = [text for each in parts.values() for text in each]
    publishers = [name for name, each in parts.items() for _ in each]
    return learned_from(texts, publishers, size)


def _tokens(text: str) -> tuple[np.ndarray, np.ndarray]:
    tokens = tokenise(pa.array([text]))
    return tokens.hashes, tokens.offsets


def phrases(boilerplate: LearnedBoilerplate) -> dict[str, list[str]]:
    rows = boilerplate.table().to_pylist()
    return {name: sorted(row["phrase"] for row in rows if row["publisher"] == name) for name in boilerplate.names}


BANNERS = ["Subscribe to our", "our daily briefing", "to our daily"]


def test_what_stands_in_many_articles_of_one_publisher_is_its_furniture() -> None:
    result = learned({"ours": articles(30, BANNER, 1), "theirs": articles(100, "", 2)})
    assert phrases(result) == {"ours": BANNERS, "theirs": []}
    assert result.table().schema.equals(BOILERPLATE.schema)
    row = result.table().to_pylist()[0]
    assert (row["articles"], row["sampled"], row["elsewhere"]) == (30, 30, 0)


def test_what_others_say_as_often_is_not() -> None:
    values = "the minister told reporters"
    assert not any(phrases(learned({name: articles(60, values, k) for k, name in enumerate("abc")})).values())


@pytest.mark.parametrize(("others", "own"), [(0, OWN), (2, OWN), (20, 0)])
def test_a_few_others_may_say_it(others: int, own: int) -> None:
    elsewhere = articles(others, BANNER, 3) + articles(100 - others, "", 4)
    assert len(phrases(learned({"ours": articles(40, BANNER, 1), "theirs": elsewhere}))["ours"]) == own


@pytest.mark.parametrize(("share", "own"), [(0.1, 0), (0.2, OWN), (1.0, OWN)])
def test_it_must_stand_in_a_share_of_the_publishers_articles(share: float, own: int) -> None:
    result = learned({"ours": articles(100, BANNER, 1, share), "theirs": articles(100, "", 2)})
    assert len(phrases(result)["ours"]) == own


@pytest.mark.parametrize(("count", "own"), [(4, 0), (5, OWN)])
def test_it_must_stand_in_five_articles(count: int, own: int) -> None:
    result = learned({"ours": articles(count, BANNER, 1), "theirs": articles(100, "", 2)})
    assert len(phrases(result)["ours"]) == own


@pytest.mark.parametrize(("share", "own"), [(0.2, 0), (0.5, OWN)])
def test_a_publisher_alone_needs_a_larger_share(share: float, own: int) -> None:
    assert len(phrases(learned({"ours": articles(100, BANNER, 1, share)}))["ours"]) == own


def test_a_phrase_counts_once_an_article() -> None:
    repeated = [f"{text} {BANNER}. {BANNER}." for text in articles(4, BANNER, 1)]
    assert not phrases(learned({"ours": repeated, "theirs": articles(100, "", 2)}))["ours"]


def test_every_publisher_has_its_own() -> None:
    result = learned({"b": articles(60, "Read it in B today", 1), "a": articles(60, "Only in A this week", 2)})
    assert phrases(result) == {
        "a": ["A this week", "Only in A", "in A this"],
        "b": ["Read it in", "in B today", "it in B"],
    }
    assert result.names == ("a", "b")
    assert result.codes(pa.array(["b", None, "a", "c"])).tolist() == [1, -1, 0, -1]
    assert result.codes(pa.chunked_array([["b"], [None, "a"]])).tolist() == [1, -1, 0]


@given(st.permutations(range(45)))
def test_the_order_of_the_articles_does_not_matter(order: list[int]) -> None:
    texts = [*articles(15, BANNER, 1), *articles(30, "", 2)]
    names = ["ours"] * 15 + ["theirs"] * 30
    one = learned_from(texts, names, 3)
    other = learned_from([texts[row] for row in order], [names[row] for row in order], 3)
    assert one.table().to_pylist() == other.table().to_pylist()
    assert len(one.shingles) == OWN


@given(st.integers(1, 6))
def test_the_evidence_is_the_words_of_the_shingle(size: int) -> None:
    result = learned(
        {"ours": articles(20, "Zeitung für Österreich – täglich “neu”", 1), "b": articles(60, "", 2)}, size
    )
    rows = result.table().to_pylist()
    assert rows == sorted(rows, key=lambda row: (row["publisher"], row["shingle"]))
    assert len(rows) == max(5 - size + 1, 0)
    for row in rows:
        assert shingled(*_tokens(row["phrase"]), size)[0].tolist() == [row["shingle"]]


@given(st.integers(0, 2**32 - 1), st.sampled_from([30, 110]), st.integers(1, 3))
def test_what_is_learned_is_what_counting_one_by_one_finds(seed: int, count: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    names = rng.choice(["a", "b", "c"], count, p=[0.2, 0.3, 0.5]).tolist()
    own = {"a": "x y z", "b": "y z u", "c": "v"}
    texts = [
        " ".join([*(f"w{word}" for word in rng.integers(0, 30, 6)), own[name] if rng.random() < 0.3 else ""])
        for name in names
    ]
    rows = learned_from(texts, names, size).table().to_pylist()
    result = {(r["publisher"], r["shingle"]): (r["articles"], r["sampled"], r["elsewhere"]) for r in rows}
    assert result == reference.boilerplate(texts, names, size)


def test_nothing_is_learned_from_nothing() -> None:
    none = learned_from([], [], 3)
    assert none.table().num_rows == 0
    assert empty().codes(pa.array(["a", None])).tolist() == [-1, -1]
    assert learned({"a": [""] * 10}).table().num_rows == 0


publishers = st.lists(st.integers(-1, 3), max_size=60)


@given(publishers, st.data())
def test_a_sample_is_of_known_publishers_and_takes_equal_texts_once(codes: list[int], data: st.DataObject) -> None:
    digests = data.draw(st.lists(st.integers(0, 20), min_size=len(codes), max_size=len(codes)))
    rows = sample(np.array(codes, np.int32), np.array(digests, np.uint64)).tolist()
    drawn = [(codes[row], digests[row]) for row in rows]
    assert rows == sorted(rows)
    assert sorted(drawn) == sorted({pair for pair in zip(codes, digests, strict=True) if pair[0] >= 0})


def test_of_a_large_publisher_the_same_articles_are_drawn_in_whatever_order() -> None:
    rng = np.random.default_rng(1)
    codes = np.repeat(np.arange(3, dtype=np.int32), [7000, 50, 4000])
    digests = rng.integers(0, 2**63, len(codes)).astype(np.uint64)
    order = rng.permutation(len(codes))
    rows = sample(codes, digests)
    again = order[sample(codes[order], digests[order])]
    assert np.bincount(codes[rows]).tolist() == [4000, 50, 4000]
    assert sorted(again.tolist()) == rows.tolist()
    assert digests[rows[:4000]].max() < np.delete(digests[:7000], rows[:4000]).min()


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=400), st.integers(0, 9))
def test_a_sample_of_a_larger_sample_is_the_sample_of_all(sizes: list[int], seed: int) -> None:
    codes = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    digests = np.random.default_rng(seed).permutation(len(codes)).astype(np.uint64)
    larger = sample(codes, digests, MANY)
    for total in (MANY, 20_000):
        assert larger[sample(codes[larger], digests[larger], total)].tolist() == sample(codes, digests, total).tolist()


def test_of_equal_texts_the_earliest_is_drawn() -> None:
    codes, digests, days = np.zeros(4, np.int32), np.array([7, 7, 7, 8], np.uint64), np.array([3, 1, 2, 1], np.int32)
    assert sample(codes, digests, days=days).tolist() == [1, 3]


def test_many_publishers_share_the_sample_out() -> None:
    codes = np.repeat(np.arange(1000, dtype=np.int32), 100)
    rows = sample(codes, np.arange(len(codes), dtype=np.uint64))
    assert np.unique(np.bincount(codes[rows])).tolist() == [64]


def test_what_stands_in_a_third_of_one_days_articles_is_furniture_too() -> None:
    rng = np.random.default_rng(2)
    word = lambda: "".join(chr(97 + letter) for letter in rng.integers(0, 26, 7))  # noqa: E731  # one use
    days = np.repeat(np.arange(20, dtype=np.int32), 10)
    texts = [" ".join(word() for _ in range(50)) for _ in days]
    messages = "seven lost lighthouses found beside the harbour"
    texts = [
        f"{text} {messages}" if day == 7 and row % 2 else text
        for row, (text, day) in enumerate(zip(texts, days, strict=True))
    ]
    texts += [f"{text} {messages}" for text in texts[70:74]]
    columns = texts, ["Daily"] * len(texts)
    dated = np.r_[days, np.full(4, 7, np.int32)]
    assert len(learned_from(*columns, 3).shingles) == 0
    assert set(learned_from(*columns, 3, dated.tolist()).phrases) == {
        " ".join(messages.split()[k : k + 3]) for k in range(5)
    }


TITLE = "president of the chamber of great lakes"  # two runs of six words


def titled(days: list[int], publishers: list[str]) -> LearnedBoilerplate:
    """What is learned where the title stands in one article on each of the days, by these publishers in turn."""
    rng = np.random.default_rng(3)
    word = lambda: "".join(chr(97 + letter) for letter in rng.integers(0, 26, 7))  # noqa: E731  # one use
    texts = [" ".join([*(word() for _ in range(20)), TITLE, *(word() for _ in range(20))]) for _ in days]
    return learned_from(texts, publishers, 3, days)


@pytest.mark.parametrize(("days", "found"), [([1, 2, 3, 4], 2), ([1, 1, 2, 3], 2), ([1, 1, 2, 2], 0), ([1, 2, 3], 0)])
def test_six_words_in_four_articles_of_three_days_are_a_set_phrase(days: list[int], found: int) -> None:
    phrases = titled(days, ["Daily"] * len(days))
    assert len(phrases.stock_phrases) == found
    assert set(phrases.phrases[:found]) <= {"president of the chamber of great", "of the chamber of great lakes"}


def test_a_story_that_many_publishers_print_makes_no_set_phrases() -> None:
    assert not len(titled([1, 2, 3, 4], ["Daily", "Weekly", "Herald", "Times"]).stock_phrases)


def test_without_days_there_are_no_set_phrases() -> None:
    texts = [f"{TITLE} {number}" for number in range(9)]
    assert not len(learned_from(texts, ["Daily"] * 9, 3).stock_phrases)


def test_furniture_is_read_back_from_its_table() -> None:
    made = titled([1, 2, 3, 4, 5], ["Daily"] * 5)
    again = of_rows(made.table().to_pylist())
    assert again.table().equals(made.table())
    assert again.stock_phrases.tolist() == made.stock_phrases.tolist()
    assert made.names == ("", "Daily")
    assert made.codes(pa.array(["Daily", None])).tolist() == [1, -1]
