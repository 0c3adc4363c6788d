"""What a night tells while it runs: bars on a terminal, or a line of JSON for every step."""

from __future__ import annotations

import contextlib
import enum
import logging
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from dedup.errors import WirecopyError
from jobs.cli.progress import Tell, progress

Say = Callable[..., None]


class Format(enum.StrEnum):
    """How standard error tells what is done."""

    TEXT = "text"
    JSON = "json"


def holder() -> str:
    """What is written into the lock of a store: who holds it, and since when."""
    return f"process {os.getpid()}, since {datetime.now(UTC).isoformat(timespec='seconds')}"


@contextlib.contextmanager
def told(format: Format) -> Iterator[tuple[Tell | None, Say]]:
    """A function for stages, as :data:`dedup.progress.Progress` is one, and one for events with their facts."""
    if format is Format.TEXT:
        with progress() as tell:
            yield tell, lambda event, **facts: None
        return
    notices = _Notices()
    logging.getLogger("dedup").addHandler(notices)
    try:
        yield _tell, _say
    except WirecopyError as error:
        _say("failed", error=str(error), exit_code=error.exit_code)
        raise
    finally:
        logging.getLogger("dedup").removeHandler(notices)


class _Notices(logging.Handler):
    """What the core logs, such as that it compiles, as an event like any other."""

    def emit(self, record: logging.LogRecord) -> None:
        _say("notice", message=record.getMessage())


def _tell(stage: str, done: int, total: int) -> None:
    if not done:
        _say("stage", stage=stage)


def _say(event: str, **facts: Any) -> None:
    import orjson

    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **facts}
    print(orjson.dumps(line).decode(), file=sys.stderr, flush=True)
