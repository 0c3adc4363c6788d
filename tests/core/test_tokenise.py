"""Bytes to tokens and shingles: the kernel against the plain definition, and what is promised of words and gaps."""

from __future__ import annotations

import re
import unicodedata

import mmh3
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels.folding import (
    GAP_AT,
    GAP_BULLET,
    GAP_COLON,
    GAP_COMMA,
    GAP_COPYRIGHT,
    GAP_DASH,
    GAP_LINE,
    GAP_PARAGRAPH,
    GAP_PAREN_CLOSE,
    GAP_PAREN_OPEN,
    GAP_QUOTE_CLOSE,
    GAP_QUOTE_OPEN,
    GAP_SENTENCE,
    GAP_SINGLE_CLOSE,
    GAP_SINGLE_OPEN,
    GAP_SLASH,
)
from dedup.kernels.tokenise import ALL_CAPITALS, CAPITAL, NUMBER
from dedup.kernels.unspaced import BIGRAM, FOURGRAM, TELLING
from dedup.text.boilerplate import shingled
from dedup.text.tokens import Tokens, tokenise
from tests import reference
from tests.core.texts import texts

PLAIN = ~(GAP_SENTENCE | GAP_QUOTE_OPEN | GAP_QUOTE_CLOSE | GAP_SINGLE_OPEN | GAP_SINGLE_CLOSE | GAP_DASH)
#: What ends lines and paragraphs in exports, whole and in pieces, among letters and what stands between words.
written_text = st.lists(
    st.sampled_from(
        [*'aBnr <>/#\\.|•,\n"漢', "###", "<br>", "<BR />", "</p>", "\\n", "\\r\\n", "¶", ". | ", " | B", " • "]
    ),
    max_size=25,
).map("".join)
MEGABYTES = {
    "one word": "a" * 1_000_000,
    "one word of two bytes a letter": "é" * 500_000,
    "letters and apostrophes": "a'" * 500_000,
    "Thai": "ก" * 333_333,
    "nothing but spaces": " " * 1_000_000,
    "nothing but ignored marks": "\u200d" * 333_333,
    "nothing but NUL": "\x00" * 1_000_000,
    "as many tokens as fit": "a " * 100_000 + "a",
}


def one(text: str) -> Tokens:
    return tokenise(pa.array([text], pa.large_string()))


def words(text: str) -> list[int]:
    return one(text).hashes.tolist()


def assert_is_reference(text: str) -> None:
    result, wanted = one(text), reference.tokens(text)
    assert result.offsets.tolist() == [0, len(wanted)]
    assert result.hashes.tolist() == [token.hashed for token in wanted]
    assert result.starts.tolist() == [token.start for token in wanted]
    assert result.ends.tolist() == [token.end for token in wanted]
    flags = [
        CAPITAL * t.capital
        | ALL_CAPITALS * t.all_capitals
        | NUMBER * t.number
        | TELLING * t.telling
        | {0: 0, 2: BIGRAM, 4: FOURGRAM}[t.gram]
        for t in wanted
    ]
    assert result.flags.tolist() == flags


@settings(max_examples=500)
@given(texts | written_text)
def test_tokens_are_those_of_the_plain_definition(text: str) -> None:
    assert_is_reference(text)


ascii_text = st.text("abcXYZ019 .,;'\"-(\n!", max_size=120)
behind = st.sampled_from(["", "a" * 40, "A" * 100, "9" * 40, " " * 40, "'" * 40, "é" * 20])


@settings(max_examples=1000)
@given(texts | ascii_text, texts | ascii_text, behind)
def test_what_stands_behind_a_text_in_its_column_changes_nothing(text: str, another: str, more: str) -> None:
    alone, first = one(text), tokenise(pa.array([text, another + more], pa.large_string()))
    count = len(alone.hashes)
    assert first.offsets[1] == count
    assert first.tails[0] == alone.tails[0]
    for name in ("hashes", "starts", "ends", "flags", "gaps"):
        assert getattr(first, name)[:count].tolist() == getattr(alone, name).tolist()


