"""What press databases export, many documents a file: those of Nexis and Factiva are distinguished, others refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from dedup.readers import markup
from dedup.readers.packed import FlawError
from dedup.readers.rows import Row

_NEXIS = re.compile(r"(?:^|>)[ \t]*\d+ of \d+ DOCUMENTS?[ \t]*(?=<|\r?$)", re.MULTILINE)
_LEXIS_END = re.compile(r"^[ \t]*End of Document[ \t]*\r?$", re.MULTILINE)
_LEXIS_BODY = re.compile(r"^[ \t]*Body[ \t]*\r?$", re.MULTILINE)
_LEXIS_LABEL = re.compile(r"(?:Section|Length|Byline|Dateline|Highlight):")
_LEXIS_AFTER_TEXT = {"Classification", "Graphic", "Notes", "Correction"}
_FACTIVA = re.compile(r'(?:<div id="article-(?P<id>\w+)"[^<>]*>\s*)?<div class="article \w\wArticle"[^<>]*>')
_ROW = re.compile(r"<b>(HD|BY|PD|ET|SN|LP|TD|AN)</b>.{0,200}?</td>\s*<td[^<>]*>(.*?)</td>", re.DOTALL)
_PARAGRAPH = re.compile(r'<p class="articleParagraph[^"<>]*">([^<]*(?:<(?!/?p\b)[^<]*)*)')
_HEADLINE = re.compile(r'<div id="hd">(.*?)</div>', re.DOTALL)
_AUTHOR = re.compile(r'<div class="author">(.*?)</div>', re.DOTALL)
_DIVISION = re.compile(r"<div>([^<]*)</div>")

#: Mark -> the database whose exports are not parted here; found at least so often.
_OTHERS = (
    (re.compile(r"<title>\s*ヨミダス"), "Yomidasu", 1),
    (re.compile("朝日新聞社 聞蔵"), "Kikuzo", 1),
    (re.compile(r"<title>Report \d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d</title>"), "Integrum", 1),
    (re.compile(r"ProQuest document ID", re.IGNORECASE), "ProQuest", 2),
    (re.compile(r"europresse\.com|DocPublicationName|Eureka\.cc", re.IGNORECASE), "Europresse", 2),
)

_BYLINE = {"BYLINE", "AUTOR", "AUTORIN", "AUTEUR"}
_BEFORE = {*_BYLINE, "SECTION", "RUBRIK", "LENGTH", "LÄNGE", "DATELINE", "HIGHLIGHT", "SERIES", "LONGUEUR", "ENCART"}
_AFTER_TEXT = {
    *("LOAD-DATE", "LANGUAGE", "PUBLICATION-TYPE", "UPDATE", "SPRACHE", "ZEITUNGS-CODE", "JOURNAL-CODE", "SUBJECT"),
    *("GRAPHIC", "CORRECTION-DATE", "NAMES", "ORGANIZATION", "GEOGRAPHIC", "COUNTRY", "COMPANY", "PERSON", "CITY"),
    *("STATE", "INDUSTRY", "TICKER", "NOTES", "DISTRIBUTION", "TYPE", "URL", "DATE-CHARGEMENT", "LANGUE"),
    *("TYPE-PUBLICATION", "PUB-TYPE", "DOCUMENT-TYPE", "ISSN", "PUBLIKATIONS-ART", "ERSCHEINUNGSDATUM"),
}
_LABEL = re.compile(r"([A-ZÄÖÜ][A-ZÄÖÜ-]+):(?:\s+|$)")
_COPYRIGHT = re.compile(r"(?:Copyright|\(c\)|©)\s", re.IGNORECASE)

#: The first letters of a month in English, German, French, Spanish, Italian, Dutch and Portuguese.
_MONTHS = (
    *("jan gen ene", "feb fév fev", "mar mär mrz maa", "apr avr abr", "may mai mei mag", "jun juin giu"),
    *("jul juil lug", "aug aoû ago", "sep set", "oct okt ott out", "nov", "dec dez déc dic"),
)
_DAY_FIRST = re.compile(
    r"\b(?P<day>\d{1,2})(?:\.|er|º)?\s+(?:de )?(?P<month>[^\W\d_]{3,10})\.?,?\s+(?:de )?(?P<year>\d{4})\b"
)
_MONTH_FIRST = re.compile(r"\b(?P<month>[^\W\d_]{3,10})\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})\b")
_TIME = re.compile(r"\b(?P<time>\d{1,2}:\d\d)(?::\d\d)?\s*(?P<half>[AP]M)?\s*GMT(?P<zone>[+-]\d{1,2})?", re.IGNORECASE)


def documents(content: str) -> Iterator[dict[str, str]] | None:
    """The fields of each document in an export, marked up or not; None for what is no export of a database.

    Raises :class:`~dedup.readers.packed.FlawError` for an export that is known and cannot be parted.
    """
    if "DOCUMENT" in content and len(_NEXIS.findall(content)) + ("LOAD-DATE:" in content) > 1:
        return (_nexis(piece) for piece in _NEXIS.split(content)[1:])
    if _LEXIS_END.search(content) and _LEXIS_BODY.search(content):
        return (_lexis(piece) for piece in _LEXIS_END.split(content)[:-1])
    if "articleParagraph" in content and _FACTIVA.search(content):
        return _factiva(content)
    for mark, name, min_hits in _OTHERS:
        if len(mark.findall(content)) >= min_hits:
            raise FlawError(
                f"an export of {name}, whose documents are not told apart here: export them as CSV, or one a file"
            )
    return None


def rows(export: Iterable[Mapping[str, str]], path: str, id: str) -> Iterator[Row]:
    """The documents of an export as rows; one without an id is called after the file and its place in it.

    ``id`` is that of the file; where it is empty the name of a document is left to be made from its text.
    """
    for number, document in enumerate(export, 1):
        named = {"id": f"{id}#{number}"} if id else {}
        yield Row(path, f"document {number}", {**named, **document})


def _nexis(piece: str) -> dict[str, str]:
    """Publisher, date and headline, then labelled lines, the text, and labelled lines again."""
    plain = markup.text(piece, "web") if "</" in piece else piece.replace("\r", "")
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", plain) if part.strip()]
    labels = [_LABEL.match(part) for part in paragraphs]
    names = [label[1] if label else "" for label in labels]
    first = next((index for index, name in enumerate(names) if name in _BEFORE), min(3, len(paragraphs)))
    start = max((index + 1 for index, name in enumerate(names) if name in _BEFORE and index < first + 8), default=first)
    ends = (
        index
        for index, part in enumerate(paragraphs)
        if index >= start and (names[index] in _AFTER_TEXT or _COPYRIGHT.match(part))
    )
    head, body = paragraphs[:first], paragraphs[start : next(ends, len(paragraphs))]
    dated = next((index for index, part in enumerate(head) if date(part)), 1)
    byline = next(
        (part[label.end() :] for part, label in zip(paragraphs, labels, strict=True) if label and label[1] in _BYLINE),
        "",
    )
    return _present(
        publisher=head[dated - 1] if 0 < dated <= len(head) else "",
        published=date(head[dated]) if dated < len(head) else "",
        headline=" ".join(head[dated + 1 :]),
        byline=byline,
        text="\n\n".join(body),
    )


def _lexis(piece: str) -> dict[str, str]:
    """Headline, publisher and date, then the copyright and labelled lines, the text after "Body", and labels again."""
    paragraphs = [" ".join(part.split()) for part in piece.split("\n") if part.strip()]
    body = next((index for index, part in enumerate(paragraphs) if part == "Body"), len(paragraphs))
    after = (
        index
        for index, part in enumerate(paragraphs)
        if index > body and (part in _LEXIS_AFTER_TEXT or part.startswith("Load-Date:"))
    )
    start = body
    while start and (_LEXIS_LABEL.match(paragraphs[start - 1]) or _COPYRIGHT.match(paragraphs[start - 1])):
        start -= 1
    labels = dict(part.split(":", 1) for part in paragraphs[start:body] if ":" in part)
    head = paragraphs[max(0, start - 3) : start]
    head = [""] * (3 - len(head)) + head
    return _present(
        headline=head[0],
        publisher=head[1],
        published=date(head[2]),
        byline=labels.get("Byline", "").strip(),
        text="\n\n".join(paragraphs[body + 1 : next(after, len(paragraphs))]),
    )


def _factiva(content: str) -> Iterator[dict[str, str]]:
    starts = list(_FACTIVA.finditer(content))
    for start, end in zip(starts, [*(each.start() for each in starts[1:]), len(content)], strict=True):
        piece = content[start.end() : end]
        rows = {name: _words(value) for name, value in _ROW.findall(piece)}
        divisions = [_words(value) for value in _DIVISION.findall(piece)]
        dated = next((index for index, words in enumerate(divisions) if date(words)), len(divisions))
        rest = [words for words in divisions[dated + 1 :] if not re.fullmatch(r"\d\d:\d\d", words)]
        yield _present(
            id=start["id"] or rows.get("AN", "").rpartition(" ")[2],
            publisher=rows.get("SN", "") or next(iter(rest), ""),
            published=date(rows.get("PD", "") or " ".join(divisions[dated : dated + 1])),
            headline=rows.get("HD", "") or _first(_HEADLINE, piece),
            byline=rows.get("BY", "") or _first(_AUTHOR, piece),
            text="\n\n".join(filter(None, map(_words, _PARAGRAPH.findall(piece)))),
        )


def date(words: str) -> str:
    """The day in some words, in ISO 8601, with the time where that has a zone; empty where there is none."""
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        for match in pattern.finditer(words):
            name = match["month"].lower()
            month = next((n for n, starts in enumerate(_MONTHS, 1) if name.startswith(tuple(starts.split()))), 0)
            if month:
                return f"{match['year']}-{month:02}-{int(match['day']):02}{_time(words)}"
    return ""


def _time(words: str) -> str:
    match = _TIME.search(words)
    if match is None:
        return ""
    hour, _, minute = match["time"].partition(":")
    half = (match["half"] or "").upper()
    hours = int(hour) % 12 + 12 * (half == "PM") if half else int(hour)
    zone = f"{int(match['zone']):+03d}:00" if match["zone"] else "Z"
    return f"T{hours:02}:{minute}{zone}"


def _first(pattern: re.Pattern[str], piece: str) -> str:
    result = pattern.search(piece)
    return _words(result[1]) if result else ""


def _words(value: str) -> str:
    return " ".join(markup.text(value, "web").split())


def _present(**fields: str) -> dict[str, str]:
    return {field: words for field, words in fields.items() if words}
