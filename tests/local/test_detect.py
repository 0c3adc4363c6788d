"""The whole way, from dumps to a published folder."""

from __future__ import annotations

import csv
import functools
import json
import random
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dedup import detect, readers
from dedup.corpus import gather
from dedup.credits import load_agencies
from dedup.errors import BadDataError, CannotWriteError, NoInputError, SettingsError
from dedup.grading.verification import verify
from dedup.scratch import ScratchSpace
from dedup.settings import Settings
from dedup.tables import TABLES
from jobs import local, steps

DUMPS = ("morning.jsonl", "evening.csv")


def clusters(folder: Path) -> set[frozenset[str]]:
    """The clusters of a run, as sets of ids."""
    members: dict[str, set[str]] = defaultdict(set)
    for row in pq.read_table(folder / "clusters.parquet").to_pylist():
        members[row["cluster_id"]].add(row["article_id"])
    return {frozenset(each) for each in members.values()}


def contents(folder: Path) -> dict[str, bytes]:
    """Every table's bytes."""
    return {file.name: file.read_bytes() for file in folder.glob("*.parquet")}


@pytest.fixture(scope="module")
def run(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run") / "out"
    detect([samples / name for name in DUMPS], out, threads=2)
    return out


def test_the_samples_fall_into_the_stories_they_were_written_as(run: Path, samples: Path) -> None:
    stories: dict[str, set[str]] = defaultdict(set)
    with (samples / "expected.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            stories[row["story"]].add(row["article_id"])
    del stories[""]
    assert clusters(run) == {frozenset(each) for each in stories.values()}


def test_every_table_has_its_schema_its_order_and_its_notes(run: Path) -> None:
    for table in TABLES:
        stored = pq.read_table(run / f"{table.name}.parquet")
        assert stored.schema.equals(table.schema)
        assert stored.schema.metadata[b"wirecopy.settings"].decode() == Settings().fingerprint()
        columns = [stored[name].to_pylist() for name in table.sorted_by]
        rows = [tuple((value is not None, value) for value in row) for row in zip(*columns, strict=True)]
        assert rows == sorted(rows)


def test_what_run_json_counts_is_what_the_tables_hold(run: Path) -> None:
    summary = json.loads((run / "run.json").read_text())
    for table in TABLES:
        assert summary["counts"][table.name] == pq.read_metadata(run / f"{table.name}.parquet").num_rows
    assert summary["counts"]["read"] == 43
    assert [each["path"].rpartition("/")[2] for each in summary["inputs"]] == sorted(DUMPS)
    assert sum(summary["counts"]["grades"].values()) == sum(
        pq.read_table(run / "matches.parquet")["counted"].to_pylist()
    )


def test_the_copy_of_each_sample_is_what_its_witnesses_have_in_common(run: Path) -> None:
    copies = pq.read_table(run / "copies.parquet").to_pylist()
    witnesses = {row["article_id"]: row for row in pq.read_table(run / "clusters.parquet").to_pylist()}
    assert len({row["cluster_id"] for row in copies}) == 5
    bridge = [row for row in copies if row["cluster_id"] == witnesses["ledger-bridge"]["cluster_id"]]
    assert bridge[0]["sentence"].startswith("HALVERMOUTH, May 12 (AFP) - A coastal council kept quiet")
    assert bridge[-1]["sentence"].endswith("said it had sent two inspectors to the town.")
    assert len(bridge) == 17
    full = [name for name, row in witnesses.items() if row["copy_share"] == 1]
    assert {"ledger-bridge", "marlow-bridge", "eastholm-bridge"} <= set(full)
    cut = [row["position"] for row in bridge if "inland-bridge" not in row["article_ids"]]
    assert cut == [3, 8, 12, 13, 14, 15, 16]
    assert 0.55 < witnesses["inland-bridge"]["copy_share"] < 0.65 < witnesses["inland-bridge"]["text_share"]
    assert witnesses["beacon-bridge"]["copy_share"] < 0.2
    texts = {row["id"]: row["text"] for row in pq.read_table(run / "articles.parquet").to_pylist()}
    assert all(row["sentence"] == texts[row["article_id"]][row["start"] : row["end"]] for row in copies)
    bell = [row for row in copies if row["cluster_id"] == witnesses["minaa-bell"]["cluster_id"]]
    assert [row["same_wording"] for row in bell] == [1, 1, 2, 2, 1, 2]
    assert [row["reworded_ids"] for row in bell][:3] == [["sahil-bell"], ["sahil-bell"], []]


@pytest.mark.parametrize("threads", [1, 3])
def test_any_order_and_any_threads_give_the_same_bytes(run: Path, samples: Path, tmp_path: Path, threads: int) -> None:
    lines = (samples / "morning.jsonl").read_bytes().splitlines(keepends=True)
    random.Random(threads).shuffle(lines)
    (tmp_path / "b.jsonl").write_bytes(b"".join(lines[:7]))
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines[7:]))
    detect([tmp_path / "b.jsonl", samples / "evening.csv", tmp_path / "a.jsonl"], tmp_path / "out", threads=threads)
    made, known = contents(tmp_path / "out"), contents(run)
    for folder in (made, known):
        del folder["rejects.parquet"]  # names the files
    assert made == known


