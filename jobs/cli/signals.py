"""Ctrl-C and SIGTERM end the program with 128 and their number, wherever it is."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import Any, NoReturn

_AGAIN = 0.01  # seconds after which an end that was swallowed is asked for again
_ended_by = 0  # the last signal; a handler has nowhere else to keep it


def install() -> None:
    """Turn the two signals into SystemExit, so that what is half-written is removed on the way out."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    signal.signal(signal.SIGALRM, _end_again)
    sys.unraisablehook = _unraisable


def _end(number: int, frame: FrameType | None) -> NoReturn:
    global _ended_by  # noqa: PLW0603 - see above
    _ended_by = number
    raise SystemExit(128 + number)


def _end_again(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + _ended_by)


def _unraisable(lost: Any) -> None:
    """Python drops what is raised in a finaliser or a callback from C, such as those that load compiled code."""
    if _ended_by and issubclass(lost.exc_type, SystemExit):
        signal.setitimer(signal.ITIMER_REAL, _AGAIN)
    else:
        sys.__unraisablehook__(lost)
