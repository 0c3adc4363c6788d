"""Nights one after the other: seconds, memory, clusters.

``python benchmarks/nightly.py days``: the nights of pakistan_2025_jan_apr.parquet, one a day, window 30 days.
``python benchmarks/nightly.py seeds``: the five seeds, one a night.
``python benchmarks/nightly.py planted DIR``: the nights of a planted corpus (its folder; ``make_corpus.py N DIR
--nights N1,N2``), and which planted copies of a stored origin were matched with it.

Every night runs in a process of its own, as it does in use. Each mode prints a line of JSON a night.
"""

from __future__ import annotations

import collections
import datetime
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import fmean

import pyarrow.compute as pc
import pyarrow.parquet as pq

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("WIRECOPY_DATA") or ROOT.parent / "shared" / "data")
_SAID = ("new", "candidates", "new_matches", "stories", "largest_cluster", "skipped_buckets")

_NIGHT = """
import datetime, json, sys
from pathlib import Path
from jobs.nightly import Job, nightly
dump, store, out, day = sys.argv[1:]
summary = nightly(Job([dump]), store, out, as_of=datetime.date.fromisoformat(day)).summary
print(json.dumps({name: summary[name] for name in ("run_id", "counts", "timings", "peak_memory")}))
"""


def night(dump: Path, work: Path, day: str) -> dict:
    """One night in a process of its own: what its run.json says, and the seconds that the process took."""
    begin = datetime.datetime.now()
    command = [sys.executable, "-c", _NIGHT, str(dump), str(work / "store"), str(work / "out"), day]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    values = json.loads(done.stdout)
    seconds = (datetime.datetime.now() - begin).total_seconds()
    line = {"run": values["run_id"], "seconds": round(seconds, 2), "megabytes": values["peak_memory"] >> 20}
    line |= {name: values["counts"][name] for name in _SAID} | {"stages": values["timings"]}
    print(json.dumps(line), flush=True)
    return line


def days(work: Path) -> None:
    """A night a day; the day stands in the article's id."""
    articles = pq.read_table(DATA / "pakistan_2025_jan_apr.parquet")
    day = pc.replace_substring_regex(articles["article_id"], r"^.*/(\d{4})/(\d\d)/(\d\d)/.*$", r"\1-\2-\3")
    lines = []
    for one in sorted(set(day.to_pylist())):
        dump = work / f"{one}.parquet"
        pq.write_table(articles.filter(pc.equal(day, one)), dump)
        lines.append(night(dump, work, one))
    for first in range(0, len(lines), 30):
        month = lines[first : first + 30]
        seconds = sum(line["seconds"] for line in month) / len(month)
        maximum = max(line["megabytes"] for line in month)
        print(f"nights {first + 1}-{first + len(month)}: {seconds:.2f} s a night, at most {maximum} MB")
    print(f"{len(lines)} nights: {sum(line['seconds'] for line in lines):.0f} s")


def seeds(work: Path) -> None:
    """One article a night."""
    for number, seed in enumerate(sorted((DATA / "seeds").glob("*.txt"))):
        night(seed, work, (datetime.date(2022, 4, 3) + datetime.timedelta(number)).isoformat())
        ids = pq.read_table(work / "out" / "latest" / "clusters.parquet")["cluster_id"].to_pylist()
        print(f"{seed.name}: clusters {dict(collections.Counter(ids))}")


def planted(work: Path, corpus: Path) -> None:
    """The nights of a planted corpus; of the last one, the copies of stored origins that were matched with these."""
    nights = sorted(corpus.glob("night-*/articles.parquet"))
    for number, dump in enumerate(nights):
        night(dump, work, (datetime.date(2025, 1, 1) + datetime.timedelta(number)).isoformat())
    for kind, result in sorted(_found(work, corpus, len(nights) - 1).items()):
        print(
            f"{kind}: {sum(result)} of {len(result)} copies of stored origins matched with them ({fmean(result):.4f})"
        )


def _found(work: Path, corpus: Path, last: int) -> dict[str, list[bool]]:
    """By kind: was each copy of the last night matched with its origin in an earlier one?"""
    matches = pq.read_table(work / "out" / "latest" / "matches.parquet", columns=["a_id", "b_id", "counted"])
    matches = matches.filter(matches["counted"])
    pairs = set(zip(matches["a_id"].to_pylist(), matches["b_id"].to_pylist(), strict=True))
    rows = pq.read_table(corpus / "truth.parquet").to_pylist()
    result: dict[str, list[bool]] = collections.defaultdict(list)
    for row in rows:
        origin = rows[row["origin_row"]] if row["origin_row"] >= 0 else row
        if row["night"] == last > origin["night"]:
            a, b = sorted((row["article_id"], origin["article_id"]))
            result[row["kind"]].append((a, b) in pairs)
    return result


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        {"days": days, "seeds": seeds, "planted": planted}[sys.argv[1]](Path(folder), *map(Path, sys.argv[2:]))
