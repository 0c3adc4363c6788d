"""Witnesses, their matches and their marks as arrays: what attribution and lineage reckon with."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.arrays import DAY, are_among, distinct, expanded, highs, lows, pair_keys
from dedup.credits import Agencies
from dedup.credits.agencies import hosts, own_name
from dedup.credits.citations import quotes_a_remark
from dedup.credits.issuers import STATEMENT
from dedup.credits.names import key
from dedup.stories.provenance.datelines import dateline_day
from dedup.stories.provenance.families import Families
from dedup.tables import COUNTED_GRADES

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

SKEW = DAY // 12  # clocks that are not further apart say nothing
NOBODY = -1  # no name
LEAD = 0.4  # share of a text in which it tells what it is about, and from whom
ONE_WORDING = len(COUNTED_GRADES[:3])  # identical, reprint, abridged: one wording
SAME_COPY = len(COUNTED_GRADES[:2])  # identical, reprint: one copy, whoever was first


class Names(NamedTuple):
    """Every name in play, each once: ``names[code]``; spellings with one key share a code."""

    names: list[str]
    codes: dict[str, int]

    def code(self, name: str) -> int:
        """The code of a name, given a new one where it has none."""
        code = self.codes.setdefault(key(name) or name, len(self.names))
        if code == len(self.names):
            self.names.append(name)
        return code


class Witnesses(NamedTuple):
    """``n`` witnesses in the order of (cluster_id, article_id): their rows are the numbers used everywhere.

    ``table`` has their columns, ``cluster`` int64[n] counts clusters from 0. ``name`` is the code of the publisher's
    name, ``own`` the same where the publisher is an agency, ``publisher`` and ``owner`` tell publishers and families
    apart; -1: unknown. ``time`` is in microseconds since 1970 where ``dated``; ``by_day``: only its day counts;
    ``from_text``: the dateline in the text bears it out. ``tokens``: length.
    """

    table: pa.Table
    cluster: Ints
    names: Names
    name: Ints
    own: Ints
    publisher: Ints
    owner: Ints
    time: Ints
    dated: Bools
    by_day: Bools
    from_text: Bools
    tokens: Ints


class Attributions(NamedTuple):
    """Credits, citations or statements, one a row, in the order of (``witness``, ``name``, place).

    Row of the witness, code of the name, strength 0-1, ``at`` the place as a share of the text (0 in metadata), whether
    it is ``in_metadata``, and whether it is a citation of a ``remark``: somebody spoke to an outlet or agency, which
    says not that the report is its report.
    """

    witness: Ints
    name: Ints
    strength: Floats
    at: Floats
    in_metadata: Bools
    remark: Bools

    def take(self, rows: Bools | Ints) -> Attributions:
        """Some of them, in their order."""
        return Attributions(
            self.witness[rows],
            self.name[rows],
            self.strength[rows],
            self.at[rows],
            self.in_metadata[rows],
            self.remark[rows],
        )


class Pairs(NamedTuple):
    """Counted matches, ``a`` < ``b`` rows, in their order; ``grade`` is a place in :data:`COUNTED_GRADES`.

    ``a_in_b``, ``b_in_a``: containments of the texts; ``copy_a``, ``copy_b``: of a's narrative in b and b's in a.
    """

    a: Ints
    b: Ints
    grade: Ints
    a_in_b: Floats
    b_in_a: Floats
    copy_a: Floats
    copy_b: Floats


_CHARACTERS = 6.0  # of a token with the space after it, about: 5.9 to 6.3 in English and Arabic news, 4.8 in Urdu


def read_witnesses(table: pa.Table, attributions: pa.Table, families: Families, agencies: Agencies) -> Witnesses:
    """The witnesses in arrays; ``table`` and ``attributions`` as :func:`dedup.stories.lineage.trace` takes them."""
    table = table.sort_by([("cluster_id", "ascending"), ("article_id", "ascending")]).combine_chunks()
    cluster = _integers(table["cluster_id"].combine_chunks().dictionary_encode().indices)
    names = Names([], {})
    for name in sorted(pc.unique(attributions["name"]).to_pylist()):
        names.code(name)
    name, own, publisher, owner = _publishers(table, names, families, agencies)
    published = table["published"].combine_chunks()
    dated = np.asarray(pc.is_valid(published))
    time = _integers(pc.fill_null(published.cast(pa.int64()), 0))
    by_day = np.asarray(table["date_only"].combine_chunks()).astype(bool) & dated
    day = _dateline_days(table, attributions, own, names, np.where(dated, time // DAY, NOBODY))
    earlier = (day != NOBODY) & (day < time // DAY)
    return Witnesses(
        table,
        cluster,
        names,
        name,
        own,
        publisher,
        owner,
        np.where(earlier, day * DAY, time),
        dated,
        by_day | earlier,
        day != NOBODY,
        _integers(table["tokens"]),
    )


def read_attributions(attributions: pa.Table, witnesses: Witnesses) -> tuple[Attributions, Attributions, Attributions]:
    """Credits, citations and cited statements of the witnesses; rows of other articles are passed over."""
    attributions, witness = _of_witnesses(attributions, witnesses.table)
    code = _codes(attributions["name"], witnesses.names)
    start = _integers(pc.fill_null(attributions["start"], 0))
    strength = np.asarray(attributions["strength"]).astype(np.float64)
    at = np.minimum(start / np.maximum(witnesses.tokens[witness] * _CHARACTERS, 1), 1.0)
    metadata = np.asarray(pc.equal(attributions["position"], "metadata")).astype(bool)
    credit = np.asarray(pc.equal(attributions["kind"], "credit")).astype(bool)
    issued = ~credit & (strength <= STATEMENT)
    remark = ~credit & ~issued & _remarks(attributions["evidence"])
    order = np.lexsort((strength, start, metadata, code, witness))

    def of(kind: Bools) -> Attributions:
        rows = order[kind[order]]
        return Attributions(witness[rows], code[rows], strength[rows], at[rows], metadata[rows], remark[rows])

    return of(credit), of(~credit & ~issued), of(issued)


def _remarks(evidence: pa.ChunkedArray) -> Bools:
    """Which citations are of what somebody said to the one named; each evidence is read once."""
    encoded = evidence.combine_chunks().dictionary_encode()
    read = [quotes_a_remark(words) for words in encoded.dictionary.to_pylist()]
    return np.array(read, bool)[_integers(encoded.indices)] if read else np.zeros(len(evidence), bool)


def read_pairs(matches: pa.Table, witnesses: Witnesses) -> Pairs:
    """The matches that count, once for each cluster that both articles are in, as rows of the witnesses."""
    matches = matches.filter(pc.and_(matches["counted"], pc.is_in(matches["grade"], pa.array(COUNTED_GRADES))))
    ids, article = _articles(witnesses.table)
    ends = [_integers(pc.fill_null(pc.index_in(matches[side], ids), NOBODY)) for side in ("a_id", "b_id")]
    order = np.argsort(article, kind="stable")
    pair, index = expanded(article[order], ends[0])
    one = order[index]
    at = np.lexsort((witnesses.cluster, article))
    keys = pair_keys(article[at], witnesses.cluster[at])
    wanted = pair_keys(ends[1][pair], witnesses.cluster[one])
    result = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    within = (ends[1][pair] != NOBODY) & (keys[result] == wanted) if len(keys) else np.zeros(0, np.bool_)
    matches, one, other = matches.take(pa.array(pair[within])), one[within], at[result[within]]
    grade = _integers(pc.index_in(matches["grade"], pa.array(COUNTED_GRADES)))
    shares = ("containment_a_in_b", "containment_b_in_a", "copy_a_in_b", "copy_b_in_a")
    order = np.lexsort((other, one))
    columns = (one, other, grade, *(np.asarray(matches[name]).astype(np.float64) for name in shares))
    return Pairs(*(column[order] for column in columns))


def cites(citations: Attributions, witness: Ints, name: Ints) -> Bools:
    """Whether each ``witness`` cites the ``name`` beside it (never where that is -1)."""
    known = distinct(pair_keys(citations.witness, citations.name))
    return np.asarray((name != NOBODY) & are_among(pair_keys(witness, np.maximum(name, 0)), known))


def gaps(witnesses: Witnesses, one: Ints, other: Ints) -> Ints:
    """By how much each ``one`` was published before the ``other``, in microseconds.

    0 within the clock skew, or where a date is missing; days are compared where either has no more than a day.
    """
    exact = witnesses.time[other] - witnesses.time[one]
    by_day = (witnesses.time[other] // DAY - witnesses.time[one] // DAY) * DAY
    days = witnesses.by_day[one] | witnesses.by_day[other]
    gap = np.where(days, by_day, np.where(np.abs(exact) < SKEW, 0, exact))
    return np.where(witnesses.dated[one] & witnesses.dated[other], gap, 0)


def _publishers(table: pa.Table, names: Names, families: Families, agencies: Agencies) -> Ints:
    """Codes [4, n] of name, own agency, publisher and owner of every witness."""
    columns_read = (table["publisher"], hosts(table["url"]))
    encoded = [column.combine_chunks().dictionary_encode("encode") for column in columns_read]
    values = [column.dictionary.to_pylist() for column in encoded]
    pairs, inverse = np.unique(pair_keys(*(_integers(column.indices) for column in encoded)), return_inverse=True)
    columns = highs(pairs).tolist(), lows(pairs).tolist()
    distinct = [(values[0][name], values[1][host] or None) for name, host in zip(*columns, strict=True)]
    order = sorted(range(len(distinct)), key=lambda pair: tuple(word or "" for word in distinct[pair]))
    publishers, owners = Names([], {}), Names([], {})
    rows = []
    for publisher, host in (distinct[pair] for pair in order):
        own_names = own_name(publisher, host, agencies)
        publisher_name = own_names.name if own_names else publisher or host
        if publisher_name is None:
            rows.append((NOBODY, NOBODY, NOBODY, NOBODY))
            continue
        own = names.code(publisher_name) if own_names and own_names.agency else NOBODY
        owner = families.owner(publisher, host) or publisher_name
        rows.append((names.code(publisher_name), own, publishers.code(publisher or publisher_name), owners.code(owner)))
    return np.asarray(np.array(rows, np.int64).reshape(-1, 4)[np.argsort(order)[inverse.ravel()]].T)


def _dateline_days(table: pa.Table, attributions: pa.Table, own: Ints, names: Names, published: Ints) -> Ints:
    """The day in the dateline of an agency's own article, in days since 1970; -1: none or no date to find the year."""
    lines = attributions.filter(
        pc.and_(pc.equal(attributions["position"], "dateline"), pc.equal(attributions["kind"], "credit"))
    )
    lines, witness = _of_witnesses(lines, table)
    ours = (own[witness] == _codes(lines["name"], names)) & (published[witness] != NOBODY)
    evidence = lines["evidence"].filter(pa.array(ours)).to_pylist()
    days = np.full(len(published), NOBODY)
    known: dict[tuple[str, int], int | None] = {}
    for row, words in zip(witness[ours].tolist(), evidence, strict=True):
        key = words, int(published[row])
        if key not in known:
            known[key] = dateline_day(*key)
        datelines = known[key]
        if datelines is not None and (days[row] == NOBODY or datelines > days[row]):
            days[row] = datelines
    return days


def _articles(table: pa.Table) -> tuple[pa.Array, Ints]:
    """The articles that the witnesses are, each once, and which of them each witness is."""
    encoded = table["article_id"].combine_chunks().dictionary_encode()
    return encoded.dictionary, _integers(encoded.indices)


def _of_witnesses(attributions: pa.Table, table: pa.Table) -> tuple[pa.Table, Ints]:
    """The attributions once for each witness that their article is (none: left out), and its row."""
    ids, article = _articles(table)
    order = np.argsort(article, kind="stable")
    wanted = _integers(pc.fill_null(pc.index_in(attributions["article_id"], ids), NOBODY))
    which, index = expanded(article[order], wanted)
    return attributions.take(pa.array(which)), order[index]


def _codes(column: pa.ChunkedArray, names: Names) -> Ints:
    encoded = column.combine_chunks().dictionary_encode()
    codes = np.array([names.code(name) for name in encoded.dictionary.to_pylist()], np.int64)
    return codes[_integers(encoded.indices)] if len(codes) else np.zeros(0, np.int64)


def _integers(column: pa.Array | pa.ChunkedArray) -> Ints:
    return np.asarray(column).astype(np.int64)
