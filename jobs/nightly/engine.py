"""Where a night's work on what is stored is done; what grows with the night alone is done where the night runs."""

from __future__ import annotations

import dataclasses
from concurrent.futures import Executor
from pathlib import Path
from typing import Protocol

from dedup.corpus import Corpus
from dedup.settings import Settings
from dedup.store import Window
from dedup.store.learning import provider
from dedup.store.pieces import Threads, Workers
from dedup.text.boilerplate import LearnedBoilerplate
from jobs.steps import learn_boilerplate


class NightEngine(Protocol):
    """Does the work on what is stored. All engines give the same, so that they can take turns on one store."""

    @property
    def workers(self) -> Workers:
        """Who works on pieces of stored tables."""
        ...

    def learn(self, window: Window, corpus: Corpus, settings: Settings, scratch: Path) -> LearnedBoilerplate:
        """Learn boilerplate from the window and tonight's articles; nothing where the settings say so.

        ``scratch`` is a folder for files that are needed meanwhile.
        """
        ...


@dataclasses.dataclass(frozen=True, slots=True)
class InThreads:
    """Works in the ``threads`` of this machine, of which ``number`` run side by side.

    ``folder``: for files that are needed meanwhile.
    """

    threads: Executor
    number: int
    folder: Path

    @property
    def workers(self) -> Workers:
        """See :class:`NightEngine`."""
        return Threads(self.threads, self.number + 1, self.folder)

    def learn(self, window: Window, corpus: Corpus, settings: Settings, scratch: Path) -> LearnedBoilerplate:
        """See :class:`NightEngine`; the sampled runs of all articles are laid down in ``scratch``."""
        return learn_boilerplate(lambda: provider(window, corpus, scratch, self.threads), settings, self.threads)
