"""JSON objects that hold articles: answers of interfaces to a search, and articles keyed by their ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dedup.readers.fields import Names, Plan
from dedup.readers.objects import usual

Record = Mapping[str, Any]

_DEPTH = 2  # of the list of articles in an answer: {"response": {"results": [...]}}
_FIRST_MEMBERS = 20  # members of an object that may be keyed by ids


def records(record: Record, names: Names) -> Sequence[Record]:
    """The articles in an object; the object itself, where it is one, or where it cannot be told what it holds."""
    plan = _plan(record, names)
    if "text" in plan:
        return [record]
    media = _media(record)
    if media:
        return [media]
    hints = {"text"} if {"id", "url", "headline"} & plan.keys() else {"text", "headline"}
    lists = [one for one in _lists(record, _DEPTH) if "item" in one[0] or hints & _plan(_item(one[0]), names).keys()]
    if len(lists) == 1:
        return [_item(one) for one in lists[0]]
    return _keyed(record, names) or [record]


def _plan(record: Record, names: Names) -> Plan:
    return names.plan(tuple(names.flat(usual(record))))


def _lists(record: Record, depth: int) -> Iterator[list[Record]]:
    """The lists of objects in an object and in the objects within it."""
    for value in record.values():
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            yield value
        elif isinstance(value, dict) and depth > 1:
            yield from _lists(value, depth - 1)


def _media(record: Record) -> Record:
    """The item in an answer of AP's, whose text stands beside it where it was fetched; empty for other objects."""
    data, story = record.get("data"), record.get("nitf")
    item = data.get("item") if isinstance(data, dict) else None
    if not isinstance(item, dict):
        return {}
    return {**item, "body_html": story.get("body_html")} if isinstance(story, dict) else item


def _item(record: Record) -> Record:
    """What AP wraps into {"meta": {}, "item": {}}."""
    inner = record.get("item")
    return inner if isinstance(inner, dict) and len(record) <= 2 else record


def _keyed(record: Record, names: Names) -> list[Record]:
    """The articles of an object {id: article, ...}; empty where it is none."""
    if not record or not all(isinstance(one, dict) for one in record.values()):
        return []
    first = list(record.values())[:_FIRST_MEMBERS]
    texts = sum("text" in _plan(one, names) for one in first)
    return [{"id": key, **one} for key, one in record.items()] if texts == len(first) else []
