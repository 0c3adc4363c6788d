"""The arithmetic of scoring labelled pairs, on outcomes that can be counted by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from dedup.arrays import NO_DAY
from dedup.errors import BadDataError, NoInputError
from dedup.settings import Settings
from jobs.evaluate import PREDICTIONS, Outcome, outcomes, predicted, report, scores
from jobs.labels import LABELS, Pair, read_pairs
from tests.processes import wirecopy


def outcome(label: str, values: str, *, candidate: bool = True, inside: bool = True) -> Outcome:
    return Outcome(Pair("a", "b", label, ""), values, candidate, inside)


def match(grade: str, full: float = 0.4, *, counted: bool = True, score: float = 0.5) -> dict[str, Any]:
    return {"grade": grade, "counted": counted, "score": score, "whole": full}


def test_the_scores_are_those_counted_by_hand() -> None:
    results = [
        outcome("WD", "WD"),
        outcome("WD", "PD"),
        outcome("PD", "PD"),
        outcome("PD", "derived"),
        outcome("PD", "rest", candidate=False),
        outcome("WD", "rest", candidate=False, inside=False),
        outcome("SE", "PD"),
        outcome("SE", "derived"),
        outcome("TP", "rest"),
        outcome("UN", "rest"),
    ]
    result = scores(results)
    assert result["pairs"] == 10
    assert result["copies"] == 6
    assert result["precision"] == pytest.approx(3 / 4)
    assert result["recall"] == pytest.approx(3 / 6)
    assert result["f1"] == pytest.approx(2 * 3 / (4 + 6))
    assert result["macro_f1"] == pytest.approx((2 / (3 + 1) + 2 / (3 + 3) + 6 / (4 + 6)) / 3, abs=1e-4)
    assert result["confusion"]["PD"] == {"WD": 0, "PD": 1, "derived": 1, "rest": 1}
    assert result["copies_outside_window"] == 1
    assert result["copies_that_were_candidates"] == 4
    assert result["candidate_recall"] == pytest.approx(4 / 5)


def test_nothing_scores_nothing() -> None:
    result = scores([])
    assert [result[name] for name in ("precision", "recall", "f1", "macro_f1", "candidate_recall")] == [None] * 5


@given(st.lists(st.builds(outcome, st.sampled_from(LABELS), st.sampled_from(PREDICTIONS))))
def test_the_confusion_counts_every_pair_once_and_the_shares_follow_from_it(found: list[Outcome]) -> None:
    result = scores(found)
    counts = result["confusion"]
    assert sum(sum(row.values()) for row in counts.values()) == len(found)
    right = sum(counts[label][values] for label in ("WD", "PD") for values in ("WD", "PD"))
    values = sum(counts[label][values] for label in LABELS for values in ("WD", "PD"))
    assert result["precision"] == (round(right / values, 4) if values else None)


@given(st.lists(st.sampled_from(LABELS), min_size=1))
def test_who_is_always_right_scores_one(labels: list[str]) -> None:
    result = scores([outcome(label, label if label in ("WD", "PD") else "rest") for label in labels])
    assert result["macro_f1"] == 1
    assert result["f1"] == (1 if result["copies"] else None)


@pytest.mark.parametrize(
    ("row", "prediction"),
    [
        (None, "rest"),
        (match("identical"), "WD"),
        (match("reprint"), "WD"),
        (match("abridged"), "WD"),
        (match("rewrite", 0.5), "WD"),
        (match("rewrite", 0.49), "PD"),
        (match("rewrite", 0.9, counted=False), "rest"),
        (match("derived", score=0.1), "derived"),
        (match("related", counted=False, score=0.1), "rest"),
        (match("template", counted=False, score=0.1), "rest"),
    ],
)
def test_a_match_says_what_the_labels_would(row: dict[str, Any] | None, prediction: str) -> None:
    assert predicted(row) == prediction


def test_a_pair_counts_when_its_articles_are_there() -> None:
    pairs = [
        Pair("a", "b", "WD", "x"),
        Pair("a", "c", "WD", "x"),
        Pair("a", "d", "PD", "y"),
        Pair("a", "gone", "UN", ""),
    ]
    days = {"a": 100, "b": 130, "c": 131, "d": NO_DAY}
    results = outcomes(pairs, {("a", "b"): match("reprint")}, lambda key: key == ("a", "d"), days, Settings(window=30))
    assert [(one.predicted, one.candidate, one.inside) for one in results] == [
        ("WD", True, True),  # a match is a candidate, and the window includes its last day
        ("rest", False, False),
        ("rest", True, True),  # a date that is not known is never outside
    ]
    result = report(pairs, results)
    assert result["not_in_the_input"] == [["a", "gone"]]
    assert {name: part["pairs"] for name, part in result["sets"].items()} == {"x": 2, "y": 1}
    assert result["all"]["candidate_recall"] == 1


def pairs_file(folder: Path, *lines: str) -> Path:
    (folder / "pairs.csv").write_text("\n".join(lines), "utf-8")
    return folder / "pairs.csv"


def test_pairs_are_read_in_the_order_of_the_tables(tmp_path: Path) -> None:
    file = pairs_file(tmp_path, "\ufefflabel,b_id,a_id,set,note", "PD,B,a,s,any", "UN,c,d,,")
    assert read_pairs(file) == [Pair("B", "a", "PD", "s"), Pair("c", "d", "UN", "")]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("a_id,b_id", "a,b"), "no column label"),
        (("a_id,b_id,label", "a,b,WD", "a,c,wd"), "line 3: the label 'wd' is none of WD, PD"),
        (("a_id,b_id,label", "a,a,WD"), "line 2: a pair needs two different ids"),
        (("a_id,b_id,label", "a,,WD"), "line 2: a pair needs two different ids"),
        (("a_id,b_id,label", "a,b"), "line 2: the label ''"),
        (("a_id,b_id,label", "a,b,WD", "b,a,PD"), "the pair a, b is there twice"),
    ],
)
def test_bad_pairs_are_named(tmp_path: Path, lines: tuple[str, ...], message: str) -> None:
    with pytest.raises(BadDataError, match=message):
        read_pairs(pairs_file(tmp_path, *lines))


def test_pairs_that_cannot_be_read_are_no_input(tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match="cannot be read"):
        read_pairs(tmp_path / "none.csv")
    (tmp_path / "bytes.csv").write_bytes(b"a_id,b_id,label\n\xff,b,WD\n")
    with pytest.raises(BadDataError, match="UTF-8"):
        read_pairs(tmp_path / "bytes.csv")


def test_no_pair_is_nothing_to_evaluate(tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text("a_id,b_id,label\n")
    with pytest.raises(BadDataError, match="holds no pair"):
        read_pairs(tmp_path / "pairs.csv")


def test_an_id_that_publishers_share_is_one_of_each_and_a_bare_one_is_named(tmp_path: Path) -> None:
    text = "The council of Ormskerry voted on Tuesday to close the northern ferry for good after years of losses. " * 2
    articles = [
        {"id": "1", "publisher": "Herald", "text": text, "published": "2025-05-01"},
        {"id": "1", "publisher": "Post", "text": " ".join(reversed(text.split())), "published": "2025-09-01"},
        {"id": "2", "publisher": "Post", "text": text, "published": "2025-05-02"},
    ]
    (tmp_path / "dump.jsonl").write_text("".join(json.dumps(one) + "\n" for one in articles))
    pairs_file(tmp_path, "a_id,b_id,label", "1@Herald,2,WD", "1@Post,2,UN", "1,2,WD")
    done = wirecopy(tmp_path, "evaluate", "dump.jsonl", "--pairs", "pairs.csv", "--json")
    result = json.loads(done.stdout)
    assert (result["all"]["pairs"], result["all"]["f1"]) == (2, 1)
    assert (result["not_in_the_input"], result["shared_ids"]) == ([["1", "2"]], ["1"])
    shown = wirecopy(tmp_path, "evaluate", "dump.jsonl", "--pairs", "pairs.csv").stdout
    assert "1 ids are shared by several publishers, first 1; write 1@PUBLISHER" in shown
