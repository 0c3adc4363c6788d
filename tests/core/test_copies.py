"""The copy that the witnesses of a story have in common: its sentences in order, who carries them, in what words."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.article import Article, record_batch
from dedup.grading import compare
from dedup.grading.passages import located
from dedup.kernels.pieces import cut_runs
from dedup.stories.copies import reconstruct, with_shares
from dedup.stories.copies.edits import edits, listed
from dedup.stories.copies.order import merged
from dedup.stories.copies.sentences import span
from dedup.tables import CLUSTERS, COPIES
from dedup.text import quotes
from dedup.text.tokens import tokenise

LEAD = "The council of Ormskerry voted on Tuesday to close the northern ferry after eleven years of losses."
COST = "Running the two boats cost the town 4.6 million crowns last year, its treasurer said."
SPEECH = "“We kept her afloat for as long as anybody would lend us the money,” mayor Idris Vane told reporters."
PILOTS = "The pilots’ union, which had offered to work without pay until the spring, called the vote a disgrace."
BRIDGE = "A bridge to the northern shore has been promised by four governments and begun by none of them."
CHANGED = COST.replace("two boats", "three old boats")
OWN = "Our reader Maud Pell, who is 91, has crossed on the first boat every morning since she was a girl at school."
STORY = {
    "ap": [LEAD, COST, SPEECH, PILOTS, BRIDGE],
    "cut": [LEAD, COST, SPEECH],
    "edited": [LEAD, CHANGED, SPEECH, PILOTS, BRIDGE],
    "own": [LEAD, COST, OWN, SPEECH, PILOTS],
}


def made(
    stories: Mapping[str, Sequence[str]],
    texts: Mapping[str, str | None],
    threads: Executor,
    origin: str = "ap",
    boilerplate: Sequence[str] = (),
    seed: int = 0,
) -> tuple[list[dict[str, Any]], dict[tuple[str, str], dict[str, Any]]]:
    """Rows of COPIES and, by cluster and article, of CLUSTERS, for stories (cluster: witnesses) with these texts.

    ``boilerplate``: phrases that are furniture. The pairs are given in an order that ``seed`` shuffles.
    """
    names = sorted(texts)
    batch = record_batch([Article(name, texts[name] or "") for name in names])
    pairs = list(itertools.combinations(range(len(names)), 2))
    random.Random(seed).shuffle(pairs)
    left, right = (np.array(side, np.int32) for side in zip(*pairs, strict=True))
    tokens = tokenise(batch["text"])
    masks = quotes.annotate(tokens)
    for phrase in boilerplate:
        words = tokenise(pa.array([phrase])).hashes
        for index in range(len(tokens.hashes) - len(words) + 1):
            if (tokens.hashes[index : index + len(words)] == words).all():
                masks[index : index + len(words)] |= quotes.BOILERPLATE
    passages = located(batch["text"], tokens, left, right, compare(batch, tokens, masks, left, right).spans)
    rows = [
        dict.fromkeys(CLUSTERS.schema.names)
        | {
            "cluster_id": cluster,
            "article_id": name,
            "role": "origin" if name == origin else "witness",
            "cluster_size": len(members),
            "publisher_count": 1,
            "independent_origins": 1,
        }
        for cluster, members in sorted(stories.items())
        for name in sorted(members)
    ]
    table = pa.Table.from_pylist(rows, CLUSTERS.schema)
    column = pa.array([texts[name] for name in names], pa.large_string())
    indices = np.array([names.index(name) for name in table["article_id"].to_pylist()], np.int64)
    result = reconstruct(table, indices, lambda wanted: column.take(pa.array(wanted)), left, right, passages, threads)
    assert result.rows.schema.equals(COPIES.schema)
    result.rows.validate(full=True)
    for row in result.rows.to_pylist():
        assert row["sentence"] == (texts[row["article_id"]] or "")[row["start"] : row["end"]]
    shared = with_shares(table, result).to_pylist()
    return result.rows.to_pylist(), {(row["cluster_id"], row["article_id"]): row for row in shared}


def told(texts: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {name: " ".join(sentences) for name, sentences in texts.items()}


def test_the_copy_is_what_two_witnesses_carry_with_who_cut_and_who_changed_what(threads: Executor) -> None:
    rows, witnesses = made({"c": list(STORY)}, told(STORY), threads)
    assert [row["sentence"] for row in rows] == STORY["ap"]
    assert [row["position"] for row in rows] == [0, 1, 2, 3, 4]
    assert [row["witnesses"] for row in rows] == [4, 4, 4, 3, 2]
    assert [row["same_wording"] for row in rows] == [4, 3, 4, 3, 2]
    assert {row["article_id"] for row in rows} == {"ap"}
    assert rows[3]["article_ids"] == ["ap", "edited", "own"]
    assert [row["reworded_ids"] for row in rows] == [[], ["edited"], [], [], []]
    shares = {name: (row["copy_share"], row["text_share"]) for (_, name), row in witnesses.items()}
    count = {name: len(tokenise(pa.array([text])).hashes) for name, text in told(STORY).items()}
    assert shares["ap"] == (1, 1)
    assert shares["edited"] == (1, 1)
    assert shares["cut"] == (pytest.approx(count["cut"] / count["ap"]), 1)
    own = count["own"] - len(tokenise(pa.array([OWN])).hashes)
    assert shares["own"] == (pytest.approx(own / count["ap"]), pytest.approx(own / count["own"]))


def test_the_wording_is_that_of_most_and_of_two_alike_the_origins(threads: Executor) -> None:
    maximum = {**STORY, "ap": [LEAD, CHANGED, SPEECH, PILOTS, BRIDGE], "own": [LEAD, CHANGED, OWN]}
    rows, _ = made({"c": list(maximum)}, told(maximum), threads)
    assert (rows[1]["sentence"], rows[1]["same_wording"], rows[1]["reworded_ids"]) == (CHANGED, 3, ["cut"])
    rows, _ = made({"c": ["cut", "edited"]}, told(STORY), threads, origin="edited")
    assert (rows[1]["sentence"], rows[1]["article_id"]) == (CHANGED, "edited")
    rows, _ = made({"c": ["cut", "edited"]}, told(STORY), threads)
    assert (rows[1]["sentence"], rows[1]["article_id"]) == (COST, "cut")


def test_what_the_fullest_witness_lacks_follows_what_goes_before_it_elsewhere(threads: Executor) -> None:
    texts = {"ap": [LEAD, SPEECH, PILOTS, BRIDGE], "b": [COST, LEAD, PILOTS, OWN], "c": [COST, LEAD, OWN]}
    rows, _ = made({"c": list(texts)}, told(texts), threads)
    assert [row["sentence"] for row in rows] == [COST, LEAD, PILOTS, OWN]
    texts = {"ap": [LEAD, PILOTS, BRIDGE, COST], "b": [LEAD, OWN, PILOTS, BRIDGE], "c": [LEAD, OWN, COST]}
    rows, _ = made({"c": list(texts)}, told(texts), threads)
    assert [row["sentence"] for row in rows] == [LEAD, OWN, PILOTS, BRIDGE, COST]


@pytest.mark.parametrize(
    ("sequences", "order"),
    [
        ([[0, 1, 2]], [0, 1, 2]),
        ([[0, 2], [0, 1, 2]], [0, 1, 2]),
        ([[1, 2], [0, 2]], [1, 0, 2]),
        ([[0, 1], [2, 3]], [0, 1, 2, 3]),
        ([[0, 1], [3, 2, 1, 0]], [0, 3, 2, 1]),
        ([], []),
    ],
)
def test_sequences_are_merged(sequences: list[list[int]], order: list[int]) -> None:
    assert merged(sequences, len(order)) == order


def test_an_article_in_two_stories_carries_a_part_of_each(threads: Executor) -> None:
    other = ["A kiln in Pargeter Street burned down on Monday night without hurting any of its nine potters."]
    other += ["The fire brigade had to cut through two walls before it reached the flames, its captain said."]
    texts = {**STORY, "kiln": other, "round-up": [*other, LEAD, COST]}
    rows, witnesses = made({"c": [*STORY, "round-up"], "k": ["kiln", "round-up"]}, told(texts), threads)
    copy = {cluster: [row for row in rows if row["cluster_id"] == cluster] for cluster in "ck"}
    assert [row["sentence"] for row in copy["c"]] == STORY["ap"]
    assert [row["witnesses"] for row in copy["c"]] == [5, 5, 4, 3, 2]
    assert [row["sentence"] for row in copy["k"]] == other
    shares = [witnesses[cluster, "round-up"]["text_share"] for cluster in "ck"]
    assert sum(shares) == pytest.approx(1)
    assert witnesses["k", "round-up"]["copy_share"] == 1
    assert witnesses["c", "round-up"]["copy_share"] < 0.5


def test_witnesses_of_one_text_count_each(threads: Executor) -> None:
    texts = {**told(STORY), "twin": told(STORY)["cut"], "zwin": told(STORY)["cut"]}
    rows, witnesses = made({"c": list(texts)}, texts, threads)
    assert [row["witnesses"] for row in rows] == [6, 6, 6, 3, 2]
    assert rows[0]["article_ids"] == sorted(texts)
    assert witnesses["c", "twin"]["copy_share"] == witnesses["c", "cut"]["copy_share"]
    rows, _ = made({"c": ["twin", "zwin"]}, texts, threads)
    assert [(row["sentence"], row["same_wording"]) for row in rows] == [(each, 2) for each in STORY["cut"]]


def test_furniture_is_no_copy(threads: Executor) -> None:
    box = "Sign up here for our newsletter and never again miss a story from the harbour."
    texts = {name: f"{text}\n\n{box}" for name, text in told(STORY).items()}
    rows, witnesses = made({"c": list(texts)}, texts, threads)
    assert rows[-1]["sentence"] == box
    rows, witnesses = made({"c": list(texts)}, texts, threads, boilerplate=[box])
    assert [row["sentence"] for row in rows] == STORY["ap"]
    assert witnesses["c", "ap"]["text_share"] < 1


def test_retellings_have_no_copy_and_unknown_texts_no_shares(threads: Executor) -> None:
    texts: dict[str, str | None] = {"ap": LEAD, "retold": OWN, "gone": None}
    rows, witnesses = made({"c": list(texts)}, texts, threads)
    assert rows == []
    shares = {name: (row["copy_share"], row["text_share"]) for (_, name), row in witnesses.items()}
    assert shares == {"ap": (None, 0), "retold": (None, 0), "gone": (None, None)}
    rows, _ = made({}, {"ap": LEAD, "b": LEAD}, threads)
    assert rows == []


def test_the_order_of_pairs_and_the_names_of_other_stories_change_nothing(threads: Executor) -> None:
    first = made({"c": list(STORY)}, told(STORY), threads)
    for seed in range(1, 6):
        assert made({"c": list(STORY)}, told(STORY), threads, seed=seed) == first
    rows, _ = made({"a": ["x", "y"], "c": list(STORY)}, {**told(STORY), "x": OWN, "y": OWN}, threads)
    assert [row for row in rows if row["cluster_id"] == "c"] == first[0]


CHINESE = [
    "海事局周二表示，一艘载有四十六人的铺缆船在索雷尔群岛以西失去动力。",
    "船员在一小时内扑灭了大火，但两台推进器全部损毁，船只在五米高的浪中无法保持航向。",
    "“她现在是一艘被昂贵的绳子拴住的船，”指挥官对记者说。",
    "拖船当天上午九点离开港口，预计傍晚抵达。",
]
ARABIC = [
    "أعلنت بلدية مرسى الزعفران يوم الثلاثاء أن فريقا من الغواصين انتشل جرسا برونزيا من سفينة غرقت قبل مئة عام.",
    "وأضافت رئيسة البعثة أن الجرس كان مدفونا تحت طبقة من الرمل على عمق ستة وعشرين مترا.",
    "هل سيعرض الجرس في متحف الميناء القديم الذي تعتزم البلدية افتتاحه في الربيع المقبل؟",
    "وقال مدير المتحف «سيقرع الجرس مرة واحدة يوم الافتتاح ثم نتركه يستريح».",
]


@pytest.mark.parametrize(
    ("copy", "space", "old", "new"), [(CHINESE, "", "五米", "七米"), (ARABIC, " ", "ستة وعشرين", "سبعة وعشرين")]
)
def test_other_scripts(threads: Executor, copy: list[str], space: str, old: str, new: str) -> None:
    texts = {
        "ap": space.join(copy),
        "cut": space.join(copy[:2]),
        "edited": space.join(copy).replace(old, new),
    }
    rows, witnesses = made({"c": list(texts)}, texts, threads)
    assert [row["sentence"] for row in rows] == copy
    assert [row["witnesses"] for row in rows] == [3, 3, 2, 2]
    assert [row["reworded_ids"] for row in rows] == [[], ["edited"], [], []]
    assert witnesses["c", "edited"]["copy_share"] == 1
    assert 0.3 < witnesses["c", "cut"]["copy_share"] < 0.8


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("“It is so,” he said. “Really?” “Yes!”", ["“It is so,” he said.", "“Really?”", "“Yes!”"]),
        ('He left. "Why (so)?" It rose 5%.\n\n$3 a day…', ["He left.", '"Why (so)?"', "It rose 5%.", "$3 a day…"]),
        ("Er sagte: „Nein.“ Sie ging.", ["Er sagte: „Nein.“", "Sie ging."]),
        ("他走了。「好。」她说。", ["他走了。", "「好。」", "她说。"]),
        ("One thing. ### Another thing. • A third", ["One thing.", "Another thing.", "A third"]),
    ],
)
def test_a_sentence_is_shown_with_its_punctuation(threads: Executor, text: str, sentences: list[str]) -> None:
    rows, _ = made({"c": ["ap", "b"]}, {"ap": text, "b": text}, threads)
    assert [row["sentence"] for row in rows] == sentences


def test_sentences_do_not_overlap() -> None:
    text = 'one."two'
    assert span(text, 0, 0, 3, 5)[1] <= span(text, 3, 5, 8, len(text))[0]


def test_edits_are_what_a_witness_lacks_and_rewords(threads: Executor) -> None:
    rows, _ = made({"c": list(STORY)}, told(STORY), threads)
    assert edits(rows, STORY) == {"ap": ([], []), "cut": ([4, 5], []), "edited": ([], [2]), "own": ([5], [])}
    assert listed([1, 2, 3, 5, 8, 9]) == "1-3, 5, 8-9"
    assert listed([]) == ""


@given(
    st.sets(st.integers(1, 40), max_size=12),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 12)), max_size=6),
)
def test_runs_are_cut_where_a_sentence_begins_in_either_text(
    begins: set[int], runs: list[tuple[int, int, int]]
) -> None:
    first = np.array([0, *sorted(begins)])
    sentence_of = np.repeat(np.arange(len(first)), np.diff(np.r_[first, 60]))
    expected = []
    for here, there, length in runs:
        pairs = [(int(sentence_of[here + k]), int(sentence_of[there + k])) for k in range(length)]
        expected += [(*pair, len(list(tokens))) for pair, tokens in itertools.groupby(pairs)]
    columns = np.array(runs, np.int64).reshape(-1, 3).T.copy()
    out = np.empty((3, len(expected)), np.int64)
    assert cut_runs(first, *columns, *out) == len(expected)
    assert [tuple(piece) for piece in out.T.tolist()] == expected
