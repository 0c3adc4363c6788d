"""JSON objects of known kinds -> the same objects with members under the usual names (see :mod:`.fields`).

The known kinds are ninjs 1 to 3 (IPTC's News in JSON) and the stories of Media Cloud. news-please and schema.org's
NewsArticle use the usual names as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dedup.readers import agency as origins
from dedup.readers import markup

Record = Mapping[str, Any]

#: How the members begin that hold the text of an item of ninjs, or what stands for it.
_BODIES = ("body_", "bodies", "description_", "descriptions")


def usual(record: Record) -> Record:
    """The record, with members added or replaced where it is of a known kind."""
    if "media_name" in record or "stories_id" in record:
        return {**record, **_media_cloud(record)}
    if isinstance(record.get("body"), dict) and isinstance(record["body"].get("sections"), list):
        return {**record, "body": _sections(record["body"])}
    if str(record.get("format", "")).startswith("digitalwires"):
        return {**record, **_digital_wires(record)}
    lower = {name.lower(): value for name, value in record.items()}  # ninjs 3 has copyrightHolder
    if ("uri" in lower or "guid" in lower) and any(name.startswith(_BODIES) for name in lower):
        return {**record, **_ninjs(lower)}
    return record


def _sections(body: Record) -> str:
    """The text of a page as fundus parts it."""
    parts = [body.get("summary")]
    for section in _dicts(body["sections"]):
        parts += [section.get("headline"), section.get("paragraphs")]
    words = (one for part in parts if isinstance(part, list) for one in part if isinstance(one, str))
    return "\n\n".join(filter(None, words))


def _digital_wires(record: Record) -> Record:
    """An item of dpa's: its text is marked up, after a dateline of its own."""
    html = _string(record, "article_html")
    text = markup.text(html, "agency") if html else ""
    named = {
        "id": _string(record, "urn"),
        "publisher": "dpa",
        "agency": _string(record, "creditline"),
        "text": f"{_string(record, 'dateline')}{text}" if text else "",
    }
    return {name: value for name, value in named.items() if value}


def _media_cloud(record: Record) -> Record:
    named = {
        "id": record.get("stories_id"),
        "publisher": record.get("media_name"),
        "text": _string(record, "story_text"),
    }
    if record.get("ap_syndicated") in (True, 1):
        named["agency"] = "Associated Press"
    sentences = record.get("story_sentences")
    if not named["text"] and isinstance(sentences, list):
        placed = [s for s in sentences if isinstance(s, dict) and isinstance(s.get("sentence_number"), int)]
        placed.sort(key=lambda sentence: sentence["sentence_number"])
        named["text"] = " ".join(str(sentence.get("sentence") or "") for sentence in placed)
    return {name: value for name, value in named.items() if value}


def _ninjs(item: Record) -> Record:
    holder = _string(item, "copyrightholder")
    uri = _string(item, "uri")
    publisher = _string(item, "source") or holder or _string(item, "provider")
    registries = [
        _string(source, "name") for source in _dicts(item.get("infosource")) + _dicts(item.get("infosources"))
    ]
    registries += [holder, _string(item, "source")]
    named = {
        "url": uri if uri.startswith(("http://", "https://")) else "",
        "published": _string(item, "versioncreated") or _string(item, "firstcreated"),
        "headline": _valued(item.get("headlines"), "main") or _string(item, "headline"),
        "byline": _string(item, "byline") or _string(item, "by"),
        "publisher": publisher,
        "agency": origins.agency(registries, "", ""),
        "text": _body(list(_bodies(item))) or _body(list(_described(item))),
    }
    return {name: value for name, value in named.items() if value}


def _bodies(item: Record) -> Iterator[tuple[bool, str]]:
    """(is it marked up, the text) of each form of the item's body."""
    for name, value in item.items():
        if name.startswith("body_") and isinstance(value, str):
            yield "html" in name, value
    for body in _dicts(item.get("bodies")):
        yield _is_marked_up(body), _string(body, "value")


def _described(item: Record) -> Iterator[tuple[bool, str]]:
    """The same of its descriptions, all the text that some agencies deliver; those of pictures are captions."""
    renditions = item.get("renditions")
    elsewhere = isinstance(renditions, dict) and "nitf" in renditions  # what AP describes there is a summary of it
    if _string(item, "type") in ("", "text", "composite") and not elsewhere:
        for name, value in item.items():
            if name.startswith("description_") and isinstance(value, str):
                yield "html" in name, value
        for one in _dicts(item.get("descriptions")):
            yield _is_marked_up(one), _string(one, "value")


def _is_marked_up(body: Record) -> bool:
    kind = _string({key.lower(): value for key, value in body.items()}, "contenttype")
    return "html" in kind or "xml" in kind or _string(body, "value").lstrip().startswith("<?xml")


def _body(forms: list[tuple[bool, str]]) -> str:
    """The form that tells its paragraphs: plain text of several lines, else the marked-up one, else any."""
    plain = [words for marked_up, words in forms if not marked_up and words.strip()]
    marked = [words for marked_up, words in forms if marked_up and words.strip()]
    lines = [words for words in plain if "\n" in words.strip()]
    if lines or not marked:
        return (lines or plain or [""])[0]
    return markup.text(marked[0], "agency")


def _valued(entries: Any, role: str) -> str:
    """The value of the entry of that role, else of the first."""
    members = sorted(_dicts(entries), key=lambda entry: entry.get("role") != role)
    return _string(members[0], "value") if members else ""


def _dicts(value: Any) -> list[Record]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _string(record: Record, name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""
