from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dedup import detect


@pytest.fixture(scope="module")
def seeds(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """The tables of a run over the five articles that tell one story, with ids cut to their numbers."""
    folder = detect([data / "seeds"], tmp_path_factory.mktemp("run") / "out").folder
    return {name: pq.read_table(folder / f"{name}.parquet").to_pylist() for name in ("clusters", "stories", "lineage")}


def number(name: str) -> int:
    return int(name[:3])


def test_all_five_go_back_to_the_tribune(seeds: dict[str, list[dict[str, Any]]]) -> None:
    (story,) = seeds["stories"]
    assert {row["originator"] for row in seeds["clusters"]} == {story["originator"]} == {"The Express Tribune"}
    assert len(seeds["clusters"]) == story["size"] == 5
    assert story["independent_origins"] == 1
    assert number(story["origin_article_id"]) == 3


def test_the_wire_is_credited_once_inferred_once_and_never_for_the_others(
    seeds: dict[str, list[dict[str, Any]]],
) -> None:
    wires = {number(row["article_id"]): (row["wire_agency"], row["wire_known_by"]) for row in seeds["clusters"]}
    assert wires.pop(3) == ("pti", "credit")
    assert wires.pop(0) == ("pti", "inferred")
    assert set(wires.values()) == {(None, None)}


def test_every_source_is_told(seeds: dict[str, list[dict[str, Any]]]) -> None:
    links = {number(row["target"]): row for row in seeds["lineage"]}
    assert number(links[0]["source"]) == 3
    assert links[3]["source"] == "external:pti"
    for own_rewrite in (1, 2, 4):
        assert links[own_rewrite]["source"] == "external:The Express Tribune"
        assert links[own_rewrite]["relation"] == "cites"
