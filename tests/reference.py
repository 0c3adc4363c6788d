"""What the kernels compute, in plain Python: slow, and written from the definitions, not from the kernels.

The folding of a single code point is :func:`dedup.kernels.folding.fold`, which is plain Python already.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import mmh3
import numpy as np
import numpy.typing as npt
from datasketch import MinHash

from dedup.kernels import folding
from dedup.kernels.folding import DIGIT, EXPANDS, IGNORED, LETTER, SEPARATOR, UNSPACED, UNSPACED_LONG
from dedup.settings import Settings

# One letter for what a character is to a word; what is ignored is left out before words are looked for.
_CLASS = {LETTER: "w", EXPANDS: "w", DIGIT: "d", UNSPACED: "h", UNSPACED_LONG: "t"}
_WORD = re.compile(r"[wd](?:(?:'|(?<=d),(?=d))?[wd])*|h|t")
_GRAM = {"h": 2, "t": 4}
_NUMERALS = frozenset("〇零一二三四五六七八九十百千万萬亿億兆")
_CHINESE_GRAMMAR = frozenset("的了是在和與与及也就都而之其這这那有不為为以于於被把將将對对從从到")
_WRITTEN = re.compile(r"(?i:<br ?/?>|</?p ?/?>)|\\+(?:r\\+)?n")  # line breaks as markup and source code write them
_ENDS = re.compile(f"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]|#{{3,}}|¶|{_WRITTEN.pattern}")
_PARTING, _BLANKS = "|•●▪◦‣", (" ", "\xa0")

fold = functools.cache(folding.fold)


class Token(NamedTuple):
    """A folded word (or n-gram), where it is in bytes of UTF-8, and whether it begins with a capital, is all capitals,
    begins with a digit or is Han numerals; of an n-gram, the longest that there is in its script (else 0), and whether
    it has several characters that are not all grammar."""

    word: str
    start: int
    end: int
    capital: bool
    all_capitals: bool
    number: bool
    gram: int
    telling: bool

    @property
    def hashed(self) -> int:
        return mmh3.hash(self.word.encode(), signed=False)


def _class(character: str) -> str:
    kind, values = fold(ord(character))
    if kind != SEPARATOR:
        return _CLASS[kind]
    if values[0] & folding.MARK_APOSTROPHE:
        return "'"
    return "," if values[0] & folding.MARK_POINT else " "


def _without_written_breaks(text: str) -> str:
    """The text with spaces for line breaks that are written in letters.

    A backslash and an n before a small letter are one only behind another break or the end of a sentence.
    """
    shown, ended, fresh = "", False, False
    while len(shown) < len(text):
        result = _WRITTEN.match(text, len(shown))
        if result and (result[0][0] == "<" or ended or fresh or not re.match("[a-z]", text[result.end() :])):
            shown += " " * len(result[0])
            fresh = True
            continue
        character = text[len(shown)]
        kind, values = fold(ord(character))
        ended = kind == SEPARATOR and (ended or bool(values[0] & folding.MARK_STOP))
        fresh = character == "\n"
        shown += character
    return shown


def _parts(text: str, index: int) -> bool:
    """Whether a bar or bullet stands between blanks."""
    before = next((c for c in reversed(text[:index]) if fold(ord(c))[0] != IGNORED), "")
    return text[index] in _PARTING and before in (*_BLANKS, "\n") and text[index + 1 : index + 2] in _BLANKS


def is_parted(text: str) -> bool:
    """Whether bars or bullets part a text's paragraphs: no line breaks, and most of them stand behind a sentence."""
    after = []
    ended = False
    for index, character in enumerate(text):
        kind, values = fold(ord(character))
        if _parts(text, index):
            after.append(ended)
        if kind == SEPARATOR:
            passed = values[0] & (folding.MARK_SPACE | folding.MARK_QUOTE)
            ended = bool(values[0] & folding.MARK_STOP) or (ended and bool(passed))
        elif kind != IGNORED:
            ended = False
    return not re.search("[\n\r]", text) and 0 < len(after) <= 2 * sum(after)


