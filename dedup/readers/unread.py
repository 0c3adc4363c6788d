"""Formats that people have and that are not read here: what they are, and the way out."""

from __future__ import annotations

from pathlib import PurePath

from dedup.readers.inputs import PACKINGS

_BOOK = "save it as .txt, .html or .docx"
_TABLE = "save it as .xlsx, .csv or .parquet"

#: Ending -> what it is, and what to do with it.
UNREAD = {
    ".pdf": "a PDF holds lines on pages, not texts: get the text out with a tool such as pdftotext, a file an article",
    **dict.fromkeys((".rtf", ".doc", ".odt"), f"a document of a word processor: {_BOOK}"),
    **dict.fromkeys((".eml", ".mbox", ".msg"), "e-mail: save the article in it as .txt or .html"),
    **dict.fromkeys((".xls", ".ods"), f"a spreadsheet: {_TABLE}"),
    **dict.fromkeys((".rar", ".7z"), "an archive: unpack it, or pack it as .zip or .tar"),
    **dict.fromkeys((".sgm", ".sgml"), "SGML: convert it to XML"),
    **dict.fromkeys((".feather", ".arrow", ".orc", ".avro", ".pkl", ".pickle", ".rds", ".rda"), f"a table: {_TABLE}"),
    **dict.fromkeys((".db", ".sqlite", ".sqlite3", ".duckdb"), "a database: export its articles as .csv or .jsonl"),
}


def no_reader(path: PurePath) -> str:
    """Why a file in a folder is passed over."""
    ending = path.suffix.lower()
    if ending in PACKINGS:
        return f"no reader for {ending} alone: the name must tell the format too, as in .jsonl{ending}"
    return f"no reader for {ending or 'a name without an ending'}"
