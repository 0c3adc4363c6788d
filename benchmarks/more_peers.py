"""One peer of ``benchmarks/bench.py`` on one corpus: ``more_peers.py NAME CORPUS OUT.parquet [threads=2 ng=5 ...]``.

Like ``peers.py`` it reads ``articles.parquet`` of the corpus, writes the cluster of every row as Parquet and prints one
JSON line with the seconds of each stage. Each peer runs in an environment of its own, which has numpy, scipy, pyarrow
and the peer. Options: ``ng`` words in a shingle; ``bands`` of ``rows`` minima each; ``t``, the estimated Jaccard
similarity from which a pair counts (duckdb only). Without options a peer has its own defaults.

Each follows a published recipe:

- ``text-dedup``: its command ``python -m text_dedup.minhash`` (0.4.0), called in this process.
- ``polars``: the expression ``minhash`` of the plugin polars-textproc, with the defaults that it documents.
- ``duckdb``: Snowflake's MINHASH and APPROXIMATE_SIMILARITY in the terms in which sqlglot puts them for DuckDB: minima
  of hashes with a seed, and the share of minima that agree. A band is a hash of minima, as in the community extension
  ``lsh``. Neither has defaults for articles, so 5-grams and 16 bands of 8 are those of daft.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy import sparse

# This module has no imports from the project: it runs where only a peer is installed.


def text_dedup(articles: Path, options: dict[str, str], threads: int) -> np.ndarray:
    """The cluster of each row, by its command with its caches in a folder that goes afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(HF_HOME=folder, HF_HUB_OFFLINE="1")  # nothing but the local file is read
        arguments = ["--path", "parquet", "--data_files", str(articles), "--split", "train", "--column", "text"]
        arguments += ["--cache_dir", folder, "--output", f"{folder}/kept", "--num_proc", str(threads)]
        if "ng" in options:
            arguments += ["--ngram", options["ng"]]
        if "bands" in options:
            bands, rows = options["bands"], options["rows"]
            arguments += ["--b", bands, "--r", rows, "--num_perm", str(int(bands) * int(rows))]
        module = importlib.import_module("text_dedup.minhash")
        module.main(arguments, standalone_mode=False)
        return np.array([module.uf.find(row) for row in range(_rows(articles))])


def polars(articles: Path, options: dict[str, str], threads: int) -> np.ndarray:
    """The components of rows that share a bucket of the plugin."""
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars as pl  # noqa: PLC0415  # reads the number of threads; only one peer has it
    from polars_textproc import minhash  # noqa: PLC0415  # the same

    buckets = int(options.get("bands", 14))
    signature = minhash(
        pl.col("text").str.to_lowercase(),
        buckets=buckets,
        bsize=int(options.get("rows", 8)),
        window=int(options.get("ng", 5)),
    )
    signed = pl.scan_parquet(articles).select(signature=signature).with_row_index("row").collect()
    parts = [pl.col("signature").str.slice(32 * bucket, 32) for bucket in range(buckets)]  # 128 bits in hexadecimal
    first = signed.select(pl.col("row").min().over(part).alias(str(k)) for k, part in enumerate(parts)).to_numpy()
    return _components(len(signed), np.repeat(np.arange(len(signed)), buckets), first.ravel())


def duckdb(articles: Path, options: dict[str, str], threads: int) -> np.ndarray:
    """The components of rows that share a band and, where it is asked for, enough minima."""
    connection = importlib.import_module("duckdb").connect(config={"threads": threads})
    words, bands, rows = int(options.get("ng", 5)), int(options.get("bands", 16)), int(options.get("rows", 8))
    shingle = ", ".join(f"unnest(hashes[{1 + k}:len(hashes) - {words - 1 - k}])" for k in range(words))
    minima = ", ".join(f"min(hash(shingle, {seed}))" for seed in range(bands * rows))
    connection.execute(f"""
        CREATE TABLE signatures AS
        WITH words AS (
            SELECT file_row_number AS row, [hash(word) FOR word IN regexp_extract_all(lower(text), '\\S+')] AS hashes
            FROM read_parquet('{articles}', file_row_number = true)
        ), shingles AS (SELECT row, hash({shingle}) AS shingle FROM words WHERE len(hashes) >= {words})
        SELECT row, [{minima}] AS minima FROM shingles GROUP BY row""")
    connection.execute(f"""
        CREATE TABLE bands AS
        SELECT row, unnest([hash(k, minima[k * {rows} + 1:(k + 1) * {rows}]) FOR k IN range({bands})]) AS band
        FROM signatures""")
    if "t" in options:
        pairs = f"""
            WITH pairs AS (
                SELECT DISTINCT a.row AS i, b.row AS j FROM bands a JOIN bands b ON a.band = b.band AND a.row < b.row
            )
            SELECT i, j FROM pairs JOIN signatures a ON i = a.row JOIN signatures b ON j = b.row
            WHERE list_avg([(pair[1] = pair[2])::INT FOR pair IN list_zip(a.minima, b.minima)]) >= {options["t"]}"""
    else:
        pairs = "SELECT row AS i, min(row) OVER (PARTITION BY band) AS j FROM bands"
    edges = connection.execute(pairs).fetchnumpy()
    return _components(_rows(articles), edges["i"], edges["j"])


def _rows(articles: Path) -> int:
    return int(pq.read_metadata(articles).num_rows)


def _components(number: int, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    graph = sparse.coo_array((np.ones(len(i), np.int8), (i, j)), shape=(number, number))
    labels: np.ndarray = sparse.csgraph.connected_components(graph, directed=False)[1]
    return labels


PEERS: dict[str, Callable[[Path, dict[str, str], int], np.ndarray]] = {
    "text-dedup": text_dedup,
    "duckdb": duckdb,
    "polars": polars,
}


def main(name: str, corpus: str, out: str, *options: str) -> None:
    """Run one peer and print what it took."""
    begin = time.perf_counter()
    given = dict(option.split("=") for option in options)
    threads = int(given.pop("threads", 1))
    cluster = PEERS[name](Path(corpus, "articles.parquet"), given, threads)
    found = time.perf_counter()
    pq.write_table(pa.table({"row": np.arange(len(cluster)), "cluster": cluster}), out)
    stages = {"clusters": found - begin, "write": time.perf_counter() - found}
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    report: dict[str, Any] = {
        "n": len(cluster),
        "wall": time.perf_counter() - begin,
        "cpu": sum(each.ru_utime + each.ru_stime for each in used),
        "stages": stages,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main(*sys.argv[1:])
