"""Kills within the commands that look after a store, and flipped bytes in all kinds of its files and of OUT."""

from __future__ import annotations

import datetime
import itertools
import random
import re
import shutil
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.nightly.children import Done, run
from tests.nightly.picture import picture

CODES = frozenset({0, 1, 2, *range(64, 79), 130, 141, 143})  # those of docs/cli.md
_BESIDE = re.compile(r"(\d{4}-\d\d-\d\d-[0-9a-f]{8})\.\d+")  # a night's folder that replaced another


class Hurting:
    """A store of some nights at one place, put back after every hurt; counts, and what went wrong."""

    def __init__(self, folder: Path, files: Sequence[Path], first: datetime.date) -> None:
        self.work, self._complete, self._scratch = folder / "hurt", folder / "whole", folder
        self.files, self.first = files, first
        self.kills, self.flips, self.seen, self.wrong = 0, 0, 0, list[str]()
        self.work.mkdir()
        for night in range(len(files) - 1):
            self._good(self._nightly(night))
        shutil.copytree(self.work, self._complete, symlinks=True)
        self._run = sorted(path.name for path in (self.work / "out").iterdir() if not path.is_symlink())[0]

    def _back(self) -> None:
        shutil.rmtree(self.work)
        shutil.copytree(self._complete, self.work, symlinks=True)

    def _do(self, arguments: Sequence[str], kill_at: int = 0) -> Done:
        return run(arguments, self.work, self._scratch, kill_at)

    def _good(self, arguments: Sequence[str]) -> Done:
        done = self._do(arguments)
        if done.code:
            raise RuntimeError(f"{arguments} ended with {done.code}: {done.err}")
        return done

    def _nightly(self, night: int) -> list[str]:
        day = (self.first + datetime.timedelta(night)).isoformat()
        return [
            "nightly",
            str(self.files[night]),
            "--store",
            str(self.work / "store"),
            "--out",
            str(self.work / "out"),
            "--as-of",
            day,
            "--threads",
            "2",
        ]

    def _picture(self) -> dict[str, Any]:
        """What is there, whatever the number of a night's folder that replaced another."""
        return {_BESIDE.sub(r"\1", name): _plain(what) for name, what in picture(self.work).items()}

    def upkeep(self) -> dict[str, list[str]]:
        """The commands that change a store beside nightly."""
        store, out = ["--store", str(self.work / "store")], ["--out", str(self.work / "out")]
        before = (self.first + datetime.timedelta(1)).isoformat()
        return {
            "forget": ["store", "forget", "ledger-bridge", *store],
            "expire": ["store", "expire", "--before", before, *store],
            "rebuild": ["store", "rebuild", *store],
            "regrade": ["store", "regrade", *store],
            "publish": ["store", "publish", self._run, *store, *out],
        }

    def kill_all(self, until: float, chance: random.Random) -> None:
        """Kill each of these commands before operations drawn at random, and give it again, until the time is up."""
        known = {name: self._undisturbed(name, arguments) for name, arguments in self.upkeep().items()}
        while time.monotonic() < until:
            for name, (operations, expected) in known.items():
                self._kill(name, chance.randint(1, operations), expected)

    def _prepare(self, name: str) -> None:
        self._back()
        if name == "publish":
            shutil.rmtree(self.work / "out" / self._run)

    def _undisturbed(self, name: str, arguments: Sequence[str]) -> tuple[int, dict[str, Any]]:
        self._prepare(name)
        operations = self._good(arguments).operations
        self._good(self._nightly(len(self.files) - 2))
        return operations, self._picture()

    def _kill(self, name: str, kill_at: int, expected: dict[str, Any]) -> None:
        self._prepare(name)
        arguments, how = self.upkeep()[name], f"{name} killed before operation {kill_at}"
        if self._do(arguments, kill_at).code != -signal.SIGKILL:
            self.wrong.append(f"{how}: was not killed")
        self.kills += 1
        again = self._do(arguments)
        if again.code and not (name == "forget" and again.code == 2):  # it had been forgotten
            self.wrong.append(f"{how}: given again it ends with {again.code}: {again.err}")
        last = self._do(self._nightly(len(self.files) - 2))
        if last.code:
            self.wrong.append(f"{how}: the next night ends with {last.code}: {last.err}")
        result = self._picture()
        different = [name for name in sorted({*result, *expected}) if result.get(name) != expected.get(name)]
        self.wrong += [f"{how}: {different[:3]} are different"] if different else []

    def flip_all(self, until: float, chance: random.Random) -> None:
        """Flip a byte in a file of every kind, once and then until the time is up, and see what is answered."""
        store, out = ["--store", str(self.work / "store")], self.work / "out"
        asked = self._scratch / "asked.txt"
        asked.write_text("The council hid a crack in the Tarn Bridge for three years, documents show. " * 3, "utf-8")
        questions = [
            ["match", str(asked), *store, "--json"],
            ["show", str(out / self._run), "--json"],
            ["store", "status", *store, "--json"],
            self._nightly(len(self.files) - 1),
        ]
        answers = []
        for question in questions:
            self._back()
            answers.append((self._good(question).out, self._picture()))
        self._back()
        kinds: dict[str, list[str]] = {}
        for path in sorted(self.work.rglob("*")):
            if path.is_file() and not path.is_symlink() and path.stat().st_size and path.name != "lock":
                parts = path.relative_to(self.work).parts
                kinds.setdefault("/".join((parts[0], *parts[3:-1], path.name)), []).append("/".join(parts))
        for number, kind in enumerate(itertools.cycle(sorted(kinds))):
            if number >= len(kinds) and time.monotonic() > until:
                break
            self._flip(chance.choice(kinds[kind]), questions, answers, chance)

    def _flip(
        self,
        name: str,
        questions: Sequence[Sequence[str]],
        answers: Sequence[tuple[str, dict[str, Any]]],
        chance: random.Random,
    ) -> None:
        content = bytearray((self._complete / name).read_bytes())
        index = chance.randrange(len(content))
        content[index] ^= 1 << chance.randrange(8)
        self.flips += 1
        verify = ["store", "verify", "--store", str(self.work / "store"), "--out", str(self.work / "out")]
        for question, (values, expected) in zip([verify, *questions], [("", {}), *answers], strict=True):
            self._back()
            (self.work / name).write_bytes(content)
            done, how = self._do(question), f"byte {index} of {name} flipped, {question[:2]}"
            if done.code not in CODES or "Traceback" in done.err:
                self.wrong.append(f"{how}: ended with {done.code}: {done.err[-300:]}")
            elif question is verify:
                self.seen += done.code != 0
            elif done.code == 0 and question[0] != "nightly":
                self.wrong += [] if done.out == values else [f"{how}: another answer with exit code 0"]
            elif done.code == 0:  # what it prints has its seconds in it; what it leaves has not
                if (self.work / name).read_bytes() == content:  # nobody touched it: that is no answer
                    (self.work / name).write_bytes((self._complete / name).read_bytes())
                result = self._picture()
                changed = sorted({*result, *expected})
                changed = [each for each in changed if result.get(each) != expected.get(each)]
                self.wrong += [f"{how}: {changed[:3]} are different"] if changed else []


def _plain(what: Any) -> Any:
    return [_BESIDE.sub(r"\1", row) for row in what] if isinstance(what, list) else what
