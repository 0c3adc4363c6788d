"""Names of clusters for life, and the events that say who is where."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.store import Catalogue
from jobs.ledger import Event, Named, members, name_clusters

from .conftest import Nights, read_samples, write_dump


def name(
    parts: str, before: str, made: dict[str, int] | None = None, used: tuple[str, ...] = ()
) -> tuple[list[str | None], list[Event]]:
    """Name the clusters of the articles a, b, c ...; a letter a cluster, ``.`` for none."""
    labels = np.array([parts.index(letter) for letter in parts], np.int32)
    was = [None if letter == "." else letter for letter in before]
    ages = made or {letter: 1 for letter in before if letter != "."}
    ids = [chr(ord("a") + row) for row in range(len(parts))]
    found = name_clusters(ids, labels, was, ages, used.__contains__, set())
    return found.clusters, found.events


def test_articles_that_meet_make_a_cluster() -> None:
    clusters, events = name("xxy", "...")
    assert clusters[0] == clusters[1] is not None and clusters[2] is None
    assert [event.event for event in events] == ["made", "joined", "joined"]


def test_who_joins_takes_the_name_that_is_there() -> None:
    assert name("xxx", "KK.") == (["K", "K", "K"], [Event("joined", "K", "c")])


def test_what_comes_together_keeps_the_name_made_first() -> None:
    assert name("xxxx", "KKLL", {"K": 7, "L": 3}) == (["L"] * 4, [Event("merged", "L", None, "K")])
    assert name("xxxx", "LLKK", {"K": 3, "L": 3})[0] == ["K"] * 4, "of one night, the smaller name"


def test_what_falls_apart_keeps_its_name_where_most_of_it_is() -> None:
    clusters, events = name("xxxyy", "KKKKK")
    assert clusters[:3] == ["K"] * 3 and clusters[3] == clusters[4] not in ("K", None)
    assert [event.event for event in events] == ["made", "moved", "moved"]
    assert name("xxy", "KKK")[1] == [Event("left", "K", "c")]


def test_a_name_is_never_given_twice() -> None:
    (first, _), _ = name("xx", "..")
    (second, _), _ = name("xx", "..", used=(str(first),))
    assert first != second is not None


@given(st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), min_size=1, max_size=6))
def test_who_is_where_follows_from_the_events(nights: list[list[int]]) -> None:
    ids, before = list("abcdef"), [None] * 6
    made: dict[str, int] = {}
    told: list[Event] = []
    for number, parts in enumerate(nights):
        labels = np.array([parts.index(part) for part in parts], np.int32)
        named: Named = name_clusters(ids, labels, before, made, made.__contains__, set())
        made |= {event.cluster_id: number for event in named.events if event.event == "made"}
        told += named.events
        held: dict[str, set[str]] = {cluster: set() for cluster in members(told)}
        for article, cluster in zip(ids, named.clusters, strict=True):
            if cluster is not None:
                held[cluster].add(article)
        assert members(told) == held
        before = named.clusters  # type: ignore[assignment]


def test_a_story_over_four_nights_is_one_cluster_with_one_name(
    nights: Nights, dumps: list[Path], tmp_path: Path
) -> None:
    articles = read_samples(dumps)
    told = ("ledger-cable", "marlow-cable", "eastholm-cable", "ledger-cable-2")
    for day, article in enumerate(told):
        nights.run(write_dump(tmp_path / f"{day}.jsonl", [articles[article]]), day=day)
    assert list(nights.clusters().values()) == [set(told)]
    with Catalogue(nights.store) as catalogue:
        query = "SELECT event, cluster_id, article_id, other_id FROM clusters_ledger ORDER BY number, position"
        ledger = catalogue.ask(query)
    assert members(Event(*row) for row in ledger) == nights.clusters()
    assert [row[0] for row in ledger] == ["made", "joined", "joined", "joined", "joined"]


def test_a_merge_keeps_the_older_name_and_records_the_other(nights: Nights, dumps: list[Path], tmp_path: Path) -> None:
    whole = read_samples(dumps)["marlow-cable"]["text"].split("\n\n")
    half = len(whole) // 2
    texts = {"a": whole[:half], "b": whole[half:], "c": whole}
    for day, (told, text) in enumerate(texts.items()):
        pair = [{"id": f"{told}{number}", "publisher": f"P{number}", "text": "\n\n".join(text)} for number in (1, 2)]
        nights.run(write_dump(tmp_path / f"{day}.jsonl", pair), day=day)
        if told == "a":
            (first,) = nights.clusters()
        elif told == "b":
            (second,) = nights.clusters().keys() - {first}
    assert nights.clusters() == {first: {"a1", "a2", "b1", "b2", "c1", "c2"}}
    merged = [row for row in nights.published("clusters_ledger") if row["event"] == "merged"]
    assert [(row["cluster_id"], row["other_id"]) for row in merged] == [(first, second)]
    assert {row["article_id"] for row in nights.published("clusters")} == {"a1", "a2", "b1", "b2", "c1", "c2"}
    with Catalogue(nights.store) as catalogue:
        assert catalogue.ask("SELECT merged_into FROM clusters WHERE cluster_id = ?", (second,)) == [(first,)]
