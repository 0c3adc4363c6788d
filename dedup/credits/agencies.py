"""Agencies and outlets as data: their names in every script, their sites, and what their initials stand for besides."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc

from dedup import tomlfile
from dedup.credits import cues, statement_cues
from dedup.credits.issuers import UNNAMED_ISSUER, Issuers
from dedup.credits.names import UNNAMED, Alias, key
from dedup.credits.phrases import phrases
from dedup.errors import SettingsError
from dedup.kernels.mentions import Phrases

#: Positions in which an ambiguous alias can count: see the head of ``agencies.toml``.
POSITIONS = ("dateline", "byline", "tail", "copyright", "line", "report")

_KEYS = {
    "agency": {"id", "name", "kind", "country", "aliases", "domains", "ambiguous"},
    "outlet": {"name", "aliases", "domains", "common"},
    "issuer": {"name", "aliases", "voice"},
}


@dataclasses.dataclass(frozen=True, slots=True)
class Agencies:
    """Every name that an attribution can have.

    ``aliases[p]`` is what phrase ``p`` of ``phrases`` stands for; ``by_key`` finds an alias by :func:`key`;
    ``domains`` leads from a site to the agency or outlet; ``kinds`` from an agency's id to ``news`` or
    ``press-release``, ``names`` from it to the agency's full name; ``issuers`` are the bodies whose press statements
    are news; ``shared`` are the keys of aliases that two agencies have.
    """

    aliases: tuple[Alias, ...]
    phrases: Phrases
    by_key: Mapping[str, Alias]
    domains: Mapping[str, Alias]
    kinds: Mapping[str, str]
    names: Mapping[str, str]
    issuers: Issuers
    shared: frozenset[str]

    def called(self, name: str) -> str:
        """A name as people read it: of an agency its full name in place of its id."""
        return "an agency not named" if name == UNNAMED else self.names.get(name, name)


def load_agencies(extra: Sequence[Path] = ()) -> Agencies:
    """The shipped agencies, outlets and issuers, and those of the files ``extra`` in the form of ``agencies.toml``.

    Entries in ``extra`` come before the shipped ones, and those of a later file before those of an earlier one: they
    replace an agency of the same id and get the aliases and domains that others have, too. Raises SettingsError for a
    file that cannot be read or does not have that form, with the file, the key and how to fix it.
    """
    shipped = map(resources.files("dedup.credits").joinpath, ("agencies.toml", "outlets.toml", "issuers.toml"))
    agencies: dict[str, dict[str, Any]] = {}
    others: dict[str, list[dict[str, Any]]] = {"outlet": [], "issuer": []}
    for path in (*reversed(extra), *shipped):
        for table, row in _rows(path):
            if table == "agency":
                agencies.setdefault(row["id"], row)
            else:
                others[table].append(row)
    return _compile(list(agencies.values()), others["outlet"], others["issuer"])


def own_agency(publisher: str | None, url: str | None, agencies: Agencies) -> str | None:
    """The id of the agency that published an article itself, by its publisher's name or its site; None: no agency."""
    own = own_name(publisher, url, agencies)
    return own.name if own is not None and own.agency else None


