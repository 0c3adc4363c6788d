"""Whose copy a publisher printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dedup.credits import load_agencies
from dedup.report.publishers import Print, matrix, prints, publishers
from dedup.report.run_data import RunData


def row(name: str, publisher: str | None, **more: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("url", "wire_agency", "source_article_id", "share_from_source"))
    return {"cluster_id": "c", "article_id": name, "publisher": publisher, "role": "witness", **nothing, **more}


def printed(rows: Sequence[dict[str, Any]], outside: Mapping[str, str] = {}) -> list[Print]:
    edges = [
        {"cluster_id": "c", "source": f"external:{source}", "target": target} for target, source in outside.items()
    ]
    return prints(RunData({}, [], {"c": rows}, {"c": edges}, {}, [], {}), load_agencies())


def owners(result: Sequence[Print]) -> list[tuple[str, str]]:
    return [(each.kind, each.owner) for each in result]


def test_whose_copy_a_witness_is() -> None:
    result = printed(
        [
            row("origin", "Beacon", role="origin"),
            row("wired", "Ledger", wire_agency="afp", source_article_id="origin"),
            row("taken", "Courier", source_article_id="origin"),
            row("update", "Beacon", source_article_id="origin"),
            row("cited", "Post"),
            row("nobody", None, source_article_id="origin"),
        ],
        {"cited": "The Express Tribune"},
    )
    assert owners(result) == [
        ("first", "Beacon"),
        ("agency", "Agence France-Presse"),
        ("publisher", "Beacon"),
        ("own", "Beacon"),
        ("outside", "The Express Tribune"),
        ("publisher", "Beacon"),
    ]


def test_an_agencys_own_article_is_no_copy_and_what_is_taken_from_it_is_agency_copy() -> None:
    result = printed(
        [row("a", "Reuters", role="origin", wire_agency="reuters"), row("b", "Post", source_article_id="a")]
    )
    assert owners(result) == [("first", "Reuters"), ("agency", "Reuters")]
    reuters = next(each for each in publishers(result, None) if each.name == "Reuters")
    assert (reuters.copies, reuters.takers) == (0, [("Post", 1)])


def test_a_publisher_sums_up_its_witnesses() -> None:
    result = printed(
        [
            row("a", "Beacon", role="origin"),
            row("b", "Post", source_article_id="a", share_from_source=0.25),
            row("c", "Post", source_article_id="a", share_from_source=0.75),
            row("d", "Post", wire_agency="afp"),
        ]
    )
    post, beacon = publishers(result, {"Post": 40, "Beacon": 7})
    assert (post.name, post.read, post.witnesses, post.copies) == ("Post", 40, 3, 3)
    assert [(each.owner, each.articles, each.share) for each in post.owned] == [
        ("Beacon", 2, 0.5),
        ("Agence France-Presse", 1, None),
    ]
    assert (beacon.read, beacon.takers, beacon.owned) == (7, [("Post", 2)], [])
    assert [each.read for each in publishers(result, None)] == [None, None]


def test_the_matrix_counts_copies_only() -> None:
    result = printed(
        [
            row("a", "Beacon", role="origin"),
            *(row(f"b{n}", "Post", source_article_id="a") for n in range(4)),
            row("c", "Courier", source_article_id="a"),
            row("d", "Courier", wire_agency="afp"),
            row("e", "Beacon", source_article_id="a"),
        ]
    )
    made = matrix(result)
    assert (made.rows, made.columns) == (["Post", "Courier"], ["Beacon", "Agence France-Presse"])
    assert made.cells == [[4, 0], [1, 1]]
    assert made.shades == [[5, 0], [2, 2]]
