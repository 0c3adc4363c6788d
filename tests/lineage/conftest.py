"""Small clusters written down line by line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from dedup.credits import Agencies, load_agencies
from dedup.stories.lineage import WITNESSES, Traced, trace
from dedup.stories.provenance import Families, load_families
from dedup.tables import ATTRIBUTIONS, MATCHES

Row = dict[str, Any]


class Story:
    """Witnesses, their matches and their marks; without a cluster's name they are in the cluster ``c``."""

    def __init__(self, families: Families, agencies: Agencies) -> None:
        self.families = families
        self.agencies = agencies
        self.witnesses: list[Row] = []
        self.matches: list[Row] = []
        self.attributions: list[Row] = []

    def witness(self, name: str, publisher: str | None = None, published: str | None = None, **more: Any) -> None:
        """A date without a ``T`` is a day without a time."""
        time = datetime.fromisoformat(published).replace(tzinfo=_UTC) if published else None
        row = {"cluster_id": "c", "article_id": name, "publisher": publisher, "published": time}
        row |= {"date_only": bool(published) and "T" not in published, "headline": f"On {name}", "url": None}
        self.witnesses.append(row | {"tokens": 400} | more)

    def match(self, one: str, other: str, grade: str = "reprint", shares: tuple[float, float] = (0.9, 0.9)) -> None:
        """``shares``: how much of ``one`` is in ``other``, and of ``other`` in ``one``."""
        (a, a_in_b), (b, b_in_a) = sorted(zip((one, other), shares, strict=True))
        row = {"a_id": a, "b_id": b, "grade": grade, "counted": True, "score": 0.9, "whole": 0.5, "resemblance": 0.5}
        row |= {"containment_a_in_b": a_in_b, "containment_b_in_a": b_in_a}
        row |= {"copy_a_in_b": a_in_b, "copy_b_in_a": b_in_a, "longest_passage": 9, "passages": 1, "shared_quotes": 0}
        self.matches.append(row | {"cites": None, "days_apart": None, "reasons": []})

    def credit(
        self, article: str, name: str, strength: float = 0.9, position: str = "tail", evidence: str = ""
    ) -> None:
        self._mark(article, name, "credit", position, evidence or name, strength, 2000)

    def cite(self, article: str, name: str, strength: float = 0.8, start: int = 100, evidence: str = "") -> None:
        self._mark(article, name, "citation", "body", evidence or name, strength, start)

    def _mark(self, article: str, name: str, kind: str, position: str, evidence: str, strength: float, at: int) -> None:
        start = None if position == "metadata" else at
        values = (article, name, kind, position, evidence, start, start and start + len(evidence), strength)
        self.attributions.append(dict(zip(ATTRIBUTIONS.schema.names, values, strict=True)))

    def trace(self) -> Traced:
        schemas = (WITNESSES, MATCHES.schema, ATTRIBUTIONS.schema)
        rows = (self.witnesses, self.matches, self.attributions)
        tables = (pa.Table.from_pylist(each, schema=schema) for each, schema in zip(rows, schemas, strict=True))
        return trace(*tables, self.families, self.agencies)

    def row(self, article: str) -> Row:
        """The witness's row of ``clusters``."""
        (result,) = (row for row in self.trace().clusters.to_pylist() if row["article_id"] == article)
        return result

    def link(self, article: str) -> Row:
        """The row of ``lineage`` that tells the witness's source."""
        (result,) = (row for row in self.trace().lineage.to_pylist() if row["target"] == article)
        return result

    def summary(self) -> Row:
        """The only row of ``stories``."""
        (result,) = self.trace().stories.to_pylist()
        return result


_UTC = datetime.fromisoformat("2000-01-01T00:00+00:00").tzinfo


@pytest.fixture(scope="session")
def agencies() -> Agencies:
    return load_agencies()


@pytest.fixture
def story(agencies: Agencies) -> Story:
    return Story(load_families(), agencies)
