"""What grades depend on, and what they are on texts that leave no doubt."""

from __future__ import annotations

import dataclasses
import itertools
import tomllib
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.article import Article, record_batch
from dedup.credits import find, load_agencies
from dedup.grading import Match, grade, match
from dedup.grading.grades import compare
from dedup.grading.model import FEATURES, features
from dedup.kernels.annotate import STOCK_PHRASE
from dedup.kernels.columns import SHINGLE
from dedup.text.quotes import annotate
from dedup.text.tokens import tokenise

_TOKENS = ("river", "bridge", "Karachi", "12", "40", "said", "the", "of", "opened", "“", "”", ".", "we", "\n\n")
_WORDS = st.lists(st.sampled_from(_TOKENS), max_size=80)
_STORY = """The provincial cabinet on Tuesday approved a bridge over the Kabul river near Nowshera for Rs4.2 billion.
The bridge, 640 metres long, will replace a ferry that carried farmers and schoolchildren for three decades.
Work is due to begin in March and to be completed within 26 months, the communications department announced.
The contract was awarded to a consortium led by a Turkish builder after two rounds of bidding drew nine offers.
Villagers on the eastern bank have waited for a crossing since floods washed away the wooden footbridge in 2010.
Officials added that the approach roads would be widened and lit, and that a toll would be charged from lorries only.
"""
_OTHER = """Shares in the textile sector fell sharply after the exporters' council published weaker order figures.
Analysts at two brokerages lowered their forecasts, pointing to dear cotton and to slower demand from Europe.
The index closed 311 points lower in thin trading while the rupee held steady against the dollar.
Cement makers were the only gainers of the session as the government released funds for stalled housing schemes.
"""


def graded(one: str, other: str) -> Match:
    return grade(one, other)


def test_the_same_words_are_identical() -> None:
    assert graded(_STORY, _STORY.upper()).grade == "identical"


def test_a_few_words_changed_make_a_reprint() -> None:
    result = graded(_STORY, _STORY.replace("sharply", "").replace("announced", "said").replace("due", "expected"))
    assert (result.grade, result.counted) == ("reprint", True)


def test_the_first_half_is_abridged() -> None:
    result = graded(_STORY, "".join(_STORY.splitlines(keepends=True)[:3]))
    assert (result.grade, result.counted) == ("abridged", True)
    assert result.containment_b_in_a > 0.95 > result.containment_a_in_b


def test_different_stories_have_no_grade() -> None:
    result = graded(_STORY, _OTHER)
    assert (result.grade, result.counted) == (None, False)


def test_other_figures_and_names_between_the_same_words_are_a_template() -> None:
    form = (
        "Water levels in the {} reservoir stood at {} feet on {} against a dead level of {} feet. Inflow of the {}"
        " river at {} was recorded at {} cusecs and outflow at {} cusecs. The {} barrage released {} cusecs upstream"
        " and {} cusecs downstream, the irrigation department announced in its daily bulletin."
    )
    one = form.format("Tarbela", 1402, "Monday", 1386, "Indus", "Attock", 19300, 25000, "Chashma", 31000, 28500)
    other = form.format("Mangla", 1077, "Friday", 1050, "Jhelum", "Domel", 8400, 9700, "Rasul", 12100, 11800)
    result = graded(one, other)
    assert (result.grade, result.counted) == ("template", False)


def test_what_stands_in_set_phrases_is_weighed_against_all_that_is_common() -> None:
    """A formula shares its frame; a copy shares what no frame holds."""
    frame = "The king sent a cable of good wishes to the president and people of "
    texts = [frame + "Tunisia on the day of the republic.", frame + "Egypt."]
    batch = record_batch(Article(str(index), text) for index, text in enumerate(texts))
    tokens = tokenise(batch["text"])
    masks = annotate(tokens)
    rows = np.array([0], np.int32), np.array([1], np.int32)
    index = list(FEATURES).index("set_phrases")
    assert features(compare(batch, tokens, masks, *rows).shared)[0, index] == 0
    masks[tokens.starts < len(frame) - len("and people of ")] |= STOCK_PHRASE
    result, turned = (features(compare(batch, tokens, masks, *sides).shared)[0, index] for sides in (rows, rows[::-1]))
    assert result == turned
    assert result == pytest.approx(2 * 11 / (2 * 14 + 1))


