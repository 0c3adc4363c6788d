"""Which settings hold, and where each comes from.

Four layers, the later ones winning: the defaults of :class:`~dedup.settings.Settings`; ``wirecopy.toml``, or the table
``[tool.wirecopy]`` of ``pyproject.toml``, in the working folder; the environment (``WIRECOPY_SEED=7``); the flags of
the command line.
"""

from __future__ import annotations

import dataclasses
import difflib
import typing
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from dedup import tomlfile
from dedup.errors import SettingsError
from dedup.readers.fields import SPELLINGS
from dedup.settings import RENAMED, Settings

PREFIX = "WIRECOPY_"
_KINDS = typing.get_type_hints(Settings)
_NEARLY = 0.75  # an unknown variable this much like a setting's name is taken for a slip of the pen
_WANTED = {bool: "yes or no", int: "a whole number", float: "a number"}
_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


class Value(NamedTuple):
    """The value of a setting, and where it comes from: ``default``, a file, a variable or a flag.

    ``former``: the name that it was given by, where that is a former name of the setting.
    """

    value: Any
    origin: str
    former: str = ""


def layered(folder: Path, environment: Mapping[str, str], flags: Mapping[str, Any]) -> dict[str, Value]:
    """Every setting by name, in the order of :class:`Settings`.

    ``folder`` is where the two files are looked for; ``flags`` holds only the flags that were given. Raises
    :class:`~dedup.errors.SettingsError` for a file that is not TOML, a name that is no setting and a value of the wrong
    kind. Whether a value is within its range is checked by :func:`settings`.
    """
    current = {field.name: Value(field.default, "default") for field in dataclasses.fields(Settings)}
    current |= _from_file(folder)
    current |= _from_environment(environment)
    current |= _today({name: Value(value, f"--{name.replace('_', '-')}") for name, value in flags.items()})
    return current


def outdated(current: Mapping[str, Value]) -> list[str]:
    """A warning for every setting that was given by a former name."""
    given = ((name, one) for name, one in current.items() if one.former)
    return [f"{one.origin}: the setting {one.former} is now called {name}; use that name" for name, one in given]


def settings(current: Mapping[str, Value]) -> Settings:
    """The settings as the library takes them. An error names the place that the bad value comes from."""
    try:
        return Settings(**{name: one.value for name, one in current.items()})
    except SettingsError as error:
        named = str(error).partition("=")[0]
        sources = [one.origin for name, one in current.items() if name == named and one.origin != "default"]
        raise SettingsError(f"{error} (from {sources[0]})" if sources else str(error)) from None


def spellings(folder: Path) -> dict[str, list[str]]:
    """Field -> more spellings of its column, of the table ``fields`` of the same two files.

    Raises :class:`~dedup.errors.SettingsError` for a field that articles do not have and for what is no name.
    """
    where, values = _from_files(folder)
    table = values.get("fields", {})
    if not isinstance(table, dict):
        raise SettingsError(f'{where}: fields must be a table, such as [fields] with the line text = ["story"]')
    result = {field: [names] if isinstance(names, str) else names for field, names in table.items()}
    for field, names in result.items():
        if field not in SPELLINGS:
            raise SettingsError(f"{where}: articles have no field {field}{_nearest(field, SPELLINGS)}")
        if not isinstance(names, list) or not all(name and isinstance(name, str) for name in names):
            raise SettingsError(f"{where}: fields.{field} is neither the name of a column nor a list of names")
    return result


def _from_file(folder: Path) -> dict[str, Value]:
    where, values = _from_files(folder)
    for name in values:
        if name not in _KINDS and name not in RENAMED and name != "fields":
            raise SettingsError(f"{where}: {name} is not a setting{_nearest(name, _KINDS)}")
    return _today({name: Value(value, where) for name, value in values.items() if name != "fields"})


def _from_files(folder: Path) -> tuple[str, dict[str, Any]]:
    """The file that holds what users set, and what is in it."""
    own, shared = folder / "wirecopy.toml", folder / "pyproject.toml"
    alone, tools = _read(own), _read(shared).get("tool", {})
    if not isinstance(tools, dict):
        raise SettingsError(f"{shared.name}: tool must be a table")
    within = tools.get("wirecopy")
    if own.exists() and within is not None:
        raise SettingsError("wirecopy.toml and [tool.wirecopy] of pyproject.toml both hold settings; keep one of them")
    where, values = (shared.name, within) if within is not None else (own.name, alone)
    if not isinstance(values, dict):
        raise SettingsError(f"{where}: tool.wirecopy must be a table")
    return where, values


def _today(given: Mapping[str, Value]) -> dict[str, Value]:
    """The settings of one layer by today's names. Raises SettingsError where both names of one are given."""
    current = {name: one for name, one in given.items() if name not in RENAMED}
    for name, one in given.items():
        if name in RENAMED and RENAMED[name] in current:
            raise SettingsError(f"{one.origin}: {name} is the former name of {RENAMED[name]}; give one of them")
        if name in RENAMED:
            current[RENAMED[name]] = one._replace(former=name)
    return current


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomlfile.read(file, "fix it, or use another working folder")
    except FileNotFoundError:
        return {}


def _from_environment(environment: Mapping[str, str]) -> dict[str, Value]:
    """Variables with the prefix that are nothing like a setting are somebody else's, and left alone."""
    current = {}
    for variable in sorted(environment):
        name = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX):
            continue
        if name in _KINDS or name in RENAMED:
            kind = _KINDS[RENAMED.get(name, name)]
            current[name] = Value(_parsed(variable, environment[variable], kind), variable)
        elif difflib.get_close_matches(name, _KINDS, cutoff=_NEARLY):
            raise SettingsError(f"{variable}: {name} is not a setting{_nearest(name, _KINDS)}")
    return _today(current)


def _parsed(variable: str, text: str, kind: type) -> Any:
    read: Callable[[str], Any] = (lambda word: _WORDS[word.strip().lower()]) if kind is bool else kind
    try:
        return read(text)
    except (KeyError, ValueError):
        raise SettingsError(f"{variable}={text!r} is not {_WANTED[kind]}") from None


def _nearest(name: str, known: Iterable[str]) -> str:
    result = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {result[0]}?" if result else f"; known are {', '.join(known)}"
