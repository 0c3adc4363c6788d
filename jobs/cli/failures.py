"""What a user is told of an error, and the exit code that it ends with."""

from __future__ import annotations

from typing import NamedTuple

from dedup.errors import InputOutputError, WirecopyError

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
