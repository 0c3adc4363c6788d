"""How much of what runs print is right, by readers' labels, against the floors of ``stories_floors.json``.

``make quality`` runs the five article files and fails where a measure falls below its floor; ``python
benchmarks/stories.py --set-floors`` writes the floors again, two points below what was measured. Pairs are weighted to
the output, so that their shares are estimates for all that a run prints. A counted pair is right where readers call it
copy of the news (a recycled background is none) or, graded derived, where one report goes back to the other or both to
one. In pools of articles readers worked out which copies each carries: pairs, and B-cubed (Bagga and Baldwin 1998).
"""

from __future__ import annotations

import collections
import itertools
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from labelled import DATA, copies_of, read_labels

from dedup import detect
from dedup.settings import Settings

FLOORS = Path(__file__).with_name("stories_floors.json")
SETS = (
    "event_news",
    "saudi_arabic_week",
    "pakistan_2025_jan_apr",
    "allsides_us_politics",
    "us_outlets_helsinki",
)
_MARGIN = 0.02
_Homes = dict[str, set[str]]


def pairs(folder: Path, name: str) -> dict[str, float]:
    """Weighted precision and recall of the counted pairs of a run, and how many derived ones are right."""
    columns = ["a_id", "b_id", "grade", "counted"]
    matches = pq.read_table(folder / "matches.parquet", columns=columns).to_pylist()
    grades = {frozenset((row["a_id"], row["b_id"])): row["grade"] for row in matches if row["counted"]}
    counted = right = copies = copies_counted = derived = derived_right = 0.0
    for row in read_labels("gold_pairs_dev2"):
        if row["set"] != name:
            continue
        weight, grade = float(row["weight"]), grades.get(frozenset((row["a_id"], row["b_id"])))
        copy = row["label"] in ("WD", "PD") and row["background"] != "y"
        fits = copy or (grade == "derived" and row["lineage"] == "y")
        counted, right = counted + weight * bool(grade), right + weight * (bool(grade) and fits)
        copies, copies_counted = copies + weight * copy, copies_counted + weight * (bool(grade) and copy)
        derived, derived_right = derived + (grade == "derived"), derived_right + (grade == "derived" and fits)
    if not copies:
        return {}
    shares = {"precision of counted pairs": right / max(counted, 1e-9), "recall of copy": copies_counted / copies}
    return shares | ({"derived that are right": derived_right / derived} if derived else {})


def stories(folder: Path, name: str) -> dict[str, float]:
    """Pairs within stories, B-cubed F1, and the share of clustered articles whose mates are all right, in the pools."""
    homes: _Homes = collections.defaultdict(set)
    for row in pq.read_table(folder / "clusters.parquet", columns=["cluster_id", "article_id"]).to_pylist():
        homes[row["article_id"]].add(row["cluster_id"])
    pools: dict[str, dict[str, set[str]]] = collections.defaultdict(dict)
    for row in read_labels("cluster_gold_dev"):
        if row["set"] == name:
            pools[row["pool"]][row["article_id"]] = copies_of(row)
    both = printed = true = 0
    precision, recall, clean = [], [], []
    for gold in pools.values():
        for a, b in itertools.combinations(gold, 2):
            together, same = bool(homes[a] & homes[b]), bool(gold[a] & gold[b])
            both, printed, true = both + (together and same), printed + together, true + same
        for a in gold:
            mates = {x for x in gold if homes[x] & homes[a]} | {a}
            right = {x for x in gold if gold[x] & gold[a]} | {a}
            precision.append(len(mates & right) / len(mates))
            recall.append(len(mates & right) / len(right))
            clean += [mates <= right] if len(mates) > 1 else []
    p, r = float(np.mean(precision)), float(np.mean(recall))
    return {
        "pairs in stories that are right": both / max(printed, 1),
        "pairs in stories that are found": both / max(true, 1),
        "stories B-cubed F1": 2 * p * r / (p + r),
        "clustered articles with only right mates": float(np.mean(clean)) if clean else 1.0,
    }


def main() -> int:
    """Print every measure beside its floor; 1 where one is below."""
    measured: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name in SETS:
            run = detect([DATA / f"{name}.parquet"], Path(scratch, name), settings=Settings(texts=False))
            result = pairs(run.folder, name) | stories(run.folder, name)
            measured |= {f"{name}: {what}": value for what, value in result.items()}
    if "--set-floors" in sys.argv[1:]:
        floors = {what: round(value - _MARGIN, 3) for what, value in measured.items()}
        FLOORS.write_text(json.dumps(floors, indent=2) + "\n", "utf-8")
    floors = json.loads(FLOORS.read_text("utf-8"))
    for what, value in measured.items():
        print(f"{value:.3f}  floor {floors.get(what, 0.0):.3f}  {what}")
    return int(any(measured[what] < floor for what, floor in floors.items()))


if __name__ == "__main__":
    sys.exit(main())
