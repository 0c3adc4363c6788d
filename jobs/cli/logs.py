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
from jobs.cli.progress import ShowProgress, progress

LogEvent = Callable[..., None]


class Format(enum.StrEnum):
    """How standard error tells what is done."""

    TEXT = "text"
    JSON = "json"


def holder() -> str:
    """What is written into the lock of a store: who holds it, and since when."""
    return f"process {os.getpid()}, since {datetime.now(UTC).isoformat(timespec='seconds')}"


@contextlib.contextmanager
def logged(format: Format) -> Iterator[LogEvent]:
    """A function for events with their facts. In JSON also what is logged is an event, and the error that ends all."""
    if format is Format.TEXT:
        yield lambda event, **facts: None
        return
    notices = _Notices(logging.WARNING)
    logging.getLogger().addHandler(notices)
    try:
        yield _log_event
    except BaseException as error:
        failed = failure(error)
        if failed.code:
            _log_event("failed", error=failed.message or f"ended by {error!r}", exit_code=failed.code)
        raise SystemExit(failed.code) from error
    finally:
        logging.getLogger().removeHandler(notices)


@contextlib.contextmanager
def stages(format: Format) -> Iterator[ShowProgress | None]:
    """A function for stages, as :data:`dedup.progress.Progress` is one."""
    if format is Format.JSON:
        from jobs.warming import warm_first

        warm_first()
        yield _log_stage
        return
    with progress() as show_progress:
        yield show_progress


class _Notices(logging.Handler):
    """What is logged, such as that the core compiles, as an event like any other."""

    def emit(self, record: logging.LogRecord) -> None:
        _log_event("notice", message=record.getMessage())


def _log_stage(stage: str, done: int, total: int) -> None:
    if not done:
        _log_event("stage", stage=stage)


def _log_event(event: str, **facts: Any) -> None:
    import orjson

    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **decoded(facts)}
    with contextlib.suppress(OSError):  # where nobody reads it, the night goes on
        print(orjson.dumps(line).decode(), file=sys.stderr, flush=True)