@pytest.mark.parametrize("name", MEGABYTES)
def test_a_megabyte_without_a_break_is_tokenised(name: str) -> None:
    assert_is_reference(MEGABYTES[name])


@given(st.lists(st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1), max_size=20))
def test_a_word_is_hashed_as_mmh3_hashes_its_folded_bytes(parts: list[str]) -> None:
    text = " ".join(parts)
    assert words(text) == [mmh3.hash(token.word.encode(), signed=False) for token in reference.tokens(text)]


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1))
def test_murmur3_is_that_of_mmh3_for_words_of_any_length(word: str) -> None:
    assert words(word) == [mmh3.hash(word, signed=False)]
    assert words(f"{word} {' ' * 64}") == words(word)  # many bytes at a time, where they are there to read


@settings(max_examples=300)
@given(texts, st.integers(1, 6))
def test_shingles_are_those_of_the_plain_definition(text: str, size: int) -> None:
    result, indices = shingled(one(text).hashes, one(text).offsets, size)
    wanted = [mmh3.hash(shingle, signed=False) for shingle in reference.shingles(text, size)]
    assert result.tolist() == wanted
    assert indices.tolist() == [0, len(wanted)]


@settings(max_examples=300)
@given(texts)
def test_folding_a_folded_word_changes_nothing(text: str) -> None:
    keep = [t.word for t in reference.tokens(text) if not any(reference.fold(ord(c))[0] > 4 for c in t.word)]
    assert words(" ".join(keep)) == [mmh3.hash(word, signed=False) for word in keep]


@settings(max_examples=300)
@given(texts)
def test_a_text_has_the_same_tokens_composed_and_decomposed(text: str) -> None:
    text = text.replace("\u1026", "")
    composed = unicodedata.normalize("NFC", text)
    assert words(composed) == words(unicodedata.normalize("NFD", composed))


SAME = {
    "case": ("STRAẞE Ὀδυσσεύς", "strasse ὈΔΥΣΣΕΎΣ"),
    "soft hyphens": ("co\u00adop\u00aderation", "cooperation"),
    "zero-width marks": ("wo\u200brd wo\u200cr\u200dd \u2060word\ufeff", "word word word"),
    "bidi marks": ("\u202bcaf\u200ee\u202c \u2066cafe\u2069", "cafe cafe"),
    "Latin accents": ("Čevapčići à la São Tomé, Nguyễn Ørsted", "Cevapcici a la Sao Tome, Nguyen Ørsted"),
    "decomposed accents": ("e\u0301te\u0301", "été"),
    "Cyrillic stress": ("за\u0301мок ёлка", "замок елка"),
    "Greek accents": ("Ἀθῆναι ᾳ", "αθηναι α"),
    "Hebrew points": ("שָׁלוֹם", "שלום"),
    "Arabic vowels": ("مُحَمَّدٌ قالَ", "محمد قال"),
    "Arabic tatweel": ("الـــعربية", "العربية"),
    "Arabic hamza on alef": ("أحمد إلى آخر", "احمد الى اخر"),
    "Arabic presentation forms": ("ﻣﺤﻤﺪ", "محمد"),
    "Urdu and Arabic yeh, kaf and heh": ("کیا یہ ہے", "كيا يه هے"),
    "Persian zero-width non-joiner": ("می‌خواهد", "میخواهد"),
    "typographic apostrophes": ("don’t l‘eau O`Brien rockʼn", "don't l'eau O'Brien rock'n"),
    "an apostrophe and none": ("don’t", "dont"),
    "digits of other scripts": ("٢٠٢٥ ۲۰۲۵ २०२५ ๒๐๒๕ ２０２５", "2025 2025 2025 2025 2025"),
    "thousands": ("1,000 1.000.000 1'000 ١٬٠٠٠", "1000 1000000 1000 1000"),
    "full width": ("ＡＦＰ　ＲＥＵＴＥＲＳ", "afp reuters"),
    "ligatures": ("ﬁnal oﬃce", "final office"),
    "mathematical letters": ("𝐁𝐨𝐥𝐝", "bold"),
    "half-width Kana": ("ｶﾞｽ", "ガス"),
    "Hangul letters": (unicodedata.normalize("NFD", "한국어 뉴스"), "한국어 뉴스"),
}


