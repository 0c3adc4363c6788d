"""Time the whole job beside other tools on one planted corpus, in one run: ``python benchmarks/bench.py``.

The corpus, its truth and the peers' scripts come from a folder that is not part of the project, named by
``WIRECOPY_BENCH`` (default ``../shared/bench`` beside this checkout): ``make_corpus.py``, ``peers.py``, ``score.py``.
``more_peers.py`` beside this file runs further peers in the same way. Contenders run in turn, as whole processes,
several times; what counts are medians and the ratios within a round, since machines drift. Peak memory is the largest
sum of anonymous memory of the process tree (file-backed pages do not count).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(os.environ.get("WIRECOPY_BENCH", ROOT.parent / "shared" / "bench"))
WORK = ROOT / "build" / "bench"
OUT = WORK / "run"
PEERS = {
    "daft": ["daft"],
    "rensa": ["rensa"],
    "datasketch": ["datasketch>=2.0"],
    "gaoya": ["gaoya"],
    "fastsketch": ["FastSketchLSH"],
    "text-dedup": ["text-dedup==0.4.0"],  # later versions have another command
    "duckdb": ["duckdb"],
    "polars": ["polars", "polars-textproc"],
}
COMMON = ["numpy", "scipy", "pyarrow", "xxhash", "mmh3"]
_MORE = ("text-dedup", "duckdb", "polars")  # run by more_peers.py
_PYTHON_ALONE = ("datasketch",)  # runs on one processor whatever it is told
_SEED = 7  # of make_corpus.py
_SAMPLED = 0.02  # seconds between two looks at the memory


class Took(NamedTuple):
    """One run of one contender: seconds of wall clock and processor, peak of anonymous memory in MB."""

    wall: float
    cpu: float
    memory: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark and print a table and, as its last line, JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", default="daft,rensa,datasketch", help="comma-separated; empty for none")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--least", type=float, help="fail when the median ratio to the first peer is below this")
    options = parser.parse_args(arguments)
    if not (TOOLS / "make_corpus.py").is_file():
        sys.exit(f"no make_corpus.py in {TOOLS}; set WIRECOPY_BENCH to the folder that holds it")
    planted = corpus(options.articles)
    commands = {"wirecopy": [*wirecopy(planted), "--threads", str(options.threads)]}
    for name in filter(None, options.peers.split(",")):
        commands[name] = peer(name, planted)
    run(commands["wirecopy"])  # compiles the kernels and fills the page cache
    rounds = [{name: run(command) for name, command in commands.items()} for _ in range(options.runs)]
    results = {name: _median([each[name] for each in rounds]) for name in commands}
    ratios = {name: statistics.median(r[name].wall / r["wirecopy"].wall for r in rounds) for name in commands}
    _print(options.articles, results, ratios)
    summary = json.loads((OUT / "run.json").read_text())
    report = {
        "articles": options.articles,
        "results": {name: took._asdict() for name, took in results.items()},
        "ratios": ratios,
        "stages": summary["timings"],
        "counts": summary["counts"],
        "score": score(OUT / "clusters.parquet", planted),
    }
    print(json.dumps(report))
    first = next(iter(list(ratios)[1:]), None)
    if options.least and first and ratios[first] < options.least:
        sys.exit(f"{first} takes {ratios[first]:.2f} times as long as wirecopy; at least {options.least} is asked for")


def _median(runs: list[Took]) -> Took:
    return Took(*(statistics.median(column) for column in zip(*runs, strict=True)))


def corpus(articles: int, seed: int = _SEED) -> Path:
    """The folder of the planted corpus of so many articles, made where it is not there yet."""
    folder = WORK / (f"planted-{articles}" if seed == _SEED else f"planted-{articles}-{seed}")
    if not (folder / "truth.parquet").is_file():
        make = [sys.executable, str(TOOLS / "make_corpus.py"), str(articles), str(folder), "--seed", str(seed)]
        subprocess.run(make, check=True, stdout=sys.stderr)
    return folder


def wirecopy(planted: Path) -> list[str]:
    """The command that runs the whole job on a corpus, into the folder :data:`OUT`."""
    dump = str(planted / "articles.parquet")
    return [sys.executable, "-m", "jobs.cli", "detect", dump, "--out", str(OUT), "--force"]


def clusters(name: str) -> Path:
    """Where a peer writes its clusters."""
    return WORK / f"{name}.parquet"


def peer(name: str, planted: Path, *options: str) -> list[str]:
    """The command that runs a peer on a corpus, with ``options`` of its script; it is installed where it is not."""
    home = WORK / "peers" / name
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PEERS[name], *COMMON], check=True)
    script = ROOT / "benchmarks" / "more_peers.py" if name in _MORE else TOOLS / "peers.py"
    threads = 1 if name in _PYTHON_ALONE else os.cpu_count()
    return [
        *(str(python), str(script), name, str(planted), str(clusters(name))),
        *(f"threads={threads}", *options),
    ]


def run(command: list[str]) -> Took:
    """Run a command as a process of its own; ends the benchmark where it fails."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak = [0.0]
    watch = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
    watch.start()
    assert process.stderr is not None
    values = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command)} failed:\n{values}")
    return Took(time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, peak[0])


def _watch(pid: int, peak: list[float]) -> None:
    while (used := sum(_anonymous(each) for each in _tree(pid))) or Path(f"/proc/{pid}").exists():
        peak[0] = max(peak[0], used / 1024)
        time.sleep(_SAMPLED)


def _tree(pid: int) -> list[int]:
    result = [pid]
    with contextlib.suppress(OSError):  # it is gone
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                children = (task / "children").read_text().split()
                result += [each for child in children for each in _tree(int(child))]
    return result


def _anonymous(pid: int) -> int:
    """Anonymous memory of a process in kB; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon:"))


def _print(articles: int, results: dict[str, Took], ratios: dict[str, float]) -> None:
    print(f"{'':12}{'wall s':>10}{'cpu s':>10}{'MB':>10}{'articles/s':>12}{'x wirecopy':>12}")
    for name, (wall, cpu, memory) in results.items():
        print(f"{name:12}{wall:10.2f}{cpu:10.2f}{memory:10.0f}{articles / wall:12,.0f}{ratios[name]:12.2f}")


def score(clusters: Path, corpus: Path) -> dict[str, Any]:
    """How much of what is planted the clusters hold: precision, recall by kind (``score.py``)."""
    printed = subprocess.run(
        [sys.executable, str(TOOLS / "score.py"), str(clusters), str(corpus)],
        check=True,
        capture_output=True,
        text=True,
    )
    scored: dict[str, Any] = json.loads(printed.stdout)
    return scored


if __name__ == "__main__":
    main()
