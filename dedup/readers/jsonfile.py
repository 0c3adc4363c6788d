"""JSON that is not in lines: a file of one object, of a list of them, or of several one after the other.

So news-please writes an article a file, news agencies an item of ninjs, and Media Cloud a list of stories.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dedup.article import Batch, Rejected
from dedup.readers import answers, jsonl
from dedup.readers.columns import larger
from dedup.readers.fields import Names
from dedup.readers.inputs import Source
from dedup.readers.packed import DamageError, FlawError, filled, flaws, opened, rejected
from dedup.readers.rows import Row, batches

#: What stands between objects; also the brackets of the list that holds them.
_BETWEEN = re.compile(rb"(?:\xef\xbb\xbf)?[\s,\[\]]*+")
#: A string, a bracket, or a quotation mark whose string has not ended yet.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]"]', re.DOTALL)
_CHUNK = 1 << 16


def read(sources: Sequence[Source], names: Names, max_record: int) -> Iterator[Batch]:
    """Batches of the articles in ``sources``, in their order; positions are items, counted from 1.

    An object that is no article but holds some (the answer to a search) stands for those.
    """
    return batches((row for source in sources for row in _rows(source, names, max_record)), max_record)


def _rows(source: Source, names: Names, max_record: int) -> Iterator[Row | Rejected]:
    item = 0
    objects = _objects(source, max_record)
    while True:
        item += 1
        try:
            data = next(objects, None)
            if data is None:
                return
            for record in answers.records(jsonl.parse(data), names):
                yield jsonl.row(source.name, f"item {item}", record, names)
        except FlawError as flaw:
            yield rejected(source.name, f"item {item}", flaw)


def _objects(source: Source, max_record: int) -> Iterator[bytes]:
    """The bytes of each object, brace to brace, whether or not what is between them is sound.

    Raises :class:`FlawError`, and ends, where something else stands there or an object does not end within the limit.
    """
    data, start = b"", 0
    with opened(source) as file, flaws(source):
        while True:
            start = _end_of_match(_BETWEEN, data, start)
            if data[start : start + 1] not in (b"{", b""):
                raise DamageError("neither a JSON object nor a list of objects; the rest of the file is not read")
            end = _end(data, start)
            if end and end - start <= max_record:
                yield data[start:end]
                start = end
                continue
            if len(data) - start > max_record:
                raise DamageError(f"{larger(max_record)}; the rest of the file is not read")
            more = filled(file, max(_CHUNK, len(data) - start))
            if not more and start < len(data):
                raise DamageError("the file ends inside of this object")
            if not more:
                return
            data, start = data[start:] + more, 0


def _end_of_match(pattern: re.Pattern[bytes], data: bytes, start: int) -> int:
    match = pattern.match(data, start)
    return match.end() if match else start


def _end(data: bytes, start: int) -> int:
    """The place after the object that starts at ``start``; 0 where it does not end in ``data``."""
    depth = 0
    for token in _TOKEN.finditer(data, start):
        match token[0]:
            case b"{" | b"[":
                depth += 1
            case b"}" | b"]":
                depth -= 1
            case b'"':
                return 0
        if depth == 0:
            return token.end()
    return 0
