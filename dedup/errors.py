"""What can go wrong, as one small tree.

Every error carries a message that says what is wrong, where, and how to fix it. ``exit_code`` is what the command line
ends with (the codes of BSD ``sysexits.h``). A bad *record* is no error: readers return it as
:class:`~dedup.article.Rejected` and the run goes on.
"""

from __future__ import annotations


class WirecopyError(Exception):
    """Base of every error that wirecopy raises on purpose."""

    exit_code = 70


class UsageError(WirecopyError):
    """The call itself is off: unknown cluster, unknown article, two options that exclude each other."""

    exit_code = 2


class BadDataError(WirecopyError):
    """More records were rejected than ``max_rejects`` allows, or a run folder or store is damaged."""

    exit_code = 65


class NoInputError(WirecopyError):
    """An input does not exist, cannot be opened or holds no article."""

    exit_code = 66


class CannotWriteError(WirecopyError):
    """The output folder cannot be made or written."""

    exit_code = 73


class InputOutputError(WirecopyError):
    """The disk or the file system failed while a run was under way."""

    exit_code = 74


class BusyError(WirecopyError):
    """Another run holds the store."""

    exit_code = 75


class AlarmError(WirecopyError):
    """A night passed one of its alarm thresholds; nothing was committed."""

    exit_code = 76


class SettingsError(WirecopyError):
    """A setting is unknown, out of its range, or does not fit the store it is used with."""

    exit_code = 78
