"""The command as a user runs it, and the folder of a small run, made by hand."""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dedup import manifest
from dedup.output import write_table
from dedup.settings import Settings
from dedup.tables import TABLES, Table
from tests import processes

ROOT = Path(__file__).parent.parent.parent
Command = Callable[..., subprocess.CompletedProcess[str]]

COPY = "The council of Ormskerry voted on Tuesday to close the northern ferry for good after eleven years of losses"
OTHER = "Nobody in the harbour had expected the price of rope to rise again before the autumn storms had even begun"
TEXTS = {
    "gazette": f"{COPY}, its clerk told the Gazette.",
    "herald": f"{COPY}. (Reuters)",
    "mirror": f"ORMSKERRY (Reuters) - {COPY}. [bold]not markup[/bold]",
    "star": f"{OTHER}. {OTHER.replace('price', 'cost')}.",
}


@pytest.fixture
def wirecopy(tmp_path: Path) -> Command:
    """Runs ``python -m jobs.cli`` with arguments in a folder of its own; keyword arguments are variables."""

    def run(*arguments: str | Path, cwd: Path = tmp_path, **variables: str) -> subprocess.CompletedProcess[str]:
        return processes.wirecopy(cwd, *arguments, **variables)

    return run


def match(a: str, b: str, grade: str, **more: Any) -> dict[str, Any]:
    """A row of matches.parquet."""
    shares = ("score", "resemblance", "containment_a_in_b", "containment_b_in_a", "copy_a_in_b", "copy_b_in_a", "whole")
    counts = dict.fromkeys(("longest_passage", "passages", "shared_quotes"), 0)
    row = {
        "a_id": a,
        "b_id": b,
        "grade": grade,
        "counted": True,
        "joined": more.get("counted", True),
        "cites": None,
        "days_apart": None,
        "reasons": ["made by hand"],
    }
    return {**row, **dict.fromkeys(shares, 0.5), **counts, **more}


def _witness(name: str, day: int, source: str | None) -> dict[str, Any]:
    return {
        "cluster_id": "c1",
        "article_id": name,
        "publisher": name.title(),
        "published": datetime(2025, 5, day, tzinfo=UTC),
        "headline": f"Ferry \x1b[31mcloses\x1b[0m in {name}",
        "role": "witness" if source else "origin",
        "grade": "rewrite" if source else None,
        "source_article_id": source,
        "share_from_source": 0.625 if source else None,
        "wire_agency": "reuters",
        "wire_known_by": "inferred",
        "originator": "Gazette",
        "cluster_size": 3,
        "publisher_count": 3,
        "independent_origins": 1,
    }


def _story(cluster: str, size: int, headline: str) -> dict[str, Any]:
    return {
        "cluster_id": cluster,
        "size": size,
        "publisher_count": size,
        "origin_article_id": "gazette",
        "origin_reason": "published first",
        "wire_agency": "reuters",
        "originator": "Gazette",
        "independent_origins": 1,
        "headline": headline,
    }


def _edge(source: str, target: str, relation: str) -> dict[str, Any]:
    row = {"cluster_id": "c1", "source": source, "target": target, "relation": relation}
    return {**row, "share": 0.625, "confidence": 0.75, "reasons": ["earlier"]}


def _passage(a: str, b: str) -> dict[str, Any]:
    indices = {
        f"{side}_{end}": TEXTS[name].index(COPY) + (end == "end") * len(COPY)
        for side, name in (("a", a), ("b", b))
        for end in ("start", "end")
    }
    return {"a_id": a, "b_id": b, "kind": "copy", **indices}


def _sentence(position: int, words: str, starts: Mapping[str, int], reworded: list[str]) -> dict[str, Any]:
    """A row of copies.parquet; the first of the witnesses has the words that are shown."""
    name, start = next(iter(starts.items()))
    return {
        "cluster_id": "c1",
        "position": position,
        "sentence": words,
        "witnesses": len(starts),
        "same_wording": len(starts) - len(reworded),
        "article_id": name,
        "start": start,
        "end": start + len(words),
        "article_ids": sorted(starts),
        "reworded_ids": reworded,
    }


