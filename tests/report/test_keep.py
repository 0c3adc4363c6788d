"""A dump without its copies: one article of every cluster stays, and all that is in none stays as it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from typer.testing import CliRunner

from dedup import detect, readers
from jobs.cli import app
from jobs.cli.keep import Policy, chosen
from tests.cli.conftest import TEXTS, of_two_stories, write_run


def kept(run: Path, inputs: list[Path], out: Path, *options: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The articles and the map."""
    given = ["keep", str(run), *map(str, inputs), "-o", str(out), *options]
    done = CliRunner().invoke(app, given, catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    result = [parquet.read_table(file).to_pylist() for file in (out, out.with_name(f"{out.stem}.map{out.suffix}"))]
    return result[0], result[1]


@pytest.fixture
def dump(samples: Path) -> list[Path]:
    return [samples / "evening.csv", samples / "morning.jsonl"]


@pytest.fixture
def clusters(sample_run: Path) -> dict[str, str]:
    rows = parquet.read_table(sample_run / "clusters.parquet").to_pylist()
    return {row["article_id"]: row["cluster_id"] for row in rows}


@pytest.mark.parametrize("policy", list(Policy))
def test_what_is_in_no_cluster_is_written_as_it_was_read(
    sample_run: Path, dump: list[Path], clusters: dict[str, str], tmp_path: Path, policy: Policy
) -> None:
    articles, _ = kept(sample_run, dump, tmp_path / "kept.parquet", "--policy", policy)
    before = [row for batch in readers.read(dump) for row in batch.articles.to_pylist()]
    assert [row for row in articles if row["id"] not in clusters] == [
        row for row in before if row["id"] not in clusters
    ]
    stays = {row["id"] for row in articles}
    assert articles == [row for row in before if row["id"] in stays]


@pytest.mark.parametrize("policy", [policy for policy in Policy if policy is not Policy.NONE])
def test_of_every_cluster_one_article_stays_and_the_map_says_which(
    sample_run: Path, dump: list[Path], clusters: dict[str, str], tmp_path: Path, policy: Policy
) -> None:
    articles, mapped = kept(sample_run, dump, tmp_path / "kept.parquet", "--policy", policy)
    assert sorted(clusters[row["id"]] for row in articles if row["id"] in clusters) == sorted(set(clusters.values()))
    assert {row["article_id"]: row["cluster_id"] for row in mapped} == clusters
    stays = {clusters[row["id"]]: row["id"] for row in articles if row["id"] in clusters}
    assert all(row["kept_article_id"] == stays[row["cluster_id"]] for row in mapped)


def test_with_none_no_article_of_a_story_is_left(
    sample_run: Path, dump: list[Path], clusters: dict[str, str], tmp_path: Path
) -> None:
    articles, mapped = kept(sample_run, dump, tmp_path / "kept.parquet", "--policy", "none")
    assert not clusters.keys() & {row["id"] for row in articles}
    assert len(articles) == 43 - len(clusters)
    assert {row["article_id"] for row in mapped} == clusters.keys()
    assert {row["kept_article_id"] for row in mapped} == {None}


def test_with_wire_the_agencys_own_article_stays_else_the_one_with_most_of_the_copy() -> None:
    def row(name: str, publisher: str, copy_share: float | None, role: str = "witness") -> dict[str, Any]:
        return {
            "cluster_id": "c",
            "article_id": name,
            "publisher": publisher,
            "url": None,
            "published": None,
            "copy_share": copy_share,
            "role": role,
        }

    rows = [row("a", "Gazette", 0.4, "origin"), row("b", "Herald", 0.9), row("c", "Reuters", 0.7)]
    lengths = dict.fromkeys("abc", 1)
    assert chosen(rows, lengths, Policy.WIRE) == {"c": "c"}
    assert chosen(rows[:2], lengths, Policy.WIRE) == {"c": "b"}


def test_the_origin_stays_unless_told_otherwise(sample_run: Path, dump: list[Path], tmp_path: Path) -> None:
    articles, _ = kept(sample_run, dump, tmp_path / "kept.parquet")
    origins = parquet.read_table(sample_run / "stories.parquet")["origin_article_id"].to_pylist()
    assert set(origins) <= {row["id"] for row in articles}


def test_where_the_origin_is_not_in_the_inputs_the_earliest_stays(
    sample_run: Path, samples: Path, clusters: dict[str, str], tmp_path: Path
) -> None:
    articles, mapped = kept(sample_run, [samples / "evening.csv"], tmp_path / "kept.parquet")
    before = [row for batch in readers.read([samples / "evening.csv"]) for row in batch.articles.to_pylist()]
    present = [row for row in before if row["id"] in clusters]
    assert {row["article_id"] for row in mapped} == {row["id"] for row in present}
    for cluster in {clusters[row["id"]] for row in present}:
        of_it = [row for row in present if clusters[row["id"]] == cluster]
        (left,) = [row for row in articles if clusters.get(row["id"]) == cluster]
        if len(of_it) > 1:
            assert left["published"] == min(row["published"] for row in of_it)


witnesses = st.lists(
    st.tuples(st.sampled_from("cd"), st.integers(0, 3), st.booleans(), st.integers(1, 4)), min_size=1, max_size=8
)


@given(witnesses, st.sampled_from(list(Policy)), st.randoms())
def test_the_choice_depends_on_neither_order_nor_luck(
    rows: list[tuple[str, int, bool, int]], policy: Policy, luck: Any
) -> None:
    given = [
        {
            "cluster_id": cluster,
            "article_id": f"a{number}",
            "role": "origin" if origin else "witness",
            "published": datetime(2025, 5, day, tzinfo=UTC) if day else None,
            "publisher": None,
            "url": None,
            "copy_share": None,
        }
        for number, (cluster, day, origin, _) in enumerate(rows)
    ]
    lengths = {f"a{number}": length for number, (*_, length) in enumerate(rows)}
    result = chosen(given, lengths, policy)
    shuffled = list(given)
    luck.shuffle(shuffled)
    assert chosen(shuffled, lengths, policy) == result
    for cluster, name in result.items():
        of_it = [row for row in given if row["cluster_id"] == cluster]
        (best,) = [row for row in of_it if row["article_id"] == name]
        if policy is Policy.LONGEST:
            assert lengths[name] == max(lengths[row["article_id"]] for row in of_it)
        elif policy is Policy.EARLIEST:
            dates = [row["published"] for row in of_it if row["published"]]
            assert best["published"] == (min(dates) if dates else None)
        else:  # no agency's own article, and no copy that one could have most of
            assert best["role"] == "origin" or not any(row["role"] == "origin" for row in of_it)


def test_columns_with_unusual_names_are_named_as_for_detect(tmp_path: Path) -> None:
    text = (
        "The harbour council of Ormskerry voted on Tuesday to close the northern ferry for good after eleven years of "
        "losses, its clerk said, and both boats are to be sold."
    )
    lines = [{"key": name, "words": f"{text} {text[::-1] if name == 'c' else ''}"} for name in "abc"]
    (tmp_path / "dump.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    fields = {"id": "key", "text": "words"}
    detect([tmp_path / "dump.jsonl"], tmp_path / "run", fields=fields, threads=1)
    flags = [word for name, column in fields.items() for word in ("--field", f"{name}={column}")]
    articles, mapped = kept(
        tmp_path / "run", [tmp_path / "dump.jsonl"], tmp_path / "kept.parquet", *flags, "--policy", "longest"
    )
    assert [row["id"] for row in articles] == ["c"]
    assert [row["article_id"] for row in mapped] == ["a", "b", "c"]


def test_a_repeat_and_an_id_that_two_publishers_share_are_written_once_each(tmp_path: Path) -> None:
    harbour, market = (
        f"The {name} council of Ormskerry voted on Tuesday to close the northern ferry for good after eleven years of "
        f"losses, its clerk of the {name} office said, and both boats of the {name} line are to be sold. "
        for name in ("harbour", "market")
    )
    lines = [
        {"id": "1", "publisher": "Herald", "text": harbour, "published": "2025-05-01"},
        {"id": "1", "publisher": "Post", "text": market[::-1], "published": "2025-05-01"},
        {"id": "2", "publisher": "Post", "text": harbour, "published": "2025-05-02"},
        {"id": "3", "publisher": "Post", "text": "Old words alone.", "published": "2025-05-02"},
        {"id": "3", "publisher": "Post", "text": "New words alone.", "published": "2025-05-03"},
        {"id": "1", "publisher": "Herald", "text": harbour, "published": "2025-05-01"},
    ]
    dump = tmp_path / "dump.jsonl"
    dump.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    detect([dump], tmp_path / "run", threads=1)
    articles, mapped = kept(tmp_path / "run", [dump], tmp_path / "kept.parquet", "--policy", "earliest")
    assert [(row["id"], row["text"][:3]) for row in articles] == [
        ("1@Herald", "The"),
        ("1@Post", market[::-1][:3]),
        ("3", "New"),
    ]
    assert [(row["article_id"], row["kept_article_id"]) for row in mapped] == [
        ("1@Herald", "1@Herald"),
        ("2", "1@Herald"),
    ]
    dump.write_text("".join(json.dumps(line) + "\n" for line in lines[:1]), "utf-8")
    articles, _ = kept(tmp_path / "run", [dump], tmp_path / "kept.parquet")
    assert [row["id"] for row in articles] == ["1@Herald"], "as the run called it"


def refused(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["keep", *map(str, arguments)])
    return done.exit_code, done.stderr


def test_an_input_is_never_overwritten(sample_run: Path, samples: Path, tmp_path: Path) -> None:
    dump = tmp_path / "dump.jsonl"
    dump.write_bytes((samples / "morning.jsonl").read_bytes())
    code, values = refused(sample_run, tmp_path, "-o", dump)
    assert (code, "is one of the inputs" in values) == (2, True)
    assert dump.read_bytes() == (samples / "morning.jsonl").read_bytes()


def test_other_dumps_than_those_of_the_run_are_told(sample_run: Path, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("Quite another text that nobody has seen before in that run.", "utf-8")
    code, values = refused(sample_run, tmp_path / "other.txt", "-o", tmp_path / "kept.parquet")
    assert (code, "is in the inputs" in values) == (2, True)
    assert [file.name for file in tmp_path.iterdir()] == ["other.txt"]


def test_a_place_that_cannot_be_written_is_told(sample_run: Path, dump: list[Path], tmp_path: Path) -> None:
    code, values = refused(sample_run, *dump, "-o", tmp_path / "no" / "kept.parquet")
    assert (code, "choose another --out" in values) == (73, True)


def test_what_stays_of_one_of_its_stories_is_not_left_out_for_another(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", of_two_stories())
    lines = [{"id": name, "publisher": name.title(), "text": text} for name, text in TEXTS.items()]
    (tmp_path / "dump.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    articles, mapped = kept(run, [tmp_path / "dump.jsonl"], tmp_path / "kept.parquet")
    assert [row["id"] for row in articles] == ["gazette", "mirror"], "mirror is a copy in c1, and what stays of c0"
    assert [(row["article_id"], row["cluster_id"], row["kept_article_id"]) for row in mapped] == [
        ("mirror", "c0", "mirror"),
        ("star", "c0", "mirror"),
        ("gazette", "c1", "gazette"),
        ("herald", "c1", "gazette"),
        ("mirror", "c1", "gazette"),
    ]


def test_what_is_odd_about_the_dump_is_told_as_by_detect(sample_run: Path, dump: list[Path], tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["keep", str(sample_run), *map(str, dump), "-o", str(tmp_path / "kept.parquet")])
    assert done.exit_code == 0
    assert "records rejected: 1, first" in done.stderr
    assert "dates that cannot be read: 1, first 'the Saturday before Whitsun'" in done.stderr
