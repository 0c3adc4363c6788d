"""The JSON-LD of a page: which of its records is the page's own article (schema.org's NewsArticle and its kin)."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

Record = Mapping[str, Any]


def article(scripts: Iterable[str], addresses: Set[str]) -> Record:
    """The record of the article, empty where there is none; where records name others by ``@id``, those stand in.

    It is the one with one of the page's ``addresses``, else the outermost: teasers of other articles lie deeper.
    """
    nodes = [node for script in scripts for node in _nodes(_parsed(script))]
    articles = [node for node in nodes if _is_article(node)]
    own = next((node for node in articles if addresses & {*links(node, "url", "mainEntityOfPage", "@id")}), None)
    named = {str(node["@id"]): node for node in nodes if "@id" in node and "name" in node}
    return {key: _resolved(value, named) for key, value in (own or next(iter(articles), {})).items()}


def links(record: Record, *names: str) -> Iterator[str]:
    """The addresses in some of the record's values, which are strings or records with an ``@id`` or ``url``."""
    for name in names:
        value = record.get(name)
        members = [value.get("@id"), value.get("url")] if isinstance(value, Mapping) else [value]
        yield from (member for member in members if isinstance(member, str) and "//" in member)


def _parsed(script: str) -> Any:
    try:
        return json.loads(script, strict=False)
    except (ValueError, RecursionError):  # many sites write JSON that is none
        return None


def _nodes(tree: Any) -> Iterator[Record]:
    """All objects of a JSON tree, the outer ones first."""
    waiting = deque([tree])
    while waiting:
        node = waiting.popleft()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            yield node
            waiting.extend(value for value in node.values() if isinstance(value, dict | list))


def _is_article(node: Record) -> bool:
    kinds = node.get("@type")
    named = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and kind.endswith(("Article", "BlogPosting", "Report")) for kind in named)


def _resolved(value: Any, named: Mapping[str, Record]) -> Any:
    if isinstance(value, list):
        return [_resolved(one, named) for one in value]
    reference = isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str)
    return named.get(value["@id"], value) if reference else value