@pytest.mark.parametrize("name", SAME)
def test_spellings_of_the_same_words_have_the_same_tokens(name: str) -> None:
    variant, plain = SAME[name]
    assert words(variant) == words(plain)
    assert words(plain)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize("name", SAME)
def test_every_normal_form_has_the_same_tokens(name: str, form: str) -> None:
    for text in SAME[name]:
        assert words(unicodedata.normalize(form, text)) == words(text)


DIFFERENT = {
    "a point between letters": ("dawn.com", ["dawn", "com"]),
    "a point between a digit and a letter": ("5.km", ["5", "km"]),
    "a sentence without a space": ("end.Then", ["end", "Then"]),
    "a date": ("2025-01-31", ["2025", "01", "31"]),
    "two points between digits": ("1..2", ["1", "2"]),
    "a comma at the end of a number": ("in 2025, 3", ["in", "2025", "3"]),
    "a hyphen": ("well-known", ["well", "known"]),
    "quotation marks": ("'word' ''word''", ["word", "word"]),
    "a symbol": ("10% €5 Foo™ bar", ["10", "5", "Foo", "bar"]),
    "an emoji": ("yes👍🏽no", ["yes", "no"]),
    "NUL and unassigned code points": ("a\x00b\u0378c\ue000d", ["a", "b", "c", "d"]),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_parts_words(name: str) -> None:
    text, parts = DIFFERENT[name]
    assert words(text) == words(" ".join(parts))
    assert len(words(text)) == len(parts)


UNSPACED = {
    "Han": ("新华社北京", 2),
    "Hiragana with voicing marks": ("ひらがなだけ", 2),
    "Katakana with a long vowel": ("ニュース", 2),
    "Han and Kana together": ("東京で会議", 2),
    "Thai with sara am": ("ทำงานน้ำ", 4),
    "Lao": ("ປະເທດລາວ", 4),
    "Khmer": ("កម្ពុជា", 4),
    "Myanmar": ("မြန်မာဦး", 4),
}


@pytest.mark.parametrize("name", UNSPACED)
def test_scripts_without_spaces_are_read_in_n_grams_of_characters(name: str) -> None:
    text, size = UNSPACED[name]
    folded = [chr(code) for c in text if reference.fold(ord(c))[0] != 3 for code in reference.fold(ord(c))[1]]
    grams = ["".join(folded[index : index + size]) for index in range(len(folded))]
    assert words(text) == [mmh3.hash(gram, signed=False) for gram in grams]


def test_a_run_of_one_script_ends_where_another_begins() -> None:
    assert words("AFP通信3日ไทย") == [*words("AFP"), *words("通信"), *words("3"), *words("日"), *words("ไทย")]


def test_the_flags_of_words() -> None:
    flags = dict(zip(range(9), one("The US said G20 3M 3 Éclair ÉÀ x").flags.tolist(), strict=True))
    both = CAPITAL | ALL_CAPITALS
    assert list(flags.values()) == [CAPITAL, both, 0, CAPITAL, NUMBER, NUMBER, CAPITAL, both, 0]


TELLS = {
    "Han": ("渡轮搁浅", [BIGRAM | TELLING] * 3 + [BIGRAM]),
    "Chinese grammar": ("在其", [BIGRAM, BIGRAM]),
    "hiragana": ("されて", [BIGRAM] * 3),
    "a word and its ending": ("船が", [BIGRAM | TELLING, BIGRAM]),
    "Katakana": ("フェリ", [BIGRAM | TELLING, BIGRAM | TELLING, BIGRAM]),
    "numerals": ("二十人", [BIGRAM | TELLING | NUMBER, BIGRAM | TELLING, BIGRAM]),
    "one, in many a word": ("一", [BIGRAM]),
    "Thai": ("เรือ", [FOURGRAM | TELLING] * 3 + [FOURGRAM]),
}


@pytest.mark.parametrize("name", TELLS)
def test_what_characters_of_scripts_without_spaces_tell(name: str) -> None:
    text, flags = TELLS[name]
    assert one(text).flags.tolist() == flags


# --- what stands between tokens


def gap(text: str, index: int = 1) -> int:
    """The bits before a text's token number ``index``, counted from 0; behind the last token they are the tail."""
    result = one(text)
    return int(result.gaps[index]) if index < len(result.gaps) else int(result.tails[0])


@settings(max_examples=500)
@given(texts | written_text)
def test_the_bits_that_hang_on_characters_alone(text: str) -> None:
    result, raw = one(text), text.encode()
    edges = [
        0,
        *(edge for span in zip(result.starts.tolist(), result.ends.tolist(), strict=True) for edge in span),
        len(raw),
    ]
    between = [raw[begin:end].decode() for begin, end in zip(edges[::2], edges[1::2], strict=True)]
    parted = reference.is_parted(text)
    wanted = [reference.plain_gap(piece, parted) for piece in between]
    wanted[0] |= GAP_PARAGRAPH
    assert [bits & PLAIN for bits in [*result.gaps.tolist(), *result.tails.tolist()]] == wanted


def test_a_text_begins_with_a_sentence_and_a_paragraph() -> None:
    assert gap("Word", 0) == GAP_SENTENCE | GAP_PARAGRAPH
    assert gap("", 0) == GAP_SENTENCE | GAP_PARAGRAPH


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("a b", 0),
        ("a-b", 0),
        ("a - b", GAP_DASH),
        ("a -b", GAP_DASH),
        ("a--b", GAP_DASH),
        ("a—b", GAP_DASH),
        ("a, b", GAP_COMMA),
        ("ا، ب", GAP_COMMA),
        ("a: b", GAP_COLON),
        ("a/b", GAP_SLASH),
        ("a (b", GAP_PAREN_OPEN),
        ("a) b", GAP_PAREN_CLOSE),
        ("a @b", GAP_AT),
        ("a • b", GAP_BULLET),
        ("a © b", GAP_COPYRIGHT),
        ("a\nb", GAP_LINE),
        ("a\r\nb", GAP_LINE),
        ("a\n\nb", GAP_LINE | GAP_PARAGRAPH | GAP_SENTENCE),
        ("a\r\n \r\nb", GAP_LINE | GAP_PARAGRAPH | GAP_SENTENCE),
        ("a\n    b", GAP_LINE | GAP_PARAGRAPH | GAP_SENTENCE),
        ("a.\nb", GAP_LINE | GAP_PARAGRAPH | GAP_SENTENCE),
        ("a,\nb", GAP_LINE | GAP_COMMA),
        ("a ### b", GAP_LINE | GAP_PARAGRAPH | GAP_SENTENCE),
        ("a ## b", 0),
        ("a ¶ b", GAP_LINE | GAP_PARAGRAPH | GAP_SENTENCE),
        ("a<br>b", GAP_LINE),
        ("a.<BR/>b", GAP_LINE | GAP_PARAGRAPH | GAP_SENTENCE),
        ("a<br /><br />b", GAP_LINE | GAP_PARAGRAPH | GAP_SENTENCE),
        ("a</p><p>b", GAP_LINE | GAP_PARAGRAPH | GAP_SENTENCE),
        ("a < b", 0),
        (r"a\nB", GAP_LINE),
        (r"a.\nb", GAP_LINE | GAP_PARAGRAPH | GAP_SENTENCE),
        (r"a\r\n\r\nB", GAP_LINE | GAP_PARAGRAPH | GAP_SENTENCE),
        (r"a\nb", 0),
        ("a. | B", GAP_LINE | GAP_PARAGRAPH | GAP_SENTENCE),
        ("a | b", 0),
        ("a • b", GAP_BULLET),
        ("a. • B", GAP_LINE | GAP_PARAGRAPH | GAP_SENTENCE | GAP_BULLET),
    ],
)
def test_the_bits_of_a_gap(text: str, bits: int) -> None:
    assert gap(text) == bits


