"""What is quoted and what is personal."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.text.quotes import PERSONAL, QUOTED, annotate
from dedup.text.tokens import tokenise


def marked(text: str, bit: int) -> str:
    """The words of a text that carry the bit."""
    tokens = tokenise(pa.array([text]))
    masks = annotate(tokens)
    data = text.encode()
    indices = zip(tokens.starts, tokens.ends, masks, strict=True)
    return " ".join(data[start:end].decode() for start, end, mask in indices if mask & bit)


@pytest.mark.parametrize(
    "text",
    [
        'He wrote: "quoted words here," then left.',
        "He wrote: “quoted words here,” then left.",
        "Er schrieb: „quoted words here“, dann ging er.",
        "Er schrieb: »quoted words here«, dann ging er.",
        "Il écrit : « quoted words here », puis part.",
        "Escribió: «quoted words here», y se fue.",
        "He wrote: ‘quoted words here’ then left.",
        "He wrote: ``quoted words here'' then left.",
    ],
)
def test_what_stands_in_marks_is_quoted(text: str) -> None:
    assert marked(text, QUOTED) == "quoted words here"


def test_quotation_in_scripts_from_right_to_left() -> None:
    assert marked("وقال الوزير: “نعمل من أجل السلام” ثم غادر.", QUOTED) == "نعمل من أجل السلام"
    assert marked("وزیر نے کہا کہ ”امن ضروری ہے“ اور چلے گئے۔", QUOTED) == "امن ضروری ہے"


def test_quotation_without_its_closing_mark_ends_with_the_paragraph() -> None:
    assert marked("He left. “One two three.\n\nFour five six.", QUOTED) == "One two three"


def test_quotation_over_paragraphs_that_each_open_it() -> None:
    assert marked("“One two.\n\n“Three four,” he went on.", QUOTED) == "One two Three four"


def test_quotation_over_paragraphs_that_is_only_closed() -> None:
    assert marked("“One two.\n\nThree four,” he went on.", QUOTED) == "One two Three four"


def test_an_apostrophe_opens_nothing() -> None:
    assert not marked("The workers' rights and the '90s were discussed. It's all.", QUOTED)


def test_sentences_in_the_first_and_second_person() -> None:
    assert marked("They came. We are pleased with it. They left.", PERSONAL) == "We are pleased with it"
    assert marked("Sie kamen. Das freut uns sehr. Sie gingen.", PERSONAL) == "Das freut uns sehr"


def test_a_country_is_no_pronoun_and_a_quoted_pronoun_marks_only_the_quotation() -> None:
    assert not marked("Troops of the US came. “We won,” he said.", PERSONAL)


@given(st.lists(st.text(alphabet="ab \"'“”«».\n", max_size=60), max_size=4))
def test_a_text_is_marked_alike_whatever_stands_beside_it(texts: list[str]) -> None:
    together = tokenise(pa.array(texts, pa.large_string()))
    masks = annotate(together)
    alone = [annotate(tokenise(pa.array([text]))) for text in texts]
    assert np.array_equal(masks, np.concatenate([*alone, np.empty(0, np.uint8)]))


def test_a_post_ends_with_its_signature_and_begins_with_its_paragraph() -> None:
    text = "He replied.\n\nNo deal today! Sad. — Jane Doe (@janedoe) May 9, 2018\n\nThe talks went on."
    assert marked(text, QUOTED) == "No deal today Sad Jane Doe janedoe May 9 2018"


def test_a_sentence_with_an_account_name_is_personal() -> None:
    assert marked("They met. Thanks to @example for the help. They left.", PERSONAL) == "Thanks to example for the help"
