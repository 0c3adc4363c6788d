"""Time against right copies found, each tool with its usual setting and its best: ``python benchmarks/recall.py``.

Peers' settings were chosen on one planted corpus, by the F1 of its pairs of copies (``--choose`` does so again), and
are timed on another, beside their usual ones. The corpora and the peers' scripts come from where
``benchmarks/bench.py`` takes them. ``--chart FILE`` draws what was measured.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import bench
import pyarrow.parquet as pq

KINDS = ("verbatim", "truncation", "light", "heavy", "quote")
_CHOSEN_ON, _TIMED_ON = (10_000, 11), (100_000, 7)  # articles and seeds of the corpora
BEST: dict[str, tuple[str, ...]] = {
    "daft": ("ng=3", "bands=32", "rows=4"),
    "rensa": ("ng=3", "t=0.3", "bands=64", "verify=1"),
    "datasketch": ("ng=3", "t=0.3", "verify=1"),
    "gaoya": ("ng=3", "bands=32", "rows=4", "t=0.1"),
    "fastsketch": ("ng=3", "bands=32"),
    "text-dedup": ("ng=3", "bands=25", "rows=5"),
    "duckdb": ("ng=3", "t=0.3", "bands=64", "rows=2"),
    "polars": ("ng=3", "bands=32", "rows=4"),
}
_PRECISE = 0.9  # the precision below which a setting is drawn hollow
_STYLES = (  # of tools in a chart, wirecopy first
    *(("#b3261e", "*"), ("C0", "o"), ("C1", "s"), ("C2", "D"), ("C4", "^"), ("C5", "v")),
    *(("C6", "P"), ("C8", "X"), ("C9", ">"), ("C7", "<")),
)


class Point(NamedTuple):
    """What a tool took and gave: ``right`` copies that stand in one cluster with their origin, of all planted."""

    tool: str
    setting: str
    wall: float
    cpu: float
    memory: float
    right: float
    precision: float


def grid(name: str) -> Iterator[tuple[str, ...]]:
    """The settings of a peer that are tried: n-grams, thresholds, bands; with verification where it has one."""
    for words in ("ng=3", "ng=5"):
        if name == "datasketch":
            yield from ((words, f"t={t}", "verify=1") for t in (0.5, 0.3, 0.2))
        elif name == "rensa":
            yield from ((words, f"t={t}", "bands=64", "verify=1") for t in (0.5, 0.3, 0.2))
        elif name == "duckdb":
            yield from ((words, f"t={t}", "bands=64", "rows=2") for t in (0.5, 0.3, 0.2))
        elif name == "fastsketch":
            yield from ((words, f"bands={bands}") for bands in (16, 32, 64))
        else:
            bands = ((16, 8), (25, 5), (32, 4), (42, 3), (64, 2))
            yield from ((words, f"bands={b}", f"rows={r}", *(("t=0.1",) if name == "gaoya" else ())) for b, r in bands)


def main(arguments: Sequence[str] | None = None) -> None:
    """Choose, time, and print a table and, as its last line, JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", default=",".join(BEST), help="comma-separated")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--chart", type=Path)
    parser.add_argument("--choose", action="store_true", help="only print what every setting finds, and the best")
    options = parser.parse_args(arguments)
    peers = options.peers.split(",")
    if options.choose:
        for name in peers:
            print(name, *choose(name, bench.corpus(*_CHOSEN_ON)))
        return
    timed_on = bench.corpus(*_TIMED_ON)
    bench.run(bench.wirecopy(timed_on))  # compiles the kernels and fills the page cache
    points = [_wirecopy(timed_on, options.runs)]
    for name in peers:
        points += [_point(name, setting, timed_on, options.runs) for setting in ((), BEST[name])]
    copies = _planted_copies(timed_on)
    print(f"{'':12}{'wall s':>8}{'cpu s':>8}{'MB':>7}{'copies':>8}{'right':>7}{'ms each':>9}  setting")
    for point in points:
        each = 1000 * point.wall / max(point.right, 1)
        print(
            f"{point.tool:12}{point.wall:8.1f}{point.cpu:8.1f}{point.memory:7.0f}{point.right / copies:8.3f}"
            f"{point.precision:7.3f}{each:9.2f}  {point.setting}"
        )
    if options.chart:
        draw(points, copies, options.chart)
    print(json.dumps([point._asdict() for point in points]))


