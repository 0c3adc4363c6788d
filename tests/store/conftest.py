"""A store made of texts, and new texts to search it for."""

from __future__ import annotations

import contextlib
import datetime
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dedup.arrays import NO_DAY
from dedup.minhash import minhash_texts
from dedup.search.bands import near_duplicates
from dedup.settings import Settings
from dedup.store import Catalogue, Window, load
from dedup.store.candidates import New, WindowCandidates, search
from dedup.store.files import NightFiles
from dedup.text.boilerplate import LearnedBoilerplate, empty
from jobs.nightly import Job, Policy, nightly

BEGINNINGS, ENDS = ("ba", "de", "fi", "go", "lu", "ma", "ne", "po", "ra", "su"), ("rin", "tos", "vel", "mak")
WORDS = [beginning + end for beginning in BEGINNINGS for end in ENDS]


def story(chance: random.Random, words: int) -> list[str]:
    """So many words."""
    return [chance.choice(WORDS) + chance.choice("aeiou") for _ in range(words)]


def reworded(text: Sequence[str], chance: random.Random, share: float) -> list[str]:
    """The text with a share of its words replaced."""
    return [chance.choice(WORDS) + "x" if chance.random() < share else word for word in text]


@contextlib.contextmanager
def window(folder: Path, nights: Sequence[Sequence[str]], settings: Settings) -> Iterator[Window]:
    """The window over nights of texts; ids are ``night-number``."""
    for number, texts in enumerate(nights):
        dump = folder / f"{number}.parquet"
        ids = [f"{number}-{index:03}" for index in range(len(texts))]
        pq.write_table(pa.table({"id": ids, "text": list(texts)}), dump)
        as_of = datetime.date(2025, 5, 1 + number)
        nightly(
            Job([dump], settings), folder / "store", folder / "out", as_of=as_of, policy=Policy(boilerplate=empty())
        )
    with Catalogue(folder / "store") as catalogue:
        yield load(NightFiles(catalogue), catalogue.nights(), catalogue.replaced())


def fully_compared(
    stored: Window, texts: Sequence[str], settings: Settings, limit: int, boilerplate: LearnedBoilerplate | None = None
) -> WindowCandidates:
    """Search a window for new texts of no publisher and no date."""
    signatures = minhash_texts(pa.array(texts, pa.large_string()), settings)
    with ThreadPoolExecutor(2) as threads:
        groups = near_duplicates(signatures, settings, threads)
        new = New(signatures, groups, np.full(len(texts), -1, np.int32), np.full(len(texts), NO_DAY, np.int32))
        return search(stored, new, boilerplate or empty(), settings, limit, threads)


def ids_of(stored: Window) -> list[str]:
    """The ids of a window's rows."""
    tables = [stored.night_files.read(night, "ids", ["id"]) for night in stored.nights]
    return list(pa.concat_tables(tables)["id"].to_pylist())
