"""The threads of this machine."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

from dedup import addresses
from dedup.progress import Progress
from dedup.readers.fields import Spelling
from dedup.scratch import MEMORY
from dedup.settings import Settings
from jobs import local as pipeline
from jobs.stages import Run


@dataclasses.dataclass(frozen=True, slots=True)
class Local:
    """Runs the job in so many threads (0: one a processor) and bytes of memory."""

    threads: int = 0
    memory: int = MEMORY

    def detect(
        self,
        inputs: Sequence[str],
        out: str,
        *,
        settings: Settings,
        fields: Mapping[str, Spelling] = {},
        agencies: Sequence[Path] = (),
        families: Path | None = None,
        replace: bool = False,
        progress: Progress | None = None,
    ) -> Run:
        """See :class:`jobs.engine.Engine`; inputs and ``out`` are paths of this machine, or addresses."""

        def run(folder: str | Path) -> Run:
            return pipeline.detect(
                inputs,
                folder,
                settings=settings,
                fields=fields,
                threads=self.threads,
                agencies=agencies,
                families=families,
                replace=replace,
                progress=progress,
                memory=self.memory,
            )

        if not addresses.is_address(out):
            return run(out)
        with addresses.publishing(out, replace=replace) as folder:
            return run(folder)
