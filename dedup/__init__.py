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
    stages  steps                          the job as seven steps; what all drivers do in them alike
    pipeline                               the driver of one machine
    jobs: config  evaluate                 which settings hold; how well labelled pairs are told apart
    jobs: sampling  audit                  pairs drawn from a run to be judged; what the labels say of all of it
    jobs: folder  pair  explanation        what a run holds; what two articles share
    jobs: scorecard                        whose copy every publisher printed
    jobs: ledger engines/ nightly/         what is run
    jobs: samples/ warming                 the sample dumps; what compiles everything beforehand
    jobs: library/ cli/                    for people who write Python; for those who do not

The public names are those of ``__all__``; the objects of jobs/library are among them, though no module here may import
jobs. They are fetched when first used, so that ``import dedup`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dedup.article import Article
    from dedup.matches import grade
    from dedup.readers import read
    from dedup.settings import Settings
    from dedup.signatures import sign
    from jobs.library import Run, Store, detect

__all__ = ["Article", "Run", "Settings", "Store", "detect", "grade", "read", "sign"]
__version__ = "0.1.0"

_HOME = {
    "Article": "dedup.article",
    "Run": "jobs.library",
    "Settings": "dedup.settings",
    "Store": "jobs.library",
    "detect": "jobs.library",
    "grade": "dedup.matches",
    "read": "dedup.readers",
    "sign": "dedup.signatures",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
