"""Packages that only some formats need: looked for when the run starts, loaded when such a file is read."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from typing import Any

from dedup.errors import SettingsError


def check(packages: Sequence[str], extra: str) -> None:
    """Raise :class:`~dedup.errors.SettingsError` where one of ``packages`` is not installed; loads none of them."""
    for package in packages:
        if importlib.util.find_spec(package) is None:
            raise _missing(package, extra, "it is not installed")


def load(module: str, extra: str) -> Any:
    """The module; raises :class:`~dedup.errors.SettingsError` with the pip command where it cannot be imported."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise _missing(module.partition(".")[0], extra, str(error)) from error


def _missing(package: str, extra: str, reason: str) -> SettingsError:
    return SettingsError(
        f"an input is in a format that is read with the package {package}, which cannot be loaded: {reason}; "
        f"install it with: pip install 'wirecopy[{extra}]'"
    )
