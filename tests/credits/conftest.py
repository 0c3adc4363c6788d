"""How the tests of credits and citations ask for the attributions of a text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dedup.article import Article, record_batch
from dedup.credits import Agencies, find, load_agencies
from dedup.text.tokens import tokenise

Attribute = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="session")
def agencies() -> Agencies:
    return load_agencies()


@pytest.fixture(scope="session")
def body() -> str:
    """Words enough that a text has a beginning and an end."""
    return "The council met on Monday and heard about the bridge. " * 30


@pytest.fixture(scope="session")
def attribute(agencies: Agencies) -> Attribute:
    """The attributions of one text, with the fields of its article, as dictionaries."""

    def attributions(text: str, **fields: Any) -> list[dict[str, Any]]:
        batch = record_batch([Article("x", text, **fields)])
        rows: list[dict[str, Any]] = find(batch, tokenise(batch["text"]), agencies).to_pylist()
        for row in rows:
            if row["start"] is not None:
                assert text[row["start"] : row["end"]] == row["evidence"]
        return rows

    return attributions


@pytest.fixture(scope="session")
def credits_of(attribute: Attribute) -> Callable[..., set[tuple[str, str]]]:
    """Name and position of a text's credits."""

    def credits_found(text: str, **fields: Any) -> set[tuple[str, str]]:
        return {(row["name"], row["position"]) for row in attribute(text, **fields) if row["kind"] == "credit"}

    return credits_found


@pytest.fixture(scope="session")
def cited_by(attribute: Attribute) -> Callable[..., list[str]]:
    """The names that a text cites, in its order."""

    def names(text: str, **fields: Any) -> list[str]:
        return [row["name"] for row in attribute(text, **fields) if row["kind"] == "citation"]

    return names
