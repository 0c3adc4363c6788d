"""What a user is told of an error, and the exit code that it ends with."""

from __future__ import annotations

from typing import NamedTuple

from dedup.errors import InputOutputError, WirecopyError

#: What the exit codes mean.
EXIT_CODES = {
    "0": "success; also if the reader of standard output stops reading, as in `wirecopy show run | head`",
    "2": "wrong arguments",
    "65": "too many bad records, or a damaged input, folder or store",
    "66": "an input does not exist or cannot be opened, or there is no article",
    "70": "a bug in wirecopy",
    "73": "the output cannot be written",
    "74": "the disk or file system failed, or memory ran out",
    "75": "another process holds the lock of the store",
    "76": "a night exceeded an alarm threshold; nothing was stored",
    "78": "bad settings",
    "130, 143": "interrupted or terminated; no partial output is left",
}

_MEMORY = "not enough memory; use a smaller --memory, or split the inputs"


class Failure(NamedTuple):
    """A ``message`` in one or two lines, empty where nothing needs to be told, and the exit ``code``."""

    message: str
    code: int


def failure(error: BaseException) -> Failure:
    """What an error comes to."""
    if isinstance(error, WirecopyError):
        return Failure(str(error), error.exit_code)
    if isinstance(error, SystemExit) and isinstance(error.__context__, BrokenPipeError):  # how rich takes it
        return Failure("", 2 if hasattr(error.__context__.__context__, "format_message") else 0)
    if isinstance(error, SystemExit):  # also what signals are turned into
        return Failure("", error.code if isinstance(error.code, int) else int(error.code is not None))
    if isinstance(error, KeyboardInterrupt):
        return Failure("", 130)
    if isinstance(error, BrokenPipeError):  # only standard output is a pipe; its reader has had enough
        return Failure("", 0)
    if isinstance(error, MemoryError):
        return Failure(_MEMORY, InputOutputError.exit_code)
    if isinstance(error, OSError):
        return Failure(str(error), InputOutputError.exit_code)
    fault = "This is a bug in wirecopy; run wirecopy --traceback ... for details"
    return Failure(f"{type(error).__name__}: {error}\n{fault}", WirecopyError.exit_code)
