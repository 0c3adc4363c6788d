"""IPTC 7901 and ANPA 1312: what agencies sent over the wire, a header and a text between control characters."""

from __future__ import annotations

import re

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar mär mrz", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec dez"), 1
    )
    for name in names.split()
}
_STX, _ETX = "\x02", "\x03"
_IPTC = re.compile(r"\x01?(?P<service>[a-zA-Z]{3})\d{3,5} +\d +\w{1,3} +\d+ +(?P<source>[^\r\n]*?) +\d{3,4} *\r?\n")
_ANPA = re.compile(r"\x16\x16\x01(?P<id>[A-Za-z]\d{4})\x1f")
_SENT = re.compile(r"(?P<day>\d\d)(?P<time>\d{4}) (?:GMT|UTC) (?P<month>[A-Za-zä]{3}) (?P<year>\d\d)\b")
_FILED = re.compile(r"-(?P<month>\d\d)-(?P<day>\d\d)-(?P<year>\d\d) (?P<time>\d{4})GMT")
_TURN = re.compile(r"\d(?:ST|ND|RD|TH) (?:LEAD|NET|ADD|ROUNDUP|LD)$")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NOT_FOR_PUBLICATION = re.compile(r"^(?:# dpa[- ]n|\* \* \* \*)", re.IGNORECASE | re.MULTILINE)


def recognised(data: bytes) -> bool:
    """Do these bytes begin like such a file?"""
    head = data[:200].decode("latin-1")
    return bool(_IPTC.match(head) or _ANPA.match(head))


def fields(data: bytes) -> dict[str, str]:
    """The fields of the article; without a text where there is none."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    values = _anpa(text) if _ANPA.match(text) else _iptc(text)
    return {field: words for field, words in values.items() if words}


def _iptc(text: str) -> dict[str, str]:
    header = _IPTC.match(text)
    source = header["source"].split() if header else []
    rest = text[header.end() :] if header else text
    before, stx, body = rest.partition(_STX)
    if not stx:
        body = before
    body, _, tail = body.partition(_ETX)
    title, equals, story = body.partition("=\n") if "\r" not in body else body.partition("=\r\n")
    if not equals or len(title) > 600:
        title, story = "", body
    lines = [line.strip() for line in title.splitlines() if line.strip() and not line.startswith("/")]
    bylines = [line for line in lines if line.lower().startswith(("by ", "von "))]
    agency = source[-1].partition("-")[0] if source else ""
    return {
        "headline": " ".join(line for line in lines if line not in bylines and not _TURN.match(line)).strip(),
        "byline": " ".join(bylines),
        "publisher": agency,
        "agency": agency,
        "published": _moment(_SENT.search(tail or body[-80:])),
        "text": _paragraphs(_NOT_FOR_PUBLICATION.split(_SENT.sub("", story), maxsplit=1)[0]),
    }


def _anpa(text: str) -> dict[str, str]:
    body = text.partition(_STX)[2] or text
    story = re.split(r"\x03|\x0c", body, maxsplit=1)[0]
    head, tab, rest = story.partition("\n\t")
    lines = [line.strip("^\x02 \r\n") for line in head.split("\n")]
    titles = [line.rstrip("<").strip() for line in lines if line.endswith("<")]
    bylines = [line.rstrip("=").strip() for line in lines if line.endswith("=")]
    return {
        "headline": titles[1] if len(titles) > 1 else next(iter(titles), ""),
        "byline": ", ".join(bylines),
        "publisher": "AP",
        "agency": "AP",
        "published": _moment(_FILED.search(text)),
        "text": _paragraphs("\t" + rest.replace("<", "")) if tab else "",
    }


def _moment(match: re.Match[str] | None) -> str:
    """The date in ISO 8601; the years of two figures are of this century, in which the files were written."""
    if match is None:
        return ""
    month = match["month"].lower()
    number = int(month) if month.isdigit() else _MONTHS.get(month, 0)
    return f"20{match['year']}-{number:02}-{match['day']}T{match['time'][:2]}:{match['time'][2:]}Z" if number else ""


def _paragraphs(story: str) -> str:
    """Lines of a fixed width joined; a paragraph begins after an empty line, or where a line is indented."""
    plain = _CONTROLS.sub("", story.replace("\r\n", "\n").replace("\t", "   "))
    parts = re.split(r"\n\s*\n|\n(?= {3})", plain)
    return "\n\n".join(filter(None, (" ".join(part.split()) for part in parts)))