def headlines(one: str | None, other: str | None) -> float:
    """The feature of that name, of two articles with these headlines."""
    batch = record_batch([Article("a", _STORY, headline=one), Article("b", _OTHER, headline=other)])
    tokens = tokenise(batch["text"])
    rows = np.array([0], np.int32), np.array([1], np.int32)
    result, turned = (
        features(compare(batch, tokens, annotate(tokens), *sides).shared)[0, list(FEATURES).index("headlines")]
        for sides in (rows, rows[::-1])
    )
    assert result == turned
    return float(result)


def test_rare_words_of_headlines_are_looked_for_in_the_other_article() -> None:
    assert headlines(None, None) == 0.5
    assert headlines("Of the and", None) == 0.5  # nothing rare in it tells nothing
    assert headlines("Xyzzyx", None) == pytest.approx((1 / 3 + 1 / 2) / 2)  # nowhere in the other article
    assert headlines("Xyzzyx", "XYZZYX!") == pytest.approx(2 / 3)  # in its headline
    assert headlines("4.2 billion", "Index falls 311 points") < 0.4 < headlines("Index at 311", None)  # in its text


def test_a_quotation_in_common_is_no_copy() -> None:
    values = "“" + _OTHER.replace("\n", " ") + "”"
    result = graded(_STORY + "\n" + values + " the speaker said.", "An envoy arrived in Oslo for talks.\n\n" + values)
    assert result.shared_quotes > 50
    assert not result.counted
    assert max(result.copy_a_in_b, result.copy_b_in_a) < 0.1


def test_the_same_facts_from_one_cited_origin_are_derived() -> None:
    one = "Amina Qureshi sold Zarghun Mills to Kestrel Holdings, according to The Express Tribune. Quetta cheered."
    other = "The Express Tribune reported that Kestrel Holdings takes over Zarghun Mills of Quetta from Amina Qureshi."
    day = datetime(2025, 3, 1, tzinfo=UTC)
    result = grade(one, other, published=(day, day))
    assert result.grade == "derived"
    assert any("Express Tribune" in reason for reason in result.reasons)
    assert grade(one, other, published=(day, day.replace(month=5))).grade != "derived"


@given(_WORDS, _WORDS)
def test_grades_do_not_depend_on_which_comes_first(one: list[str], other: list[str]) -> None:
    there, back = graded(" ".join(one), " ".join(other)), graded(" ".join(other), " ".join(one))
    turned = dataclasses.replace(
        back,
        containment_a_in_b=back.containment_b_in_a,
        containment_b_in_a=back.containment_a_in_b,
        copy_a_in_b=back.copy_b_in_a,
        copy_b_in_a=back.copy_a_in_b,
    )
    assert there == turned


@given(_WORDS, _WORDS)
def test_resemblance_is_never_above_containment(one: list[str], other: list[str]) -> None:
    result = graded(" ".join(one), " ".join(other))
    assert 0 <= result.resemblance <= min(result.containment_a_in_b, result.containment_b_in_a) + 1e-6
    assert (
        max(result.containment_a_in_b, result.containment_b_in_a, result.copy_a_in_b, result.copy_b_in_a, result.score)
        <= 1
    )