def tokens(text: str) -> list[Token]:
    """The tokens of a text."""
    size = [len(character.encode()) for character in text]
    starts = list(itertools.accumulate(size, initial=0))
    seen = [index for index, character in enumerate(text) if fold(ord(character))[0] != IGNORED]
    classes = "".join(map(_class, _without_written_breaks("".join(text[index] for index in seen))))
    result = []
    for match in _WORD.finditer(classes):
        first, last = match.start(), match.end()
        script = classes[first]
        hashed = last
        while script in _GRAM and hashed - first < _GRAM[script] and classes[hashed : hashed + 1] == script:
            hashed += 1
        letters = [text[seen[index]] for index in range(first, hashed) if classes[index] not in "',"]
        uppers = [unicodedata.category(letter) in ("Lu", "Lt") for letter in letters]
        result.append(
            Token(
                "".join(chr(code) for letter in letters for code in fold(ord(letter))[1]),
                starts[seen[first]],
                starts[seen[last - 1] + 1],
                uppers[0],
                len(letters) > 1 and all(uppers),
                script == "d" or (len(letters) > 1 and all(letter in _NUMERALS for letter in letters)),
                _GRAM.get(script, 0),
                script in _GRAM and len(letters) > 1 and not all(map(_is_grammar, letters)),
            )
        )
    return result


def _is_grammar(letter: str) -> bool:
    return letter in _CHINESE_GRAMMAR or unicodedata.name(letter, "").startswith("HIRAGANA")


def shingles(text: str, size: int) -> list[bytes]:
    """What is hashed for every shingle of a text: the hashes of ``size`` tokens, or of all where there are fewer."""
    hashes = [token.hashed.to_bytes(4, "little") for token in tokens(text)]
    width = min(size, len(hashes))
    return [b"".join(hashes[index : index + width]) for index in range(len(hashes) - width + 1)] if width else []


def minhash(text: str, settings: Settings) -> MinHash:
    """datasketch's signature of a text."""
    made = MinHash(
        num_perm=settings.num_perm,
        seed=settings.seed,
        scheme="affine32",
        hashfunc=lambda shingle: mmh3.hash(shingle, signed=False),
    )
    made.update_batch(shingles(text, settings.shingle))
    return made


def signature(text: str, settings: Settings) -> list[int]:
    """The smallest value of every permutation over a text's shingles, with Python's whole numbers."""
    factors, summands = (part.tolist() for part in minhash("", settings).permutations)
    values = [_finished(mmh3.hash(shingle, signed=False)) for shingle in shingles(text, settings.shingle)]
    return [
        min(((factor * value + summand) % 2**32 for value in values), default=2**32 - 1)
        for factor, summand in zip(factors, summands, strict=True)
    ]


def _finished(value: int) -> int:
    """The finaliser of MurmurHash3 (Appleby's fmix32)."""
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        value = (value ^ value >> shift) * factor % 2**32
    return value ^ value >> 16


def plain_gap(between: str, parted: bool) -> int:
    """The gap bits that hang on the characters between two tokens alone: all but sentences, quotations and dashes."""
    marks = [index for index in range(len(between)) if parted and _parts(between, index)]
    shown = [
        "¶" if index in marks else character
        for index, character in enumerate(between)
        if fold(ord(character))[0] != IGNORED
    ]
    ends = list(_ENDS.finditer("".join(shown)))
    lines = sum(1 + (end[0][:1] in "#¶" or end[0][:2].lower() in ("<p", "</")) for end in ends)
    rest = shown[ends[-1].end() :] if ends else []
    values = [fold(ord(character))[1][0] for character in between if fold(ord(character))[0] == SEPARATOR]
    bits = functools.reduce(int.__or__, values, 0) & 0xFFFF & ~folding.GAP_DASH & ~folding.GAP_SLASH
    if "/" in re.sub(_WRITTEN, "", "".join(shown)).replace("\u2044", "/"):
        bits |= folding.GAP_SLASH
    if ends:
        bits |= folding.GAP_LINE
        indent = sum(fold(ord(character))[1][0] & folding.MARK_SPACE != 0 for character in rest)
        if lines > 1 or indent >= 2 or any(value & folding.MARK_STOP for value in values):
            bits |= folding.GAP_PARAGRAPH
    return bits


