"""Which column of a dump is which field of an article, and what a value says as plain text."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence, Set
from typing import Any

from dedup.errors import SettingsError
from dedup.readers import markup

#: Field -> the usual names of its column, in lower case, the preferred ones first; a dot leads into a nested object.
SPELLINGS: dict[str, tuple[str, ...]] = {
    "id": ("id", "article_id", "articleid", "guid", "uuid", "uri", "_id"),
    "publisher": (
        *("publisher", "source_name", "sourcename", "name_source", "media_name", "publication", "source-hostname"),
        *("sitename", "site_name", "source", "outlet", "newspaper", "fields.publication", "thread.site", "site"),
        *("source_domain", "hostname", "domain_url", "domain", "feed"),
    ),
    "published": (
        *(
            "published",
            "datetimepub",
            "date",
            "date_publish",
            "pubdate",
            "publish_date",
            "datepublished",
            "published_at",
        ),
        *("publication_date", "timestamp", "publishedat", "published_date", "publishing_date", "pub_date"),
        *("firstpublicationdate", "webpublicationdate", "datetime", "version_created"),
    ),
    "headline": ("headline", "title", "webtitle", "name"),
    "url": ("url", "link", "canonical", "canonical_url", "permalink", "weburl", "web_url", "links.permalink"),
    "byline": ("byline", "author", "authors", "creator", "fields.byline"),
    "lang": ("lang", "language", "inlanguage"),
    "agency": ("agency", "wire", "credit", "provider", "copyrightholder", "creditline"),
    "text": (
        *("text", "body", "content", "articlebody", "maintext", "article_text", "article", "fulltext", "full_text"),
        *("body_text", "bodytext", "plain_text", "plaintext", "content_text", "fields.bodytext", "content.rendered"),
        *("article_html", "content_html", "html_body", "fields.body", "raw_text"),
    ),
}

#: What a column of texts holds as markup.
MARKED_UP = frozenset({"content.rendered", "article_html", "content_html", "html_body", "fields.body"})

#: Columns that are read where there is nothing better, which is then told: a teaser is no text, and the time when a
#: page was fetched is no date of publication.
LAST_RESORTS = {
    "text": ("lead_paragraph", "description", "summary", "abstract", "snippet", "excerpt"),
    "published": ("scrape_time", "crawl_date", "date_download", "created_at", "seendate"),
}

#: Members that stand for a whole object, in interfaces of news and in schema.org, and MongoDB's way of writing ids,
#: numbers and dates.
_MEMBERS = (
    *("name", "title", "main", "rendered", "original", "domain"),
    *("$oid", "$uuid", "$binary", "base64", "$date", "$numberLong"),
)

#: Field -> positions of its columns, the preferred ones first; fields without a column are left out.
Plan = Mapping[str, tuple[int, ...]]

#: The name of a column, which some input must have; or more spellings of it, the preferred ones first.
Spelling = str | Sequence[str]

_MANY = 40


class Names:
    """The names of the columns, with the user's own for some fields (``{"text": "article_body"}``).

    The user's names are taken letter for letter and come before the usual ones, which are found in upper or lower
    case. A list of names (``{"text": ["story_html", "copy"]}``) adds spellings to the usual ones, before them; none of
    them need be there. Raises :class:`~dedup.errors.SettingsError` for a field that articles do not have.
    """

    def __init__(self, fields: Mapping[str, Spelling]) -> None:
        unknown = sorted(set(fields) - set(SPELLINGS))
        if unknown:
            raise SettingsError(f"articles have no field {unknown[0]!r}; the fields are {', '.join(sorted(SPELLINGS))}")
        self._named = {field: name for field, name in fields.items() if isinstance(name, str)}
        more = {field: names for field, names in fields.items() if not isinstance(names, str)}
        self._usual = {
            field: tuple(dict.fromkeys((*map(str.lower, more.get(field, ())), *usual)))
            for field, usual in SPELLINGS.items()
        }
        self._unmet = set(self._named.values())
        self._met: dict[str, None] = {}
        self._columns: dict[str, dict[str, None]] = {field: {} for field in SPELLINGS}
        self._dotted = frozenset(
            name
            for name in (*self._named.values(), *(name for usual in self._usual.values() for name in usual))
            if "." in name
        )
        self.plan = functools.lru_cache(maxsize=256)(self._plan)
        self.marked_up = functools.lru_cache(maxsize=256)(self._marked_up)

    def _plan(self, columns: tuple[str, ...]) -> Plan:
        """Where the fields are among ``columns``. Remembers what was seen, for :meth:`check`."""
        self._unmet.difference_update(columns)
        self._met.update(dict.fromkeys(columns[: max(0, _MANY - len(self._met))]))
        plan = {field: self._indices(field, columns) for field in SPELLINGS}
        for field, indices in plan.items():
            self._columns[field].update(dict.fromkeys(columns[index] for index in indices))
        return {field: indices for field, indices in plan.items() if indices}

    def _marked_up(self, columns: tuple[str, ...]) -> frozenset[int]:
        """Which of the columns hold markup."""
        return frozenset(index for index, name in enumerate(columns) if name.lower() in MARKED_UP)

    def flat(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        """The record, with members of nested objects added under dotted names where such a name stands for a field."""
        inner = {
            f"{name}.{member}": value
            for name, nested in record.items()
            if isinstance(nested, dict)
            for member, value in nested.items()
            if self.is_dotted(f"{name}.{member}")
        }
        return {**record, **inner} if inner else record

    def is_dotted(self, name: str) -> bool:
        """Does the name of a member of a nested object, such as ``fields.bodyText``, stand for a field?"""
        return name in self._dotted or name.lower() in self._dotted

    def columns(self) -> dict[str, list[str]]:
        """Field -> the columns of the inputs that were read for it, the preferred ones of the first file first."""
        return {field: list(columns) for field, columns in self._columns.items() if columns}

    def _indices(self, field: str, columns: tuple[str, ...]) -> tuple[int, ...]:
        usual = self._usual[field]
        if not any(name == self._named.get(field) or name.lower() in usual for name in columns):
            usual = LAST_RESORTS.get(field, ())
        ranked = [
            (-1 if name == self._named.get(field) else usual.index(name.lower()), index)
            for index, name in enumerate(columns)
            if name == self._named.get(field) or name.lower() in usual
        ]
        return tuple(index for _, index in sorted(ranked))

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
        parts = (plain(value[member]) for member in _MEMBERS if member in value)
        return next((words for words in parts if words), None)
    if isinstance(value, list | tuple):
        return ", ".join(words for words in map(plain, value) if words and not words.isspace()) or None
    return str(value)


def _spell(value: float) -> str | None:
    if not math.isfinite(value) or abs(value) >= 2**53:
        return None
    return str(int(value)) if value == int(value) else repr(value)


def pick(values: Sequence[Any], plan: Plan, marked_up: Set[int] = frozenset()) -> dict[str, str]:
    """The fields of one record: for each the first column that says something. Text counts only as a string.

    ``marked_up`` are the places of columns that hold markup.
    """
    picked = {}
    for field, indices in plan.items():
        for index in indices:
            value = values[index]
            words = value if isinstance(value, str) or field == "text" else plain(value)
            if not isinstance(words, str):
                continue
            if words and index in marked_up:
                words = markup.text(words, "agency")
            if words and not words.isspace():
                picked[field] = words
                break
    return picked
