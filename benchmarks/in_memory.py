"""Time and memory of articles in memory beside the same in a Parquet file: ``python benchmarks/in_memory.py``.

The planted corpus is that of ``benchmarks/bench.py``. Each way is a process of its own; they run in turn, several
times.
``held`` is the peak of a process that only loads the articles, ``own`` what the run takes on top of that.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence

from bench import corpus, run

_LOADED = {
    "path": "articles = PATH",
    "table": "import pyarrow.parquet as pq; articles = pq.read_table(PATH)",
    "frame": "import polars; articles = polars.read_parquet(PATH)",
    "dicts": "import pyarrow.parquet as pq; articles = pq.read_table(PATH).to_pylist()",
}
_DETECT = "import dedup; dedup.detect(articles, threads=THREADS)"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark and print a table of medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    path = corpus(options.articles) / "articles.parquet"

    def command(code: str) -> list[str]:
        return [sys.executable, "-c", f"PATH, THREADS = {str(path)!r}, {options.threads}; {code}"]

    run(command(f"{_LOADED['path']}; {_DETECT}"))  # compiles the kernels and fills the page cache
    rounds = [
        {way: (run(command(load)), run(command(f"{load}; {_DETECT}"))) for way, load in _LOADED.items()}
        for _ in range(options.runs)
    ]
    print(f"{'':8}{'wall s':>10}{'cpu s':>10}{'held MB':>10}{'own MB':>10}{'x path':>10}")
    base = statistics.median(each["path"][1].cpu for each in rounds)
    for way in _LOADED:
        loads, takes = zip(*(each[way] for each in rounds), strict=True)
        wall, cpu = (statistics.median(getattr(one, name) for one in takes) for name in ("wall", "cpu"))
        cpu -= statistics.median(one.cpu for one in loads) if way != "path" else 0
        held = statistics.median(one.memory for one in loads)
        own = statistics.median(one.memory for one in takes) - held
        print(f"{way:8}{wall:10.2f}{cpu:10.2f}{held:10.0f}{own:10.0f}{cpu / base:10.2f}")


if __name__ == "__main__":
    main()
