"""Finds which articles are copies or rewrites of the same wire copy, whose copy it was, and how much of each it is.

The modules are read in this order, and each imports only from what stands before it (``tests/test_layering.py`` holds
them to it, reading this block). A name that ends in a slash is a folder, which counts as one entry::

    errors  article  settings  tables      what the data is
    arrays                                 keys of pairs, runs of equal values, days
    rules                                  what makes two articles a pair to compare
    tomlfile  writing  scratch             what users write; files that appear whole or not at all; large arrays
    addresses                              files in buckets and other stores that pyarrow knows
    readers/                               one file a format: dump -> Article | Rejected
    kernels/  components                   the compiled loops; connected components
    text/                                  text -> tokens and shingles; quotations and boilerplate, marked as evidence
    credits/                               credit lines, datelines, citations
    minhash                                shingles -> signatures
    corpus                                 the articles of a run: texts mapped, the rest in arrays
    search/                                which pairs to compare
    grading/                               what two texts share, and which grade that makes
    stories/                               clusters, whose copy, who took it from whom, the copy itself
    manifest                               digests of a run's files, kept in run.json
    store/                                 articles and signatures of earlier nights
    output  report/                        Parquet, HTML
    progress                               how far a run is, how long its stages took
    jobs: config  labels  evaluate         which settings hold; labelled pairs, and how well they are distinguished
    jobs: sampling  audit                  pairs drawn from a run to be judged; what the labels say of all of it
    jobs: folder  pair  explanation        what a run holds; what two articles share
    jobs: stages  steps                    the job as seven steps; what all drivers do in them alike
    jobs: local                            the driver of one machine
    jobs: samples/                         the two sample dumps, as part of the package
    jobs: ledger spark/ nightly/           changes of clusters from night to night; the other two drivers
    jobs: warming                          compiles everything that runs and nights need
    jobs: library/ cli/                    for people who write Python; for those who do not

The public names are those of ``__all__``; the objects of jobs/library are among them, though no module here may import
jobs. They are fetched when first used, so that ``import dedup`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dedup.article import Article
    from dedup.grading import grade
    from dedup.minhash import minhash_texts
    from dedup.readers import read
    from dedup.settings import Settings
    from jobs.library import Run, Store, detect

__all__ = ["Article", "Run", "Settings", "Store", "detect", "grade", "minhash_texts", "read"]
__version__ = "0.1.0"

_HOME = {
    "Article": "dedup.article",
    "Run": "jobs.library",
    "Settings": "dedup.settings",
    "Store": "jobs.library",
    "detect": "jobs.library",
    "grade": "dedup.grading",
    "read": "dedup.readers",
    "minhash_texts": "dedup.minhash",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
