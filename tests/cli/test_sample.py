"""A sample of a run, and what the labels on it say of the whole: on populations whose truth is known."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import given

from dedup.errors import BadDataError
from jobs.audit import estimates, share, thresholds, weights
from jobs.evaluate import Outcome
from jobs.labels import Pair, guarded, read_pairs, unguarded
from jobs.sampling import PAIRS, STORIES, allocation, beside_origin, match_strata, sample, size_strata


def matches(count: int, seed: int = 0) -> pa.Table:
    random = np.random.default_rng(seed)
    score = np.round(random.uniform(0.4, 1, count), 3).astype(np.float32)
    grade = np.where(score > 0.9, "reprint", "rewrite")
    names = [f"{number:06}" for number in range(2 * count)]
    columns = [names[:count], names[count:], grade.tolist(), score >= 0.5, score]
    return pa.table(columns, ["a_id", "b_id", "grade", "counted", "score"])


def witnesses(*sizes: int) -> pa.Table:
    rows = [
        {
            "cluster_id": f"c{story}",
            "article_id": f"c{story}-{number}",
            "role": "witness" if number else "origin",
            "cluster_size": size,
        }
        for story, size in enumerate(sizes)
        for number in range(size)
    ]
    kinds = {"cluster_id": pa.string(), "article_id": pa.string(), "role": pa.string(), "cluster_size": pa.int32()}
    return pa.Table.from_pylist(rows, pa.schema(kinds))


def test_the_weights_of_a_sample_add_up_to_the_whole() -> None:
    table, clusters = matches(3000), witnesses(2, 2, 2, 3, 5, 9, 30)
    drawn = sample(table, clusters, 100, seed=3)
    of = {name: [one for one in drawn if one.set == name] for name in (PAIRS, STORIES)}
    assert sum(one.weight for one in of[PAIRS]) == pytest.approx(3000)
    assert sum(one.weight for one in of[STORIES]) == pytest.approx(sum((2, 2, 2, 3, 5, 9, 30)) - 7)
    assert len(drawn) == 100
    assert len({(one.set, one.a_id, one.b_id) for one in drawn}) == 100
    assert {one.stratum for one in of[PAIRS]} == set(match_strata(table).tolist())


def test_the_same_seed_draws_the_same_and_another_one_others() -> None:
    table, clusters = matches(3000), witnesses(4, 4)
    assert sample(table, clusters, 50, 1) == sample(table, clusters, 50, 1) != sample(table, clusters, 50, 2)


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=30), st.integers(10, 500))
def test_every_stratum_is_drawn_from_and_no_more_than_there_is(sizes: list[int], total: int) -> None:
    taken = allocation(np.array(sizes), total)
    assert (taken >= np.minimum(sizes, 2)).all()
    assert (taken <= sizes).all()
    assert taken.sum() == max(min(total, sum(sizes)), int(np.minimum(sizes, 2).sum()))


def test_a_witness_stands_beside_the_origin_of_its_story() -> None:
    result = beside_origin(witnesses(3, 6)).to_pylist()
    assert {(row["a_id"], row["b_id"]) for row in result} == {
        (f"c{story}-{number}", f"c{story}-0") for story, size in enumerate((3, 6)) for number in range(1, size)
    }
    assert set(size_strata(beside_origin(witnesses(2, 3, 5, 6, 21))).tolist()) == {
        "story of 2 or more",
        "story of 3 or more",
        "story of 6 or more",
        "story of 21 or more",
    }


def test_a_run_without_a_match_gives_no_sample() -> None:
    assert sample(matches(0), witnesses(), 100, 0) == []


def outcome(label: str, values: str = "WD", *, stratum: str = "1", weight: float = 1, number: int = 0) -> Outcome:
    return Outcome(Pair(f"a{number}", f"b{number}", label, PAIRS, stratum, weight), values, True, True)


def audited(table: pa.Table, truth: np.ndarray, seed: int) -> dict[str, Any]:
    """Estimates from a sample of 100 of the matches, labelled by the truth."""
    drawn = sample(table, witnesses(), 100, seed)
    row = {name: index for index, name in enumerate(table["a_id"].to_pylist())}
    rows = {(one.a_id, one.b_id): table.slice(row[one.a_id], 1).to_pylist()[0] for one in drawn}
    sheet = [
        Pair(one.a_id, one.b_id, "PD" if truth[row[one.a_id]] else "SE", one.set, one.stratum, one.weight)
        for one in drawn
    ]
    result = [Outcome(pair, "PD" if rows[pair.a_id, pair.b_id]["counted"] else "rest", True, True) for pair in sheet]
    return estimates(sheet, result, rows, 0.5)


def test_the_intervals_hold_the_truth_as_often_as_they_promise() -> None:
    """Of matches that are copy with the probability of their score, nine in ten intervals hold the true shares."""
    table = matches(4000)
    score = table["score"].to_numpy()
    truth = np.random.default_rng(1).random(4000) < score
    counted = score >= 0.5
    precision, recall = truth[counted].mean(), counted[truth].mean()
    held = []
    for seed in range(60):
        result = audited(table, truth, seed)[PAIRS]
        assert result["stand_for"] == 4000
        held.append(
            [
                result[name]["low"] <= true <= result[name]["high"]
                for name, true in (("precision", precision), ("recall", recall))
            ]
        )
    assert (np.mean(held, axis=0) >= 0.85).all()


def test_a_min_score_is_suggested_where_the_labels_are_clear_and_left_where_they_are_not() -> None:
    table = matches(4000)
    score = table["score"].to_numpy()
    clear = audited(table, score >= 0.7, 0)["min_score"]
    assert clear["suggested"] == clear["best"] == 0.7
    assert [row["min_score"] for row in clear["table"]][:3] == [0.4, 0.45, 0.5]
    assert audited(table, score >= 0.5, 0)["min_score"]["suggested"] == 0.5
    nothing = audited(table, score > 2, 0)["min_score"]
    assert (nothing["suggested"], nothing["best"]) == (None, None)


def test_a_share_has_an_interval_also_where_all_labels_agree() -> None:
    result = share(np.array([True] * 20), np.ones(20))
    assert result is not None
    assert (result["share"], result["high"], result["pairs"]) == (1, 1, 20)
    assert 0.8 < result["low"] < 0.95
    assert share(np.array([], bool), np.array([])) is None


@given(st.lists(st.tuples(st.booleans(), st.floats(0.1, 1000)), min_size=1, max_size=40))
def test_a_share_lies_in_its_interval(given: list[tuple[bool, float]]) -> None:
    right, weight = (np.array(column) for column in zip(*given, strict=True))
    result = share(right.astype(bool), weight)
    assert result is not None
    assert 0 <= result["low"] <= result["share"] <= result["high"] <= 1


def test_pairs_without_a_label_are_shared_out_in_their_stratum() -> None:
    sheet = [Pair("a", str(number), "WD" if number < 2 else "", PAIRS, "1", 10) for number in range(4)]
    sheet.append(Pair("a", "z", "", PAIRS, "2", 5))
    assert set(weights(sheet).values()) == {20}
    result = estimates(sheet, [Outcome(pair, "WD", True, True) for pair in sheet[:2]], {}, 0.5)
    assert (result["unlabelled"], result["strata_without_label"], result[PAIRS]["stand_for"]) == (3, ["pairs 2"], 40)


def test_a_pair_that_another_run_does_not_write_has_no_score() -> None:
    part = [outcome("WD", number=1), outcome("WD", "rest", number=2)]
    result = thresholds(part, np.ones(2), {("a1", "b1"): {"score": 0.9}}, 0.5)
    assert result["table"][0]["recall"] == 0.5


@pytest.mark.parametrize("name", ["=1", "'=1", "''+x", " -2", "plain", "'quoted'", "", "@handle", "＝1"])
def test_an_id_survives_a_spreadsheet(name: str) -> None:
    assert unguarded(guarded(name)) == name
    assert guarded(name).lstrip()[:1] not in ("=", "+", "-", "@", "＝")


def test_a_sheet_is_read_as_a_spreadsheet_left_it(tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    file.write_text("\ufeffset;stratum;weight;a_id;b_id;label\npairs;01;2,5;'=a;b;wd\npairs;01;2,5;a;c;\n", "utf-8")
    assert read_pairs(file) == [Pair("=a", "b", "WD", "pairs", "01", 2.5), Pair("a", "c", "", "pairs", "01", 2.5)]
    file.write_text("set,stratum,weight,a_id,b_id,label\npairs,01,none,a,b,WD\n", "utf-8")
    with pytest.raises(BadDataError, match="line 2: the weight 'none' is not a positive number"):
        read_pairs(file)
    file.write_text("set,stratum,weight,a_id,b_id,label\npairs,01,2,a,b,WD\nstories,05,3,a,b,WD\n", "utf-8")
    assert len(read_pairs(file)) == 2  # drawn once for each set


def fill(sheet: Path, label: Callable[[dict[str, str]], str]) -> None:
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**row, "label": label(row)} for row in rows)


def test_a_sheet_of_the_samples_is_drawn_filled_and_reckoned_with(
    wirecopy: Callable[..., Any], samples: Path, tmp_path: Path
) -> None:
    inputs = [str(samples / name) for name in ("morning.jsonl", "evening.csv")]
    assert wirecopy("detect", *inputs, "--out", "run", "--no-texts").returncode == 0
    done = wirecopy("sample", "run", "-n", "200", "-o", "sheet.csv")
    assert (done.returncode, done.stderr) == (0, "")
    sheet = tmp_path / "sheet.csv"
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["a_text"] and row["b_text"] and not row["label"] for row in rows)  # read again from the inputs
    assert wirecopy("evaluate", "run", "--pairs", "sheet.csv").returncode == 65  # no label yet
    fill(sheet, lambda row: "WD")
    result = orjson.loads(wirecopy("evaluate", "run", "--pairs", "sheet.csv", "--json").stdout)["estimates"]
    assert (result["pairs"]["precision"]["share"], result["stories"]["copy"]["share"]) == (1, 1)
    assert result["pairs"]["stand_for"] == 32  # all rows of matches.parquet: so many were drawn, each for itself
    again = orjson.loads(wirecopy("evaluate", *inputs, "--pairs", "sheet.csv", "--json").stdout)["estimates"]
    assert again["pairs"] == result["pairs"]
    shown = wirecopy("evaluate", "run", "--pairs", "sheet.csv").stdout
    assert "of the pairs counted as copy are copy" in shown
    assert "suggested: min_score" in shown


def test_what_cannot_be_drawn_or_judged_is_told(wirecopy: Callable[..., Any], run: Path, tmp_path: Path) -> None:
    done = wirecopy("sample", run, "-o", "sheet.txt")
    assert (done.returncode, "neither in .html nor in .csv" in done.stderr) == (2, True)
    (tmp_path / "sheet.csv").write_text("set,stratum,weight,a_id,b_id,label\npairs,01,2,nobody,none,WD\n", "utf-8")
    done = wirecopy("evaluate", run, "--pairs", "sheet.csv")
    assert (done.returncode, "has none of the articles" in done.stderr) == (2, True)
