"""Publishers of one owner: their copies of a story count as one where independent origins are counted."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from dedup import tomlfile
from dedup.credits.names import key
from dedup.errors import SettingsError

_LISTS = ("publishers", "domains")


@dataclasses.dataclass(frozen=True, slots=True)
class Families:
    """Who owns whom.

    ``publishers`` leads from a publisher's name (see :func:`dedup.credits.names.key`) to its owner, ``domains`` from a
    site.
    """

    publishers: Mapping[str, str]
    domains: Mapping[str, str]

    def owner(self, publisher: str | None, host: str | None) -> str | None:
        """The owner of a publisher, by its name, else by its site or one above it; None: not in a family."""
        if publisher and key(publisher) in self.publishers:
            return self.publishers[key(publisher)]
        for site in (host, publisher):
            parts = (site or "").lower().split(".")
            for k in range(len(parts) - 1):
                if ".".join(parts[k:]) in self.domains:
                    return self.domains[".".join(parts[k:])]
        return None


def load_families(extra: Path | None = None) -> Families:
    """The shipped families, and those of the file ``extra`` in the form of ``families.toml``.

    A family in ``extra`` with the name of a shipped one takes its place, and what it lists belongs to it alone. Raises
    SettingsError for a file that cannot be read or does not have that form, with the file, the key and how to fix it.
    """
    families: dict[str, dict[str, Any]] = {}
    for path in (resources.files("dedup.stories.provenance").joinpath("families.toml"), *([extra] if extra else [])):
        for row in _rows(path):
            families.pop(row["name"], None)
            families[row["name"]] = row
    return Families(
        {key(name): owner for owner, row in families.items() for name in row.get("publishers", [])},
        {site.lower(): owner for owner, row in families.items() for site in row.get("domains", [])},
    )


def _rows(path: Any) -> Iterator[dict[str, Any]]:
    try:
        content = tomlfile.read(path, "write it like dedup/stories/provenance/families.toml")
    except FileNotFoundError as error:
        raise SettingsError(
            f"{path}: cannot be read ({error}); write it like dedup/stories/provenance/families.toml"
        ) from error
    for table, rows in content.items():
        if table != "family" or not isinstance(rows, list):
            raise SettingsError(f"{path}: {table!r} is unknown; write [[family]]")
        for number, row in enumerate(rows, 1):
            _check(row, f"{path}: [[family]] number {number}")
            yield row


def _check(row: Any, where: str) -> None:
    if not isinstance(row, dict):
        raise SettingsError(f"{where}: no table; write [[family]]")
    unknown = sorted(set(row) - {"name", *_LISTS})
    if unknown:
        raise SettingsError(f"{where}: {unknown[0]!r} is unknown; known are name, publishers, domains")
    if not isinstance(row.get("name"), str) or not row["name"]:
        raise SettingsError(f"{where}: 'name' is missing or not a text; write name = \"The Owner\"")
    for name in _LISTS:
        values = row.get(name, [])
        if not isinstance(values, list) or not all(isinstance(value, str) and key(value) for value in values):
            raise SettingsError(f'{where}: {name!r} is not a list of texts; write {name} = ["..."]')
