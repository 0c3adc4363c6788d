"""Which column of a dump is which field of an article, and what a value says as plain text."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from dedup.errors import SettingsError

#: Field -> the usual names of its column, in lower case, the preferred ones first.
SPELLINGS: dict[str, tuple[str, ...]] = {
    "id": ("id", "article_id", "guid", "uri", "_id"),
    "publisher": ("publisher", "source", "source_domain", "outlet", "site", "domain", "newspaper"),
    "published": (
        *("published", "date", "date_publish", "pubdate", "publish_date", "datepublished", "published_at"),
        *("publication_date", "timestamp"),
    ),
    "headline": ("headline", "title", "name"),
    "url": ("url", "link", "canonical"),
    "byline": ("byline", "author", "authors", "creator"),
    "lang": ("lang", "language", "inlanguage"),
    "agency": ("agency", "wire", "credit", "provider", "copyrightholder"),
    "text": ("text", "body", "content", "articlebody", "maintext", "article_text"),
}

#: Members that stand for a whole object: schema.org's ``name``, and MongoDB's way of writing ids, numbers and dates.
_MEMBERS = ("name", "$oid", "$uuid", "$binary", "base64", "$date", "$numberLong")

#: Field -> positions of its columns, the preferred ones first; fields without a column are left out.
Plan = Mapping[str, tuple[int, ...]]

_MANY = 40


class Names:
    """The names of the columns, with the user's own for some fields (``{"text": "article_body"}``).

    The user's names are taken letter for letter and come before the usual ones, which are found in upper or lower
    case. Raises :class:`~dedup.errors.SettingsError` for a field that articles do not have.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        unknown = sorted(set(fields) - set(SPELLINGS))
        if unknown:
            raise SettingsError(f"articles have no field {unknown[0]!r}; the fields are {', '.join(sorted(SPELLINGS))}")
        self._named = dict(fields)
        self._unmet = set(fields.values())
        self._met: dict[str, None] = {}
        self.plan = functools.lru_cache(maxsize=256)(self._plan)

    def _plan(self, columns: tuple[str, ...]) -> Plan:
        """Where the fields are among ``columns``. Remembers what was seen, for :meth:`check`."""
        self._unmet.difference_update(columns)
        self._met.update(dict.fromkeys(columns[: max(0, _MANY - len(self._met))]))
        plan = {field: self._places(field, columns) for field in SPELLINGS}
        return {field: places for field, places in plan.items() if places}

    def _places(self, field: str, columns: tuple[str, ...]) -> tuple[int, ...]:
        usual = SPELLINGS[field]
        ranked = [
            (-1 if name == self._named.get(field) else usual.index(name.lower()), place)
            for place, name in enumerate(columns)
            if name == self._named.get(field) or name.lower() in usual
        ]
        return tuple(place for _, place in sorted(ranked))

    def unmet(self) -> frozenset[str]:
        """The columns that the user named and that were in no input so far."""
        return frozenset(self._unmet)

    def check(self) -> None:
        """Raise :class:`~dedup.errors.SettingsError` where a column that the user named was in no input at all."""
        for field, name in sorted(self._named.items()):
            if name in self._unmet:
                raise SettingsError(f"no input has the column {name!r} named for {field!r}; {listed(self._met)}")


def listed(columns: Sequence[str] | Mapping[str, Any]) -> str:
    """The first columns in words, for messages."""
    names = list(columns)
    if not names:
        return "there are no columns"
    more = ", …" if len(names) >= _MANY else ""
    return f"the columns are {', '.join(name[:_MANY] for name in names[:_MANY])}{more}"


def plain(value: Any) -> str | None:
    """What a value says as one string: an object by its name, a list joined by ``", "``; None where it says nothing.

    Numbers are spelled as they are; a whole float (12.0) as a whole number. Floats that can no longer tell whole
    numbers apart (2**53 and up) say nothing: two ids would become one.
    """
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool | bytes):
        return None
    if isinstance(value, float):
        return _spell(value)
    if isinstance(value, Mapping):
        said = (plain(value[member]) for member in _MEMBERS if member in value)
        return next((words for words in said if words), None)
    if isinstance(value, list | tuple):
        return ", ".join(words for words in map(plain, value) if words and not words.isspace()) or None
    return str(value)


def _spell(value: float) -> str | None:
    if not math.isfinite(value) or abs(value) >= 2**53:
        return None
    return str(int(value)) if value == int(value) else repr(value)


def pick(values: Sequence[Any], plan: Plan) -> dict[str, str]:
    """The fields of one record: for each the first column that says something. Text counts only as a string."""
    picked = {}
    for field, places in plan.items():
        for place in places:
            value = values[place]
            words = value if isinstance(value, str) else None if field == "text" else plain(value)
            if words and not words.isspace():
                picked[field] = words
                break
    return picked