PARAGRAPHS = ("Der Rat tagte", "By Reuters", "It rained.", "« Non », dit-il.", "الجو حار.", "会议结束。", "ہوا۔ ہوا۔")


@pytest.mark.parametrize("mark", [" ### ", "¶", "<br><br>", "<p>", r"\n\n", r"\r\n\r\n", " | ", " • "])
def test_marks_of_exports_end_paragraphs_and_leave_words_and_sentences_as_empty_lines_do(mark: str) -> None:
    read, wanted = one(mark.join(PARAGRAPHS)), one("\n\n".join(PARAGRAPHS))
    assert read.hashes.tolist() == wanted.hashes.tolist()
    assert [gap & ~GAP_BULLET for gap in read.gaps.tolist()] == wanted.gaps.tolist()


def test_bars_and_bullets_in_lists_and_in_texts_with_lines_end_none() -> None:
    for text in ("One | Two | Three. | Four", "First • second • third", "He went. | Photo: Doe\n\nIt ended. | B"):
        result = one(text)
        starts = result.starts.tolist()
        after = [starts.index(len(text[: word.start(1)].encode())) for word in re.finditer("[|•] (\\w+)", text)]
        assert after and not any(result.gaps[token] & GAP_LINE for token in after)


def test_hard_wrapped_lines_are_one_paragraph_and_indented_ones_begin_another() -> None:
    text = (
        "    The company said on\nMonday that it would\nsell its unit.\n    Shares fell.\n    Analysts\nwere surprised."
    )
    begins = [index for index in range(16) if gap(text, index) & GAP_PARAGRAPH]
    assert begins == [0, 11, 13]


