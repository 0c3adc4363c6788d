"""Lineages as pictures: everybody is in them, and time runs to the right."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dedup.report.pictures import picture


def witness(name: str, hour: int | None, role: str = "witness") -> dict[str, Any]:
    published = None if hour is None else datetime(2025, 5, 12, hour, tzinfo=UTC)
    return {
        "article_id": name,
        "publisher": name.title(),
        "published": published,
        "headline": None,
        "role": role,
        "grade": "reprint",
        "share_from_source": 0.5,
    }


def edge(source: str, target: str, confidence: float = 0.9) -> dict[str, Any]:
    return {"source": source, "target": target, "relation": "reprint", "confidence": confidence}


def test_dates_run_to_the_right_and_the_undated_stand_behind_them() -> None:
    drawn = picture([witness("a", 1, "origin"), witness("b", 4), witness("c", 9), witness("d", None)], [])
    indices = [dot.x for dot in drawn.dots]
    assert indices == sorted(set(indices))
    assert drawn.dated
    assert [words for _, words in drawn.ticks] == ["12 May 2025, 01:00", "12 May 2025, 05:00", "12 May 2025, 09:00"]


def test_without_dates_generations_run_to_the_right() -> None:
    edges = [edge("external:afp", "a"), edge("a", "b"), edge("b", "c", confidence=0.4)]
    drawn = picture([witness(name, None) for name in "cab"], edges)
    at = {dot.name: dot.x for dot in drawn.dots}
    assert at["Agence France-Presse"] < at["A"] < at["B"] < at["C"]
    assert not drawn.dated
    assert [line.kind for line in drawn.lines] == ["sure", "sure", "unsure"]


@given(st.lists(st.one_of(st.none(), st.integers(0, 23)), min_size=1, max_size=6), st.data())
def test_everybody_is_in_the_picture_whatever_the_edges(hours: list[int | None], data: st.DataObject) -> None:
    names = [f"n{number}" for number in range(len(hours))]
    ends = st.sampled_from([*names, "external:afp", "external:The Beacon", "gone"])
    edges = [edge(*pair) for pair in data.draw(st.lists(st.tuples(ends, st.sampled_from(names)), max_size=8))]
    drawn = picture([witness(name, hour) for name, hour in zip(names, hours, strict=True)], edges)
    outside = {each["source"] for each in edges if each["source"].startswith("external:")}
    assert len(drawn.dots) == len(names) + len(outside)
    assert len(drawn.lines) == len([each for each in edges if each["source"] != "gone"])
    assert len({dot.y for dot in drawn.dots}) == len(drawn.dots)
    assert all(0 < dot.x < 660 and 0 < dot.y < drawn.height for dot in drawn.dots)