def choose(name: str, corpus: Path) -> tuple[str, ...]:
    """The setting of a peer whose pairs have the best F1; prints what each of them finds."""
    scored = {}
    for setting in grid(name):
        bench.run(bench.peer(name, corpus, *setting))
        scored[setting] = bench.score(bench.clusters(name), corpus)
        print(name, *setting, json.dumps(scored[setting]))
    return max(scored, key=lambda setting: float(scored[setting]["F1"]))


def _wirecopy(corpus: Path, runs: int) -> Point:
    took = [bench.run(bench.wirecopy(corpus)) for _ in range(runs)]
    return _scored("wirecopy", "", took, bench.score(bench.OUT / "clusters.parquet", corpus), corpus)


def _point(name: str, setting: tuple[str, ...], corpus: Path, runs: int) -> Point:
    took = [bench.run(bench.peer(name, corpus, *setting)) for _ in range(runs)]
    words = " ".join(setting) or "its usual one"
    return _scored(name, words, took, bench.score(bench.clusters(name), corpus), corpus)


def _scored(tool: str, setting: str, took: list[bench.Took], score: dict[str, Any], corpus: Path) -> Point:
    number = pq.read_table(corpus / "truth.parquet", columns=["kind"])["kind"].value_counts().to_pylist()
    planted = {row["values"]: row["counts"] for row in number}
    right = sum(score[f"rec_{kind}"] * planted[kind] for kind in KINDS)
    wall, cpu, memory = (statistics.median(column) for column in zip(*took, strict=True))
    return Point(tool, setting, wall, cpu, memory, right, float(score["P"]))


def _planted_copies(corpus: Path) -> int:
    kinds = pq.read_table(corpus / "truth.parquet", columns=["kind"])["kind"].to_pylist()
    return sum(kind in KINDS for kind in kinds)


def draw(points: Sequence[Point], copies: int, file: Path) -> None:
    """A chart of time against right copies found; above and to the left is better."""
    from matplotlib import figure  # noqa: PLC0415  # only where a chart is wanted

    drawing = figure.Figure(figsize=(7.5, 4), layout="constrained")
    axes = drawing.add_subplot(xscale="log", xlabel="seconds for 100,000 articles", ylabel="planted copies found, %")
    tools = itertools.groupby(points, key=lambda point: point.tool)
    for (tool, settings), (colour, marker) in zip(tools, itertools.cycle(_STYLES), strict=False):
        marked: dict[str, Any] = {"color": colour, "marker": marker, "markersize": 16 if tool == "wirecopy" else 8}
        each = [(point.wall, 100 * point.right / copies, point.precision) for point in settings]
        axes.plot([wall for wall, _, _ in each], [share for _, share, _ in each], label=tool, linewidth=0.6, **marked)
        for wall, share, precision in each:
            if precision < _PRECISE:
                axes.plot(wall, share, markerfacecolor="white", **marked)
    slowest = max(point.wall for point in points)
    ticks = [tick for tick in (5, 10, 20, 50, 100, 200, 500, 1000) if tick < 2 * slowest]
    axes.set(ylim=(0, 104), yticks=range(0, 101, 20), xticks=ticks, xticklabels=ticks)
    axes.minorticks_off()
    note = "from the usual setting to the best one\nhollow: more than a tenth of its pairs is wrong"
    axes.text(0.01, 0.02, note, transform=axes.transAxes)
    axes.spines[["top", "right"]].set_visible(False)
    drawing.legend(loc="outside right center", frameon=False)
    drawing.savefig(file, dpi=150, metadata={"Software": None})


if __name__ == "__main__":
    main()