def test_little_memory_means_small_blocks_and_the_same_matches(samples: Path, tmp_path: Path) -> None:
    run, scratch = Settings(), tmp_path / "spool"
    scratch.mkdir()
    look = functools.partial(steps.analyse, settings=run, agencies=load_agencies(()))
    with ThreadPoolExecutor(2) as threads:
        corpus, _ = gather(readers.read([samples / name for name in DUMPS]), scratch, look, threads, 2)
        boilerplate = steps.learn_boilerplate(lambda: local.provider(corpus), run, threads)
        pairs = local.search(corpus, boilerplate, run, threads, 2).pairs
        full, blocks = (
            verify(corpus, pairs, boilerplate, run, threads, 2, capacity)
            for capacity in (ScratchSpace(), ScratchSpace(1, scratch))
        )
    assert blocks.matches.equals(full.matches)
    tables = [each.passages.table(corpus.ids, each.left, each.right) for each in (blocks, full)]
    assert tables[0].equals(tables[1])
    assert len(full.matches) > 10


def test_a_run_says_when_its_memory_is_too_small(samples: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="1G at least"):
        detect([samples / "morning.jsonl"], tmp_path / "out", memory=1 << 20)


def test_too_many_bad_records_end_the_run_before_anything_is_published(tmp_path: Path) -> None:
    dump = tmp_path / "bad.jsonl"
    dump.write_text('{"id": "a", "text": "so many words"}\n' + "{broken\n" * 11)
    with pytest.raises(BadDataError, match="11 of the first records are bad"):
        detect([dump], tmp_path / "out")
    assert [file.name for file in tmp_path.iterdir()] == ["bad.jsonl"]
    detect([dump], tmp_path / "out", settings=Settings(max_rejects=1.0))
    assert pq.read_metadata(tmp_path / "out" / "rejects.parquet").num_rows == 12