def boilerplate(
    texts: Sequence[str], publishers: Sequence[str], size: int
) -> dict[tuple[str, int], tuple[int, int, int]]:
    """What is learned: publisher and shingle -> its articles that hold it, all its articles, others' that hold it.

    A phrase is learned that stands in five articles and 15 % of one publisher's, and is 15 times as frequent there as
    elsewhere; with fewer than 50 articles elsewhere, in 30 % of the publisher's.
    """
    held = [{mmh3.hash(shingle, signed=False) for shingle in shingles(text, size)} for text in texts]
    result = {}
    for name in set(publishers):
        own = [words for words, owner in zip(held, publishers, strict=True) if owner == name]
        others = [words for words, owner in zip(held, publishers, strict=True) if owner != name]
        for shingle in set().union(*own):
            here, there = (sum(shingle in words for words in part) for part in (own, others))
            enough = 100 * here >= 30 * len(own)
            if len(others) >= 50:
                enough = here * len(others) >= 15 * there * len(own)
            if here >= 5 and 100 * here >= 15 * len(own) and enough:
                result[name, shingle] = (here, len(own), there)
    return result


class Pile(NamedTuple):
    """Articles as the search sees them, with the shingle behind every signature value instead of the value.

    ``shingles`` [n][num_perm]; ``sizes``, ``digests``, ``groups``, ``days`` (None: undated), ``publishers`` (None:
    unknown) [n]; ``boilerplate``: publisher -> learned shingles.
    """

    shingles: Sequence[Sequence[int]]
    sizes: Sequence[int]
    digests: Sequence[int]
    groups: Sequence[int]
    days: Sequence[int | None]
    publishers: Sequence[int | None]
    boilerplate: dict[int, frozenset[int]]


class Found(NamedTuple):
    """The candidate pairs and what was skipped."""

    pairs: set[tuple[int, int]]
    skipped_buckets: int
    skipped_members: int
    represented_only: int


def candidates(pile: Pile, settings: Settings, cap: int) -> Found:
    """All pairs, one by one."""
    count = len(pile.sizes)
    own = [
        pile.boilerplate.get(publisher, frozenset()) if publisher is not None else frozenset()
        for publisher in pile.publishers
    ]
    members = [
        sorted((row for row in range(count) if pile.groups[row] == group), key=lambda row: (pile.digests[row], row))
        for group in range(count)
    ]
    rank = {row: index for group in members for index, row in enumerate(group)}
    late = {row for row in range(count) if rank[row] >= settings.group_members}
    fully_compared = [row for row in range(count) if pile.sizes[row] >= max(settings.min_tokens, 1) and row not in late]
    skipped = _skipped(pile, fully_compared, own, cap)

    def wanted(one: int, other: int) -> bool:
        if None not in (pile.days[one], pile.days[other]) and abs(pile.days[one] - pile.days[other]) > settings.window:
            return False
        equal = [
            row
            for row, (here, there) in enumerate(zip(pile.shingles[one], pile.shingles[other], strict=True))
            if here == there and here not in own[one] | own[other]
        ]
        enough = len({pile.shingles[one][row] for row in equal}) >= settings.min_shared_hashes
        if pile.groups[one] != pile.groups[other]:
            hits = [row for row in equal if (row, pile.shingles[one][row]) not in skipped]
            return (
                one in fully_compared and other in fully_compared and enough and len(hits) >= settings.min_shared_hashes
            )
        if late & {one, other} and 0 not in (rank[one], rank[other]):
            return False
        short = min(pile.sizes[one], pile.sizes[other]) < settings.min_tokens
        return pile.digests[one] == pile.digests[other] or (enough and not short)

    pairs = {pair for pair in itertools.combinations(range(count), 2) if wanted(*pair)}
    return Found(pairs, len(skipped), sum(skipped.values()), len(late))


def _skipped(
    pile: Pile, fully_compared: Sequence[int], own: Sequence[frozenset[int]], cap: int
) -> dict[tuple[int, int], int]:
    """The buckets (row, shingle) that hold more than ``cap`` groups, and how many members each has."""
    buckets: dict[tuple[int, int], list[int]] = {}
    for article in fully_compared:
        for row, shingle in enumerate(pile.shingles[article]):
            if shingle not in own[article]:
                buckets.setdefault((row, shingle), []).append(article)
    return {
        bucket: len(members)
        for bucket, members in buckets.items()
        if len({pile.groups[member] for member in members}) > cap
    }


def equal_share(one: npt.NDArray[np.uint32], other: npt.NDArray[np.uint32]) -> float:
    """The share of equal values of two signatures."""
    return sum(a == b for a, b in zip(one.tolist(), other.tolist(), strict=True)) / len(one)