ROWS: Mapping[str, list[dict[str, Any]]] = {
    "clusters": [_witness("gazette", 6, None), _witness("herald", 7, "gazette"), _witness("mirror", 8, "herald")],
    "stories": [_story("c0", 2, "Small"), _story("c1", 3, "Ferry closes"), _story("c2", 2, "Also small")],
    "copies": [_sentence(0, COPY, {"gazette": 0, "herald": 0, "mirror": 22}, [])],
    "matches": [
        match("gazette", "herald", "rewrite", passages=1, longest_passage=18, days_apart=1.0),
        match("herald", "mirror", "reprint", passages=1),
        match("mirror", "star", "rewrite", counted=False),
    ],
    "passages": [_passage("gazette", "herald"), _passage("herald", "mirror")],
    "attributions": [
        {
            "article_id": "herald",
            "name": "reuters",
            "kind": "credit",
            "position": "tail",
            "evidence": "(Reuters)",
            "start": 109,
            "end": 118,
            "strength": 0.9,
        },
    ],
    "lineage": [
        _edge("external:reuters", "herald", "carries"),
        _edge("gazette", "herald", "rewrite"),
        _edge("herald", "mirror", "reprint"),
        _edge("gazette", "mirror", "rewrite"),
    ],
    "publishers": [],
    "syndication": [],
    "furniture": [],
    "articles": [
        {"id": name, "publisher": name.title(), "published": None, "headline": None, "url": None, "text": text}
        for name, text in TEXTS.items()
    ],
    "rejects": [{"path": "dump.jsonl", "position": "line 3", "reason": "broken"}],
}


def of_two_stories() -> dict[str, list[dict[str, Any]]]:
    """Tables in which ``mirror`` is a witness of ``c0`` too, which it shares with ``star``."""
    clusters = [
        {**_witness("mirror", 8, None), "cluster_id": "c0"},
        {**_witness("star", 9, "mirror"), "cluster_id": "c0"},
    ]
    matches = [row for row in ROWS["matches"] if row["b_id"] != "star"]
    return {
        "clusters": [*clusters, *ROWS["clusters"]],
        "matches": [*matches, match("gazette", "star", "rewrite", joined=False), match("mirror", "star", "reprint")],
    }


def _zeros(table: Table) -> dict[str, Any]:
    """A value for every column of numbers or truths that must have one, so that a new column changes no rows here."""
    kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean)
    needed = [field for field in table.schema if not field.nullable and any(fits(field.type) for fits in kinds)]
    return {field.name: pa.scalar(0).cast(field.type).as_py() for field in needed}


def write_run(folder: Path, changed: Mapping[str, list[dict[str, Any]]] | None = None) -> Path:
    """Write :data:`ROWS`, some of them ``changed``, as the folder of a run."""
    folder.mkdir()
    for table in TABLES:
        rows = [{**_zeros(table), **row} for row in {**ROWS, **(changed or {})}[table.name]]
        write_table(folder, table, pa.Table.from_pylist(rows, table.schema), Settings())
    settings = dataclasses.asdict(Settings())
    manifest.write(folder, {"settings": settings, "inputs": [{"path": str(folder / "dump.jsonl")}]})
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a run of three stories, one of them with all its tables."""
    return write_run(tmp_path / "run")


@pytest.fixture
def run_of(tmp_path: Path) -> Callable[..., Path]:
    """Makes a run like that with the rows of some tables changed: ``run_of(lineage=[...])``."""
    return lambda **changed: write_run(tmp_path / "changed", changed)


@pytest.fixture
def texts() -> Mapping[str, str]:
    """The texts of the run by id."""
    return TEXTS
