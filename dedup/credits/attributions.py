"""Every credit and citation of a batch of articles, as the rows of :data:`dedup.tables.ATTRIBUTIONS`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.credits.agencies import Agencies, own_name
from dedup.credits.citations import citation
from dedup.credits.forms import credit, metadata_names
from dedup.credits.issuers import STATEMENT, UNNAMED_ISSUER
from dedup.credits.lists import Hit, listed
from dedup.credits.mention import WINDOW, Attribution, Mention
from dedup.credits.names import Alias, key
from dedup.credits.statements import statement
from dedup.credits.syndication import syndication
from dedup.kernels.folding import folding
from dedup.kernels.lines import lines
from dedup.kernels.mentions import FULL, Phrases, mentions
from dedup.tables import ATTRIBUTIONS
from dedup.text.tokens import Tokens, text_buffers

#: Forms in which an agency's own article carries another agency's copy; its other marks are not credits there.
_RELAYED = ("dateline", "copyright")
_CAPACITY = 8  # mentions a text for which there is room before they are counted


class _Row(NamedTuple):
    article: int
    name: str
    kind: str
    position: str
    evidence: str
    start: int | None
    end: int | None
    strength: float


def find(batch: pa.RecordBatch, tokens: Tokens, agencies: Agencies) -> pa.RecordBatch:
    """The attributions of a batch of articles.

    ``batch`` has the columns of :data:`dedup.article.ARTICLES`, ``tokens`` are those of its texts. Returns the columns
    of :data:`dedup.tables.ATTRIBUTIONS`, articles in the order of the batch, metadata before text, then by place, kind
    and name. An agency's own article is a credit to itself; nobody's own name is a citation.
    """
    owners = _owners(batch, agencies)
    rows = [row for name in ("agency", "byline") for row in _metadata(batch, name, agencies)]
    rows += [_own_row(batch, article, owner) for article, owner in enumerate(owners) if owner and owner.agency]
    rows += _in_texts(batch, tokens, agencies, owners)
    rows.sort(key=lambda row: (row.article, -1 if row.start is None else row.start, row.kind, row.name, row.position))
    ids = batch["id"].take(pa.array([row.article for row in rows], pa.int64()))
    columns = [pa.array([row[k] for row in rows], ATTRIBUTIONS.schema.field(k).type) for k in range(1, 8)]
    return pa.RecordBatch.from_arrays([ids, *columns], schema=ATTRIBUTIONS.schema)


def _owners(batch: pa.RecordBatch, agencies: Agencies) -> list[Alias | None]:
    """Who published each article itself, where that is an agency or a known outlet."""
    urls = pc.binary_join_element_wise(batch["url"], "///", "")  # so that each has a third part, empty or not
    hosts = pc.list_element(pc.split_pattern(urls, "/", max_splits=3), 2)
    pairs = list(zip(batch["publisher"].to_pylist(), hosts.to_pylist(), strict=True))
    known = {pair: own_name(*pair, agencies) for pair in set(pairs)}
    return [known[pair] for pair in pairs]


def _own_row(batch: pa.RecordBatch, article: int, owner: Alias) -> _Row:
    evidence = batch["publisher"][article].as_py() or batch["url"][article].as_py()
    return _Row(article, owner.name, "credit", "metadata", evidence, None, None, 1.0)


def _metadata(batch: pa.RecordBatch, column: str, agencies: Agencies) -> Iterator[_Row]:
    """Credits in the record's own fields: each value is read once, however many articles have it."""
    if batch[column].null_count == len(batch):
        return
    encoded = batch[column].dictionary_encode()
    read = [_metadata_names(value, column, agencies) for value in encoded.dictionary.to_pylist()]
    position, strength = ("metadata", 1.0) if column == "agency" else ("byline", 0.95)
    for article, code in enumerate(encoded.indices.to_pylist()):
        for name in read[code] if code is not None else ():
            evidence = encoded.dictionary[code].as_py()
            yield _Row(article, name, "credit", position, evidence, None, None, strength)


def _metadata_names(value: str, column: str, agencies: Agencies) -> list[str]:
    aliases = [agencies.by_key.get(part) for part in metadata_names(value)]
    agencies_named = [a for a in aliases if a and a.agency and (column == "agency" or a.in_position("byline"))]
    return list(dict.fromkeys(alias.name for alias in agencies_named))


def _in_texts(batch: pa.RecordBatch, tokens: Tokens, agencies: Agencies, owners: list[Alias | None]) -> Iterator[_Row]:
    hits = _mentions(tokens, agencies.phrases)
    if not len(hits):
        return
    data, offsets = text_buffers(batch["text"])
    content, starts, bounds = data.data, offsets.tolist(), tokens.offsets.tolist()
    full = agencies.phrases.kinds[hits[:, 3]] & FULL
    around = np.empty((len(hits), 3), np.int64)
    lines(data, offsets, tokens.offsets, tokens.starts, tokens.ends, tokens.gaps, hits, WINDOW, folding(), around)
    columns = (*hits.T, tokens.starts[hits[:, 1]], tokens.ends[hits[:, 2] - 1], full, *around.T)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    publishers = batch["publisher"]
    keys = functools.cache(key)
    for article, group in groupby(rows, key=itemgetter(0)):
        text = bytes(content[starts[article] : starts[article + 1]])
        span = bounds[article], bounds[article + 1]
        attributions = _once(_in_text(text, [Hit(*hit[1:]) for hit in group], span, agencies, owners[article]))
        if any(each.name not in agencies.kinds for each in attributions):
            publisher = keys(publishers[article].as_py() or "")
            attributions = [each for each in attributions if not _is_own(each, publisher, keys, agencies)]
        if attributions:
            yield from _rows(article, text, attributions)


