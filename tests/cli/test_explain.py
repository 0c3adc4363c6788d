"""What two articles share, out of a run or on the spot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson
from typer.testing import CliRunner

from jobs.cli import app


def explained(*arguments: str | Path) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["explain", *map(str, arguments), "--json"], catch_exceptions=False)
    assert (result.exit_code, result.stderr) == (0, "")
    results: dict[str, Any] = orjson.loads(result.stdout)
    return results


def printed(*arguments: str | Path) -> str:
    return (
        CliRunner(env={"COLUMNS": "200"}).invoke(app, ["explain", *map(str, arguments)], catch_exceptions=False).stdout
    )


def refused(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["explain", *map(str, arguments)])
    assert result.stdout == ""
    return result.exit_code, result.stderr


def test_a_match_is_told_as_the_run_found_it(run: Path) -> None:
    result = explained("herald", "gazette", "--run", run)
    assert (result["a"]["id"], result["b"]["id"]) == ("gazette", "herald")
    assert (result["match"]["grade"], result["match"]["reasons"]) == ("rewrite", ["made by hand"])
    assert (result["a"]["cluster_id"], result["note"], len(result["passages"])) == ("c1", None, 1)
    assert [row["evidence"] for row in result["attributions"]] == ["(Reuters)"]


def test_the_passages_stand_side_by_side(run: Path, texts: Mapping[str, str]) -> None:
    shown = printed("gazette", "herald", "--run", run)
    assert "grade: rewrite (counts: it makes a cluster; score 0.50)" in shown
    assert "  - made by hand" in shown
    (line,) = [line for line in shown.splitlines() if line.startswith("copy")]
    assert line.count("The council of Ormskerry voted") == 2
    assert "credit  reuters  tail" in shown


def test_a_near_miss_says_that_it_does_not_count(run: Path) -> None:
    assert "(does not count: it makes no cluster;" in printed("mirror", "star", "--run", run)


def test_a_pair_that_the_run_did_not_write_is_graded_now(run: Path) -> None:
    result = explained("gazette", "mirror", "--run", run)
    assert result["note"].startswith("Not in matches.parquet")
    assert result["match"]["counted"]
    (passage,) = [row for row in result["passages"] if row["a_end"] - row["a_start"] > 50]
    one, other = (result[side]["text"][passage[f"{side}_start"] : passage[f"{side}_end"]] for side in "ab")
    assert one == other
    assert "never looked at" in result["note"]


def test_two_with_nothing_in_common_say_so(run: Path) -> None:
    shown = printed("gazette", "star", "--run", run)
    assert "too little in common" in shown
    assert "grade: none, too little in common (does not count" in shown
    assert "no passage in common" in shown


def test_without_texts_only_what_was_written_can_be_told(run_of: Callable[..., Path], texts: Mapping[str, str]) -> None:
    bare = dict.fromkeys(("publisher", "published", "headline", "url", "text"))
    run = run_of(articles=[{"id": name, **bare} for name in texts])
    assert "[0-" in printed("gazette", "herald", "--run", run)
    code, values = refused("gazette", "mirror", "--run", run)
    assert (code, "dump.jsonl does not exist; explain two text files" in values) == (2, True)


def test_what_the_run_did_not_keep_is_read_again_from_its_inputs(
    run_of: Callable[..., Path], texts: Mapping[str, str]
) -> None:
    run = run_of(articles=[])
    lines = [
        {"id": name, "text": text, "publisher": name.title(), "date": "2025-05-06"} for name, text in texts.items()
    ]
    older = {"id": "mirror", "text": texts["star"], "publisher": "Mirror", "date": "2025-05-05"}
    (run / "dump.jsonl").write_bytes(b"\n".join(map(orjson.dumps, [*lines, older])))
    result = explained("gazette", "mirror", "--run", run)
    assert result["match"]["counted"]
    assert (result["b"]["publisher"], result["b"]["text"], result["b"]["cluster_id"]) == (
        "Mirror",
        texts["mirror"],
        "c1",
    )
    code, values = refused("gazette", "nobody", "--run", run)
    assert (code, "nobody is neither in" in values) == (2, True)


def test_the_window_is_counted_in_days_of_the_calendar_as_the_search_does(
    run_of: Callable[..., Path], texts: Mapping[str, str]
) -> None:
    run = run_of(articles=[])
    dates = {"gazette": "2025-05-01T00:10:00Z", "mirror": "2025-05-31T23:50:00Z", "star": "2025-06-01T00:10:00Z"}
    lines = [{"id": name, "text": text, "date": dates.get(name)} for name, text in texts.items()]
    (run / "dump.jsonl").write_bytes(b"\n".join(map(orjson.dumps, lines)))
    assert "days apart" not in explained("gazette", "mirror", "--run", run)["note"]
    assert "more than 30 days apart" in explained("gazette", "star", "--run", run)["note"]


def test_two_files_are_graded_on_the_spot(tmp_path: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text, "utf-8")
    result = explained(tmp_path / "herald.txt", tmp_path / "mirror.txt")
    assert result["match"]["counted"]
    assert result["match"]["a_id"] == result["a"]["id"] == str(tmp_path / "herald.txt")
    assert {row["article_id"] for row in result["attributions"]} == {result["a"]["id"], result["b"]["id"]}
    assert "reuters" in printed(tmp_path / "herald.txt", tmp_path / "mirror.txt").lower()


def test_what_cannot_be_explained_is_refused_with_the_fix(run: Path, tmp_path: Path) -> None:
    assert refused("gazette", "nobody", "--run", run)[0] == 2
    assert "explain needs two" in refused("gazette", "gazette", "--run", run)[1]
    code, values = refused("gazette", "herald")
    assert (code, "--run DIR" in values) == (66, True)
    (tmp_path / "bytes.txt").write_bytes(b"a\xff")
    assert refused(tmp_path / "bytes.txt", tmp_path / "bytes.txt")[0] == 65
