"""Reads TOML files: settings, agencies and families that users write, and the lists that are shipped."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

from dedup.errors import SettingsError


def shipped(package: str, name: str) -> dict[str, Any]:
    """What stands in a file that lies beside the modules of a package."""
    return tomllib.loads(resources.files(package).joinpath(name).read_text("utf-8"))


def read(path: Any, advice: str) -> dict[str, Any]:
    """What stands in a file (a path, or a resource of the package).

    Raises FileNotFoundError, and :class:`~dedup.errors.SettingsError` with the ``advice`` where it cannot be read.
    """
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise
    except RecursionError:
        raise SettingsError(f"{path} cannot be read: too deeply nested; {advice}") from None
    except (OSError, ValueError) as error:  # also a number of too many digits
        raise SettingsError(f"{path} cannot be read: {error}; {advice}") from error
