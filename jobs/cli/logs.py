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

from jobs.cli.failures import failure
from jobs.cli.printing import decoded
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
def logged(format: Format) -> Iterator[Say]:
    """A function for events with their facts. In JSON also what is logged is an event, and the error that ends all."""
    if format is Format.TEXT:
        yield lambda event, **facts: None
        return
    notices = _Notices(logging.WARNING)
    logging.getLogger().addHandler(notices)
    try:
        yield _say
    except BaseException as error:
        failed = failure(error)
        if failed.code:
            _say("failed", error=failed.message or f"ended by {error!r}", exit_code=failed.code)
        raise SystemExit(failed.code) from error
    finally:
        logging.getLogger().removeHandler(notices)


@contextlib.contextmanager
def stages(format: Format) -> Iterator[Tell | None]:
    """A function for stages, as :data:`dedup.progress.Progress` is one."""
    if format is Format.JSON:
        from jobs.warming import warm_first

        warm_first()
        yield _tell
        return
    with progress() as tell:
        yield tell


class _Notices(logging.Handler):
    """What is logged, such as that the core compiles, as an event like any other."""

    def emit(self, record: logging.LogRecord) -> None:
        _say("notice", message=record.getMessage())


def _tell(stage: str, done: int, total: int) -> None:
    if not done:
        _say("stage", stage=stage)


def _say(event: str, **facts: Any) -> None:
    import orjson

    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **decoded(facts)}
    with contextlib.suppress(OSError):  # where nobody reads it, the night goes on
        print(orjson.dumps(line).decode(), file=sys.stderr, flush=True)
