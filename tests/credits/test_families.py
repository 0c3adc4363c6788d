"""The shipped families of publishers: whoever reads them must not find a publisher with two owners."""

from __future__ import annotations

import tomllib
from collections import Counter
from importlib import resources

import pytest

from dedup.credits.names import key


@pytest.mark.parametrize("column", ["publishers", "domains"])
def test_nobody_has_two_owners(column: str) -> None:
    families = tomllib.loads(resources.files("dedup.stories.provenance").joinpath("families.toml").read_text("utf-8"))[
        "family"
    ]
    owners = Counter(key(name) if column == "publishers" else name for family in families for name in family[column])
    assert len(owners) > 100
    assert [name for name, times in owners.items() if times > 1] == []
