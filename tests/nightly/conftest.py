"""Nights of small dumps, the picture of what they leave, and processes that are killed."""

from __future__ import annotations

import datetime
import json
import os
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup.readers import read
from dedup.settings import Settings
from dedup.store import Catalogue
from dedup.store.files import NightFiles
from dedup.tables import MATCHES
from jobs.nightly import Job, Outcome, Policy, nightly

from .picture import picture

ROOT = Path(__file__).parent.parent.parent
FIRST = datetime.date(2025, 5, 9)


class Nights:
    """A store and a folder of published nights, side by side in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.store, self.out = folder, folder / "store", folder / "out"

    def run(self, *dumps: Path, day: int = 0, settings: Settings | None = None, **more: Any) -> Outcome:
        """One night, ``day`` days after the first."""
        as_of = FIRST + datetime.timedelta(day)
        policy = Policy(**{field.name: more.pop(field.name) for field in fields(Policy) if field.name in more})
        known = {name: more.pop(name) for name in ("fields", "agencies", "families") if name in more}
        job = Job(dumps, settings or Settings(), threads=2, **known)
        return nightly(job, self.store, self.out, as_of=as_of, policy=policy, **more)

    def all(self, dumps: Iterable[Path], settings: Settings | None = None, **more: Any) -> list[Outcome]:
        """A night a dump."""
        return [self.run(dump, day=day, settings=settings, **more) for day, dump in enumerate(dumps)]

    def clusters(self) -> dict[str, set[str]]:
        """Who is in which cluster of two or more."""
        with Catalogue(self.store) as catalogue:
            rows = catalogue.ask("SELECT cluster_id, article_id FROM witnesses")
        result: dict[str, set[str]] = {}
        for cluster, article in rows:
            result.setdefault(cluster, set()).add(article)
        return {name: articles for name, articles in result.items() if len(articles) > 1}

    def matches(self) -> dict[tuple[str, str], dict[str, Any]]:
        """All matches that the nights stored, by their pairs, joined where their two are in one cluster."""
        homes = list(self.clusters().values())
        with Catalogue(self.store) as catalogue:
            night_files = NightFiles(catalogue)
            tables = [night_files.read(night, "matches").cast(MATCHES.schema) for night in catalogue.nights()]
        rows = {(row["a_id"], row["b_id"]): row for row in pa.concat_tables(tables).to_pylist()}
        for (a, b), row in rows.items():
            row["joined"] = any({a, b} <= articles for articles in homes)
        return rows

    def published(self, table: str, run: str = "latest") -> list[dict[str, Any]]:
        """The rows of a table of a published night."""
        return list(pq.read_table(self.out / run / f"{table}.parquet").to_pylist())

    def picture(self) -> dict[str, Any]:
        """All that the nights left, but for clock times."""
        return picture(self.folder)


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    """An empty store, and where its nights are published."""
    return Nights(tmp_path / "nights")


@pytest.fixture
def dumps(samples: Path) -> list[Path]:
    """The two small dumps, in their order."""
    return [samples / "morning.jsonl", samples / "evening.csv"]


def write_dump(file: Path, articles: Iterable[Mapping[str, Any]]) -> Path:
    """A dump in JSON lines."""
    file.write_text("".join(json.dumps(article, ensure_ascii=False) + "\n" for article in articles), "utf-8")
    return file


def read_samples(dumps: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """The articles of the sample dumps by id, as they would be written to a dump of one's own."""
    result = {}
    for batch in read(dumps):
        for row in batch.articles.to_pylist():
            date = row["published"].isoformat() if row["published"] else None
            result[row["id"]] = {**{k: v for k, v in row.items() if v is not None}, "published": date}
            result[row["id"]].pop("date_only")
            result[row["id"]].pop("published_text", None)
    return result


def in_child(work: Callable[[], object]) -> int:
    """Do something in a process of its own; returns its exit status as :func:`os.waitstatus_to_exitcode` reads it."""
    child = os.fork()
    if not child:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