def hosts(urls: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """The host of each address, as :func:`own_name` takes it; empty where it has none, null where there is none."""
    parts = pc.split_pattern(pc.binary_join_element_wise(urls, "///", ""), "/", max_splits=3)
    return pc.list_element(parts, 2)


def own_name(publisher: str | None, url: str | None, agencies: Agencies) -> Alias | None:
    """What publisher and url (or the host alone) say of who published an article: an agency, an outlet, or None.

    A publisher's name that two agencies share says nothing.
    """
    host = (urlsplit(url).hostname or url) if url and "//" in url else url
    for site in (host, publisher):
        parts = (site or "").lower().split(".")
        for k in range(len(parts) - 1):
            if ".".join(parts[k:]) in agencies.domains:
                return agencies.domains[".".join(parts[k:])]
    name = (publisher or "").partition(" (")[0].partition(" - ")[0]
    result = agencies.by_key.get(key(name))
    if result is None and " Online" in name:
        result = agencies.by_key.get(key(name.replace(" Online", "")))
    if result is None or result.generic or result.name == UNNAMED or key(result.text) in agencies.shared:
        return None
    return result


def _rows(path: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        content = tomlfile.read(path, "write it like dedup/credits/agencies.toml")
    except FileNotFoundError as error:
        raise SettingsError(f"{path}: cannot be read ({error}); write it like dedup/credits/agencies.toml") from error
    for table, rows in content.items():
        if table not in _KEYS or not isinstance(rows, list):
            raise SettingsError(f"{path}: {table!r} is unknown; write [[agency]], [[outlet]] or [[issuer]]")
        for number, row in enumerate(rows, 1):
            _check(row, table, f"{path}: [[{table}]] number {number}")
            yield table, row


def _check(row: Any, table: str, where: str) -> None:
    unknown = sorted(set(row) - _KEYS[table])
    if unknown:
        raise SettingsError(f"{where}: {unknown[0]!r} is unknown; known are {', '.join(sorted(_KEYS[table]))}")
    for name in ("id", "name") if table == "agency" else ("name",):
        if not isinstance(row.get(name), str) or not row[name]:
            raise SettingsError(f'{where}: {name!r} is missing or not a text; write {name} = "xyz"')
    for name in ("aliases", "domains", "voice"):
        values = row.get(name, [])
        if not isinstance(values, list) or not all(isinstance(value, str) and key(value) for value in values):
            raise SettingsError(f'{where}: {name!r} is not a list of texts; write {name} = ["..."]')
    if row.get("kind", "news") not in ("news", "press-release"):
        raise SettingsError(f'{where}: \'kind\' is {row["kind"]!r}; write "news" or "press-release"')
    for entry in row.get("ambiguous", []):
        _check_ambiguous(entry, row, where)


def _check_ambiguous(entry: Any, row: dict[str, Any], where: str) -> None:
    if not isinstance(entry, dict) or entry.get("alias") not in row.get("aliases", []):
        raise SettingsError(f"{where}: 'ambiguous' names an alias that is not among 'aliases'; add it there")
    wrong = [position for position in entry.get("counts", []) if position not in POSITIONS]
    if wrong:
        raise SettingsError(f"{where}: 'counts' holds {wrong[0]!r}; positions are {', '.join(POSITIONS)}")


def _compile(agencies: list[dict[str, Any]], outlets: list[dict[str, Any]], issuers: list[dict[str, Any]]) -> Agencies:
    aliases = [alias for row in agencies for alias in _of_agency(row)]
    aliases += [alias for row in outlets for alias in _of_outlet(row)]
    by_key: dict[str, Alias] = {}
    shared: set[str] = set()
    for alias in aliases:
        known = by_key.setdefault(key(alias.text), alias)
        if known.agency and alias.agency and known.name != alias.name:
            shared.add(key(alias.text))
    domains = {
        domain.lower(): Alias(domain, row.get("id", row["name"]), "id" in row)
        for row in reversed((*agencies, *outlets))
        for domain in row.get("domains", [])
    }
    aliases += [Alias(word, word, generic=True) for word in sorted(cues.OUTLET_WORDS)]
    aliases += [Alias(text, row["name"], issuer=True) for row in issuers for text in row.get("voice", ())]
    aliases += [Alias(word, UNNAMED_ISSUER, statement=True) for word in statement_cues.STATEMENTS]
    kinds = {row["id"]: row.get("kind", "news") for row in agencies}
    names = {row["id"]: row["name"].partition(" (")[0] for row in agencies}
    ordered, table = phrases(aliases)
    return Agencies(ordered, table, by_key, domains, kinds, names, Issuers(_of_issuers(issuers)), frozenset(shared))


def _of_agency(row: dict[str, Any]) -> Iterator[Alias]:
    counts = {entry["alias"]: frozenset(entry.get("counts", [])) for entry in row.get("ambiguous", [])}
    for text in dict.fromkeys((*row.get("aliases", []), *([] if "(" in row["name"] else [row["name"]]))):
        yield Alias(text, row["id"], agency=True, counts=counts.get(text))


def _of_outlet(row: dict[str, Any]) -> Iterator[Alias]:
    counts = frozenset({"report"}) if row.get("common") else None
    own = [] if "(" in row["name"] else [row["name"]]
    for text in dict.fromkeys((*own, *row.get("aliases", []))):
        yield Alias(text, row["name"], counts=counts)


def _of_issuers(rows: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for row in rows:
        for text in (row["name"], *row.get("aliases", ()), *row.get("voice", ())):
            yield text, row["name"]
