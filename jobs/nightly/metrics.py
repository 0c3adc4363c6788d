"""Numbers of a night for Prometheus: the text format that node_exporter's textfile collector reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dedup.writing import atomic_file

#: Metric -> what it says, and the count of run.json that it is.
_COUNTS = {
    "wirecopy_articles_read": ("Articles read.", "read"),
    "wirecopy_articles_new": ("Articles that the store did not have.", "new"),
    "wirecopy_articles_versions": ("Articles that came again with another text.", "versions"),
    "wirecopy_rejects": ("Records that could not become an article.", "rejected"),
    "wirecopy_candidates": ("Pairs that were compared.", "candidates"),
    "wirecopy_matches_new": ("Matches of new articles.", "new_matches"),
    "wirecopy_clusters_changed": ("Clusters made, joined or merged.", "stories"),
    "wirecopy_largest_cluster_articles": ("Articles in the largest changed cluster.", "largest_cluster"),
    "wirecopy_overflowed_buckets": ("Buckets too full to look into.", "skipped_buckets"),
    "wirecopy_overflowed_bucket_members": ("Members of these.", "skipped_bucket_members"),
}


def write_metrics(file: Path, exit_code: int, summary: Mapping[str, Any] | None) -> None:
    """Write the metrics of a night that ended with ``exit_code``; without a summary there was nothing to count.

    The file is replaced at once: a reader sees the old one or the new one.
    """
    with atomic_file(file) as opened:
        opened.write("".join(f"{line}\n" for line in _lines(exit_code, summary)).encode())


def _lines(exit_code: int, summary: Mapping[str, Any] | None) -> Iterator[str]:
    yield from _metric("wirecopy_exit_code", "Exit code of the last night; 0: done.", [("", exit_code)])
    if summary is None:
        return
    counts = summary["counts"]
    for name, (says, count) in _COUNTS.items():
        yield from _metric(name, says, [("", counts[count])])
    grades = [(f'{{grade="{grade}"}}', number) for grade, number in sorted(counts["grades"].items())]
    yield from _metric("wirecopy_matches", "Matches in the changed clusters and of new articles, by grade.", grades)
    stages = [(f'{{stage="{stage}"}}', seconds) for stage, seconds in summary["timings"].items()]
    yield from _metric("wirecopy_stage_seconds", "Seconds that each stage took.", stages)
    yield from _metric("wirecopy_peak_memory_bytes", "Peak memory.", [("", summary["peak_memory"])])


def _metric(name: str, says: str, values: list[tuple[str, float]]) -> Iterator[str]:
    yield f"# HELP {name} {says}"
    yield f"# TYPE {name} gauge"
    for labels, value in values:
        yield f"{name}{labels} {value}"