SENTENCES = {
    "English": ("The vote was lost. Nobody resigned! Why? They stayed.", [4, 6, 7]),
    "tokenised": ("A winning streak . It ended", [3]),
    "a lower-case letter follows": ("He paid approx. ten dollars", []),
    "a title": ("When Mr. Smith met Gen. Lee", []),
    "initials": ("The U.S. Senate", []),
    "a figure": ("It grew 3.5 percent. By 2.1 before", [4]),
    "a quotation follows": ('It was over. "we lost', [3]),
    "a quotation ends": ('"It was over." he said', [3]),
    "a figure begins": ("It was over. 12 left", [3]),
    "an ellipsis": ("They waited… Nobody came", [2]),
    "German": ("Das Spiel ist aus. Österreich verlor.", [4]),
    "Russian": ("Игра окончена. Россия проиграла.", [2]),
    "Urdu": ("کھیل ختم ہوا۔ پاکستان ہار گیا۔", [3]),
    "Arabic": ("انتهت المباراة. هل خسر الفريق؟ نعم خسر", [2, 5]),
    "Hindi": ("खेल खत्म हुआ। भारत हार गया।", [3]),
    "Korean": ("경기는 끝났다. 한국이 졌다.", [2]),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_where_sentences_begin(name: str) -> None:
    text, begins = SENTENCES[name]
    result = one(text)
    assert np.flatnonzero(result.gaps & GAP_SENTENCE).tolist() == [0, *begins]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("เรือเกยตื้น ลูกเรือปลอดภัย", 2),
        ("ເຮືອຕິດ ລູກເຮືອປອດໄພ", 2),
        ("ผู้โดยสาร 214 คน", 1),  # a space beside a figure
        ("เรือ\u200bเกยตื้น", 1),  # a place to break a line
        ("ទូកកឿង នាវិកសុវត្ថិភាព", 1),  # Khmer has a full stop
    ],
)
def test_clauses_of_thai_and_lao_end_at_a_space(text: str, clauses: int) -> None:
    assert np.count_nonzero(one(text).gaps & GAP_SENTENCE) == clauses


@pytest.mark.parametrize("stop", ["។", "။", "።", "։", "।"])
def test_full_stops_of_other_scripts_end_sentences(stop: str) -> None:
    assert np.flatnonzero(one(f"ទូក{stop} ទូក").gaps & GAP_SENTENCE).tolist() == [0, 3]


