"""Names of clusters for life, and the events that say who is where."""

from __future__ import annotations

import collections
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.store import Catalogue
from dedup.stories.clusters import Clusters
from jobs.ledger import Event, Named, members, name_clusters

from .conftest import Nights, read_samples, write_dump

Names = list[tuple[str, ...]]


def letters(parts: list[str]) -> Clusters:
    """The clusters of articles, a letter each of those that it is in; those of one article alone are none."""
    held = collections.defaultdict(list)
    for row, names in enumerate(parts):
        for letter in names.replace(".", ""):
            held[letter].append(row)
    keep = sorted((rows, letter) for letter, rows in held.items() if len(rows) > 1)
    pairs = [(row, number) for number, (rows, _) in enumerate(keep) for row in rows]
    row, cluster = np.array(pairs, np.int32).reshape(-1, 2).T
    return Clusters(row, cluster)


def name(
    parts: str | list[str], before: str | list[str], made: dict[str, int] | None = None, used: tuple[str, ...] = ()
) -> tuple[Names, list[Event]]:
    """Name the clusters of the articles a, b, c ...; a letter a cluster, ``.`` for none."""
    was = [tuple(names.replace(".", "")) for names in before]
    ages = made or {letter: 1 for names in was for letter in names}
    ids = [chr(ord("a") + row) for row in range(len(parts))]
    named = name_clusters(ids, letters(list(parts)), was, ages, used.__contains__, set())
    return named.clusters, named.events


def test_articles_that_meet_make_a_cluster() -> None:
    clusters, events = name("xx.", "...")
    assert clusters[0] == clusters[1] != () == clusters[2]
    assert [event.event for event in events] == ["made", "joined", "joined"]


def test_who_joins_takes_the_name_that_is_there() -> None:
    assert name("xxx", "KK.") == ([("K",)] * 3, [Event("joined", "K", "c")])


def test_what_comes_together_keeps_the_name_made_first() -> None:
    assert name("xxxx", "KKLL", {"K": 7, "L": 3}) == ([("L",)] * 4, [Event("merged", "L", None, "K")])
    assert name("xxxx", "LLKK", {"K": 3, "L": 3})[0] == [("K",)] * 4, "of one night, the smaller name"


def test_what_falls_apart_keeps_its_name_where_most_of_it_is() -> None:
    clusters, events = name("xxxyy", "KKKKK")
    assert clusters[:3] == [("K",)] * 3 and clusters[3] == clusters[4] not in (("K",), ())
    assert [event.event for event in events] == ["made", "moved", "moved"]
    assert name("xx.", "KKK")[1] == [Event("left", "K", "c")]


def test_an_article_may_be_in_two_clusters() -> None:
    clusters, events = name(["x", "xy", "y"], ["K", "K", "."])
    assert clusters[0] == ("K",) and len(clusters[1]) == 2 and set(clusters[2]) < set(clusters[1])
    assert [event.event for event in events] == ["made", "joined", "joined"]
    assert name(["x", "xy", "y"], ["K", "KL", "L"]) == ([("K",), ("K", "L"), ("L",)], [])


def test_two_new_clusters_with_the_same_smallest_article_have_two_names() -> None:
    clusters, _ = name(["xy", "x", "y"], ["."] * 3)
    assert len(clusters[0]) == 2 and set(clusters[1]) | set(clusters[2]) == set(clusters[0])


def test_a_name_that_nothing_is_left_of_is_closed() -> None:
    assert name("..", "KK")[1] == [Event("left", "K", "a"), Event("left", "K", "b"), Event("closed", "K")]


def test_a_name_is_never_given_twice() -> None:
    (first, _), _ = name("xx", "..")
    (second, _), _ = name("xx", "..", used=first)
    assert first != second != ()


@given(st.lists(st.lists(st.sampled_from(["", "w", "x", "y", "wx", "xy", "wxy"]), min_size=6, max_size=6), max_size=6))
def test_who_is_where_follows_from_the_events(nights: list[list[str]]) -> None:
    ids, before = list("abcdef"), [()] * 6
    made: dict[str, int] = {}
    past: list[Event] = []
    for number, parts in enumerate(nights):
        named: Named = name_clusters(ids, letters(parts), before, made, made.__contains__, set())
        made |= {event.cluster_id: number for event in named.events if event.event == "made"}
        past += named.events
        held: dict[str, set[str]] = {cluster: set() for cluster in members(past)}
        for article, clusters in zip(ids, named.clusters, strict=True):
            for cluster in clusters:
                held[cluster].add(article)
        assert members(past) == held
        before = named.clusters  # type: ignore[assignment]


def test_a_story_over_four_nights_is_one_cluster_with_one_name(
    nights: Nights, dumps: list[Path], tmp_path: Path
) -> None:
    articles = read_samples(dumps)
    messages = ("ledger-cable", "marlow-cable", "eastholm-cable", "ledger-cable-2")
    for day, article in enumerate(messages):
        nights.run(write_dump(tmp_path / f"{day}.jsonl", [articles[article]]), day=day)
    assert list(nights.clusters().values()) == [set(messages)]
    with Catalogue(nights.store) as catalogue:
        query = "SELECT event, cluster_id, article_id, other_id FROM clusters_ledger ORDER BY number, position"
        ledger = catalogue.ask(query)
    assert members(Event(*row) for row in ledger) == nights.clusters()
    assert [row[0] for row in ledger] == ["made", "joined", "joined", "joined", "joined"]


def test_an_article_that_carries_two_stories_joins_both(nights: Nights, dumps: list[Path], tmp_path: Path) -> None:
    full = read_samples(dumps)["marlow-cable"]["text"].split("\n\n")
    half = len(full) // 2
    texts = {"a": full[:half], "b": full[half:], "c": full}
    for day, (messages, text) in enumerate(texts.items()):
        pair = [
            {"id": f"{messages}{number}", "publisher": f"P{number}", "text": "\n\n".join(text)} for number in (1, 2)
        ]
        nights.run(write_dump(tmp_path / f"{day}.jsonl", pair), day=day)
        if messages == "a":
            (first,) = nights.clusters()
        elif messages == "b":
            (second,) = nights.clusters().keys() - {first}
    assert nights.clusters() == {first: {"a1", "a2", "c1", "c2"}, second: {"b1", "b2", "c1", "c2"}}
    assert {row["event"] for row in nights.published("clusters_ledger")} == {"joined"}
    rows = [(row["cluster_id"], row["article_id"]) for row in nights.published("clusters")]
    assert sorted(rows) == sorted((name, article) for name, held in nights.clusters().items() for article in held)