def test_no_article_is_no_input(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(NoInputError, match="no article"):
        detect([tmp_path / "empty.jsonl"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_fault_on_the_way_leaves_nothing_behind(
    samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(local.manifest, "write", fails)
    with pytest.raises(KeyboardInterrupt):
        detect([samples / name for name in DUMPS], tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_only_a_finished_run_is_replaced_and_only_on_demand(run: Path, samples: Path, tmp_path: Path) -> None:
    dump = samples / "evening.csv"
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(CannotWriteError, match="not the folder of a run"):
        detect([dump], tmp_path, replace=True)
    out = tmp_path / "out"
    detect([dump], out)
    with pytest.raises(CannotWriteError, match="--force"):
        detect([dump], out)
    first = contents(out)
    detect([dump], out, replace=True)
    assert contents(out) == first
    assert {file.name for file in tmp_path.iterdir()} == {"thesis.txt", "out"}


def test_the_same_id_again_is_one_article_and_is_reported(tmp_path: Path) -> None:
    words = " ".join(f"word{number}" for number in range(60))
    rows = [
        {"id": "a", "text": words, "published": "2026-01-01"},
        {"id": "a", "text": words, "published": "2026-01-01"},
        {"id": "a", "text": words + " and more", "published": "2026-01-02"},
        {"id": "b", "text": words + " and more", "published": "2026-01-02"},
    ]
    (tmp_path / "dump.jsonl").write_text("\n".join(map(json.dumps, rows)))
    summary = detect([tmp_path / "dump.jsonl"], tmp_path / "out").summary
    assert (summary["counts"]["read"], summary["counts"]["repeated"], summary["counts"]["superseded"]) == (2, 0, 2)
    assert clusters(tmp_path / "out") == {frozenset("ab")}
    reasons = pq.read_table(tmp_path / "out" / "rejects.parquet")["reason"].to_pylist()
    assert reasons == ["came again with another text; the latest is kept"] * 2


def test_a_text_too_short_to_judge_is_linked_only_when_identical(tmp_path: Path) -> None:
    short = "The bridge over the Tarn was closed on Monday after a crack was found"
    texts = {"a": short, "b": short, "c": short + " again"}
    (tmp_path / "dump.jsonl").write_text("\n".join(json.dumps({"id": k, "text": v}) for k, v in texts.items()))
    detect([tmp_path / "dump.jsonl"], tmp_path / "out")
    assert clusters(tmp_path / "out") == {frozenset("ab")}
    listed = pq.read_table(tmp_path / "out" / "rejects.parquet").to_pylist()
    assert [row["position"] for row in listed if "too short" in row["reason"]] == ["id a", "id b", "id c"]


def test_texts_can_be_left_out(samples: Path, tmp_path: Path) -> None:
    detect([samples / "evening.csv"], tmp_path / "out", settings=Settings(texts=False))
    copies = pq.read_table(tmp_path / "out" / "copies.parquet")
    assert copies["sentence"].null_count == len(copies) > 5
    stored = pq.read_table(tmp_path / "out" / "articles.parquet")
    assert stored.num_rows > 0
    assert stored["text"].null_count == stored.num_rows


@pytest.mark.parametrize("seed", range(1, 21))
def test_the_five_real_articles_are_one_cluster_with_any_seed(data: Path, tmp_path: Path, seed: int) -> None:
    detect([data / "seeds"], tmp_path / "out", settings=Settings(seed=seed))
    (members,) = clusters(tmp_path / "out")
    assert {name[:3] for name in members} == {"000", "001", "002", "003", "004"}


def test_no_cluster_spans_two_events_and_the_five_stay_alone(data: Path, tmp_path: Path) -> None:
    inputs = [data / "seeds", data / "event_news.parquet", data / "pakistan_2025_jan_apr.parquet"]
    detect(inputs, tmp_path / "out")
    with (data / "event_news_labels.csv").open(encoding="utf-8", newline="") as file:
        event = {row["id"]: row["event_id"] for row in csv.DictReader(file)}
    result = clusters(tmp_path / "out")
    assert [each for each in result if len({event[name] for name in each if name in event}) > 1] == []
    (five,) = [each for each in result if any(name.startswith("000_27e44a11") for name in each)]
    assert sorted(name[:3] for name in five) == ["000", "001", "002", "003", "004"]


def test_a_block_that_an_outlet_used_again_makes_no_story(samples: Path, tmp_path: Path) -> None:
    detect([samples / name for name in DUMPS], tmp_path / "out", settings=Settings(related=True), threads=2)
    result = {
        (row["a_id"], row["b_id"]): row for row in pq.read_table(tmp_path / "out" / "matches.parquet").to_pylist()
    }
    row = result["marlow-quarry-divers", "marlow-quarry-fence"]
    assert (row["grade"], row["counted"], row["joined"]) == ("background", False, False)
    assert row["longest_passage"] > 80