def _is_own(attribution: Attribution, publisher: str, keys: Callable[[str], str], agencies: Agencies) -> bool:
    """Whether an article names its own publisher; a credit may name it short or without its site's ending."""
    if attribution.kind == "citation":
        return keys(attribution.name) == publisher
    return attribution.name not in agencies.kinds and keys(attribution.name) in publisher


def _mentions(tokens: Tokens, phrases: Phrases) -> npt.NDArray[np.int64]:
    """Where any of the phrases can be an attribution (see :func:`dedup.kernels.mentions.mentions`): int64[m, 4]."""
    rows = np.empty((_CAPACITY * len(tokens.offsets), 4), np.int64)
    columns = tokens.offsets, tokens.hashes, tokens.flags, tokens.gaps, tokens.tails
    count = mentions(*columns, phrases, rows)
    if count > len(rows):
        rows = np.empty((count, 4), np.int64)
        mentions(*columns, phrases, rows)
    return rows[:count]


def _in_text(
    text: bytes, hits: list[Hit], span: tuple[int, int], agencies: Agencies, owner: Alias | None
) -> Iterator[Attribution]:
    """The attributions in one text: a mention that is no credit may be a citation."""
    own = owner.name if owner else ""
    full_names = frozenset([agencies.aliases[hit.phrase].name for hit in hits if hit.full])
    short_names: dict[str, str] = {own.rpartition(" ")[2]: own} if owner and not owner.agency else {}
    for hit, hit_in_list in zip(hits, listed(text, hits, agencies.aliases), strict=True):
        alias = agencies.aliases[hit.phrase]
        mention = hit.read(text, alias, span)
        if alias.statement or alias.issuer:
            yield from _of_statement(mention, agencies)
            continue
        credited = mention if hit_in_list is hit else hit_in_list.read(text, alias, span)
        attribution = credit(credited) if alias.agency else syndication(credited)
        if attribution is None:
            attribution = citation(mention, full_names, short_names)
        if attribution is None:
            continue
        if attribution.kind == "citation" and not alias.agency:
            short_names[attribution.name.rpartition(" ")[2]] = attribution.name
        if attribution.name == own:
            if attribution.kind == "credit" and alias.agency:
                yield attribution
        elif attribution.kind == "citation" or not (owner and owner.agency) or attribution.position in _RELAYED:
            yield attribution


def _of_statement(mention: Mention, agencies: Agencies) -> Iterator[Attribution]:
    """The issuer of a press statement; those of agencies and outlets about themselves are no sources."""
    if mention.alias.issuer:
        attributions = citation(mention, frozenset(), {})
        attributions = attributions and attributions._replace(strength=STATEMENT)
    else:
        attributions = statement(mention, agencies.issuers)
    if attributions is not None and (
        attributions.name == UNNAMED_ISSUER or key(attributions.name) not in agencies.by_key
    ):
        yield attributions


def _once(attributions: Iterable[Attribution]) -> list[Attribution]:
    """What was found, each statement once; an issuer without a name counts where no other one has a name."""
    unique: list[Attribution] = []
    ends: dict[str, int] = {}  # of the last statement of each issuer
    for each in attributions:
        if each.strength == STATEMENT:
            if each.start < ends.get(each.name, 0) or (each.name == UNNAMED_ISSUER and each.name in ends):
                continue
            ends[each.name] = each.end
        unique.append(each)
    if UNNAMED_ISSUER in ends and len(ends) > 1:
        return [each for each in unique if each.name != UNNAMED_ISSUER]
    return unique


def _rows(article: int, text: bytes, attributions: list[Attribution]) -> Iterator[_Row]:
    """The rows of one article, with bytes counted as characters."""
    offsets = [offset for each in attributions for offset in (each.start, each.end)]
    characters = offsets if text.isascii() else _characters(text, offsets)
    for number, each in enumerate(attributions):
        evidence = text[each.start : each.end].decode("utf-8", "replace")
        start, end = characters[2 * number : 2 * number + 2]
        yield _Row(article, each.name, each.kind, each.position, evidence, start, end, each.strength)


def _characters(text: bytes, offsets: list[int]) -> list[int]:
    counted = {0: 0}
    last = 0
    for offset in sorted(set(offsets)):
        counted[offset] = counted[last] + len(text[last:offset].decode("utf-8", "ignore"))
        last = offset
    return [counted[offset] for offset in offsets]