def test_chinese_sentences_end_at_the_ideographic_stop() -> None:
    assert np.flatnonzero(one("会议结束。他们离开了。").gaps & GAP_SENTENCE).tolist() == [0, 4]


@pytest.mark.parametrize(("text", "ends"), [("It ended.", True), ("It ended", False), ("ہوا۔", True), ("結束。", True)])
def test_the_tail_says_whether_the_last_sentence_was_ended(text: str, ends: bool) -> None:
    assert bool(one(text).tails[0] & GAP_SENTENCE) is ends


OPEN, CLOSE = GAP_QUOTE_OPEN, GAP_QUOTE_CLOSE
QUOTATIONS = {  # text, and the tokens before which a double quotation opens and closes
    "typewriter": ('He said "we won" today', [2], [4]),
    "typewriter at the ends": ('"We won," he said. "We did"', [0, 4], [2, 6]),
    "English": ("He said “we won” today", [2], [4]),
    "behind a comma": ("“We won,” he said", [0], [2]),
    "single marks doubled": ("He said ''we won'' today", [2], [4]),
    "as typesetters write": ("He said ``we won'' today", [2], [4]),
    "tokenised": ("He said “ we won ” today", [2], [4]),
    "tokenised as in treebanks": ("He said `` we won '' today", [2], [4]),
    "German": ("Er sagte: „Wir haben gewonnen“, und ging", [2], [5]),
    "German with guillemets": ("Er sagte: »Wir haben gewonnen«, und ging", [2], [5]),
    "French": ("Il a dit : « Nous avons gagné », puis", [3], [6]),
    "French with no-break spaces": ("Il a dit\u00a0: «\u00a0Nous avons gagné\u00a0», puis", [3], [6]),
    "Spanish": ("Dijo: «Hemos ganado» y salió", [1], [3]),
    "Swedish": ("Han sade: ”Vi vann” i dag", [2], [4]),
    "Urdu": ("اس نے کہا ’’ہم جیت گئے‘‘ پھر", [3], [6]),
    "Urdu the other way round": ("اس نے کہا ‘‘ہم جیت گئے’’ پھر", [3], [6]),
    "Arabic": ("وقال: «لقد فزنا» اليوم", [1], [3]),
    "Hindi": ('उसने कहा, "हम जीत गए।" फिर', [2], [5]),
    "Chinese": ("他说：“赢了。”走", [2], [4]),
    "Japanese": ("彼は「勝った」と", [2], [5]),
    "a bracketed word first": ('He said "[we] won" today', [2], [4]),
    "a sum of money first": ('He said "$5 million" today', [2], [4]),
    "a quotation in a quotation first": ("He said \"'we won' is\" odd", [2], [5]),
    "in brackets": ('They ("we") won', [1], [2]),
    "behind a dash": ('They won —"we"— today', [2], [3]),
    "an apostrophe is none": ("The players' dogs' owner don't", [], []),
}


@pytest.mark.parametrize("name", QUOTATIONS)
def test_where_quotations_open_and_close(name: str) -> None:
    text, opens, closes = QUOTATIONS[name]
    result = one(text)
    bits = np.r_[result.gaps, result.tails]
    assert np.flatnonzero(bits & OPEN).tolist() == opens
    assert np.flatnonzero(bits & CLOSE).tolist() == closes


SINGLE = {
    "typewriter": ("He said 'we won' today", [2], [4]),
    "English": ("He said ‘we won’ today", [2], [4]),
    "German": ("Er sagte ‚ja‘ dazu", [2], [3]),
    "Swiss": ("Er sagte ‹ja› dazu", [2], [3]),
    "a possessive": ("The players' dogs", [], [2]),
    "inside a word": ("They don't", [], []),
}


@pytest.mark.parametrize("name", SINGLE)
def test_where_single_quotations_open_and_close(name: str) -> None:
    text, opens, closes = SINGLE[name]
    result = one(text)
    bits = np.r_[result.gaps, result.tails]
    assert np.flatnonzero(bits & GAP_SINGLE_OPEN).tolist() == opens
    assert np.flatnonzero(bits & GAP_SINGLE_CLOSE).tolist() == closes
