"""Finds which articles are copies or rewrites of the same wire copy, whose copy it was, and how much of each it is.

The modules are read in this order, and each imports only from what stands before it (``tests/test_layering.py`` holds
them to it, reading this block). A name that ends in a slash is a folder, which counts as one entry::

    errors  article  settings  tables      what the data is
    arrays                                 keys of pairs, runs of equal values, days
    rules                                  what makes two articles a pair to compare
    tomlfile                               what users write
    writing                                files and folders that appear whole or not at all
    readers/                               one file a format: dump -> Article | Rejected
    kernels/  tokens                       text -> tokens and shingles, compiled
    furniture/  quotes  credits/           what is not body copy; returned as evidence
    signatures                             shingles -> signatures
    oddities  reading                      what reading comes to beside the articles
    spool  corpus                          the articles of a run: texts mapped, the rest in arrays
    components  buckets  bands             near-duplicates
    candidates                             which pairs to compare
    passages  matches/                     what two texts share, and what that makes them
    origins                                which pairs to look at that share a source and few words
    verification                           candidates to matches, block by block
    clusters  attribution/  lineage/       what the matches add up to
    copies/                                the copy itself, reconstructed from its witnesses
    manifest                               digests of a run's files, kept in run.json
    store/                                 articles and signatures of earlier nights
    output  report                         Parquet, HTML
    progress                               stages, seconds, memory
    pipeline                               the whole way, readable as a paragraph
    jobs: config  evaluate                 which settings hold; how well labelled pairs are told apart
    jobs: sampling  audit                  pairs drawn from a run to be judged; what the labels say of all of it
    jobs: ledger engines/ nightly/ cli/    what is run

The public names are those of ``__all__``. They are fetched when first used, so that ``import dedup`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dedup.article import Article
    from dedup.matches import grade
    from dedup.pipeline import detect
    from dedup.readers import read
    from dedup.settings import Settings
    from dedup.signatures import sign

__all__ = ["Article", "Settings", "detect", "grade", "read", "sign"]
__version__ = "0.1.0"

_HOME = {
    "Article": "article",
    "Settings": "settings",
    "detect": "pipeline",
    "grade": "matches",
    "read": "readers",
    "sign": "signatures",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