@given(st.lists(_WORDS, min_size=2, max_size=5))
def test_a_pair_is_graded_alike_among_others_and_sets_are_what_python_counts(texts: list[list[str]]) -> None:
    batch = record_batch(Article(str(index), " ".join(words)) for index, words in enumerate(texts))
    tokens = tokenise(batch["text"])
    masks = annotate(tokens)
    pairs = np.array(list(itertools.combinations(range(len(texts)), 2)), np.int32)
    compared = compare(batch, tokens, masks, pairs[:, 0].copy(), pairs[:, 1].copy())
    for index, (one, other) in enumerate(pairs.tolist()):
        alone = compare(batch, tokens, masks, *(np.array([row], np.int32) for row in (one, other)))
        assert np.array_equal(alone.shared.counts[0], compared.shared.counts[index])
        sets = [
            _shingles(tokens.hashes[tokens.offsets[row] : tokens.offsets[row + 1]].tolist()) for row in (one, other)
        ]
        assert compared.shared.common[index, 0] == len(sets[0] & sets[1])
        assert compared.shared.shingles[index, :, 0].tolist() == [len(held) for held in sets]


def test_what_is_held_for_some_pairs_does_not_reach_the_next_ones() -> None:
    # More tokens than are held at a time, in an order that asks for the same texts again and again.
    rng = np.random.default_rng(5)
    block = [" ".join(f"w{word}" for word in rng.integers(0, 900, 30)) + "." for _ in range(500)]
    texts = [" ".join(block[k] for k in rng.integers(0, 500, 300)) for _ in range(6)]
    batch = record_batch(Article(str(index), text) for index, text in enumerate(texts))
    tokens = tokenise(batch["text"])
    masks = annotate(tokens)
    pairs = rng.permutation(np.array(list(itertools.permutations(range(6), 2)), np.int32))
    result = compare(batch, tokens, masks, pairs[:, 0].copy(), pairs[:, 1].copy())
    counts = {}
    for index, (one, other) in enumerate(pairs.tolist()):
        alone = compare(batch, tokens, masks, *(np.array([row], np.int32) for row in (one, other)))
        counts[one, other] = result.shared.counts[index]
        assert np.array_equal(alone.shared.counts[0], counts[one, other])
        assert np.array_equal(alone.shared.common[0], result.shared.common[index])
        assert np.array_equal(alone.shared.shingles[0], result.shared.shingles[index])
        assert np.array_equal(alone.spans[:, 1:], result.spans[result.spans[:, 0] == index, 1:])
    assert all(np.array_equal(counts[one, other], counts[other, one][::-1]) for one, other in counts)


def _shingles(words: list[int]) -> set[tuple[int, ...]]:
    return {tuple(words[k : k + SHINGLE]) for k in range(len(words) - SHINGLE + 1)}


def test_texts_made_to_be_slow_are_graded() -> None:
    result = graded("word " * 300_000, "word " * 200_000 + "end")
    assert result.containment_a_in_b == 1


def test_seeds(data: Path) -> None:
    batch = (
        pa.Table.from_batches([part.articles for part in dedup.read([data / "seeds"])]).combine_chunks().to_batches()[0]
    )
    tokens = tokenise(batch["text"])
    pairs = np.array(list(itertools.combinations(range(5), 2)), np.int32)
    attributions = pa.Table.from_batches([find(batch, tokens, load_agencies())])
    rows = match(batch, tokens, annotate(tokens), pairs[:, 0], pairs[:, 1], attributions=attributions).to_pylist()
    grades = {(row["a_id"][:3], row["b_id"][:3]): row["grade"] for row in rows}
    assert grades["000", "003"] in ("identical", "reprint", "abridged", "rewrite")
    assert grades["001", "003"] == grades["002", "003"] == "rewrite"
    assert grades["003", "004"] == "derived"


@pytest.mark.parametrize("name", ["copy", "paraphrased", "embedded", "whole"])
def test_no_weight_says_the_opposite_of_its_feature(name: str) -> None:
    stored = tomllib.loads(resources.files("dedup.grading").joinpath("model.toml").read_text("utf-8"))
    weights = stored[name]["weights"]
    assert weights.keys() <= FEATURES.keys()
    assert all(weight * FEATURES[feature] >= 0 for feature, weight in weights.items())
