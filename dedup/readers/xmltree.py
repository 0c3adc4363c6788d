"""XML of agencies -> a tree whose tags are without namespaces; nothing outside the file is ever fetched."""

from __future__ import annotations

import re
from typing import Any

from dedup.readers import extras
from dedup.readers.packed import DamageError, FlawError

#: expat's codes for a file that ends inside of an element, a tag or CDATA.
_CUT = (3, 5, 20)

#: A document type that declares nothing but where another one stands, as SDA-ATS writes it.
_ELSEWHERE = re.compile(
    rb"<!DOCTYPE\s+(?:NewsML|nitf)\b[^\[<>]*\[\s*(?:<!ENTITY\s+%\s+[\w.-]+\s+(?:SYSTEM|PUBLIC)\s[^<>]*>\s*%[\w.-]+;\s*)*\]\s*>"
)


def without_type(data: bytes) -> bytes:
    """NewsML or NITF without a document type that names others only: they are never fetched, and so declare nothing."""
    return _ELSEWHERE.sub(b"", data, count=1)


def parsed(data: bytes, item: bytes) -> Any:
    """The root of the tree.

    Raises :class:`~dedup.readers.packed.FlawError` where the file is not well-formed, and as damage where it is cut
    short or more than one ``item`` (the name of an element) is lost.
    """
    tree = extras.load("defusedxml.ElementTree", "agency")
    try:
        root = tree.fromstring(data)
    except (tree.ParseError, ValueError, LookupError) as error:  # an unknown encoding is a LookupError
        several = len(re.findall(rb"<(?:[\w.-]+:)?%b[\s>]" % item, data)) > 1
        flaw = DamageError if several or getattr(error, "code", 0) in _CUT else FlawError
        raise flaw(f"not well-formed XML: {error}") from error
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    return root


def words(element: Any) -> str:
    """What stands in an element, white space as single blanks; empty for None."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def first(root: Any, *paths: str) -> str:
    """The words of the first element that has some; a path ends in ``@name`` for an attribute."""
    for path in paths:
        where, _, attribute = path.partition("@")
        for element in root.iterfind(where.rstrip("/")) if where else [root]:
            value = (element.get(attribute) or "").strip() if attribute else words(element)
            if value:
                return str(value)
    return ""
