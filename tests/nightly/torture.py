"""Kills commands at every named point, within the upkeep of a store and at random times, and flips bytes.

What is left is compared with what nobody disturbed, and so is what damaged files answer.

``python tests/nightly/torture.py [SECONDS] [SEED]`` runs for about so many seconds (default 500). Every kill is of the
real process, by SIGKILL; then the same command is given again until the nights are done. Ends with exit code 1 where
anything was lost or came out different. ``make torture`` runs it.
"""

from __future__ import annotations

import datetime
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from dedup.readers import read  # noqa: E402  # the checkout goes first
from dedup.store import Catalogue  # noqa: E402
from jobs.nightly.failpoints import FAILPOINTS  # noqa: E402
from tests.nightly.hurting import Hurting  # noqa: E402
from tests.nightly.picture import picture  # noqa: E402

FIRST = datetime.date(2025, 5, 9)
NIGHTS = 4


def dumps(folder: Path) -> list[Path]:
    """The sample articles, dealt out to a few nights; the last one also brings one of the first again, rewritten."""
    samples = [ROOT / "samples" / name for name in ("morning.jsonl", "evening.csv")]
    rows = [row for batch in read(samples) for row in batch.articles.to_pylist()]
    files = []
    for night in range(NIGHTS):
        part = rows[night::NIGHTS]
        if night == NIGHTS - 1:
            part = [*part, {**rows[0], "text": rows[1]["text"]}]
        files.append(folder / f"{night}.jsonl")
        names = ("id", "publisher", "published", "headline", "url", "byline", "text")
        keep = [{name: str(row[name]) for name in names if row[name] is not None} for row in part]
        files[-1].write_text("".join(json.dumps(row) + "\n" for row in keep), "utf-8")
    return files


def command(work: Path, night: int, files: list[Path]) -> list[str]:
    day = (FIRST + datetime.timedelta(night)).isoformat()
    indices = ["--store", str(work / "store"), "--out", str(work / "out"), "--as-of", day]
    return [sys.executable, "-m", "jobs.cli", "nightly", str(files[night]), *indices]


def run(work: Path, night: int, files: list[Path], **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run(
        command(work, night, files), cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def killed_after(seconds: float, work: Path, night: int, files: list[Path]) -> bool:
    """Kill a night after so many seconds; False where it had ended by then."""
    with subprocess.Popen(
        command(work, night, files), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as night_under_way:
        time.sleep(seconds)
        night_under_way.send_signal(signal.SIGKILL)
        return night_under_way.wait() == -signal.SIGKILL


def differences(one: dict[str, Any], other: dict[str, Any]) -> Iterator[str]:
    for name in sorted(one.keys() | other.keys()):
        if one.get(name) != other.get(name):
            yield name


def committed(work: Path) -> int:
    """Nights in the catalogue."""
    file = work / "store" / "catalogue.sqlite"
    if not file.is_file():
        return 0
    base = sqlite3.connect(file)
    try:
        return int(base.execute("SELECT count(*) FROM nights").fetchone()[0])
    except sqlite3.OperationalError:  # killed before it had tables
        return 0
    finally:
        base.close()


class Torture:
    """Counts what was done, and remembers what went wrong."""

    def __init__(self, folder: Path) -> None:
        self.files = dumps(folder)
        self.folder, self.kills, self.runs, self.wrong = folder, 0, 0, []  # type: ignore[var-annotated]
        self.stages: list[Path] = []  # the undisturbed nights, after each of them
        for night in range(NIGHTS):
            work = folder / f"after-{night}"
            if night:
                self._copy(self.stages[-1], work)
            done = run(work, night, self.files)
            assert done.returncode == 0, done.stderr
            self.stages.append(work)
        self.expected = [picture(work) for work in self.stages]

    @staticmethod
    def _copy(stage: Path, work: Path) -> None:
        shutil.copytree(stage, work, symlinks=True)
        with Catalogue(work / "store", write=True) as catalogue, catalogue.transaction():
            catalogue.run("UPDATE nights SET published = ?", (str(work / "out"),))

    def at_point(self, point: str, night: int) -> None:
        """Kill a night at a named point, give the command again, compare."""
        work = self.folder / "now"
        self._copy(self.stages[night - 1], work)
        done = run(work, night, self.files, WIRECOPY_KILL_AT=point)
        self.runs += 1
        if done.returncode != -signal.SIGKILL:
            self.wrong.append(f"night {night} was not killed at {point!r}: {done.returncode} {done.stderr}")
        self.kills += 1
        self._end(work, night, f"killed at {point!r}")

    def at_random(self, chance: random.Random) -> None:
        """All nights from an empty folder, killed again and again on the way."""
        work, killed = self.folder / "now", []
        for night in range(NIGHTS):
            for _ in range(chance.randint(1, 3)):
                before, seconds = committed(work), chance.uniform(0.2, 3.0)
                self.runs += 1
                if killed_after(seconds, work, night, self.files):
                    self.kills += 1
                    killed.append(f"night {night} after {seconds:.3f} s")
                if committed(work) < before:
                    self.wrong.append(f"a committed night was lost: {killed}")
            done = run(work, night, self.files)
            self.runs += 1
            if done.returncode:
                self.wrong.append(f"{done.stderr} after {killed}")
        self._compare(work, NIGHTS - 1, f"killed at random: {killed}")

    def _end(self, work: Path, night: int, how: str) -> None:
        done = run(work, night, self.files)
        self.runs += 1
        if done.returncode:
            self.wrong.append(f"{how}: {done.stderr}")
        self._compare(work, night, how)

    def _compare(self, work: Path, night: int, how: str) -> None:
        self.wrong += [f"{how}: {name} is different" for name in differences(picture(work), self.expected[night])]
        shutil.rmtree(work)


def main(seconds: float = 500, seed: int = 1) -> int:
    """Upkeep and flips a quarter of the time each, then all points, then random times until the time is up."""
    begin, chance = time.monotonic(), random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="wirecopy-torture-") as folder:
        torture = Torture(Path(folder))
        hurt = Path(folder, "upkeep")
        hurt.mkdir()
        hurting = Hurting(hurt, torture.files, FIRST)
        hurting.kill_all(begin + seconds / 4, chance)
        hurting.flip_all(begin + seconds / 2, chance)
        for number, point in enumerate(FAILPOINTS):
            torture.at_point(point, 1 + number % (NIGHTS - 1))
        rounds = 0
        while time.monotonic() - begin < seconds:
            torture.at_random(chance)
            rounds += 1
    print(
        f"{len(FAILPOINTS)} points and {rounds} rounds of {NIGHTS} nights at random times (seed {seed}): "
        f"{torture.kills} kills, {torture.runs} runs, {time.monotonic() - begin:.0f} s; "
        f"{len(torture.wrong)} lost or different"
    )
    print(
        f"{hurting.kills} kills within forget, expire, rebuild, regrade and publish; {hurting.flips} flipped bytes, "
        f"{hurting.seen} of them seen by store verify; {len(hurting.wrong)} wrong"
    )
    print("\n".join([*torture.wrong, *hurting.wrong]))
    return bool(torture.wrong or hurting.wrong)


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:2]), *map(int, sys.argv[2:3])))
