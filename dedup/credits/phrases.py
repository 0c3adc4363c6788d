"""Names and cue words made into the hash tables that :func:`dedup.kernels.mentions.mentions` looks up."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.credits import cues, statement_cues
from dedup.credits.mention import caseless
from dedup.credits.names import Alias
from dedup.kernels.mentions import (
    AGENCY,
    ALWAYS,
    ANY_CASE,
    ARTICLE,
    CAPITAL_ONLY,
    COMMON,
    CUE,
    FULL,
    OUTLET,
    STATEMENT,
    Phrases,
)
from dedup.kernels.tokenise import ALL_CAPITALS, CAPITAL
from dedup.text.tokens import Tokens, tokenise

_PARTICLES = ("", "ل", "و", "ب")
_SPELLINGS = len(_PARTICLES) + 1
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


def phrases(aliases: Sequence[Alias]) -> tuple[tuple[Alias, ...], Phrases]:
    """The aliases and their possessives, each once, in the order of the phrase table that finds them."""
    spellings = [spelling for number in range(_SPELLINGS) for alias in aliases for spelling in _spelt(alias, number)]
    tokens = tokenise(pa.array([text for text, _ in spellings], pa.large_string()))
    rows: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[int, Alias]] = {}
    for number, (text, alias) in enumerate(spellings):
        words, needs, span = _words(text, number, tokens)
        rows.setdefault((words, needs), (span, alias))
    # Of two with the same words the one that needs more capitals goes first: it is the narrower.
    ordered = sorted(rows.items(), key=lambda row: (row[0][0][0], -len(row[0][0]), row[0][0], [-n for n in row[0][1]]))
    first = np.cumsum([0, *(len(words) for (words, _), _ in ordered)]).astype(np.int32)
    table = Phrases(
        filter=_filter([(words[0], needs[0]) for (words, needs), _ in ordered]),
        slots=_slots([words[0] for (words, _), _ in ordered]),
        first=first,
        words=np.array([word for (words, _), _ in ordered for word in words], np.uint32),
        needs=np.array([need for (_, needs), _ in ordered for need in needs], np.uint8),
        spans=np.array([span for _, (span, _) in ordered], np.int32),
        article=tokenise(pa.array(["the"], pa.large_string())).hashes[0],
        kinds=np.array([_kind(alias, span) for _, (span, alias) in ordered], np.uint8),
        cues=_cue_slots(),
    )
    return tuple(alias for _, (_, alias) in ordered), table


def _spelt(alias: Alias, number: int) -> list[tuple[str, Alias]]:
    """The alias as it is, in the possessive, and with an Arabic particle before "agency"; as it is goes first."""
    text = alias.text.removeprefix("The ")
    if number < len(_PARTICLES):
        return [(_PARTICLES[number] + text, alias)] if not number or text.startswith("وكالة ") else []
    return [(text + "'s", alias)] if not alias.statement else []


def _words(text: str, number: int, tokens: Tokens) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    """Hashes and needed flags of a spelling's tokens, and how many tokens it covers.

    The last character of a script without spaces is hashed together with what follows it in the article, so it is
    left to the characters before it.
    """
    begin, end = int(tokens.offsets[number]), int(tokens.offsets[number + 1])
    compared = end - begin > 1 and unicodedata.name(text[-1], "").startswith(_UNSPACED)
    words = tokens.hashes[begin : end - compared].tolist()
    needs = (tokens.flags[begin : end - compared] & (CAPITAL | ALL_CAPITALS)).tolist()
    return tuple(words), tuple(needs), end - begin


def _kind(alias: Alias, span: int) -> int:
    if alias.statement:
        return ALWAYS if caseless(alias.text) else STATEMENT
    if alias.agency:
        return AGENCY | FULL * (alias.counts is None and span > 1)
    short = alias.text.removeprefix("The ") in cues.OUTLET_WORDS
    if alias.counts is not None:
        return COMMON | ARTICLE * alias.text.startswith("The ") | OUTLET * short
    return OUTLET * (not alias.issuer)


def _filter(firsts: list[tuple[int, int]]) -> npt.NDArray[np.uint8]:
    """Bits by the low half of a hash; ``firsts``: hash and needed flags of the phrases' first words."""
    table = np.zeros(1 << 16, np.uint8)
    for hashed, need in firsts:
        table[hashed & 0xFFFF] |= CAPITAL_ONLY if need & CAPITAL else ANY_CASE
    for hashed in _cue_hashes():
        table[hashed & 0xFFFF] |= CUE
    return table


def _slots(firsts: list[int]) -> npt.NDArray[np.int64]:
    """The hash table of first words; ``firsts`` is sorted."""
    hashes, begins, counts = np.unique(np.array(firsts, np.uint32), return_index=True, return_counts=True)
    table = np.zeros((_size(len(hashes)), 3), np.int64)
    for hashed, begin, count in zip(hashes.tolist(), begins.tolist(), counts.tolist(), strict=True):
        slot = hashed & (len(table) - 1)
        while table[slot, 1] != table[slot, 2]:
            slot = (slot + 1) & (len(table) - 1)
        table[slot] = hashed, begin, begin + count
    return table


def _cue_slots() -> npt.NDArray[np.int64]:
    bits = _cue_hashes()
    table = np.zeros((_size(len(bits)), 2), np.int64)
    for hashed, value in sorted(bits.items()):
        slot = hashed & (len(table) - 1)
        while table[slot, 1]:
            slot = (slot + 1) & (len(table) - 1)
        table[slot] = hashed, value
    return table


def _cue_hashes() -> dict[int, int]:
    words = [(word, bits) for bits, group in (*cues.KERNEL.items(), *statement_cues.KERNEL.items()) for word in group]
    hashes = tokenise(pa.array([word for word, _ in words], pa.large_string())).hashes.tolist()
    result: dict[int, int] = {}
    for hashed, (_, bits) in zip(hashes, words, strict=True):
        result[hashed] = result.get(hashed, 0) | bits
    return result


def _size(entries: int) -> int:
    return 1 << (4 * entries).bit_length()
