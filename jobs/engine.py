"""Where the whole job runs: in threads of this machine, or on Spark. All engines write the same tables, row for row.

An engine is an object with one method; to add one, put a module beside these and a name for it into ``jobs/cli``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from dedup.progress import Progress
from dedup.readers.fields import Spelling
from dedup.settings import Settings
from jobs.stages import Run

__all__ = ["Engine", "Run"]


class Engine(Protocol):
    """Runs the job."""

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
        """Find the clusters in ``inputs`` and publish their tables as ``out``.

        The arguments, the tables and the errors are those of :func:`jobs.local.detect`; what may be named as an
        input or as ``out`` is the engine's to say.
        """
        ...
